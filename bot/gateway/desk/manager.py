"""The callback manager: every callback, searched, narrowed down, sorted, and taken away as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

from sanic import Blueprint, HTTPResponse, Request

from bot.booking import phone
from bot.booking.callback import HOURS_CHANGED, LATE, SET_ASIDE, WRONG_NUMBER, Callback, Channel, Status
from bot.gateway.desk.auth import require_supervisor, session_of
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.words import Words
from bot.gateway.sheets import MARK, lines
from bot.gateway.times import day_of
from bot.usecases.accounts import LANGUAGES
from bot.usecases.agent import SETTLEMENTS
from bot.usecases.finding import Order, Place, Wanted

ON_A_PAGE = 50
LONGEST_SEARCH = 100
NARROWED = ("status", "topic", "channel", "attention", "language")
ATTENTIONS = (LATE, SET_ASIDE, WRONG_NUMBER, HOURS_CHANGED)
COLUMNS = (
    "reference", "name", "phone", "promised_from", "promised_until", "status", "attention", "topic", "channel",
    "language", "reason", "attempts", "asked", "changed",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the address asks for. `told` are its words, for the form and for links."""

    wanted: Wanted
    order: Order
    after: Place | None
    told: dict[str, str]

    def query(self, **more: str) -> str:
        """The same question as a query."""
        return urlencode({name: value for name, value in (self.told | more).items() if value})


class ManagerPages(Pages):
    """Pages of the callback manager."""

    async def manager(self, request: Request) -> HTTPResponse:
        """One page of what is asked for."""
        words = self._words(request)
        asked = self._asked(request, words)
        found = await self._product.finding.page(asked.wanted, order=asked.order, after=asked.after, limit=ON_A_PAGE)
        after = f"{found.after.at.isoformat()} {found.after.id}" if found.after else ""
        return self._page(
            request,
            "desk_manager.html",
            words,
            asked=asked,
            found=found,
            older=asked.query(after=after) if after else None,
            choices={
                "status": tuple(Status), "topic": tuple(topic.id for topic in self._product.topics),
                "channel": tuple(Channel), "attention": ATTENTIONS, "language": LANGUAGES,
            },
            orders=get_args(Order),
            settlements=SETTLEMENTS,
            people=await self._product.assignments.people(),
        )  # fmt: skip

    async def export(self, request: Request) -> None:
        """Everything that is asked for, as CSV; written while it is read."""
        words = self._words(request)
        asked, with_numbers = self._asked(request, words), request.args.get("numbers") == "full"
        response = await request.respond(
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="callbacks.csv"', "Cache-Control": "no-store"},
        )
        await response.send(MARK + lines([[words.t["manager"][name] for name in COLUMNS]]))
        reader = session_of(request).agent
        async for part in self._product.finding.exported(
            asked.wanted, order=asked.order, with_numbers=with_numbers, reader=reader, now=words.now
        ):
            await response.send(lines(self._rows(part, words, with_numbers=with_numbers)))
        await response.eof()

    def _rows(self, callbacks: Iterable[Callback], words: Words, *, with_numbers: bool) -> Iterable[list[str]]:
        for callback in callbacks:
            number = callback.phone_number
            yield [
                callback.reference,
                callback.name or "",
                phone.national(number) if with_numbers else phone.masked(number),
                self._local(callback.window.start),
                self._local(callback.window.end),
                words.label("status", callback.status),
                words.label("attention", callback.attention) if callback.attention else "",
                words.label("topic", callback.topic),
                words.label("channel", callback.channel),
                words.label("language", callback.language),
                callback.reason if with_numbers else phone.hidden(callback.reason, self._product.numbers),
                str(len(callback.attempts)),
                self._local(callback.created_at),
                self._local(callback.updated_at),
            ]

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._product.business.timezone).strftime("%Y-%m-%d %H:%M")

    def _asked(self, request: Request, words: Words) -> Asked:
        """What the address says. Without words to search for, and without a day, what is promised from today on.

        That day is not put into the form: it would narrow the search for whoever types a name next.
        """
        told = {name: _word(request, name) for name in ("q", "from", "until", "sort", *NARROWED)}
        first, last = day_of(told["from"]), day_of(told["until"])
        told |= {"from": first.isoformat() if first else "", "until": last.isoformat() if last else ""}
        if not (told["q"] or first or last):
            first = words.now.astimezone(self._product.business.timezone).date()
        narrowed: dict[str, Any] = {name: told[name] for name in NARROWED}
        wanted = Wanted(
            **narrowed,
            start=self._midnight(first) if first else None,
            end=self._midnight(last + timedelta(days=1)) if last else None,
        )
        if told["q"]:
            wanted = self._product.finding.said(wanted, told["q"])
        orders: dict[str, Order] = {name: name for name in get_args(Order)}
        return Asked(
            wanted=wanted, order=orders.get(told["sort"], "window"), after=_place(_word(request, "after")), told=told
        )  # fmt: skip

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self._product.business.timezone)


def add_manager(blueprint: Blueprint, pages: ManagerPages) -> None:
    """`/desk/callbacks` and `/desk/callbacks.csv`."""

    @blueprint.get("/callbacks")
    async def manager(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.manager(request)

    @blueprint.get("/callbacks.csv")
    async def export(request: Request) -> None:
        require_supervisor(request)
        await pages.export(request)


def _word(request: Request, name: str) -> str:
    return str(request.args.get(name, "")).replace("\x00", "").strip()[:LONGEST_SEARCH]


def _place(text: str) -> Place | None:
    moment, _, last_id = text.partition(" ")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return Place(at=at, id=last_id) if at.tzinfo and last_id and 1970 <= at.year <= 9000 else None
