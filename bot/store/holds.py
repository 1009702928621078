"""Places kept for a while: part of what their slot has sold, until they are used, given up or lapse."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, delete, func, or_, select, update

from bot.store.database import Transaction, upsert
from bot.store.prepared import Prepared, given
from bot.store.schema import holds, slots


def is_lapsed(now: datetime | BindParameter[Any]) -> Any:
    """The condition that a hold no longer counts. A clock that was put back would else keep one for ever."""
    return or_(holds.c.expires_at <= now, holds.c.held_at > now)


async def release_lapsed(tx: Transaction, topic: str, slot_start: datetime, *, now: datetime) -> int:
    """Give back the places of this slot whose time is over, but for those that somebody is using or giving up just
    now: whoever waits here for a slot's row must not wait for a hold's. Returns how many.
    """
    gone = await _RELEASE_LAPSED.run(tx, of_topic=topic, start=slot_start, moment=now)
    await _give_back(tx, topic, slot_start, gone)
    return gone


async def keep(
    tx: Transaction, holder: str, topic: str, slot_start: datetime, *, now: datetime, until: datetime
) -> None:
    """Write down whose place it is; the place itself was taken in the same transaction."""
    await tx.execute(
        upsert(tx, holds)
        .values(holder=holder, topic=topic, slot_start=slot_start, held_at=now, expires_at=until)
        .on_conflict_do_update(
            index_elements=["holder", "topic", "slot_start"], set_={"held_at": now, "expires_at": until}
        )
    )


async def prolong(
    tx: Transaction, holder: str, topic: str, slot_start: datetime, *, now: datetime, until: datetime
) -> bool:
    """Keep it longer; False when there is no hold that still counts."""
    changed = await tx.execute(
        update(holds).where(_this(holder, topic, slot_start), ~is_lapsed(now)).values(expires_at=until)
    )
    return changed.rowcount == 1


async def use(tx: Transaction, holder: str, topic: str, slot_start: datetime, *, now: datetime) -> bool:
    """Turn a hold into a sale: its place stays taken. False when it has lapsed or never was."""
    return await _USE.run(tx, of_holder=holder, of_topic=topic, start=slot_start, moment=now) == 1


async def of(tx: Transaction, holder: str) -> list[tuple[str, datetime]]:
    """(topic, slot start) of everything somebody holds, the oldest first."""
    rows = await tx.execute(
        select(holds.c.topic, holds.c.slot_start).where(holds.c.holder == holder).order_by(holds.c.held_at)
    )
    return [(row.topic, row.slot_start) for row in rows]


async def give_up(tx: Transaction, holder: str, topic: str, slot_start: datetime) -> None:
    """Give a held place back, lapsed or not."""
    gone = await tx.execute(delete(holds).where(_this(holder, topic, slot_start)))
    await _give_back(tx, topic, slot_start, gone.rowcount)


async def count(tx: Transaction) -> int:
    """How many places are held in all."""
    return int((await tx.execute(select(func.count()).select_from(holds))).scalar_one())


def _this(holder: str, topic: str, slot_start: datetime) -> Any:
    return and_(holds.c.holder == holder, holds.c.topic == topic, holds.c.slot_start == slot_start)


async def _give_back(tx: Transaction, topic: str, slot_start: datetime, places: int) -> None:
    if places:
        await tx.execute(
            update(slots)
            .where(slots.c.topic == topic, slots.c.starts_at == slot_start, slots.c.booked >= places)
            .values(booked=slots.c.booked - places)
        )


_HERE = and_(holds.c.topic == given("of_topic"), holds.c.slot_start == given("start"))
_LAPSED = select(holds.c.holder).where(_HERE, is_lapsed(given("moment"))).with_for_update(skip_locked=True)
_RELEASE_LAPSED = Prepared(lambda _: delete(holds).where(_HERE, holds.c.holder.in_(_LAPSED)))
_USE = Prepared(lambda _: delete(holds).where(_HERE, holds.c.holder == given("of_holder"), ~is_lapsed(given("moment"))))
