"""Making one promise: everything that a new callback needs, in one transaction that others may share."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.booking import reference as references
from bot.booking.callback import Callback, Channel, Kind, Status
from bot.booking.errors import IdempotencyConflict, NumberRefused, TooManyOpenCallbacks
from bot.booking.rules import Rules
from bot.booking.window import Window
from bot.store import callbacks, conversations, ledger, promising
from bot.store.database import Database, Transaction
from bot.store.together import Collision
from bot.usecases.promises import plan_notices
from bot.usecases.seats import Customer, Seats

MOST_TRIES = 3


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
    held_by: str | None = None

    @property
    def holder(self) -> str | None:
        """The name under which a place may be kept for this customer: `held_by`, or the talk."""
        return self.held_by or self.conversation_id


@dataclass(frozen=True, kw_only=True, slots=True)
class IdempotencyKey:
    """A client's own name for a request, within its scope: repeated, it books nothing new."""

    scope: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What a request has booked; `is_new` is False where its key stood for it already."""

    callback: Callback
    is_new: bool


class Making:
    """Makes promises for requests whose numbers are in E.164 and may be called."""

    def __init__(self, database: Database, *, rules: Rules, seats: Seats, reminders: Sequence[timedelta]) -> None:
        self._database = database
        self._rules = rules
        self._seats = seats
        self._reminders = tuple(reminders)

    async def make(
        self, request: BookingRequest, *, now: datetime, idempotency: IdempotencyKey | None, tries: int = MOST_TRIES
    ) -> Made:
        """The new callback, or the one that the key already stands for.

        Raises NumberRefused, TooManyOpenCallbacks, WindowNotOffered, SlotFull and IdempotencyConflict.
        """
        try:
            return await self._database.together(
                lambda tx: self._known_or_new(tx, request, now=now, key=idempotency),
                name=request.phone_number,
                order=(self._rules.known(request.topic), request.window.start.isoformat() if request.window else ""),
            )
        except Collision:  # the same key with another number, or a reference that somebody else drew just now
            if tries == 1:
                raise
            return await self.make(request, now=now, idempotency=idempotency, tries=tries - 1)

    async def make_within(self, tx: Transaction, request: BookingRequest, *, now: datetime) -> Callback:
        """A new callback in the transaction of somebody who has this number to themselves. Raises as `make`."""
        return (await self._known_or_new(tx, request, now=now, key=None)).callback

    async def _known_or_new(
        self, tx: Transaction, request: BookingRequest, *, now: datetime, key: IdempotencyKey | None
    ) -> Made:
        topic, reference = self._rules.topic(request.topic), references.drawn(secrets.choice)
        known = await promising.before(
            tx, request.phone_number, topic=topic, reference=reference,
            scope=key.scope if key else None, key=key.key if key else None,
        )  # fmt: skip
        fingerprint = _fingerprint(request) if key else ""
        if known.callback_id:
            if known.request_hash != fingerprint:
                raise IdempotencyConflict
            return Made(callback=await callbacks.get(tx, known.callback_id), is_new=False)
        if known.is_taken:
            raise Collision
        require_may_be_called(known, most=self._rules.of(topic).policy.open_per_number)
        callback = await self._new(tx, request, topic=topic, reference=reference, now=now)
        if key:
            await ledger.remember_key(
                tx, key.scope, key.key, request_hash=fingerprint, callback_id=callback.id, now=now
            )
        return Made(callback=callback, is_new=True)

    async def _new(
        self, tx: Transaction, request: BookingRequest, *, topic: str, reference: str, now: datetime
    ) -> Callback:
        customer = customer_of(request)
        if request.window is None:
            kind, slot, window = await self._seats.take_soonest(tx, topic, customer=customer, now=now)
        else:
            slot = window = await self._seats.take(tx, topic, request.window, customer=customer, now=now)
            kind = Kind.SCHEDULED
        callback = Callback(
            id=secrets.token_hex(16), reference=reference, status=Status.BOOKED, kind=kind,
            window=window, slot_start=slot.start, due_at=window.start, phone_number=request.phone_number,
            reason=request.reason, topic=topic, language=request.language, channel=request.channel,
            priority=request.priority, name=request.name, company=request.company,
            alternate_phone_number=request.alternate_phone_number, conversation_id=request.conversation_id,
            created_at=now, updated_at=now,
        )  # fmt: skip
        await callbacks.add(tx, callback)
        if request.holder:
            await self._seats.release(tx, request.holder)
        if request.conversation_id:
            await conversations.change(tx, request.conversation_id, now=now, callback_id=callback.id)
        await plan_notices(tx, callback, "confirmation", now=now, leads=self._reminders)
        return callback


def require_may_be_called(known: promising.Before, *, most: int) -> None:
    """Raise NumberRefused or TooManyOpenCallbacks where the number may not be promised one more call."""
    if known.no_calls:
        raise NumberRefused("opted_out")
    if known.open_count >= most:
        raise TooManyOpenCallbacks(most)


def customer_of(who: BookingRequest | Callback) -> Customer:
    """Whom a place is for."""
    holder = who.holder if isinstance(who, BookingRequest) else who.conversation_id
    return Customer(number=who.phone_number, language=who.language, holder=holder)


def _fingerprint(request: BookingRequest) -> str:
    return sha256(repr(request).encode()).hexdigest()
