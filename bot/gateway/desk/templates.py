"""What customers are told, worded by supervisors: all sentences, one to edit with a preview, and its versions."""

from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from bot.gateway.desk.auth import field, number_field, require_supervisor, session_of
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.words import Words
from bot.usecases.wordings import Preview, WordingChanged, WordingNotFound, WordingRefused
from bot.wiring import Product
from bot.wording.templates import LONGEST

PATH = "/desk/templates"


class TemplatePages(Pages):
    """Pages of the sentences."""

    async def listing(self, request: Request) -> HTTPResponse:
        """All of them, in every language."""
        words = self._words(request)
        found = await self._product.wordings.listing()
        return self._page(
            request, "desk_templates.html", words, templates=found, named=lambda name: _named(name, words)
        )

    async def editor(
        self,
        request: Request,
        name: str,
        language: str,
        *,
        text: str | None = None,
        problem: str | None = None,
        status: int = 200,
    ) -> HTTPResponse:
        """One of them; `text` is what somebody has typed and is not in force. Raises WordingNotFound."""
        words = self._words(request)
        template, versions = await self._product.wordings.template(name, language)
        shown = template.text if text is None else text
        preview = self._product.wordings.preview(name, language, shown)
        return self._page(
            request,
            "desk_template.html",
            words,
            status=status,
            sentence=template,
            versions=versions,
            text=shown,
            title=_named(name, words),
            problem=words.t["templates"][problem] if problem else None,
            done=words.t["templates"]["saved"] if "saved" in request.args else None,
            longest=LONGEST,
            **self._told(preview, words),
        )

    def preview(self, request: Request, name: str, language: str) -> HTTPResponse:
        """The part of the page that follows what is typed. Raises WordingNotFound."""
        words = self._words(request)
        preview = self._product.wordings.preview(name, language, _text(request))
        return self._page(
            request, "desk_template_preview.html", words, is_mail=name.startswith("email."), language=language,
            **self._told(preview, words),
        )  # fmt: skip

    def _told(self, preview: Preview, words: Words) -> dict[str, Any]:
        trouble, sentence = preview.trouble, None
        if trouble:
            names = ", ".join(f"{{{name}}}" for name in trouble.placeholders)
            sentence = words.t["templates"][f"fault_{trouble.fault}"].format(names=names)
        return {"preview": preview, "trouble": sentence}


def add_templates(blueprint: Blueprint, product: Product, pages: TemplatePages) -> None:
    """`/desk/templates` and `/desk/templates/{name}/{language}`."""

    @blueprint.get("/templates")
    async def template_list(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.listing(request)

    @blueprint.get("/templates/<name:str>/<language:str>")
    async def template_page(request: Request, name: str, language: str) -> HTTPResponse:
        require_supervisor(request)
        return await pages.editor(request, name, language)

    @blueprint.post("/templates/<name:str>/<language:str>/preview")
    async def template_preview(request: Request, name: str, language: str) -> HTTPResponse:
        require_supervisor(request)
        return pages.preview(request, name, language)

    @blueprint.post("/templates/<name:str>/<language:str>/save")
    async def template_save(request: Request, name: str, language: str) -> HTTPResponse:
        require_supervisor(request)
        deed, text = field(request, "deed"), _text(request)
        if deed == "look":
            return await pages.editor(request, name, language, text=text)
        seen, actor, now = number_field(request, "seen"), session_of(request).agent, product.clock.now()
        try:
            if deed == "restore":
                number = number_field(request, "number")
                await product.wordings.restore(name, language, number, seen=seen, actor=actor, now=now)
            else:
                wanted = None if deed == "default" else text
                await product.wordings.save(name, language, wanted, seen=seen, actor=actor, now=now)
        except WordingRefused:
            return await pages.editor(request, name, language, text=text or None, problem="refused", status=422)
        except WordingChanged:
            return await pages.editor(request, name, language, text=text or None, problem="changed", status=409)
        return redirect(f"{PATH}/{name}/{language}?saved=1", status=303)

    @blueprint.exception(WordingNotFound)
    async def no_template(request: Request, _error: WordingNotFound) -> HTTPResponse:
        return pages.problem(request, "no_template", status=404)


def _named(name: str, words: Words) -> str:
    """What people call the sentence."""
    section, key = name.split(".", 1)
    if section == "email":
        return words.t["mail_name"][key]
    for ending in ("_with_times", "_by_number"):
        if key.endswith(ending):
            return f"{words.t['notice_name'][key.removesuffix(ending)]} {words.t['templates'][ending[1:]]}"
    return words.t["notice_name"][key]


def _text(request: Request) -> str:
    return field(request, "text").replace("\r\n", "\n")[: LONGEST + 1]
