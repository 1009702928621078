"""The lists that supervisors keep: who is not to be called or written to, and who is called first."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, or_, select, update

from bot.store import contacts, ledger
from bot.store.contact_schema import contacts as people
from bot.store.database import Transaction, upsert
from bot.store.number_schema import consent, vips

CALLS, SMS, LINE = "calls", "sms", "line"
CHANNELS = (CALLS, SMS, LINE)
_STAMPS = {CALLS: "do_not_call_at", SMS: "sms_opted_out_at"}
_LINKED = (people.c.phone_number == consent.c.phone_number, people.c.channel == LINE)
_ON_LINE = exists().where(*_LINKED, people.c.stopped_at.is_not(None))
_READS_LINE = exists().where(*_LINKED, people.c.stopped_at.is_(None))

_COLUMNS = (*consent.c, _ON_LINE.label("on_line"), _READS_LINE.label("reads_line"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A number on a list since `at`. `channels` names what it is not reached by, and who wanted that: a login, or ""
    for the customer; on the list of important numbers there are none. `id` tells nothing of the number; `reads_line`:
    somebody who has proved to hold it can be told on LINE."""

    id: str
    phone_number: str
    at: datetime
    reason: str
    by: str
    channels: Mapping[str, str] = field(default_factory=dict, hash=False)
    reads_line: bool = False

    def covers(self, channels: Collection[str]) -> bool:
        """Whether there is nothing left to stop on these channels."""
        return all(one in self.channels or (one == LINE and not self.reads_line) for one in channels)

    @property
    def is_customers(self) -> bool:
        """Whether the customer asked for any of it."""
        return "" in self.channels.values()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """What to look for: a whole number in E.164, the digits it ends with, or everything. `after`: the last (at, id) of
    the page before."""

    number: str = ""
    ending: str = ""
    after: tuple[datetime, str] | None = None


async def refused(tx: Transaction, sought: Sought, *, limit: int) -> list[Entry]:
    """Numbers that are not to be called or written to, the newest wish first."""
    is_listed = or_(consent.c.do_not_call_at.is_not(None), consent.c.sms_opted_out_at.is_not(None), _ON_LINE)
    rows = await tx.execute(
        select(*_COLUMNS)
        .where(is_listed, *_within(sought, consent.c.phone_number, consent.c.changed_at, consent.c.id))
        .order_by(consent.c.changed_at.desc(), consent.c.id)
        .limit(limit)
    )
    return [_refused(row) for row in rows]


async def refused_one(tx: Transaction, entry_id: str) -> Entry | None:
    """The entry of this name; a number without any wish is on no list."""
    rows = await tx.execute(select(*_COLUMNS).where(consent.c.id == entry_id))
    found = [_refused(row) for row in rows]
    return found[0] if found and found[0].channels else None


async def refused_of(tx: Transaction, numbers: Collection[str]) -> dict[str, Entry]:
    """The entries of these numbers."""
    rows = await tx.execute(select(*_COLUMNS).where(consent.c.phone_number.in_(list(numbers))))
    return {entry.phone_number: entry for row in rows if (entry := _refused(row)).channels}


async def linked(tx: Transaction, numbers: Collection[str]) -> set[str]:
    """Which of these numbers somebody on LINE has proved to hold."""
    mine = (people.c.phone_number.in_(list(numbers)), people.c.channel == LINE)
    return {str(number) for number in (await tx.execute(select(people.c.phone_number).where(*mine))).scalars()}


async def refuse(
    tx: Transaction, number: str, *, channels: Collection[str], by: str, reason: str, now: datetime
) -> None:
    """Put the number on the list for these channels. LINE means everybody there who has proved to hold the number."""
    stamps = {_STAMPS[channel]: now for channel in channels if channel in _STAMPS}
    await ledger.set_consent(tx, number, by=by, reason=reason, **stamps)
    noted: dict[str, Any] = {"changed_at": now, "reason": reason}
    if LINE in channels:
        await contacts.stop_on(tx, number, channel=LINE, at=now)
        noted["line_by"] = by
    await tx.execute(update(consent).where(consent.c.phone_number == number).values(**noted))


async def allow(tx: Transaction, number: str, *, channels: Collection[str]) -> None:
    """Take the number off the list for these channels."""
    await ledger.set_consent(tx, number, **{_STAMPS[one]: None for one in channels if one in _STAMPS})
    if LINE in channels:
        await contacts.stop_on(tx, number, channel=LINE, at=None)
        await tx.execute(update(consent).where(consent.c.phone_number == number).values(line_by=None))


async def important(tx: Transaction, sought: Sought, *, limit: int) -> list[Entry]:
    """Numbers that the desk has marked as important, the newest first."""
    rows = await tx.execute(
        select(vips)
        .where(*_within(sought, vips.c.phone_number, vips.c.added_at, vips.c.id))
        .order_by(vips.c.added_at.desc(), vips.c.id)
        .limit(limit)
    )
    return [_important(row) for row in rows]


async def important_one(tx: Transaction, entry_id: str) -> Entry | None:
    """The entry of this name."""
    row = (await tx.execute(select(vips).where(vips.c.id == entry_id))).one_or_none()
    return None if row is None else _important(row)


async def important_of(tx: Transaction, numbers: Collection[str]) -> dict[str, Entry]:
    """The entries of these numbers."""
    rows = await tx.execute(select(vips).where(vips.c.phone_number.in_(list(numbers))))
    return {row.phone_number: _important(row) for row in rows}


async def favour(tx: Transaction, number: str, *, by: str, reason: str, now: datetime) -> bool:
    """Mark the number as important; False where it was already."""
    added = await tx.execute(
        upsert(tx, vips)
        .values(id=secrets.token_hex(8), phone_number=number, reason=reason, added_by=by, added_at=now)
        .on_conflict_do_nothing(index_elements=["phone_number"])
    )
    return added.rowcount == 1


async def favour_no_more(tx: Transaction, entry_id: str) -> bool:
    """Take the entry away; False where somebody was faster."""
    return (await tx.execute(delete(vips).where(vips.c.id == entry_id))).rowcount == 1


def _within(sought: Sought, number: Any, at: Any, name: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.number or sought.ending:
        ways = [number == sought.number] if sought.number else []
        conditions.append(or_(*ways, *([number.endswith(sought.ending)] if sought.ending else [])))
    if sought.after:
        moment, last_id = sought.after
        conditions.append(or_(at < moment, and_(at == moment, name > last_id)))
    return conditions


def _refused(row: Row[Any]) -> Entry:
    found = {
        CALLS: row.do_not_call_at and (row.calls_by or ""),
        SMS: row.sms_opted_out_at and (row.sms_by or ""),
        LINE: (row.line_by or "") if row.on_line else None,
    }
    channels = {name: by for name, by in found.items() if by is not None}
    who = sorted(set(channels.values()))
    return Entry(
        id=row.id, phone_number=row.phone_number, at=row.changed_at, reason=row.reason or "",
        by=", ".join(filter(None, who)), channels=channels, reads_line=bool(row.reads_line),
    )  # fmt: skip


def _important(row: Row[Any]) -> Entry:
    return Entry(id=row.id, phone_number=row.phone_number, at=row.added_at, reason=row.reason, by=row.added_by)
