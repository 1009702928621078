"""What has to be known before a number is promised a call, asked in one question."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from bot.booking.callback import OPEN
from bot.store.database import Transaction
from bot.store.number_schema import consent
from bot.store.prepared import Prepared, given
from bot.store.schema import callbacks, idempotency_keys


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What is known before a booking.

    `open_count`: promises to this number about this topic that still stand. `no_calls`: it asked never to be called.
    `is_taken`: a callback has this reference already. `callback_id` and `request_hash`: what the idempotency key
    stands for, if anything.
    """

    open_count: int
    no_calls: bool
    is_taken: bool
    callback_id: str | None
    request_hash: str | None


async def before(
    tx: Transaction, phone_number: str, *, topic: str, reference: str, scope: str | None, key: str | None
) -> Before:
    """Look once. Nobody else books for this number meanwhile: see Database.together."""
    (found,) = await _BEFORE.rows(
        tx, phone_number=phone_number, of_topic=topic, reference=reference, scope=scope, key=key
    )
    open_count, no_calls, is_taken, callback_id, request_hash = found
    return Before(
        open_count=open_count, no_calls=bool(no_calls), is_taken=bool(is_taken), callback_id=callback_id,
        request_hash=request_hash,
    )  # fmt: skip


_STILL_OPEN = (
    select(func.count())
    .select_from(callbacks)
    .where(
        callbacks.c.phone_number == given("phone_number"),
        callbacks.c.topic == given("of_topic"),
        callbacks.c.status.in_(sorted(OPEN)),
    )
)
_REFUSED = exists().where(consent.c.phone_number == given("phone_number"), consent.c.do_not_call_at.is_not(None))
_TAKEN = exists().where(callbacks.c.reference == given("reference"))
_THE_KEY = (idempotency_keys.c.scope == given("scope"), idempotency_keys.c.key == given("key"))
_BEFORE = Prepared(
    lambda _: select(
        _STILL_OPEN.scalar_subquery(),
        _REFUSED,
        _TAKEN,
        select(idempotency_keys.c.callback_id).where(*_THE_KEY).scalar_subquery(),
        select(idempotency_keys.c.request_hash).where(*_THE_KEY).scalar_subquery(),
    )
)
