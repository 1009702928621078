"""A caller is promised a call: where to, about what, and when."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.callback import Callback, Channel, Kind
from bot.booking.errors import IdempotencyConflict, NumberRefused, SlotFull, TooManyOpenCallbacks, WindowNotOffered
from bot.booking.phone import NumberPolicy
from bot.booking.topic import Topic
from bot.booking.window import Window
from bot.store import callbacks, inbound_calls, ledger
from bot.store.database import Database
from bot.store.inbound_calls import InboundCall
from bot.usecases import spoken_times
from bot.usecases.bookings import BookingRequest, Bookings, IdempotencyKey
from bot.usecases.call_steps import Answer, Line
from bot.usecases.inbound.menu import IN_MINUTES, SOON
from bot.usecases.inbound.saying import ask, end, line, spelled
from bot.usecases.seats import Customer
from bot.usecases.spoken_times import WRITE_KEY, SpokenTimes
from bot.wording import say

SCOPE = "inbound"
"""Where calls stand as idempotency keys: one call books once."""
SOONEST, TIME = "soonest", "time"
"""What a caller wishes for."""
YES_KEY, ANOTHER_KEY = "1", "2"
MOST_ENTRIES = 3
MOST_TOPICS = 8
RESUMED = "calls_resumed"
"""The history's word for a number that wanted no calls and has asked for one itself."""

Query = Mapping[str, str]


