"""Booking, moving and cancelling a callback: what customers and the business API do."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from bot.booking import phone
from bot.booking import reference as references
from bot.booking.business import Business
from bot.booking.callback import Callback, Channel, Kind, Status
from bot.booking.errors import (
    CallbackNotFound,
    CallbackNotOpen,
    IdempotencyConflict,
    NumberRefused,
    SlotFull,
    TooManyOpenCallbacks,
    UnknownTopic,
    WindowNotOffered,
)
from bot.booking.hours import BusinessHours
from bot.booking.offer import Offer, offer
from bot.booking.phone import NumberPolicy
from bot.booking.slots import Slot, SlotPolicy, nearest, open_windows, spread, why_not, window_at
from bot.booking.when import Language, read
from bot.booking.window import Window
from bot.store import callbacks, conversations, ledger, slots
from bot.store.database import Database, Transaction, one_at_a_time
from bot.usecases.promises import plan_notices


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingRequest:
    """What a customer asks for. `window` None is "as soon as possible"; the number is E.164 or as written."""

    phone_number: str
    reason: str
    window: Window | None
    language: str
    channel: Channel
    name: str | None = None
    company: str | None = None
    alternate_phone_number: str | None = None
    topic: str | None = None
    priority: int = 0
    conversation_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IdempotencyKey:
    """A client's own name for a request, within its scope: repeated, it books nothing new."""

    scope: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where an open callback stands in line; both None for one that has its own window."""

    queue_position: int | None = None
    estimated_start: datetime | None = None


class Bookings:
    """Everything that a customer, or somebody on their behalf, does with a promised call."""

    def __init__(
        self,
        database: Database,
        *,
        business: Business,
        hours: BusinessHours,
        slot_policy: SlotPolicy,
        numbers: NumberPolicy,
        open_per_number: int,
        reminder: timedelta,
        topics: Sequence[str],
    ) -> None:
        self._database = database
        self._business = business
        self._hours = hours
        self._policy = slot_policy
        self._numbers = numbers
        self._open_per_number = open_per_number
        self._reminder = reminder
        self._topics = topics

    async def slots(
        self, *, now: datetime, start: datetime | None = None, end: datetime | None = None, topic: str | None = None
    ) -> list[Slot]:
        """Every slot that may be promised at `now` and starts in [start, end), full ones too."""
        first, last = start or now, end or now + self._policy.horizon
        windows = open_windows(self._hours, self._policy, now=now, start=first, end=last)
        async with self._database.read() as tx:
            return await slots.read(tx, self._topic(topic), windows, capacity=self._policy.capacity)

    async def soonest(self, *, now: datetime, limit: int = 3) -> tuple[Window, ...]:
        """A few different free times, the soonest first."""
        return spread(await self.slots(now=now), limit=limit)

    async def earliest(self, *, now: datetime) -> Window | None:
        """What "as soon as possible" would promise now, None when nothing is free."""
        at_once = replace(self._policy, lead=timedelta())
        running = window_at(self._hours, self._policy, now) if self._hours.is_open(now) else None
        windows = open_windows(self._hours, at_once, now=now, start=now, end=now + self._policy.horizon)
        async with self._database.read() as tx:
            found = await slots.read(
                tx, self._topic(None), [*([running] if running else []), *windows], capacity=self._policy.capacity
            )
        first = next((slot.window for slot in found if slot.free), None)
        return first and Window(start=max(first.start, now), end=first.end)

    async def propose(self, text: str, *, language: Language, now: datetime) -> Offer:
        """What can be answered to a wish in the customer's words."""
        wishes = read(text, now=now, tz=self._business.timezone, language=language)
        if not wishes:
            return Offer(kind="nothing")
        return offer(wishes, await self.slots(now=now), hours=self._hours, policy=self._policy, now=now)

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
        fingerprint = _fingerprint(request)
        try:
            async with self._database.write() as tx:
                # One booking of a number at a time: what the next one counts and looks up is then already there.
                await one_at_a_time(tx, request.phone_number)
                if idempotency and (known := await self._already_booked(tx, idempotency, fingerprint)):
                    return known
                callback = await self._book(tx, request, now=now)
                if idempotency:
                    await ledger.remember_key(
                        tx, idempotency.scope, idempotency.key,
                        request_hash=fingerprint, callback_id=callback.id, now=now,
                    )  # fmt: skip
                return callback
        except ledger.KeyTaken:
            return await self.book(request, now=now, idempotency=idempotency)
        except (SlotFull, WindowNotOffered) as refusal:
            refusal.alternatives = await self._alternatives(refusal.window, topic=request.topic, now=now)
            raise

    async def move(self, reference: str, window: Window, *, now: datetime) -> Callback:
        """Promise another time instead: the new place is taken and the old one freed in one transaction.

        Raises CallbackNotFound, CallbackNotOpen, WindowNotOffered, SlotFull.
        """
        topic = None
        try:
            async with self._database.write() as tx:
                callback = await self._changeable(tx, reference)
                topic = callback.topic
                if window.in_utc() == callback.window:
                    return callback
                window = window.in_utc()
                moved = await callbacks.change(
                    tx, callback, now=now, event="moved", status=Status.BOOKED, kind=Kind.SCHEDULED,
                    window=window, slot_start=window.start, due_at=window.start, attention=None,
                )  # fmt: skip
                await self._change_places(tx, topic, callback.slot_start, window, now=now)
                await plan_notices(tx, moved, "moved", now=now, reminder=self._reminder)
                return moved
        except (SlotFull, WindowNotOffered) as refusal:
            refusal.alternatives = await self._alternatives(window, topic=topic, now=now)
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

    async def _book(self, tx: Transaction, request: BookingRequest, *, now: datetime) -> Callback:
        _, no_calls = await ledger.opted_out(tx, request.phone_number)
        if no_calls:
            raise NumberRefused("opted_out")
        if await callbacks.count_open(tx, request.phone_number) >= self._open_per_number:
            raise TooManyOpenCallbacks(self._open_per_number)
        topic = self._topic(request.topic)
        if request.window is None:
            kind, slot, window = await self._take_soonest(tx, topic, now=now)
        else:
            kind, slot = Kind.SCHEDULED, await self._take(tx, topic, request.window, now=now)
            window = slot
        callback = Callback(
            id=secrets.token_hex(16), reference=await _new_reference(tx), status=Status.BOOKED, kind=kind,
            window=window, slot_start=slot.start, due_at=window.start, phone_number=request.phone_number,
            reason=request.reason, topic=topic, language=request.language, channel=request.channel,
            priority=request.priority, name=request.name, company=request.company,
            alternate_phone_number=request.alternate_phone_number, conversation_id=request.conversation_id,
            created_at=now, updated_at=now,
        )  # fmt: skip
        await callbacks.add(tx, callback)
        if request.conversation_id:
            await conversations.change(tx, request.conversation_id, now=now, callback_id=callback.id)
        await plan_notices(tx, callback, "confirmation", now=now, reminder=self._reminder)
        return callback

    def _topic(self, name: str | None) -> str:
        """The topic of this name, the first one when none is named."""
        if name is not None and name not in self._topics:
            raise UnknownTopic(name, self._topics)
        return name or self._topics[0]

    async def _take(self, tx: Transaction, topic: str, window: Window, *, now: datetime) -> Window:
        window = window.in_utc()
        if reason := why_not(window, self._hours, self._policy, now=now):
            raise WindowNotOffered(window, reason)
        if not await slots.take(tx, topic, window, capacity=self._policy.capacity):
            raise SlotFull(window)
        return window

    async def _change_places(self, tx: Transaction, topic: str, old: datetime, new: Window, *, now: datetime) -> None:
        """Always the earlier slot first: two customers who swap places would else wait for each other for ever."""
        if old < new.start:
            await slots.give_back(tx, topic, old)
            await self._take(tx, topic, new, now=now)
        else:
            await self._take(tx, topic, new, now=now)
            await slots.give_back(tx, topic, old)

    async def _take_soonest(self, tx: Transaction, topic: str, *, now: datetime) -> tuple[Kind, Window, Window]:
        """A place in the running slot when open, else in the first free one: (kind, slot, promised window)."""
        is_open = self._hours.is_open(now)
        kind = Kind.ASAP if is_open else Kind.AFTER_HOURS
        running = window_at(self._hours, self._policy, now) if is_open else None
        if running and await slots.take(tx, topic, running, capacity=self._policy.capacity):
            closing = next(span.end for span in self._hours.windows(self._hours.local_date(now)) if span.contains(now))
            return kind, running, Window(start=now, end=min(now + self._policy.length, closing)).in_utc()
        soonest = replace(self._policy, lead=timedelta())
        for window in open_windows(self._hours, soonest, now=now, start=now, end=now + self._policy.horizon):
            if await slots.take(tx, topic, window, capacity=self._policy.capacity):
                return kind, window, window
        raise SlotFull(Window(start=now, end=now + self._policy.length))

    async def _changeable(self, tx: Transaction, reference: str) -> Callback:
        callback = await callbacks.by_reference(tx, reference)
        if callback is None:
            raise CallbackNotFound(reference)
        if not callback.is_changeable:
            raise CallbackNotOpen(callback.status)
        return callback

    async def _already_booked(self, tx: Transaction, key: IdempotencyKey, fingerprint: str) -> Callback | None:
        known = await ledger.callback_of_key(tx, key.scope, key.key)
        if known is None:
            return None
        callback_id, request_hash = known
        if request_hash != fingerprint:
            raise IdempotencyConflict
        return await callbacks.get(tx, callback_id)

    async def _alternatives(self, wanted: Window, *, topic: str | None, now: datetime) -> tuple[Window, ...]:
        return nearest(wanted, await self.slots(now=now, topic=topic))


async def _new_reference(tx: Transaction) -> str:
    while True:
        made = "".join(secrets.choice(references.ALPHABET) for _ in range(references.LENGTH))
        if await callbacks.by_reference(tx, made) is None:
            return made


def _fingerprint(request: BookingRequest) -> str:
    return sha256(repr(request).encode()).hexdigest()
