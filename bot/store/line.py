"""The line as the dispatcher sees it, who serves it, and whether what was told of it came true."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select, update

from bot.booking.callback import Kind, Status
from bot.booking.line import Accuracy
from bot.store.callbacks import PROMISE_ORDER
from bot.store.database import Transaction
from bot.store.order import IN_ORDER, WAITING
from bot.store.schema import agents, attempts, callbacks

MOST = 5000
"""Whoever stands behind so many is told no place: it would change before it is read."""


async def waiting(tx: Transaction, *, since: datetime | None, until: datetime) -> list[tuple[str, datetime]]:
    """(callback id, when owed) of what is owed by `until`, from `since` on if named, in the order of dialling."""
    owed = callbacks.c.due_at <= until if since is None else callbacks.c.due_at.between(since, until)
    rows = await tx.execute(
        select(callbacks.c.id, callbacks.c.due_at).where(WAITING, IN_ORDER, owed).order_by(*PROMISE_ORDER).limit(MOST)
    )
    return [(row.id, row.due_at) for row in rows]


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
