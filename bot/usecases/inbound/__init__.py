"""A call that comes in: nobody has to wait on the line for what can be promised."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.booking.business import Business
from bot.booking.phone import NumberPolicy
from bot.booking.topic import Topic
from bot.booking.when import Language
from bot.channels.channel import Channel
from bot.store import callbacks, inbound_calls
from bot.store.database import Database
from bot.store.inbound_calls import InboundCall
from bot.usecases.bookings import Bookings
from bot.usecases.call_steps import Answer, HangUp
from bot.usecases.identity import Identity
from bot.usecases.inbound import changing, promising
from bot.usecases.inbound.changing import Changing
from bot.usecases.inbound.menu import OTHER, Menu
from bot.usecases.inbound.promising import Promising
from bot.usecases.inbound.texting import LinkTexts

__all__ = ["STEPS", "Inbound", "InboundPolicy"]

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What Twilio writes for anonymous, restricted, blocked, unknown and unavailable callers, besides plain words.
https://help.twilio.com/articles/223179988"""

STEPS = ("menu", "number", "entry", "entered", "topic", "slot", "resume", "proof", "which", "move", "cancel")
"""Where a caller's keys may lead."""
Pressed = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, kw_only=True)
class InboundPolicy:
    """What callers hear first in each language, what they may call about, and where a time is chosen on a screen."""

    incidents: Mapping[str, Sequence[str]]
    topics: Callable[[], Sequence[Topic]]
    form_url: str


class Inbound:
    """Answers the carrier's question "what now?" about calls that came in. Every method may be called twice."""

    def __init__(
        self, database: Database, bookings: Bookings, identity: Identity, sms: Channel, *, business: Business,
        numbers: NumberPolicy, policy: InboundPolicy,
    ) -> None:  # fmt: skip
        self._database = database
        self._menu = Menu(database, bookings, business=business, incidents=policy.incidents)
        self._promising = Promising(database, bookings, business=business, numbers=numbers, topics=policy.topics)
        self._changing = Changing(database, bookings, identity, self._menu, business=business)
        self._texts = LinkTexts(database, sms, business=business, numbers=numbers, form_url=policy.form_url)
        self._pressed: Mapping[str, Pressed] = {
            "menu": self._menu_pressed,
            "number": self._promising.number_pressed,
            "entry": self._promising.entry_pressed,
            "entered": self._promising.entered_pressed,
            "topic": self._promising.topic_pressed,
            "slot": self._promising.slot_pressed,
            "resume": self._promising.resume_pressed,
            "proof": self._changing.proof_pressed,
            "which": self._changing.which_pressed,
            "move": self._changing.move_pressed,
            "cancel": self._changing.cancel_pressed,
        }

    async def begin(self, call_sid: str, caller: str, *, now: datetime) -> Answer:
        """A call comes in; `caller` is what the carrier says of its number."""
        number = caller if NUMBER.fullmatch(caller) and caller not in WITHHELD else None
        async with self._database.write() as tx:
            earlier = await callbacks.of_number(tx, number, limit=1) if number else []
            language: Language = "en" if earlier and earlier[0].language == "en" else "ja"
            new = InboundCall(call_sid=call_sid, caller=number, language=language, at=now)
            call = await inbound_calls.begin(tx, new)
        return await self._menu.read_out(call, now=now)

    async def pressed(
        self, call_sid: str, step: str, digits: str, query: Mapping[str, str], *, now: datetime
    ) -> Answer:
        """Keys were pressed at a step, one of STEPS."""
        async with self._database.read() as tx:
            call = await inbound_calls.get(tx, call_sid)
        return HangUp() if call is None else await self._pressed[step](call, digits, query, now=now)

    async def ended(self, call_sid: str) -> None:
        """The call is over."""
        await self._texts.ended(call_sid)

    async def send_due(self, *, now: datetime) -> int:
        """Send links to those who hung up; returns how many were looked at."""
        return await self._texts.send_due(now=now)

    async def _menu_pressed(
        self, call: InboundCall, digits: str, _query: Mapping[str, str], *, now: datetime
    ) -> Answer:
        match digits:
            case "1":
                return self._promising.begin(call, promising.SOONEST)
            case "2":
                return self._promising.begin(call, promising.TIME)
            case "3":
                return await self._changing.begin(call, changing.MOVE, now=now)
            case "4":
                return await self._changing.begin(call, changing.CANCEL, now=now)
            case "9":
                call = replace(call, language="ja" if OTHER[call.language] == "ja" else "en")
                async with self._database.write() as tx:
                    await inbound_calls.change(tx, call, language=call.language)
        return await self._menu.read_out(call, now=now)
