"""The lists of numbers that supervisors keep: looked through, pasted into after a look at what happens, taken away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from bot.booking import phone
from bot.gateway.desk.auth import FormRefused, field, require_sign, require_supervisor, session_of, sign_of
from bot.gateway.desk.manager import LONGEST_SEARCH, ON_A_PAGE
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.words import Words
from bot.gateway.sheets import MARK, lines
from bot.usecases.number_lists import (
    LONGEST_REASON,
    MOST_LINES,
    Entry,
    EntryNotFound,
    Line,
    NumberList,
    ReasonMissing,
    TooManyLines,
)
from bot.wiring import Product

PATH = "/desk/lists"
COLUMNS = ("number", "reason", "channels", "by", "since")


class ListPages(Pages):
    """Pages of both lists; `kind` is do-not-call or vip."""

    def list_of(self, kind: str) -> NumberList:
        """Raises EntryNotFound for a list that there is not."""
        known: dict[str, NumberList] = {"do-not-call": self._product.do_not_call, "vip": self._product.vips}
        if kind not in known:
            raise EntryNotFound(kind)
        return known[kind]

    async def listing(
        self, request: Request, kind: str, *, problem: str | None = None, status: int = 200
    ) -> HTTPResponse:
        """One page of a list, and the form that more numbers are pasted into."""
        words, one = self._words(request), self.list_of(kind)
        q = str(request.args.get("q", "")).strip()[:LONGEST_SEARCH]
        sought = one.sought(q, after=_place(request.args.get("after", "")))
        found = await one.page(sought, limit=ON_A_PAGE + 1) if sought else []
        shown = found[:ON_A_PAGE]
        last = shown[-1] if len(found) > ON_A_PAGE else None
        return self._list_page(
            request,
            "desk_list.html",
            words,
            kind,
            status=status,
            entries=shown,
            q=q,
            query=urlencode({"q": q}),
            older=urlencode({"q": q, "after": f"{last.at.isoformat()} {last.id}"}) if last else None,
            is_first="after" not in request.args,
            from_settings=sorted(self._product.vips.from_settings) if kind == "vip" else (),
            problem=self._problem(words, problem),
            done=_done(request, words),
            text=field(request, "text"),
            reason=field(request, "reason"),
            chosen=_channels(request, one) if request.method == "POST" else one.channels,
            most=MOST_LINES,
        )

    async def entry(
        self,
        request: Request,
        kind: str,
        entry: Entry,
        *,
        number: str | None = None,
        problem: str | None = None,
        status: int = 200,
    ) -> HTTPResponse:
        """One number; `number` is the whole of it, for somebody who has asked to see it."""
        words = self._words(request)
        return self._list_page(
            request, "desk_list_entry.html", words, kind, status=status, entry=entry,
            number=phone.national(number) if number else None, problem=self._problem(words, problem),
        )  # fmt: skip

    def look(
        self, request: Request, kind: str, told: Sequence[Line], *, channels: Sequence[str], text: str
    ) -> HTTPResponse:
        """What pasting would do, and the button that does exactly this."""
        return self._list_page(
            request, "desk_list_look.html", self._words(request), kind, lines=told, channels=channels, text=text,
            reason=field(request, "reason"), adds=sum(line.trouble is None for line in told),
            mark=sign_of(request, *_shown(request, kind, channels, text)),
        )  # fmt: skip

    async def export(self, request: Request, kind: str) -> None:
        """Everything that is sought, as CSV; what was taken away can be pasted again."""
        words, one = self._words(request), self.list_of(kind)
        sought, with_numbers = one.sought(str(request.args.get("q", ""))), request.args.get("numbers") == "full"
        response = await request.respond(
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{kind}.csv"',
                "Cache-Control": "no-store",
            },
        )
        await response.send(MARK + lines([[words.t["lists"][name] for name in COLUMNS]]))
        if sought:
            reader = session_of(request).agent
            async for part in one.exported(sought, with_numbers=with_numbers, reader=reader, now=words.now):
                await response.send(lines([self._row(entry, words, with_numbers=with_numbers) for entry in part]))
        await response.eof()

    def _row(self, entry: Entry, words: Words, *, with_numbers: bool) -> list[str]:
        number = entry.phone_number
        return [
            phone.national(number) if with_numbers else phone.masked(number),
            entry.reason if with_numbers else phone.hidden(entry.reason, self._product.numbers),
            ", ".join(words.t["lists"][channel] for channel in entry.channels),
            words.t["lists"]["customer"] if entry.is_customers else entry.by,
            entry.at.astimezone(self._product.business.timezone).strftime("%Y-%m-%d %H:%M"),
        ]

    def _problem(self, words: Words, name: str | None) -> str | None:
        return words.t["lists"][name].format(most=MOST_LINES) if name else None

    def _list_page(
        self, request: Request, template: str, words: Words, kind: str, *, status: int = 200, **facts: Any
    ) -> HTTPResponse:
        return self._page(
            request, template, words, status=status, kind=kind, list=self.list_of(kind), masked=phone.masked,
            hidden=lambda text: phone.hidden(text, self._product.numbers), longest=LONGEST_REASON, **facts,
        )  # fmt: skip


def add_lists(blueprint: Blueprint, product: Product, pages: ListPages) -> None:
    """`/desk/lists/do-not-call` and `/desk/lists/vip`."""
    _add_reading(blueprint, product, pages)
    _add_pasting(blueprint, product, pages)

    @blueprint.post("/lists/<kind:str>/<entry_id:str>/remove")
    async def list_remove(request: Request, kind: str, entry_id: str) -> HTTPResponse:
        require_supervisor(request)
        one = pages.list_of(kind)
        entry = await one.entry(entry_id)
        try:
            await one.remove(
                entry_id, channels=_channels(request, one), reason=field(request, "reason"),
                actor=session_of(request).agent, now=product.clock.now(),
            )  # fmt: skip
        except ReasonMissing:
            return await pages.entry(request, kind, entry, problem="no_reason", status=422)
        return redirect(f"{PATH}/{kind}?removed=1", status=303)

    @blueprint.exception(EntryNotFound)
    async def not_on_the_list(request: Request, _error: EntryNotFound) -> HTTPResponse:
        return pages.problem(request, "no_entry", status=404)


def _add_reading(blueprint: Blueprint, product: Product, pages: ListPages) -> None:
    @blueprint.get("/lists/<kind:str>")
    async def list_page(request: Request, kind: str) -> HTTPResponse:
        require_supervisor(request)
        return await pages.listing(request, kind)

    @blueprint.get("/lists/<kind:str>/export.csv")
    async def list_export(request: Request, kind: str) -> None:
        require_supervisor(request)
        await pages.export(request, kind)

    @blueprint.get("/lists/<kind:str>/<entry_id:str>")
    async def list_entry(request: Request, kind: str, entry_id: str) -> HTTPResponse:
        require_supervisor(request)
        return await pages.entry(request, kind, await pages.list_of(kind).entry(entry_id))

    @blueprint.post("/lists/<kind:str>/<entry_id:str>/number")
    async def list_number(request: Request, kind: str, entry_id: str) -> HTTPResponse:
        require_supervisor(request)
        agent, now = session_of(request).agent, product.clock.now()
        shown = await pages.list_of(kind).show_number(entry_id, agent, now=now)
        return await pages.entry(request, kind, shown, number=shown.phone_number)


def _add_pasting(blueprint: Blueprint, product: Product, pages: ListPages) -> None:
    @blueprint.post("/lists/<kind:str>/look")
    async def list_look(request: Request, kind: str) -> HTTPResponse:
        require_supervisor(request)
        one = pages.list_of(kind)
        channels, text = _channels(request, one), "\n".join(filter(None, (field(request, "text"), _file(request))))
        if one.channels and not channels:
            return await pages.listing(request, kind, problem="no_channel", status=422)
        try:
            told = await one.preview(text, channels=channels)
        except TooManyLines:
            return await pages.listing(request, kind, problem="too_many", status=422)
        if not told:
            return await pages.listing(request, kind, problem="nothing", status=422)
        has_reason = field(request, "reason").strip()
        if any(line.trouble is None and not (has_reason or line.pasted.reason) for line in told):
            return await pages.listing(request, kind, problem="no_reason", status=422)
        return pages.look(request, kind, told, channels=channels, text=text)

    @blueprint.post("/lists/<kind:str>/add")
    async def list_add(request: Request, kind: str) -> HTTPResponse:
        require_supervisor(request)
        one, text = pages.list_of(kind), field(request, "text")
        channels = _channels(request, one)
        require_sign(request, *_shown(request, kind, channels, text))
        added = await one.add(
            text, channels=channels, reason=field(request, "reason"), actor=session_of(request).agent,
            now=product.clock.now(),
        )  # fmt: skip
        return redirect(f"{PATH}/{kind}?added={added.numbers}&stopped={added.stopped}", status=303)


def _shown(request: Request, kind: str, channels: Sequence[str], text: str) -> tuple[str, ...]:
    return kind, *channels, field(request, "reason"), *text.split()


def _channels(request: Request, one: NumberList) -> list[str]:
    """The boxes that were ticked; raises FormRefused for one that there is not."""
    chosen = {str(value) for value in (request.form.getlist("channel") or [] if request.form else [])}
    if not chosen <= set(one.channels):
        raise FormRefused
    return [channel for channel in one.channels if channel in chosen]


def _file(request: Request) -> str:
    """What a table says that was sent along: UTF-8, or what Japanese spreadsheets write."""
    sent = request.files.get("file") if request.files else None
    if sent is None or not sent.body:
        return ""
    try:
        return str(sent.body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return str(sent.body.decode("cp932", errors="replace"))


def _place(text: str) -> tuple[datetime, str] | None:
    moment, _, last_id = text.partition(" ")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, last_id) if at.tzinfo and last_id and 1970 <= at.year <= 9000 else None


def _done(request: Request, words: Words) -> str | None:
    if "removed" in request.args:
        return words.t["lists"]["removed"]
    told = {name: request.args.get(name, "") for name in ("added", "stopped")}
    if not all(value.isascii() and value.isdigit() and len(value) < 6 for value in told.values()):
        return None
    return words.t["lists"]["added_stopped" if told["stopped"] != "0" else "added"].format(**told)
