"""Places in slots: counted in the row itself, so that taking one is a single conditional UPDATE."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, or_, select, union_all, update

from bot.booking.slots import Slot
from bot.booking.window import Window
from bot.store.database import Transaction, upsert
from bot.store.holds import is_lapsed
from bot.store.prepared import Prepared, given
from bot.store.schema import holds, slots


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


async def lay_out(tx: Transaction, topic: str, windows: Iterable[Window], *, capacity: Callable[[Window], int]) -> int:
    """Give every one of these windows (in order) a row with the capacity in force, as far as it has another one;
    returns how many had. `free` sees only what has a row.

    A row that has sold more than its slot holds now is full: it keeps what it sold for its capacity.
    """
    wanted = list(windows)
    if not wanted:
        return 0
    first, last = wanted[0].start, wanted[-1].start
    rows = await tx.execute(
        select(slots.c.starts_at, slots.c.capacity, slots.c.booked).where(
            slots.c.topic == topic, slots.c.starts_at.between(first, last)
        )
    )
    known = {row.starts_at: (row.capacity, row.booked) for row in rows}
    changed = [
        {"topic": topic, "starts_at": window.start, "ends_at": window.end, "capacity": places}
        for window in wanted
        for places in (capacity(window),)
        if (had := known.get(window.start)) is None or had[0] != max(places, had[1])
    ]
    if changed:
        row = upsert(tx, slots)
        most = case((slots.c.booked > row.excluded.capacity, slots.c.booked), else_=row.excluded.capacity)
        laid_out = row.on_conflict_do_update(index_elements=["topic", "starts_at"], set_={"capacity": most})
        await tx.execute(laid_out, changed)
    return len(changed)


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

    A slot that nobody booked yet may have no row.
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
) -> list[tuple[datetime, int]]:
    """(start, what is sold) of the slots in [start, end) that have a row, as `read` counts it."""
    rows = await _SOLD.rows(tx, of_topic=topic, first=start, end=end, moment=now, holder=holder)
    return [(starts_at, booked) for starts_at, booked in rows]


async def free(
    tx: Transaction,
    topic: str,
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    holder: str | None = None,
    limit: int,
    backwards: bool = False,
) -> tuple[list[tuple[datetime, int]], tuple[datetime, datetime]]:
    """(start, what is sold) of slots in [start, end) with a place left, from the first on or `backwards` from the last;
    and the span that is still to be read, an empty one unless there are more than `limit`. Lapsed holds and the
    holder's own are no sales.

    A place is left as far as the rows say, which follow the capacity in force: see `lay_out`.
    """
    query = _FREE_BACKWARDS if backwards else _FREE
    rows = await query.rows(tx, of_topic=topic, first=start, end=end, moment=now, holder=holder, most=limit)
    indexed = [starts_at for starts_at, _, is_indexed in rows if is_indexed]
    rest = (end, end)
    if len(indexed) == limit:
        rest = (start, min(indexed)) if backwards else (max(indexed) + datetime.resolution, end)
    found = [(starts_at, booked) for starts_at, booked, _ in rows if not rest[0] <= starts_at < rest[1]]
    return sorted(found, reverse=backwards), rest


def _free(*, backwards: bool) -> Any:
    """What the index of free slots names first, and the few full ones that are so only by holds that do not count."""
    here = (slots.c.topic == given("of_topic"), slots.c.starts_at >= given("first"), slots.c.starts_at < given("end"))
    not_sold = or_(is_lapsed(given("moment")), holds.c.holder == given("holder"))
    indexed = (
        select(slots.c.starts_at, slots.c.booked)
        .where(*here, slots.c.booked < slots.c.capacity)
        .order_by(slots.c.starts_at.desc() if backwards else slots.c.starts_at)
        .limit(given("most"))
        .subquery()
    )
    kept_there = (
        select(func.count())
        .where(holds.c.topic == given("of_topic"), holds.c.slot_start == indexed.c.starts_at, not_sold)
        .scalar_subquery()
    )
    kept = (
        select(holds.c.slot_start, func.count().label("places"))
        .where(
            holds.c.topic == given("of_topic"), holds.c.slot_start >= given("first"),
            holds.c.slot_start < given("end"), not_sold,
        )
        .group_by(holds.c.slot_start)
        .subquery()
    )  # fmt: skip
    return union_all(
        select(indexed.c.starts_at, indexed.c.booked - kept_there, literal(1)),
        select(slots.c.starts_at, slots.c.booked - kept.c.places, literal(0))
        .join(kept, kept.c.slot_start == slots.c.starts_at)
        .where(*here, slots.c.booked >= slots.c.capacity),
    )


_FREE = Prepared(lambda _: _free(backwards=False))
_FREE_BACKWARDS = Prepared(lambda _: _free(backwards=True))


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