class Promising:
    """Each method takes the keys that were pressed at one step. Every one may be called twice."""

    def __init__(
        self, database: Database, bookings: Bookings, *, business: Business, numbers: NumberPolicy,
        topics: Callable[[], Sequence[Topic]],
    ) -> None:  # fmt: skip
        self._database = database
        self._bookings = bookings
        self._times = SpokenTimes(bookings, business=business)
        self._numbers = numbers
        self._topics_in_force = topics

    @property
    def _topics(self) -> Sequence[Topic]:
        return self._topics_in_force()[:MOST_TOPICS]

    def begin(self, call: InboundCall, wish: str) -> Answer:
        """Whether to call the number that calls us; a withheld one, and one that we may not call, is asked for."""
        query = {"wish": wish}
        if call.caller is None:
            return ask(call, "entry", line("withheld", call.language), query=query, is_long=True)
        try:
            phone.accept(call.caller, self._numbers)
        except NumberRefused as refusal:
            refused = line(f"refused_{refusal.reason}", call.language)
            return ask(call, "entry", refused, line("enter", call.language), query=query, is_long=True)
        told = line("this_number", call.language, digits=spelled(call.caller[-4:]))
        return ask(call, "number", told, query=query)

    async def number_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """Yes to the number that calls, or another one."""
        match digits:
            case "1" if call.caller:
                return await self._go_on(call, query, now=now, phone_number=call.caller)
            case "2":
                return ask(call, "entry", line("enter", call.language), query=query, is_long=True)
        return self.begin(call, query.get("wish", SOONEST))

    async def entry_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """A number by its digits: repeated, or refused with the reason."""
        try:
            number = phone.accept(digits, self._numbers)
        except NumberRefused as refusal:
            entries = int(query.get("entries", "1"))
            if entries >= MOST_ENTRIES:
                return end(call, "no_number")
            refused, again = line(f"refused_{refusal.reason}", call.language), {**query, "entries": str(entries + 1)}
            return ask(call, "entry", refused, line("enter", call.language), query=again, is_long=True)
        async with self._database.write() as tx:
            await inbound_calls.change(tx, call, phone_number=number)
        return ask(call, "entered", line("entered", call.language, digits=spelled(phone.national(number))), query=query)

    async def entered_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """Yes to the number that was entered, or another try."""
        if digits == YES_KEY and call.phone_number:
            return await self._go_on(call, query, now=now)
        return ask(call, "entry", line("enter", call.language), query=query, is_long=True)

    async def topic_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """What it is about."""
        if not digits.isdecimal() or not 1 <= int(digits) <= len(self._topics):
            return self._ask_topic(call, query)
        return await self._go_on(call, query, now=now, topic=self._topics[int(digits) - 1].id)

    async def slot_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """One of the times that were read out, more of them, or a link to choose by."""
        if digits == WRITE_KEY:
            return await self._send_link(call, query, now=now)
        if start := spoken_times.chosen(query, digits):
            window = await self._times.window(self._topic(call), _customer(call), start, now=now)
            return await self._book(call, window or Window(start=start, end=start + timedelta(minutes=1)), now=now)
        return await self._offer(call, since=spoken_times.next_since(query, digits, now=now), now=now)

    async def resume_pressed(self, call: InboundCall, digits: str, query: Query, *, now: datetime) -> Answer:
        """Somebody who wanted no calls at this very number asks for one: their own word lifts it."""
        if digits != YES_KEY or call.phone_number is None or call.phone_number != call.caller:
            return end(call, "as_before")
        async with self._database.write() as tx:
            await ledger.set_consent(tx, call.phone_number, do_not_call_at=None)
        start = next(iter(spoken_times.offered(query)), None)
        window = await self._times.window(self._topic(call), _customer(call), start, now=now) if start else None
        if start and window is None:
            return await self._offer(call, since=now, now=now, first=say("voice.time_gone", call.language))
        answer = await self._book(call, window, now=now)
        made = await self._bookings.booked_with(_key(call))
        if made:
            async with self._database.write() as tx:
                await callbacks.note_event(tx, made.id, RESUMED, at=now, facts={"channel": "voice"})
        return answer

    async def _go_on(self, call: InboundCall, query: Query, *, now: datetime, **said: str) -> Answer:
        async with self._database.write() as tx:
            if said:
                await inbound_calls.change(tx, call, **said)
            call = await inbound_calls.get(tx, call.call_sid) or call
        if len(self._topics) > 1 and call.topic is None:
            return self._ask_topic(call, query)
        if query.get("wish") == TIME:
            return await self._offer(call, since=now, now=now)
        return await self._book(call, None, now=now)

    def _ask_topic(self, call: InboundCall, query: Query) -> Answer:
        choices = " ".join(
            say("inbound.topic_choice", call.language, topic=topic.name(call.language), key=key)
            for key, topic in enumerate(self._topics, start=1)
        )
        return ask(call, "topic", line("topics", call.language, choices=choices), query=query)

    async def _offer(self, call: InboundCall, *, since: datetime, now: datetime, first: str = "") -> Answer:
        spoken = await self._times.offer(self._topic(call), _customer(call), since=since, now=now)
        if spoken is None:
            return end(call, "no_times")
        told = Line(text=f"{first} {spoken.text}".strip(), language=call.language)
        return ask(call, "slot", told, query={"wish": TIME, **spoken.query})

    async def _book(self, call: InboundCall, window: Window | None, *, now: datetime) -> Answer:
        if call.phone_number is None:
            return self.begin(call, TIME if window else SOONEST)
        try:
            request = self._request(call, call.phone_number, window)
            made = await self._bookings.book(request, now=now, idempotency=_key(call))
        except IdempotencyConflict:  # the step of another time, delivered late
            known = await self._bookings.booked_with(_key(call))
            if known is None:
                raise
            made = known
        except NumberRefused as refusal:
            if refusal.reason == "opted_out" and call.phone_number == call.caller:
                starts = {"starts": str(int(window.start.timestamp()) // 60)} if window else {}
                return ask(call, "resume", line("resume", call.language), query=starts)
            return end(call, f"refused_{refusal.reason}")
        except TooManyOpenCallbacks:
            return end(call, "too_many")
        except (SlotFull, WindowNotOffered):
            if window is None:
                return end(call, "no_times")
            return await self._offer(call, since=now, now=now, first=say("voice.time_gone", call.language))
        async with self._database.write() as tx:
            await inbound_calls.change(tx, call, state="settled")
        return self._booked(call, made, now=now)

    def _booked(self, call: InboundCall, made: Callback, *, now: datetime) -> Answer:
        reference = spelled(made.reference)
        expected = made.told_start or made.window.start
        if made.kind == Kind.ASAP and expected - now <= SOON:
            return end(call, "booked_now", reference=reference)
        if made.kind == Kind.ASAP and expected - now <= IN_MINUTES:
            minutes = ceil((expected - now) / timedelta(minutes=1))
            return end(call, "booked_soonest", minutes=minutes, reference=reference)
        return end(call, "booked", when=self._times.told(expected, call.language), reference=reference)

    async def _send_link(self, call: InboundCall, query: Query, *, now: datetime) -> Answer:
        to = call.phone_number or call.caller
        if to is None or not phone.takes_sms(to):
            since = spoken_times.next_since(query, "", now=now)
            return await self._offer(call, since=since, now=now, first=say("inbound.no_sms", call.language))
        async with self._database.write() as tx:
            await inbound_calls.advance(tx, call.call_sid, before="open", state="left", sms_to=to)
        return end(call, "link_sent")

    def _request(self, call: InboundCall, number: str, window: Window | None) -> BookingRequest:
        topic = next((topic for topic in self._topics if topic.id == call.topic), None)
        reason = (
            say("inbound.reason_about", call.language, topic=topic.name(call.language))
            if topic
            else say("inbound.reason", call.language)
        )
        return BookingRequest(
            phone_number=number, reason=reason, window=window, language=call.language, channel=Channel.VOICE,
            topic=self._topic(call),
        )  # fmt: skip

    def _topic(self, call: InboundCall) -> str:
        return call.topic or self._topics[0].id


def _customer(call: InboundCall) -> Customer:
    return Customer(number=call.phone_number, language=call.language)


def _key(call: InboundCall) -> IdempotencyKey:
    return IdempotencyKey(scope=SCOPE, key=call.call_sid)
