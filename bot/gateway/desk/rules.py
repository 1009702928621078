"""The rules of what may be promised, edited on the desk: typed, looked at, put in force, taken back."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from bot.gateway.desk.auth import (
    FormRefused,
    field,
    number_field,
    require_sign,
    require_supervisor,
    session_of,
    sign_of,
)
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.rule_fields import LONGEST_FIELD, Unreadable, fields, shown, typed
from bot.store.settings_history import Version
from bot.usecases.editing import Draft, NotEditable, SettingsMoved
from bot.wiring import Product

PATH = "/desk/settings"


class RulePages(Pages):
    """`/desk/settings`"""

    async def editor(
        self,
        request: Request,
        *,
        texts: Mapping[str, str] | None = None,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HTTPResponse:
        """The form, with what is in force or what was typed, and the versions so far."""
        words, tz = self._words(request), self._product.business.timezone
        newest = await self.in_force(request)
        return self._page(
            request, "desk_settings.html", words, status=status, problems=list(problems), number=newest.number,
            texts=texts or shown(newest.settings, tz), fields=fields(tz), longest=LONGEST_FIELD,
            versions=await self._product.settings_history.listing(), done="saved" in request.args,
        )  # fmt: skip

    async def in_force(self, request: Request) -> Version:
        """The newest version; this process's own settings where none has been written down yet."""
        newest = await self._product.editing.newest()
        return newest or await self._product.settings_history.keep(now=self._words(request).now)

    def look(self, request: Request, draft: Draft, *, seen: int) -> HTTPResponse:
        """What would change, what to know of it, and the button that does exactly this."""
        words, told = self._words(request), json.dumps(draft.sections, sort_keys=True)
        worries = [worry.told(words.language) for worry in self._product.worries(draft.sections)]
        return self._page(
            request, "desk_settings_look.html", words, draft=draft, worries=worries, told=told, number=seen,
            mark=sign_of(request, str(seen), told),
        )  # fmt: skip

    async def moved(self, request: Request, texts: Mapping[str, str] | None = None) -> HTTPResponse:
        """Somebody else was faster: what was typed is not lost, and what is in force now stands in the history."""
        told = self._words(request).t["settings"]
        return await self.editor(request, texts=texts, problems=[told["moved"]], status=409)

    def wrong(self, request: Request, error: ValueError) -> list[str]:
        """What cannot be read, field by field."""
        told = self._words(request).t["settings"]
        if isinstance(error, Unreadable):
            return [told["unreadable"].format(field=_label(told, error.field), text=error.line)]
        if isinstance(error, ValidationError):
            return [
                told["unreadable"].format(
                    field=_label(told, ".".join(str(part) for part in fault["loc"][:2])), text=_quoted(fault["input"])
                )
                for fault in error.errors()
            ]
        return [told["unreadable_at_all"]]


def add_rules(blueprint: Blueprint, product: Product) -> None:
    """`/desk/settings`, and beneath it what its forms do."""
    pages = RulePages(product)

    @blueprint.get("/settings")
    async def settings_page(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.editor(request)

    @blueprint.post("/settings/look")
    async def settings_look(request: Request) -> HTTPResponse:
        require_supervisor(request)
        texts = {one.name: field(request, one.name)[:LONGEST_FIELD] for one in fields(product.business.timezone)}
        try:
            told = typed(texts, (await pages.in_force(request)).settings, product.business.timezone)
            return pages.look(
                request, await product.editing.look(told, seen_number=_seen(request)), seen=_seen(request)
            )
        except SettingsMoved:
            return await pages.moved(request, texts)
        except ValueError as error:
            return await pages.editor(request, texts=texts, problems=pages.wrong(request, error), status=422)

    @blueprint.post("/settings/back")
    async def settings_back(request: Request) -> HTTPResponse:
        require_supervisor(request)
        try:
            draft = await product.editing.look_back(number_field(request, "number"), seen_number=_seen(request))
        except SettingsMoved:
            return await pages.moved(request)
        except NotEditable:
            raise FormRefused from None
        return pages.look(request, draft, seen=_seen(request))

    @blueprint.post("/settings/save")
    async def settings_save(request: Request) -> HTTPResponse:
        require_supervisor(request)
        told, agent = field(request, "told"), session_of(request).agent
        require_sign(request, str(_seen(request)), told)
        try:
            await product.editing.save(
                json.loads(told), who=agent.login, seen_number=_seen(request), now=product.clock.now()
            )
        except SettingsMoved:
            return await pages.moved(request)
        return redirect(f"{PATH}?saved=1", status=303)


def _seen(request: Request) -> int:
    return number_field(request, "seen")


def _label(told: Mapping[str, Any], name: str) -> str:
    return str(told["field"].get(name.replace(".", "_"), name))


def _quoted(value: object) -> str:
    return str(value)[:80]
