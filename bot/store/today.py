"""The promises of one day, counted by how they stand, and the people and lines that keep them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, extract, func, literal, select

from bot.booking.callback import CHANGEABLE, HOURS_CHANGED, LATE, SET_ASIDE, Callback, Kind, Status
from bot.booking.kpis import TOLERANCE
from bot.booking.matching import Skills
from bot.booking.presence import Presence
from bot.store import callbacks as callbacks_store
from bot.store.agents import read_skills
from bot.store.database import Transaction
from bot.store.schema import agents, attempts, callbacks

MISSED = frozenset({Status.UNREACHED, Status.EXPIRED})
ENDANGERED = (LATE, HOURS_CHANGED, SET_ASIDE)


class Stands(StrEnum):
    """How a promise stands; each callback of the day is in one of these."""

    AHEAD = "ahead"  # not due yet, or in its window and not dialled yet
    AT_RISK = "at_risk"  # the same, but foreseen to be late, or held up
    KEPT = "kept"  # dialled in its window, whatever came of it
    LATE = "late"  # dialled after it, or due and not dialled at all
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """So many callbacks about a topic that stand alike. `is_missed`: nobody was reached and nobody tries any more."""

    topic: str
    stands: Stands
    is_missed: bool
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """An agent, and since when they are on the call about which callback, if any."""

    id: str
    name: str
    presence: Presence
    skills: Skills
    reference: str | None
    since: datetime | None
    is_talking: bool


async def tallies(tx: Transaction, *, start: datetime, end: datetime, now: datetime) -> list[Tally]:
    """Every callback promised for [start, end)."""
    stands, missed = _stands(now), callbacks.c.status.in_(MISSED)
    inner = _of_the_day(
        select(callbacks.c.topic, stands.label("stands"), missed.label("missed")), start, end
    ).subquery()
    rows = await tx.execute(
        select(inner.c.topic, inner.c.stands, inner.c.missed, func.count()).group_by(
            inner.c.topic, inner.c.stands, inner.c.missed
        )
    )
    return [
        Tally(topic=topic, stands=Stands(how), is_missed=bool(is_missed), count=count)
        for topic, how, is_missed, count in rows
    ]


async def standing(
    tx: Transaction,
    *,
    stands: Collection[Stands] | None,
    start: datetime,
    end: datetime,
    now: datetime,
    limit: int,
    offset: int,
) -> list[Callback]:
    """The callbacks that stand so, the earliest promise first; `stands` None: those that nobody tries any more."""
    condition = callbacks.c.status.in_(MISSED) if stands is None else _stands(now).in_([str(one) for one in stands])
    chosen = _of_the_day(select(callbacks.c.id), start, end).where(condition)
    ids = list((await tx.execute(chosen.order_by(*_BY_PROMISE).limit(limit).offset(offset))).scalars())
    return await callbacks_store.of_ids(tx, ids)


async def soonest(tx: Transaction, *, limit: int) -> tuple[list[Callback], int]:
    """Who waits for the soonest call, the next owed first, and how many there are."""
    waiting = and_(callbacks.c.kind != Kind.SCHEDULED, callbacks.c.status.in_(CHANGEABLE))
    counted = await tx.execute(select(func.count()).select_from(callbacks).where(waiting))
    first = select(callbacks.c.id).where(waiting).order_by(callbacks.c.due_at, callbacks.c.id).limit(limit)
    ids = list((await tx.execute(first)).scalars())
    found = {callback.id: callback for callback in await callbacks_store.of_ids(tx, ids)}
    return [found[callback_id] for callback_id in ids if callback_id in found], int(counted.scalar_one())


async def people(tx: Transaction) -> list[Person]:
    """Everybody who may log in: who is on a call first, then by presence and name."""
    talking = and_(attempts.c.confirmed_at.is_not(None), attempts.c.agent_confirmed_at.is_not(None))
    rows = await tx.execute(
        select(
            agents.c.id,
            agents.c.name,
            agents.c.presence,
            cast(agents.c.topics, String).label("topics"),
            cast(agents.c.languages, String).label("languages"),
            callbacks.c.reference,
            attempts.c.started_at,
            attempts.c.agent_confirmed_at,
            talking.label("talking"),
        )
        .outerjoin(attempts, and_(attempts.c.agent_id == agents.c.id, attempts.c.ended_at.is_(None)))
        .outerjoin(callbacks, callbacks.c.id == attempts.c.callback_id)
        .where(agents.c.disabled_at.is_(None))
    )
    found = [
        Person(
            id=row.id,
            name=row.name,
            presence=Presence(row.presence),
            skills=read_skills(row.topics, row.languages),
            reference=row.reference,
            since=(row.agent_confirmed_at if row.talking else row.started_at) if row.reference else None,
            is_talking=bool(row.talking) and row.reference is not None,
        )
        for row in rows
    ]
    ranks = {presence: place for place, presence in enumerate(_RANKED)}
    return sorted(found, key=lambda one: (one.reference is None, not one.is_talking, ranks[one.presence], one.name))


_RANKED = (Presence.READY, Presence.AFTER_CALL, Presence.BREAK, Presence.AWAY, Presence.OFFLINE)
_BY_PROMISE = (callbacks.c.window_start, callbacks.c.id)
_FIRST = attempts.alias("first")


def _of_the_day(chosen: Select[Any], start: datetime, end: datetime) -> Select[Any]:
    first = and_(_FIRST.c.callback_id == callbacks.c.id, _FIRST.c.number == 1)
    joined = chosen.select_from(callbacks.outerjoin(_FIRST, first))
    return joined.where(callbacks.c.window_start >= start, callbacks.c.window_start < end)


def _stands(now: datetime) -> Any:
    """The first that holds."""
    waited = extract("epoch", _FIRST.c.started_at) - extract("epoch", callbacks.c.window_end)
    return case(
        (_FIRST.c.started_at <= callbacks.c.window_end, literal(str(Stands.KEPT))),  # most, and told apart at once
        (waited <= TOLERANCE.total_seconds(), literal(str(Stands.KEPT))),
        (waited > TOLERANCE.total_seconds(), literal(str(Stands.LATE))),
        (callbacks.c.status == Status.CANCELLED, literal(str(Stands.CANCELLED))),
        (callbacks.c.window_end < now - TOLERANCE, literal(str(Stands.LATE))),
        (callbacks.c.attention.in_(ENDANGERED), literal(str(Stands.AT_RISK))),
        else_=literal(str(Stands.AHEAD)),
    )
