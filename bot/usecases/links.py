"""What the holder of a notice's link may do with the one booking that it opens: the same as in the chat."""

import contextlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from bot.booking.callback import SETTLED, Callback, Channel, Status
from bot.booking.errors import CallbackNotOpen, IdempotencyConflict
from bot.booking.link import LinkKey, reference_in
from bot.booking.window import Window
from bot.store import callbacks, contacts, emails, ledger
from bot.store.database import Database
from bot.usecases.bookings import BookingRequest, Bookings, IdempotencyKey

SCOPE = "link"
"""Where the marks of a link's forms stand as idempotency keys."""
AGAIN = frozenset({Status.UNREACHED, Status.EXPIRED, Status.CANCELLED})
"""Whoever was not called may choose a new time on the same page."""
KEPT = "kept_waiting"
"""The history's word for a customer who was told of a delay and waits."""
NOBODY = (secrets.token_hex(16), "")


class LinkNotFound(Exception):
    """The link leads nowhere: it never did, or it is over. Which one is told to nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The booking behind a link. `no_messages`, `no_calls`: what its number asked for."""

    callback: Callback
    no_messages: bool
    no_calls: bool

    @property
    def may_book_again(self) -> bool:
        """Whether a new time may be chosen in the place of a call that was not made."""
        return self.callback.status in AGAIN or self.callback.resolution == SETTLED


class Links:
    """Opens bookings by their links."""

    def __init__(self, database: Database, bookings: Bookings, *, key: LinkKey) -> None:
        self._database = database
        self._bookings = bookings
        self.key = key

    async def open(self, token: str, *, now: datetime) -> Opened:
        """The booking that the link was made for; nothing changes. Raises LinkNotFound."""
        reference = reference_in(token)
        if reference is None:
            raise LinkNotFound
        async with self._database.read() as tx:
            callback_id, number = await callbacks.holder_of(tx, reference) or NOBODY  # compared all the same
            if not self.key.opens(token, callback_id, number):
                raise LinkNotFound
            callback = await callbacks.get(tx, callback_id)
            if self.key.is_over(callback, now=now):
                raise LinkNotFound
            no_messages, no_calls = await ledger.opted_out(tx, callback.phone_number)
        return Opened(callback=callback, no_messages=no_messages, no_calls=no_calls)

    async def keep_waiting(self, callback: Callback, *, now: datetime) -> None:
        """The customer heard of the delay and waits all the same: the desk shows it."""
        async with self._database.write() as tx:
            await callbacks.note_event(tx, callback.id, KEPT, at=now)

    async def book_again(self, callback: Callback, window: Window, *, now: datetime) -> Callback:
        """Promise a new call about the same in the place of one that was not made; asked twice, it is booked once.

        Raises what `Bookings.book` raises but for IdempotencyConflict.
        """
        name = IdempotencyKey(scope=SCOPE, key=self.key.mark(callback, "again"))
        request = BookingRequest(
            phone_number=callback.phone_number, reason=callback.reason, window=window, name=callback.name,
            company=callback.company, alternate_phone_number=callback.alternate_phone_number, topic=callback.topic,
            language=callback.language, channel=Channel.FORM,
        )  # fmt: skip
        try:
            return await self._bookings.book(request, now=now, idempotency=name)
        except IdempotencyConflict:  # booked already, for another time
            made = await self._bookings.booked_with(name)
            if made is None:
                raise
            return made

    async def stop(self, callback: Callback, *, calls: bool, now: datetime) -> None:
        """No messages to the callback's number from now on, on any channel; with `calls` no calls either, and this one
        is taken back. A call that is under way is not cut off."""
        async with self._database.write() as tx:
            await ledger.set_consent(tx, callback.phone_number, sms_opted_out_at=now)
            if calls:
                await ledger.set_consent(tx, callback.phone_number, do_not_call_at=now)
            await contacts.stop(tx, callback.phone_number, at=now)
            await emails.stop(tx, callback.phone_number, at=now)
        if calls:
            with contextlib.suppress(CallbackNotOpen):
                await self._bookings.cancel(callback.reference, now=now)

    async def restart(self, callback: Callback) -> None:
        """Messages and calls to the callback's number are welcome again."""
        async with self._database.write() as tx:
            await ledger.set_consent(tx, callback.phone_number, sms_opted_out_at=None, do_not_call_at=None)
            await contacts.stop(tx, callback.phone_number, at=None)
