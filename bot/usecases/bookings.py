"""Booking, moving and cancelling a callback: what customers and the business API do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.booking import phone
from bot.booking.answering import AnswerRates
from bot.booking.business import Business
from bot.booking.callback import Callback, Kind, Status
from bot.booking.choices import choose, first_parts
from bot.booking.errors import CallbackNotFound, CallbackNotOpen, SlotFull, WindowNotOffered
from bot.booking.measured import MeasurePolicy
from bot.booking.offer import Offer, offer
from bot.booking.phone import NumberPolicy
from bot.booking.rules import Rules
from bot.booking.slots import Slot
from bot.booking.when import Language, read
from bot.booking.window import Window
from bot.store import attempts, callbacks, slots
from bot.store.database import Database, Transaction, one_at_a_time
from bot.usecases.making import BookingRequest, IdempotencyKey, Making, customer_of
from bot.usecases.promises import plan_notices
from bot.usecases.seats import ANYBODY, Customer, Seats

__all__ = ["BookingRequest", "Bookings", "IdempotencyKey", "Oversold", "Standing"]

HOLD_FOR = timedelta(minutes=3)
RATES_ANEW_AFTER = timedelta(hours=1)
RATES_OF = timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where an open callback stands in line; both None for one that has its own window."""

    queue_position: int | None = None
    estimated_start: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Oversold:
    """A slot that sold more than it has by now, and to whom, the first to book first. Nobody of them was told."""

    topic: str
    slot: Slot
    callbacks: tuple[Callback, ...]


