"""The line as the dispatcher sees it, who serves it, and whether what was told of it came true."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update

from bot.booking.callback import Kind, Status
from bot.booking.line import Accuracy
from bot.store.callbacks import PROMISE_ORDER
from bot.store.database import Transaction
from bot.store.order import IN_ORDER, WAITING
from bot.store.schema import agents, attempts, callbacks


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """A line: how many are in it, the places that were asked for, and (place, when owed) of what is owed after now."""

    count: int
    of: Mapping[str, int]
    later: tuple[tuple[int, datetime], ...]

    def ahead_of(self, place: int, *, now: datetime) -> list[datetime]:
        """When each call before this place is owed, or `now` for what is owed already."""
        later = [owed for other, owed in self.later if other < place]
        return [now] * (place - 1 - len(later)) + later


async def places(
    tx: Transaction, callback_ids: Collection[str], *, since: datetime | None, until: datetime, now: datetime
) -> Places:
    """The line of what is owed a dial by `until`, and from `since` on if named, in the order of dialling.

    Counted in the database: a line may be long, and somebody who joins it should not have to wait while it is read.
    """
    owed = callbacks.c.due_at <= until if since is None else callbacks.c.due_at.between(since, until)
    line = (
        select(
            callbacks.c.id,
            callbacks.c.due_at,
            func.row_number().over(order_by=PROMISE_ORDER).label("place"),
            func.count().over().label("total"),
        )
        .where(WAITING, IN_ORDER, owed)
        .subquery()
    )
    wanted = or_(line.c.id.in_(list(callback_ids)), line.c.due_at > now, line.c.place == 1)
    rows = (await tx.execute(select(line).where(wanted).order_by(line.c.place))).all()
    return Places(
        count=rows[0].total if rows else 0,
        of={row.id: row.place for row in rows if row.id in callback_ids},
        later=tuple((row.place, row.due_at) for row in rows if row.due_at > now),
    )


async def on_duty(tx: Transaction) -> list[datetime | None]:
    """For each agent who takes calls: since when they are on one, None for who is free."""
    rows = await tx.execute(
        select(attempts.c.started_at)
        .select_from(agents)
        .outerjoin(attempts, and_(attempts.c.agent_id == agents.c.id, attempts.c.ended_at.is_(None)))
        .where(agents.c.presence == "ready")
    )
    return list(rows.scalars())


async def remember_told(tx: Transaction, callback_id: str, told_start: datetime) -> None:
    """Keep what a customer was told to expect."""
    await tx.execute(update(callbacks).where(callbacks.c.id == callback_id).values(told_start=told_start))


async def accuracy(tx: Transaction, *, start: datetime, end: datetime) -> Accuracy:
    """Of the soonest calls that were expected in [start, end): how many were dialled by then. What was cancelled or
    moved before its first dial counts for neither."""
    first = and_(attempts.c.callback_id == callbacks.c.id, attempts.c.number == 1)
    in_time = attempts.c.started_at <= callbacks.c.told_start
    rows = await tx.execute(
        select(func.count(callbacks.c.id).label("told"), func.count().filter(in_time).label("kept"))
        .select_from(callbacks)
        .outerjoin(attempts, first)
        .where(
            callbacks.c.told_start >= start,
            callbacks.c.told_start < end,
            callbacks.c.kind.in_((Kind.ASAP, Kind.AFTER_HOURS)),
            or_(attempts.c.id.is_not(None), callbacks.c.status != Status.CANCELLED),
        )
    )
    row = rows.one()
    return Accuracy(told=row.told, kept=row.kept)
