"""Notices by e-mail: asked for by a customer, confirmed by whoever reads at that address, stopped with one click."""

from datetime import datetime, timedelta

from bot.booking import email
from bot.booking.callback import Callback
from bot.booking.link import LinkKey, reference_in
from bot.store import callbacks, emails, notices
from bot.store.database import Database, Transaction, one_at_a_time
from bot.store.emails import Email
from bot.store.notices import Notice
from bot.usecases.links import LinkNotFound
from bot.usecases.promises import plan_notice

PROOF = "email_proof"
"""The notice that asks whether the address is the customer's."""
CONFIRM, STOP = "confirm", "stop"
PER_HOUR = 3
"""Questions to one address, and for one callback: nobody is flooded through us."""
BY_MAIL = "@"
"""Ends the occasion of a notice that goes by e-mail: a row of the outbox of its own, sent and tried again by itself."""


class AskedTooOften(Exception):
    """The address, or this callback, was asked for too often."""


class Emails:
    """Addresses of callbacks."""

    def __init__(self, database: Database, *, key: LinkKey) -> None:
        self._database = database
        self._key = key

    async def of(self, callback: Callback) -> Email | None:
        """The address that was given, proved or not."""
        async with self._database.read() as tx:
            return await emails.of(tx, callback.id)

    async def ask(self, callback: Callback, typed: str, *, instead: bool, now: datetime) -> Email:
        """Write to an address whether its holder wants to read about the callback; nothing else goes there before.

        Raises AddressRefused and AskedTooOften.
        """
        given = Email(callback_id=callback.id, address=email.accept(typed), instead=instead, asked_at=now)
        an_hour_ago = now - timedelta(hours=1)
        async with self._database.write() as tx:
            await one_at_a_time(tx, f"email:{given.address.lower()}")
            known = await emails.of(tx, callback.id)
            if known and known.address == given.address and known.is_active:
                await emails.put(tx, Email(callback_id=callback.id, address=given.address, instead=instead,
                                           asked_at=known.asked_at, proved_at=known.proved_at))  # fmt: skip
                return known
            if (
                await emails.asked_for(tx, given.address, since=an_hour_ago) >= PER_HOUR
                or await notices.count(tx, callback.id, PROOF, since=an_hour_ago) >= PER_HOUR
            ):
                raise AskedTooOften
            await emails.put(tx, given)
            await plan_notice(tx, callback, PROOF, now=now, occasion=f"{now.timestamp():.6f}{BY_MAIL}")
        return given

    async def open(self, token: str, what: str, *, now: datetime) -> tuple[Callback, Email]:
        """What a link in an e-mail is about; nothing changes. Raises LinkNotFound."""
        async with self._database.read() as tx:
            callback = await callbacks.by_reference(tx, reference_in(token) or "")
            known = await emails.of(tx, callback.id) if callback else None
        if callback is None or known is None or not self._key.opens_mail(token, callback, what, known.address):
            raise LinkNotFound
        if what == CONFIRM and self._key.is_over(callback, now=now):
            raise LinkNotFound
        return callback, known

    async def confirm(self, known: Email, *, now: datetime) -> bool:
        """Whoever reads there wants it; False where another address was given meanwhile."""
        async with self._database.write() as tx:
            return await emails.change(tx, known, proved_at=now, stopped_at=None)

    async def stop(self, known: Email, *, now: datetime) -> None:
        """Nothing more goes there."""
        async with self._database.write() as tx:
            await emails.change(tx, known, stopped_at=now)


def is_mail(notice: Notice) -> bool:
    """Whether this notice goes by e-mail."""
    return notice.occasion.endswith(BY_MAIL)


async def copy(tx: Transaction, notice: Notice, callback: Callback, *, now: datetime) -> bool:
    """Tell the same by e-mail where that was asked for and proved; True where it goes there instead."""
    known = await emails.of(tx, callback.id)
    if known is None or not known.is_active:
        return False
    await plan_notice(tx, callback, notice.kind, now=now, occasion=notice.occasion + BY_MAIL)
    return known.instead
