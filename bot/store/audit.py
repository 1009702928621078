"""Who did what: a log that only grows. Every entry is hashed together with the one before it."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, insert, select

from bot.store.account_schema import audit_log
from bot.store.database import Transaction, one_at_a_time

BEFORE_THE_FIRST = "0" * 64
READ_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Somebody did something to something. No secret and no full phone number stands in it."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: str
    hash: str

    def hashed_after(self, before: str) -> str:
        """What its hash must be behind an entry with that hash."""
        at = self.at.astimezone(UTC).isoformat()
        told = [before, self.number, at, self.actor, self.action, self.subject, self.facts]
        return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Deed:
    """What is to be written down: who did what to what, and what else should be known. Two alike are two."""

    at: datetime
    actor: str
    action: str
    subject: str = ""
    facts: Mapping[str, str] | None = None


async def append(
    tx: Transaction,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str = "",
    facts: Mapping[str, str] | None = None,
) -> Entry:
    """Write one entry; it must be the last thing that its transaction does.

    Entries are written one after the other: whoever went on to wait for a row here could wait for somebody who waits.
    """
    (entry,) = await append_all(tx, [Deed(at=at, actor=actor, action=action, subject=subject, facts=facts)])
    return entry


async def append_all(tx: Transaction, deeds: Sequence[Deed]) -> list[Entry]:
    """Write several entries in this order, as `append` does."""
    await one_at_a_time(tx, "audit")
    last = (await tx.execute(select(audit_log).order_by(audit_log.c.number.desc()).limit(1))).one_or_none()
    number, before = (last.number, last.hash) if last else (0, BEFORE_THE_FIRST)
    entries: list[Entry] = []
    for deed in deeds:
        told = json.dumps(dict(deed.facts or {}), ensure_ascii=False, sort_keys=True)
        number += 1
        entry = Entry(
            number=number, at=deed.at, actor=deed.actor, action=deed.action, subject=deed.subject, facts=told, hash=""
        )  # fmt: skip
        before = entry.hashed_after(before)
        entries.append(replace(entry, hash=before))
    rows = [{name: getattr(entry, name) for name in Entry.__dataclass_fields__} for entry in entries]
    await tx.execute(insert(audit_log), rows)
    return entries


async def listing(
    tx: Transaction, *, actor: str = "", action: str = "", subject: str = "", before: int | None = None, limit: int
) -> list[Entry]:
    """Entries, the newest first, of one actor, action or subject where these are named."""
    wanted = ((audit_log.c.actor, actor), (audit_log.c.action, action), (audit_log.c.subject, subject))
    conditions = [column == value for column, value in wanted if value]
    if before is not None:
        conditions.append(audit_log.c.number < before)
    rows = await tx.execute(select(audit_log).where(*conditions).order_by(audit_log.c.number.desc()).limit(limit))
    return [_entry(row) for row in rows]


async def from_the_first(tx: Transaction) -> AsyncIterator[Entry]:
    """Every entry in its order."""
    last = None
    while True:
        beyond = () if last is None else (audit_log.c.number > last,)
        rows = await tx.execute(select(audit_log).where(*beyond).order_by(audit_log.c.number).limit(READ_AT_ONCE))
        found = [_entry(row) for row in rows]
        for entry in found:
            yield entry
        if len(found) < READ_AT_ONCE:
            return
        last = found[-1].number


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})