class Bookings:
    """Everything that a customer, or somebody on their behalf, does with a promised call."""

    def __init__(
        self,
        database: Database,
        *,
        business: Business,
        rules: Rules,
        numbers: NumberPolicy,
        reminder: timedelta,
        measured: MeasurePolicy,
        hold_for: timedelta = HOLD_FOR,
    ) -> None:
        self._database = database
        self._business = business
        self._rules = rules
        self._seats = Seats(rules, measured=measured, hold_for=hold_for)
        self._making = Making(database, rules=rules, seats=self._seats, reminder=reminder)
        self._numbers = numbers
        self._reminder = reminder
        self._answering: tuple[datetime, AnswerRates] | None = None

    async def slots(
        self,
        *,
        now: datetime,
        start: datetime | None = None,
        end: datetime | None = None,
        topic: str | None = None,
        customer: Customer = ANYBODY,
    ) -> list[Slot]:
        """Every slot that may be promised at `now` (to this customer) and starts in [start, end), full ones too."""
        name = self._rules.topic(topic)
        last = end or now + self._rules.of(name).policy.horizon
        async with self._database.read() as tx:
            return await self._seats.read(tx, name, now=now, start=start or now, end=last, customer=customer)

    async def soonest(
        self, *, now: datetime, limit: int = 3, topic: str | None = None, customer: Customer = ANYBODY
    ) -> tuple[Window, ...]:
        """A few different free times soon, the one at which an answer is likeliest first."""
        offered = await self.slots(now=now, topic=topic, customer=customer)
        free, tz = [slot.window for slot in offered if slot.free], self._business.timezone
        near = first_parts(free, limit, timezone=tz)
        return choose(near, limit=limit, timezone=tz, rates=await self._rates(now=now))

    async def earliest(self, *, now: datetime, customer: Customer = ANYBODY) -> Window | None:
        """What "as soon as possible" would promise now, None when nothing is free."""
        async with self._database.read() as tx:
            return await self._seats.soonest(tx, self._rules.topic(None), customer=customer, now=now)

    async def next_free(
        self, *, now: datetime, limit: int = 5, topic: str | None = None, customer: Customer = ANYBODY
    ) -> list[Slot]:
        """The first free slots, neighbours or not."""
        async with self._database.read() as tx:
            return await self._seats.next_free(tx, self._rules.topic(topic), now=now, limit=limit, customer=customer)

    async def oversold(self, *, now: datetime) -> list[Oversold]:
        """Slots ahead in which more is promised than can be called by now: a capacity was lowered. In order of time."""
        found = []
        async with self._database.read() as tx:
            for topic in self._rules.topics:
                for slot in await self._seats.oversold(tx, topic, now=now):
                    promised = await callbacks.of_slot(tx, topic, slot.window)
                    found.append(Oversold(topic=topic, slot=slot, callbacks=tuple(promised)))
        return sorted(found, key=lambda oversold: oversold.slot.window)

    async def propose(
        self,
        text: str,
        *,
        language: Language,
        now: datetime,
        topic: str | None = None,
        customer: Customer = ANYBODY,
        near: Window | None = None,
    ) -> Offer:
        """What can be answered to a wish in the customer's words; only times at which they may be called.

        `near` is the time that the talk is about.
        """
        tz = self._business.timezone
        day = near.start.astimezone(tz).date() if near else None
        wishes = read(text, now=now, tz=tz, language=language, parts=self._business.parts_of_day, near=day)
        if not wishes:
            return Offer(kind="nothing")
        rules = self._rules.of(self._rules.topic(topic))
        offered = await self.slots(now=now, topic=topic, customer=customer)
        lawful = self._rules.lawful.of(customer.number) if customer.number else ()
        rates = await self._rates(now=now)
        return offer(wishes, offered, hours=rules.hours, policy=rules.policy, lawful=lawful, now=now, rates=rates)

    async def book(
        self, request: BookingRequest, *, now: datetime, idempotency: IdempotencyKey | None = None
    ) -> Callback:
        """Promise a call.

        Raises NumberRefused, TooManyOpenCallbacks, WindowNotOffered and SlotFull (both with alternatives) and, for a
        key that stands for something else, IdempotencyConflict. The same key and request give the same callback.
        """
        request = replace(
            request,
            phone_number=phone.accept(request.phone_number, self._numbers),
            alternate_phone_number=request.alternate_phone_number
            and phone.accept(request.alternate_phone_number, self._numbers),
            window=request.window and request.window.in_utc(),
        )
        try:
            return await self._making.make(request, now=now, idempotency=idempotency)
        except (SlotFull, WindowNotOffered) as refusal:
            refusal.alternatives = await self._alternatives(
                refusal.window, topic=request.topic, customer=customer_of(request), now=now
            )
            raise

    async def hold(self, window: Window, *, customer: Customer, now: datetime, topic: str | None = None) -> Window:
        """Keep a place for the customer's holder while they are asked for a yes; it is released by itself.

        `book` with the same holder uses it. Raises WindowNotOffered and SlotFull, both with alternatives.
        """
        name = self._rules.topic(topic)
        try:
            async with self._database.write() as tx:
                await one_at_a_time(tx, f"hold:{customer.holder}")
                return await self._seats.hold(tx, name, window, customer=customer, now=now)
        except (SlotFull, WindowNotOffered) as refusal:
            refusal.alternatives = await self._alternatives(window, topic=name, customer=customer, now=now)
            raise

    async def move(self, reference: str, window: Window, *, now: datetime) -> Callback:
        """Promise another time instead: the new place is taken and the old one freed in one transaction.

        Raises CallbackNotFound, CallbackNotOpen, WindowNotOffered, SlotFull.
        """
        callback = None
        try:
            async with self._database.write() as tx:
                callback = await self._changeable(tx, reference)
                if window.in_utc() == callback.window:
                    return callback
                window = window.in_utc()
                moved = await callbacks.change(
                    tx, callback, now=now, event="moved", status=Status.BOOKED, kind=Kind.SCHEDULED,
                    window=window, slot_start=window.start, due_at=window.start, attention=None,
                )  # fmt: skip
                await self._seats.change(
                    tx, callback.topic, callback.slot_start, window, customer=customer_of(callback), now=now
                )
                await plan_notices(tx, moved, "moved", now=now, reminder=self._reminder)
                return moved
        except (SlotFull, WindowNotOffered) as refusal:
            if callback:
                refusal.alternatives = await self._alternatives(
                    window, topic=callback.topic, customer=customer_of(callback), now=now
                )
            raise
        except callbacks.StaleCallback:
            return await self.move(reference, window, now=now)

    async def cancel(self, reference: str, *, now: datetime, reason: str | None = None) -> Callback:
        """Take the promise back; cancelling twice is harmless. Raises CallbackNotFound, CallbackNotOpen."""
        try:
            async with self._database.write() as tx:
                callback = await callbacks.by_reference(tx, reference)
                if callback and callback.status == Status.CANCELLED:
                    return callback
                callback = await self._changeable(tx, reference)
                cancelled = await callbacks.change(tx, callback, now=now, status=Status.CANCELLED)
                if reason:
                    await callbacks.note_event(tx, callback.id, "cancel_reason", at=now, facts={"reason": reason})
                await slots.give_back(tx, callback.topic, callback.slot_start)
                await plan_notices(tx, cancelled, "cancelled", now=now, reminder=self._reminder)
                return cancelled
        except callbacks.StaleCallback:
            return await self.cancel(reference, now=now, reason=reason)

    async def find(self, reference: str) -> Callback:
        """The callback with this reference; raises CallbackNotFound."""
        async with self._database.read() as tx:
            callback = await callbacks.by_reference(tx, reference)
        if callback is None:
            raise CallbackNotFound(reference)
        return callback

    async def open_in_conversation(self, conversation_id: str) -> tuple[Callback, ...]:
        """The open callbacks that were booked in this very talk."""
        async with self._database.read() as tx:
            booked = await callbacks.of_conversation(tx, conversation_id)
        return tuple(callback for callback in booked if callback.is_open)

    async def listing(
        self,
        *,
        statuses: Sequence[Status] = (),
        phone_number: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 50,
    ) -> list[Callback]:
        """Callbacks by their window's start in [start, end), from just behind `after` = (window start, id)."""
        async with self._database.read() as tx:
            return await callbacks.listing(
                tx, statuses=statuses, phone_number=phone_number, start=start, end=end, after=after, limit=limit
            )

    async def standing(self, callback: Callback, *, now: datetime) -> Standing:
        """The place in the line of those who asked for the soonest call."""
        if callback.kind == Kind.SCHEDULED or callback.status not in (Status.BOOKED, Status.RETRY_WAIT):
            return Standing()
        async with self._database.read() as tx:
            ahead = await callbacks.count_ahead(tx, callback)
        return Standing(queue_position=ahead + 1, estimated_start=max(callback.due_at, now))

    async def _rates(self, *, now: datetime) -> AnswerRates:
        """When people lately answered, read anew every hour."""
        if self._answering is None or abs(now - self._answering[0]) > RATES_ANEW_AFTER:
            async with self._database.read() as tx:
                tries = await attempts.answered_by_hour(tx, since=now - RATES_OF)
            self._answering = now, AnswerRates(tries, timezone=self._business.timezone)
        return self._answering[1]

    async def _changeable(self, tx: Transaction, reference: str) -> Callback:
        callback = await callbacks.by_reference(tx, reference)
        if callback is None:
            raise CallbackNotFound(reference)
        if not callback.is_changeable:
            raise CallbackNotOpen(callback.status)
        return callback

    async def _alternatives(
        self, wanted: Window, *, topic: str | None, customer: Customer, now: datetime
    ) -> tuple[Window, ...]:
        # A callback may be older than the settings: one whose topic is gone is offered the first one's times.
        known = self._rules.topic(topic if topic in self._rules.topics else None)
        async with self._database.read() as tx:
            return await self._seats.nearest(tx, known, wanted.in_utc(), customer=customer, now=now)
