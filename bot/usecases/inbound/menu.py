"""What a caller hears first: known incidents, their own booking, the wait, and what the keys do."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from bot.booking.business import Business
from bot.booking.callback import Callback, Kind
from bot.store import callbacks
from bot.store.database import Database
from bot.store.inbound_calls import InboundCall
from bot.usecases.bookings import Bookings, Soonest
from bot.usecases.call_steps import Answer, Line
from bot.usecases.inbound.saying import ask, end, line
from bot.usecases.seats import Customer
from bot.wording import dates

OTHER = {"ja": "en", "en": "ja"}
SOON = timedelta(minutes=2)
IN_MINUTES = timedelta(hours=2)
"""A longer wait is told as a time of day."""
MOST_TOLD = 3


class Menu:
    """The first question of a call, and the one that it comes back to."""

    def __init__(
        self, database: Database, bookings: Bookings, *, business: Business, incidents: Mapping[str, Sequence[str]]
    ) -> None:
        self._database = database
        self._bookings = bookings
        self._business = business
        self._incidents = incidents

    async def read_out(self, call: InboundCall, *, now: datetime) -> Answer:
        """Everything from the greeting on."""
        language = call.language
        promised = await self.open_callbacks(call)
        soonest = await self._bookings.earliest(now=now, customer=Customer(language=language))
        if soonest is None and not promised:
            return end(call, "nothing_free_at_all", hotline=self._business.hotline)
        return ask(
            call,
            "menu",
            line("greeting", language, business=self._business.name(language)),
            *(Line(text=text, language=language) for text in self._incidents.get(language, ())),
            *[await self._promised(callback, language, now=now) for callback in promised[:MOST_TOLD]],
            *self._offered(soonest, language, now=now),
            *([line("change", language)] if any(callback.is_changeable for callback in promised) else []),
            line("other_language", OTHER[language]),
        )

    async def open_callbacks(self, call: InboundCall) -> list[Callback]:
        """What is promised to the number that calls, the next one first."""
        if call.caller is None:
            return []
        async with self._database.read() as tx:
            found = await callbacks.of_number(tx, call.caller)
        return sorted((callback for callback in found if callback.is_open), key=lambda it: it.window.start)

    async def _promised(self, callback: Callback, language: str, *, now: datetime) -> Line:
        """When the promised call comes, and nothing else: whose number calls is only what the network says."""
        if callback.kind == Kind.SCHEDULED:
            return line("promised", language, when=self._told(callback.due_at, language))
        standing = await self._bookings.standing(callback, now=now)
        when = self._told(standing.estimated_start or callback.due_at, language)
        return line("promised_soonest", language, when=when)

    def _offered(self, soonest: Soonest | None, language: str, *, now: datetime) -> tuple[Line, ...]:
        if soonest is None:
            return (line("nothing_free", language),)
        if soonest.kind == Kind.AFTER_HOURS:
            when = self._told(soonest.window.start, language)
            return line("closed", language), line("keep_closed", language, when=when), line("choose", language)
        wait = soonest.expected_at - now
        if wait <= SOON:
            told = line("soon", language)
        elif wait <= IN_MINUTES:
            told = line("wait", language, minutes=ceil(wait / timedelta(minutes=1)))
        else:
            told = line("wait_until", language, when=self._told(soonest.expected_at, language))
        return told, line("keep", language), line("choose", language)

    def _told(self, moment: datetime, language: str) -> str:
        return dates.spoken(moment, tz=self._business.timezone, language=language)
