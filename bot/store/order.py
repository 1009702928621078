"""The dial order of `bot.booking.priority` in SQL: a batch is cut exactly where the pure function would cut it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from bot.booking.callback import SET_ASIDE, Outcome, Status
from bot.booking.priority import (
    FIRST,
    LATE_NOTICE_BEFORE_END,
    STARVING,
    THEN,
    Load,
    OrderPolicy,
    is_crowded,
)
from bot.booking.window import Window
from bot.store.database import Transaction
from bot.store.number_schema import vips
from bot.store.schema import agents, attempts, callbacks

SILENT_FOR = timedelta(seconds=10)
"""A carrier that has not answered a dial for so long may not have placed it."""
WAITING = callbacks.c.status.in_((Status.BOOKED, Status.RETRY_WAIT))
IN_ORDER = func.coalesce(callbacks.c.attention, "") != SET_ASIDE


class whole_seconds(GenericFunction[int]):  # noqa: N801 (named as a function of SQL)
    """Seconds since 1970, rounded down."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole_seconds, "sqlite")
def _on_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(whole_seconds, "postgresql")
def _on_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    (moment,) = element.clauses
    # date_part and not extract: a double, where PostgreSQL's extract is a numeric, which sorts far more slowly.
    return compiler.process(cast(func.floor(func.date_part("epoch", moment)), BigInteger), **options)


def is_vip(policy: OrderPolicy) -> ColumnElement[bool]:
    """The condition that a callback's number is important: the settings name it, or the desk's list does."""
    listed = callbacks.c.phone_number.in_(select(vips.c.phone_number))
    return or_(listed, callbacks.c.phone_number.in_(policy.vips)) if policy.vips else listed


def dial_order(*, policy: OrderPolicy, now: datetime, crowded: bool) -> tuple[Any, ...]:
    """What to ORDER BY, exactly as `priority.rank` sorts."""
    end, due = callbacks.c.window_end, callbacks.c.due_at
    since = now - policy.waiting_cap
    is_starving = and_(end <= since, due <= since)
    is_late = end <= now + policy.slack
    points = callbacks.c.priority + case((is_vip(policy), policy.vip_points), else_=0)
    deadline = whole_seconds(end) - points * literal(int(policy.priority_worth.total_seconds()))
    redial = case((callbacks.c.status == Status.RETRY_WAIT, int(policy.redial_after.total_seconds())), else_=0)
    owed_by = case((due > end, whole_seconds(due)), else_=whole_seconds(end))
    return (
        case((is_starving, STARVING), (is_late, THEN if crowded else FIRST), else_=FIRST if crowded else THEN),
        case((is_starving, owed_by), else_=deadline + redial),
        points.desc(), due, callbacks.c.created_at, callbacks.c.id,
    )  # fmt: skip


async def load(tx: Transaction, *, policy: OrderPolicy, now: datetime) -> Load:
    """How much waits that can still be kept, and who is there to do it."""
    on_duty = select(func.count()).select_from(agents).where(agents.c.presence == "ready").scalar_subquery()
    row = (
        await tx.execute(
            select(func.count().label("waiting"), func.min(callbacks.c.window_end).label("end"), on_duty.label("ready"))
            .select_from(callbacks)
            .where(WAITING, IN_ORDER, callbacks.c.due_at <= now, callbacks.c.window_end > now + policy.slack)
        )
    ).one()
    return Load(waiting=row.waiting, soonest_end=row.end, agents=row.ready)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A promise in the line of what is due."""

    callback_id: str
    topic: str
    language: str
    window: Window
    is_untold: bool


async def line(tx: Transaction, *, policy: OrderPolicy, now: datetime) -> list[Place]:
    """Everything that is due, in the dial order, and what will be due only after its window, or hangs at the carrier
    while the window ends. `is_untold`: as far as we know no phone has rung for it, and nobody was told of a delay."""
    crowded = is_crowded(await load(tx, policy=policy, now=now), policy=policy, now=now)
    mine = attempts.c.callback_id == callbacks.c.id
    nobody_knows = and_(attempts.c.ended_at.is_(None), attempts.c.carrier_state.in_(("intent", "posting", "unknown")))
    rang = exists().where(mine, func.coalesce(attempts.c.outcome, "") != Outcome.CARRIER_FAILED, ~nobody_knows)
    silent = exists().where(mine, nobody_knows, attempts.c.started_at <= now - SILENT_FOR)
    ends_soon = callbacks.c.window_end <= now + LATE_NOTICE_BEFORE_END
    # Each part has an index of its own: together in one condition they would search years of history and of promises.
    in_line = union_all(
        select(callbacks.c.id).where(WAITING, callbacks.c.due_at <= now),
        select(callbacks.c.id).where(
            callbacks.c.status == Status.RETRY_WAIT, callbacks.c.due_at > now, ends_soon, callbacks.c.window_end > now
        ),
        select(callbacks.c.id).where(callbacks.c.status == Status.DIALING, ends_soon, silent),
    )
    untold = and_(callbacks.c.attention.is_(None), ~rang)
    rows = await tx.execute(
        select(
            callbacks.c.id,
            callbacks.c.topic,
            callbacks.c.language,
            callbacks.c.window_start,
            callbacks.c.window_end,
            untold.label("is_untold"),
        )
        .where(callbacks.c.id.in_(in_line), IN_ORDER)
        .order_by(*dial_order(policy=policy, now=now, crowded=crowded))
    )
    return [
        Place(
            callback_id=row.id,
            topic=row.topic,
            language=row.language,
            window=Window(start=row.window_start, end=row.window_end),
            is_untold=bool(row.is_untold),
        )
        for row in rows
    ]
