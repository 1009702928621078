"""Finding callbacks among many: by what is asked for, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, or_, select

from bot.booking.callback import Callback
from bot.store.callbacks import decoded
from bot.store.database import Transaction
from bot.store.schema import callbacks

Order = Literal["window", "latest", "updated"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is looked for; what is empty is not asked for. Of `reference`, `number` (E.164), `ending` (last digits of a
    number) and `name` (a part of it) one is enough; `start` and `end` bound the beginning of the promise."""

    reference: str = ""
    number: str = ""
    ending: str = ""
    name: str = ""
    status: str = ""
    topic: str = ""
    channel: str = ""
    attention: str = ""
    language: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a page ended: the moment that it is ordered by, and the callback's id."""

    at: datetime
    id: str


async def found(
    tx: Transaction, wanted: Wanted, *, order: Order = "window", after: Place | None = None, limit: int
) -> list[Callback]:
    """Callbacks in this order from just behind `after`: the earliest promise first, the latest promise first, or what
    changed last first."""
    column, is_rising = _COLUMN[order], order == "window"
    conditions = _conditions(wanted)
    if after:
        beyond = column > after.at if is_rising else column < after.at
        next_id = callbacks.c.id > after.id if is_rising else callbacks.c.id < after.id
        conditions.append(or_(beyond, (column == after.at) & next_id))
    ordered = (column, callbacks.c.id) if is_rising else (column.desc(), callbacks.c.id.desc())
    rows = (await tx.execute(select(callbacks).where(*conditions).order_by(*ordered).limit(limit))).all()
    return (await decoded(tx, rows))[0]


async def counted(tx: Transaction, wanted: Wanted, *, most: int) -> dict[str, int]:
    """How many there are, by status; no more than so many are counted."""
    some = select(callbacks.c.status).where(*_conditions(wanted)).limit(most).subquery()
    rows = await tx.execute(select(some.c.status, func.count()).group_by(some.c.status))
    return {str(status): int(count) for status, count in rows}


def place_of(callback: Callback, order: Order) -> Place:
    """Where a page that ends with this callback ends."""
    return Place(at=callback.updated_at if order == "updated" else callback.window.start, id=callback.id)


_COLUMN: dict[Order, Any] = {
    "window": callbacks.c.window_start, "latest": callbacks.c.window_start, "updated": callbacks.c.updated_at,
}  # fmt: skip


def _conditions(wanted: Wanted) -> list[Any]:
    plain = ("status", "topic", "channel", "attention", "language")
    conditions: list[Any] = [callbacks.c[name] == getattr(wanted, name) for name in plain if getattr(wanted, name)]
    if wanted.start:
        conditions.append(callbacks.c.window_start >= wanted.start)
    if wanted.end:
        conditions.append(callbacks.c.window_start < wanted.end)
    if told := _told(wanted):
        conditions.append(or_(*told))
    return conditions


def _told(wanted: Wanted) -> list[Any]:
    """What the words that were searched for may be."""
    told: list[Any] = []
    numbers = (callbacks.c.phone_number, callbacks.c.alternate_phone_number)
    if wanted.reference:
        told.append(callbacks.c.reference == wanted.reference)
    if wanted.number:
        told.extend(column == wanted.number for column in numbers)
    if wanted.ending:
        told.extend(column.endswith(wanted.ending, autoescape=True) for column in numbers)
    if wanted.name:
        told.append(func.lower(callbacks.c.name).contains(wanted.name.lower(), autoescape=True))
    return told
