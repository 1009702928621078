"""Places in slots: counted in the row itself, so that taking one is a single conditional UPDATE."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from bot.booking.slots import Slot
from bot.booking.window import Window
from bot.store.database import Transaction
from bot.store.holds import is_lapsed
from bot.store.prepared import Prepared, given
from bot.store.schema import holds, slots

MOST_SLOTS = 90 * 24 * 12
"""In the farthest horizon, of the shortest length."""


async def take(tx: Transaction, topic: str, window: Window, *, capacity: int) -> bool:
    """Take one place; False when none is left. The row is made on the first sale and follows the capacity in force.

    One conditional statement: where the capacity was lowered below what is sold, nothing is sold and nothing changes.
    """
    if capacity < 1:
        return False
    taken = await _TAKE.run(tx, topic=topic, starts_at=window.start, ends_at=window.end, capacity=capacity, booked=1)
    return taken == 1


async def give_back(tx: Transaction, topic: str, slot_start: datetime) -> None:
    """Free the place that a moved or cancelled callback held."""
    await _GIVE_BACK.run(tx, of_topic=topic, start=slot_start)


async def with_sales(tx: Transaction, *, since: datetime) -> list[tuple[str, datetime]]:
    """(topic, start) of every slot from a moment on of which something is sold or held."""
    rows = await tx.execute(
        select(slots.c.topic, slots.c.starts_at).where(slots.c.starts_at >= since, slots.c.booked > 0)
    )
    return [(row.topic, row.starts_at) for row in rows]


async def read(
    tx: Transaction,
    topic: str,
    windows: Iterable[Window],
    *,
    capacity: Callable[[Window], int],
    now: datetime,
    holder: str | None = None,
) -> list[Slot]:
    """The given windows with what is sold of them, held places included but for lapsed ones and the holder's own.

    A slot that nobody booked yet has no row.
    """
    wanted = list(windows)
    if not wanted:
        return []
    booked = dict(await sold(tx, topic, start=wanted[0].start, end=wanted[-1].end, now=now, holder=holder))
    return [Slot(window=window, capacity=capacity(window), booked=booked.get(window.start, 0)) for window in wanted]


async def sold(
    tx: Transaction,
    topic: str,
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    holder: str | None = None,
    limit: int = MOST_SLOTS,
) -> list[tuple[datetime, int]]:
    """(start, what is sold) of the first slots in [start, end) of which anything ever was, as `read` counts it."""
    rows = await _SOLD.rows(tx, of_topic=topic, first=start, end=end, moment=now, holder=holder, most=limit)
    return [(starts_at, booked) for starts_at, booked in rows]


def _sold() -> Any:
    in_range = (holds.c.topic == given("of_topic"), holds.c.slot_start.between(given("first"), given("end")))
    not_sold = or_(is_lapsed(given("moment")), holds.c.holder == given("holder"))
    kept = (
        select(holds.c.slot_start, func.count().label("places"))
        .where(*in_range, not_sold)
        .group_by(holds.c.slot_start)
        .subquery()
    )
    return (
        select(slots.c.starts_at, slots.c.booked - func.coalesce(kept.c.places, 0))
        .outerjoin(kept, kept.c.slot_start == slots.c.starts_at)
        .where(
            slots.c.topic == given("of_topic"), slots.c.starts_at >= given("first"), slots.c.starts_at < given("end")
        )
        .order_by(slots.c.starts_at)
        .limit(given("most"))
    )


_SOLD = Prepared(lambda _: _sold())


def _take(insert: Any) -> Any:
    row = insert(slots)
    return row.on_conflict_do_update(
        index_elements=["topic", "starts_at"],
        set_={"capacity": row.excluded.capacity, "booked": slots.c.booked + 1},
        where=slots.c.booked < row.excluded.capacity,
    )


_TAKE = Prepared(_take, columns=("topic", "starts_at", "ends_at", "capacity", "booked"))
_GIVE_BACK = Prepared(
    lambda _: (
        update(slots)
        .where(slots.c.topic == given("of_topic"), slots.c.starts_at == given("start"), slots.c.booked > 0)
        .values(booked=slots.c.booked - 1)
    )
)
