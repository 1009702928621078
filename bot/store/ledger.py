"""Small facts that every process shares: webhooks seen, keys, consent, heartbeats."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.store.account_schema import api_keys
from bot.store.contact_schema import inbox
from bot.store.database import Transaction, upsert
from bot.store.number_schema import consent
from bot.store.prepared import Prepared, given
from bot.store.schema import heartbeats, idempotency_keys

_WHOSE = {"sms_opted_out_at": "sms_by", "do_not_call_at": "calls_by"}


async def first_time(tx: Transaction, source: str, key: str, *, now: datetime) -> bool:
    """Whether this delivery is the first of its key: carriers deliver some webhooks twice."""
    added = await tx.execute(
        upsert(tx, inbox)
        .values(source=source, key=key, received_at=now)
        .on_conflict_do_nothing(index_elements=["source", "key"])
    )
    return added.rowcount == 1


async def callback_of_key(tx: Transaction, scope: str, key: str) -> str | None:
    """The id of the callback that an idempotency key stands for."""
    found = await tx.execute(
        select(idempotency_keys.c.callback_id).where(idempotency_keys.c.scope == scope, idempotency_keys.c.key == key)
    )
    return found.scalar_one_or_none()


async def remember_key(
    tx: Transaction, scope: str, key: str, *, request_hash: str, callback_id: str, now: datetime
) -> None:
    """Tie an idempotency key to what it made; of two who do, the slower one's transaction fails."""
    await _REMEMBER_KEY.later(
        tx, scope=scope, key=key, request_hash=request_hash, callback_id=callback_id, created_at=now
    )


async def put_api_key(tx: Transaction, key_hash: str, *, label: str, scopes: str, now: datetime) -> None:
    """Let a key in. Only its hash is stored."""
    await tx.execute(
        upsert(tx, api_keys)
        .values(key_hash=key_hash, label=label, scopes=scopes, created_at=now)
        .on_conflict_do_nothing(index_elements=["key_hash"])
    )


async def drop_api_keys(tx: Transaction, *, label: str) -> None:
    """Shut out every key of this label."""
    await tx.execute(delete(api_keys).where(api_keys.c.label == label))


async def api_keys_listed(tx: Transaction) -> list[tuple[str, str, datetime]]:
    """(whose, its scopes, since when) of every key, by label."""
    rows = await tx.execute(
        select(api_keys.c.label, api_keys.c.scopes, api_keys.c.created_at).order_by(api_keys.c.label)
    )
    return [(row.label, row.scopes, row.created_at) for row in rows]


async def api_key(tx: Transaction, key_hash: str) -> tuple[str, str] | None:
    """(whose key this is, its scopes), or None."""
    found = await _KEY.rows(tx, key_hash=key_hash)
    return (str(found[0][0]), str(found[0][1])) if found else None


async def set_consent(
    tx: Transaction, phone_number: str, *, by: str | None = None, reason: str | None = None, **changes: datetime | None
) -> None:
    """Record that a number opted out (`sms_opted_out_at`, `do_not_call_at`) or, with None, in again. `by` is the login
    of whoever wanted that without the customer having asked."""
    values: dict[str, Any] = {**changes, **{_WHOSE[name]: by for name in changes}}
    if refused := [at for at in changes.values() if at is not None]:
        values |= {"changed_at": max(refused), "reason": reason}
    added = upsert(tx, consent).values(phone_number=phone_number, id=secrets.token_hex(8), **values)
    there = ["phone_number"]
    await tx.execute(
        added.on_conflict_do_update(index_elements=there, set_=values)
        if values
        else added.on_conflict_do_nothing(index_elements=there)
    )


async def opted_out(tx: Transaction, phone_number: str) -> tuple[bool, bool]:
    """(no SMS, no calls) for a number."""
    row = (await tx.execute(select(consent).where(consent.c.phone_number == phone_number))).one_or_none()
    return (False, False) if row is None else (row.sms_opted_out_at is not None, row.do_not_call_at is not None)


async def beat(tx: Transaction, process: str, *, real_now: datetime) -> None:
    """Say that a process is alive."""
    await tx.execute(
        upsert(tx, heartbeats)
        .values(process=process, beat_at=real_now)
        .on_conflict_do_update(index_elements=["process"], set_={"beat_at": real_now})
    )


async def last_beat(tx: Transaction, process: str) -> datetime | None:
    """When a process last said that it is alive, in real time."""
    return (await tx.execute(select(heartbeats.c.beat_at).where(heartbeats.c.process == process))).scalar_one_or_none()


_REMEMBER_KEY = Prepared(
    lambda insert: insert(idempotency_keys), columns=("scope", "key", "request_hash", "callback_id", "created_at")
)
_KEY = Prepared(lambda _: select(api_keys.c.label, api_keys.c.scopes).where(api_keys.c.key_hash == given("key_hash")))
