"""Booking, moving and cancelling a callback: what customers and the business API do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.booking import phone
from bot.booking.answering import AnswerRates
from bot.booking.business import Business
from bot.booking.callback import Callback, Kind, Status
from bot.booking.choices import choose, first_parts
from bot.booking.errors import CallbackNotOpen, ChangedMeanwhile, SlotFull, WindowNotOffered
from bot.booking.line import Standing
from bot.booking.offer import Offer, offer
from bot.booking.phone import NumberPolicy
from bot.booking.rules import Rules
from bot.booking.slots import Slot
from bot.booking.when import Language, Wishes, read
from bot.booking.window import Window
from bot.store import attempts, callbacks, ledger, promising, slots
from bot.store.database import Database, Transaction, one_at_a_time
from bot.usecases.line import WaitingLine
from bot.usecases.making import BookingRequest, IdempotencyKey, Made, Making, customer_of, require_may_be_called
from bot.usecases.promises import plan_notices
from bot.usecases.seats import ANYBODY, Customer, Seats

__all__ = ["BookingRequest", "Bookings", "IdempotencyKey", "Soonest", "Standing"]

RATES_ANEW_AFTER = timedelta(hours=1)
RATES_OF = timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Soonest:
    """What "as soon as possible" would promise now, and when the call is expected."""

    kind: Kind
    window: Window
    expected_at: datetime


class Bookings:
    """Everything that a customer, or somebody on their behalf, does with a promised call."""

    def __init__(
        self,
        database: Database,
        *,
        business: Business,
        rules: Rules,
        seats: Seats,
        line: WaitingLine,
        numbers: NumberPolicy,
        reminders: Iterable[timedelta],
    ) -> None:
        self._database = database
        self._business = business
        self._rules = rules
        self._seats = seats
        self._line = line
        self._numbers = numbers
        self._reminders = tuple(reminders)
        self._making = Making(database, rules=rules, seats=self._seats, reminders=self._reminders)
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

    async def earliest(
        self, *, now: datetime, topic: str | None = None, customer: Customer = ANYBODY
    ) -> Soonest | None:
        """What "as soon as possible" would promise now, None when nothing is free."""
        name = self._rules.topic(topic)
        await self._laid_out(name, now=now)
        async with self._database.read() as tx:
            window = await self._seats.soonest(tx, name, customer=customer, now=now)
            if window is None:
                return None
            expected_at = await self._line.expected_for_next(tx, name, window.start, now=now)
        is_open = self._rules.calling_hours(name, customer.number).is_open(now)
        kind = Kind.ASAP if is_open else Kind.AFTER_HOURS
        return Soonest(kind=kind, window=window, expected_at=expected_at)

    async def next_free(
        self,
        *,
        now: datetime,
        limit: int = 5,
        start: datetime | None = None,
        topic: str | None = None,
        customer: Customer = ANYBODY,
    ) -> list[Slot]:
        """The first free slots from `start` on, neighbours or not."""
        name = self._rules.topic(topic)
        await self._laid_out(name, now=now)
        async with self._database.read() as tx:
            return await self._seats.next_free(tx, name, now=now, limit=limit, start=start, customer=customer)

    def topic_of(self, callback: Callback) -> str:
        """The topic whose slots answer for it now: a callback may be older than the settings."""
        return self._rules.known(callback.topic)

    def wishes(self, text: str, *, language: Language, now: datetime, near: Window | None = None) -> Wishes:
        """The times that the customer's words speak of. `near` is the time that the talk is about."""
        tz = self._business.timezone
        told = phone.without(text, self._numbers)
        day = near.start.astimezone(tz).date() if near else None
        return read(told, now=now, tz=tz, language=language, parts=self._business.parts_of_day, near=day)

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
        wishes = self.wishes(text, language=language, now=now, near=near)
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
        """The call that `make` promises."""
        return (await self.make(request, now=now, idempotency=idempotency)).callback

    async def make(self, request: BookingRequest, *, now: datetime, idempotency: IdempotencyKey | None = None) -> Made:
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
        if request.window is None:
            await self._laid_out(self._rules.topic(request.topic), now=now)
        try:
            made = await self._making.make(request, now=now, idempotency=idempotency)
        except (SlotFull, WindowNotOffered) as refusal:
            refusal.alternatives = await self._alternatives(
                refusal.window, topic=request.topic, customer=customer_of(request), now=now
            )
            raise
        if made.callback.kind == Kind.SCHEDULED or made.callback.told_start:
            return made
        async with self._database.write() as tx:  # the line can be counted once the booking stands in it
            return replace(made, callback=await self._line.tell(tx, made.callback, now=now))

    async def book_within(self, tx: Transaction, request: BookingRequest, *, now: datetime) -> Callback:
        """Promise a call in the transaction of somebody who has its number to themselves; the number is E.164, and the
        topic laid out. Raises as `book`, without alternatives."""
        return await self._making.make_within(tx, request, now=now)

    async def lay_out(self, topic: str, *, now: datetime) -> None:
        """Let the free slots of a topic be found."""
        await self._laid_out(topic, now=now)

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

    async def release(self, holder: str) -> None:
        """Give back the places that are kept for somebody who no longer wants them."""
        async with self._database.write() as tx:
            await self._seats.release(tx, holder)

    async def move(
        self,
        reference: str,
        window: Window,
        *,
        now: datetime,
        during_call: bool = False,
        version: int | None = None,
    ) -> Callback:
        """Promise another time instead: the new place is taken and the old one freed in one transaction. `during_call`:
        the customer says so in the very call that was promised. `version` is the only one that is moved.

        Raises CallbackNotFound, CallbackNotOpen, WindowNotOffered, SlotFull, and ChangedMeanwhile where it is in
        another version.
        """
        callback = None
        try:
            async with self._database.write() as tx:
                callback = await self._changeable(tx, reference, during_call=during_call)
                if version not in (None, callback.version):
                    raise ChangedMeanwhile
                if window.in_utc() == callback.window:
                    return callback
                window, topic = window.in_utc(), self.topic_of(callback)
                moved = await callbacks.change(
                    tx, callback, now=now, event="moved", status=Status.BOOKED, kind=Kind.SCHEDULED, topic=topic,
                    window=window, slot_start=window.start, due_at=window.start, attention=None, dial_number=None,
                )  # fmt: skip
                await self._seats.change(tx, callback, topic, window, customer=customer_of(callback), now=now)
                await plan_notices(tx, moved, "moved", now=now, leads=self._reminders)
                return moved
        except (SlotFull, WindowNotOffered) as refusal:
            if callback:
                refusal.alternatives = await self._alternatives(
                    window, topic=callback.topic, customer=customer_of(callback), now=now
                )
            raise
        except callbacks.StaleCallback:
            return await self.move(reference, window, now=now, during_call=during_call, version=version)

    async def change_number(self, reference: str, number: str, *, now: datetime) -> Callback:
        """Call another number instead; the confirmation goes there.

        Raises CallbackNotFound, CallbackNotOpen, NumberRefused, TooManyOpenCallbacks, and WindowNotOffered where that
        number may not be called at that time.
        """
        number = phone.accept(number, self._numbers)
        try:
            async with self._database.write() as tx:
                await one_at_a_time(tx, number)
                callback = await self._changeable(tx, reference, during_call=False)
                if callback.phone_number == number:
                    return callback
                known = await promising.before(
                    tx, number, topic=callback.topic, reference=reference, scope=None, key=None
                )
                require_may_be_called(known, most=self._rules.of(callback.topic).policy.open_per_number)
                if not all(hours.covers(callback.window) for hours in self._rules.lawful.of(number)):
                    raise WindowNotOffered(callback.window, "unlawful")
                changed = await callbacks.change(
                    tx, callback, now=now, event="number_changed", phone_number=number, dial_number=None
                )
                await plan_notices(tx, changed, "confirmation", now=now, leads=self._reminders)
                return changed
        except callbacks.StaleCallback:
            return await self.change_number(reference, number, now=now)

    async def cancel(
        self,
        reference: str,
        *,
        now: datetime,
        reason: str | None = None,
        during_call: bool = False,
        version: int | None = None,
    ) -> Callback:
        """Take the promise back; cancelling twice is harmless. `version` is the only one that is cancelled.

        Raises CallbackNotFound, CallbackNotOpen, and ChangedMeanwhile where it is in another version.
        """
        try:
            async with self._database.write() as tx:
                callback = await callbacks.by_reference(tx, reference)
                if callback and callback.status == Status.CANCELLED:
                    return callback
                callback = await self._changeable(tx, reference, during_call=during_call)
                if version not in (None, callback.version):
                    raise ChangedMeanwhile
                cancelled = await callbacks.change(tx, callback, now=now, status=Status.CANCELLED)
                if reason:
                    await callbacks.note_event(tx, callback.id, "cancel_reason", at=now, facts={"reason": reason})
                await slots.give_back(tx, callback.topic, callback.slot_start)
                await plan_notices(tx, cancelled, "cancelled", now=now, leads=self._reminders)
                return cancelled
        except callbacks.StaleCallback:
            return await self.cancel(reference, now=now, reason=reason, during_call=during_call, version=version)

    async def find(self, reference: str) -> Callback:
        """The callback with this reference; raises CallbackNotFound."""
        async with self._database.read() as tx:
            return await callbacks.named(tx, reference)

    async def booked_with(self, idempotency: IdempotencyKey) -> Callback | None:
        """What a request under this key has booked."""
        async with self._database.read() as tx:
            known = await ledger.callback_of_key(tx, idempotency.scope, idempotency.key)
            return await callbacks.get(tx, known) if known else None

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
        if callback.kind == Kind.SCHEDULED:
            return Standing()
        async with self._database.read() as tx:
            return await self._line.standing(tx, callback, now=now)

    async def _rates(self, *, now: datetime) -> AnswerRates:
        """When people lately answered, read anew every hour."""
        if self._answering is None or abs(now - self._answering[0]) > RATES_ANEW_AFTER:
            async with self._database.read() as tx:
                tries = await attempts.answered_by_hour(tx, since=now - RATES_OF)
            self._answering = now, AnswerRates(tries, timezone=self._business.timezone)
        return self._answering[1]

    async def _changeable(self, tx: Transaction, reference: str, *, during_call: bool) -> Callback:
        callback = await callbacks.named(tx, reference)
        if not callback.is_changeable and not (during_call and callback.status == Status.DIALING):
            raise CallbackNotOpen(callback.status)
        return callback

    async def _alternatives(
        self, wanted: Window, *, topic: str | None, customer: Customer, now: datetime
    ) -> tuple[Window, ...]:
        known = self._rules.known(topic)  # a callback may be older than the settings
        await self._laid_out(known, now=now)
        async with self._database.read() as tx:
            return await self._seats.nearest(tx, known, wanted.in_utc(), customer=customer, now=now)

    async def _laid_out(self, topic: str, *, now: datetime) -> None:
        """Only what is laid out is found by the index of free slots."""
        if self._seats.is_laid_out(topic, now=now):
            return
        async with self._database.write() as tx:
            if not self._seats.is_laid_out(topic, now=now):  # many may have waited for the same
                await self._seats.lay_out(tx, topic, now=now)
