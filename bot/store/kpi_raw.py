"""The raw log of callbacks and talks, read as histories: everything that figures are counted from."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, exists, select

from bot.booking.callback import OPEN, Outcome, Status
from bot.booking.kpi_facts import Dialled, Fact, History, Made, chat_fact
from bot.booking.kpi_spells import Spell
from bot.booking.window import Window
from bot.store.database import Transaction
from bot.store.presence_schema import presence_spells
from bot.store.schema import attempts, callback_events, callbacks, conversations, notices

SUPPRESSED = "suppressed"
RATED, RATING_ASKED = "rated", "rating_asked"
REACHED_THEM = ("sent", "delivered")
"""States of a notice that went out and was not reported as undelivered."""


async def histories(tx: Transaction, ids: Collection[str]) -> list[History]:
    """What happened to these callbacks."""
    rows = (await tx.execute(select(*_CALLBACK).where(callbacks.c.id.in_(ids)))).all()
    events = await _by_callback(tx, _EVENT, ids, order=callback_events.c.id)
    dials = await _by_callback(tx, _DIAL, ids, order=attempts.c.number)
    told = await _by_callback(tx, _NOTICE, ids, order=notices.c.sent_at)
    asked = await _asked_by(tx, {row.phone_number for row in rows})
    return [_history(row, events[row.id], dials[row.id], told[row.id], asked[row.phone_number]) for row in rows]


async def chats(tx: Transaction, ids: Collection[str]) -> list[Fact]:
    """What these talks count for."""
    asked = exists().where(callbacks.c.conversation_id == conversations.c.id)
    rows = await tx.execute(
        select(conversations.c.id, conversations.c.channel, conversations.c.created_at, asked.label("asked")).where(
            conversations.c.id.in_(ids)
        )
    )
    return [chat_fact(row.id, channel=row.channel, began_at=row.created_at, asked=bool(row.asked)) for row in rows]


async def talks_of(tx: Transaction, callback_ids: Collection[str]) -> set[str]:
    """The talks in which these callbacks were booked."""
    rows = await tx.execute(select(callbacks.c.conversation_id).where(callbacks.c.id.in_(callback_ids)))
    return {talk for talk in rows.scalars() if talk}


async def spells_of(tx: Transaction, callback_ids: Collection[str]) -> set[str]:
    """The spells in which calls about these callbacks were somebody's."""
    rows = await tx.execute(
        select(presence_spells.c.id)
        .join(attempts, attempts.c.agent_id == presence_spells.c.agent_id)
        .where(attempts.c.callback_id.in_(callback_ids), *_IN_THE_SPELL)
    )
    return {str(spell_id) for spell_id in rows.scalars()}


async def spells(tx: Transaction, ids: Collection[str]) -> list[Spell]:
    """These spells, with the calls in them."""
    numbers = [int(spell_id) for spell_id in ids]
    rows = (await tx.execute(select(presence_spells).where(presence_spells.c.id.in_(numbers)))).all()
    calls: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in await tx.execute(
        select(presence_spells.c.id, attempts.c.started_at, attempts.c.ended_at)
        .join(attempts, attempts.c.agent_id == presence_spells.c.agent_id)
        .where(presence_spells.c.id.in_(numbers), *_IN_THE_SPELL)
    ):
        calls[row.id].append((row.started_at, row.ended_at))
    return [
        Spell(
            id=str(row.id), agent_id=row.agent_id, state=row.state, started_at=row.started_at, ended_at=row.ended_at,
            calls=tuple(calls[row.id]),
        )
        for row in rows
    ]  # fmt: skip


_IN_THE_SPELL = (
    attempts.c.ended_at.is_not(None),
    attempts.c.started_at < presence_spells.c.ended_at,
    attempts.c.ended_at > presence_spells.c.started_at,
)
_CALLBACK = (
    callbacks.c.id, callbacks.c.channel, callbacks.c.topic, callbacks.c.status, callbacks.c.created_at,
    callbacks.c.phone_number,
)  # fmt: skip
_EVENT = (callback_events.c.callback_id, callback_events.c.at, callback_events.c.kind, callback_events.c.facts)
_DIAL = (
    attempts.c.callback_id, attempts.c.started_at, attempts.c.agent_id, attempts.c.outcome, attempts.c.ended_at,
    attempts.c.confirmed_at, attempts.c.agent_confirmed_at,
)  # fmt: skip
_NOTICE = (notices.c.callback_id, notices.c.kind, notices.c.state, notices.c.sent_at)
"""What is read of each table, the callback first: less than half of it, in half the time."""


async def _by_callback(
    tx: Transaction, columns: Sequence[Column[Any]], ids: Collection[str], *, order: Any
) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in await tx.execute(select(*columns).where(columns[0].in_(ids)).order_by(order)):
        found[row.callback_id].append(row)
    return found


async def _asked_by(tx: Transaction, numbers: Collection[str]) -> dict[str, list[tuple[str, datetime]]]:
    """Every request of each number: (callback, when)."""
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for row in await tx.execute(
        select(callbacks.c.id, callbacks.c.phone_number, callbacks.c.created_at).where(
            callbacks.c.phone_number.in_(numbers)
        )
    ):
        found[row.phone_number].append((row.id, row.created_at))
    return found


def _history(
    row: Row[Any],
    events: list[Row[Any]],
    dials: list[Row[Any]],
    told: list[Row[Any]],
    asked: Iterable[tuple[str, datetime]],
) -> History:
    status = Status(row.status)
    scores = [event.facts for event in events if event.kind == RATED]
    sent = [notice for notice in told if notice.sent_at and notice.state in REACHED_THEM]
    return History(
        callback_id=row.id,
        channel=row.channel,
        topic=row.topic,
        status=status,
        asked_at=row.created_at,
        promises=_promises(events),
        dials=tuple(_dialled(dial) for dial in dials),
        closed_at=None if status in OPEN else _closed_at(status, events),
        is_suppressed=any(event.kind == SUPPRESSED for event in events),
        told_late_at=tuple(notice.sent_at for notice in sent if notice.kind == "late"),
        asked_again_at=tuple(at for callback_id, at in asked if callback_id != row.id),
        surveyed=any(notice.kind == "thanks" for notice in sent) or any(e.kind == RATING_ASKED for e in events),
        rating=scores[-1].get("score") if scores else None,
        effort=scores[-1].get("effort") if scores else None,
    )


def _promises(events: list[Row[Any]]) -> tuple[Made, ...]:
    """Every window that was promised, with the time that the customer was last told to expect the call."""
    made: list[Made] = []
    for event in events:
        if "window_start" in event.facts:
            start, end = (datetime.fromisoformat(event.facts[f"window_{edge}"]) for edge in ("start", "end"))
            made.append(Made(at=event.at, window=Window(start=start, end=end)))
        if made and "estimated_start" in event.facts:
            made[-1] = replace(made[-1], estimate=datetime.fromisoformat(event.facts["estimated_start"]))
    return tuple(made)


def _dialled(row: Row[Any]) -> Dialled:
    return Dialled(
        started_at=row.started_at,
        agent_id=row.agent_id,
        outcome=Outcome(row.outcome) if row.outcome else None,
        ended_at=row.ended_at,
        # Whoever came first waited: they speak from when both are there.
        spoke_from=row.agent_confirmed_at and max(row.agent_confirmed_at, row.confirmed_at or row.agent_confirmed_at),
    )


def _closed_at(status: Status, events: list[Row[Any]]) -> datetime:
    closing = [event.at for event in events if event.kind == status]
    last: datetime = closing[-1] if closing else events[-1].at
    return last
