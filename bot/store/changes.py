"""What changed since somebody last looked, for screens that follow along: cheap enough to ask many times a minute."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, func, select

from bot.store.database import Transaction
from bot.store.room_schema import room_guests
from bot.store.schema import attempts, callback_events, callbacks, messages
from bot.store.trail import Trail


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How far somebody has read the entries of all histories and the messages of all talks."""

    events: Trail
    messages: Trail


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveCall:
    """A call under way and how far it is. Two that differ in anything are two states of the call."""

    attempt_id: str
    reference: str
    agent_id: str
    carrier_state: str
    answered_at: datetime | None
    confirmed_at: datetime | None
    agent_confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveGuest:
    """Somebody who is asked into a call under way, or is in it; `is_here` once they are."""

    guest_id: str
    reference: str
    agent_id: str
    role: str
    voice: str
    is_here: bool


async def follow(tx: Transaction, mark: Mark | None, *, at: float) -> tuple[Mark, frozenset[str]]:
    """The next mark, and the references of the callbacks that something happened to, or in whose talk something was
    said, since the last one: none for whoever begins. `at` is real time in seconds.
    """
    began = mark or Mark(
        events=Trail.from_newest(await _newest(tx, callback_events)),
        messages=Trail.from_newest(await _newest(tx, messages)),
    )
    by_event = await tx.execute(
        select(callback_events.c.id, callbacks.c.reference)
        .join(callbacks, callbacks.c.id == callback_events.c.callback_id)
        .where(callback_events.c.id > began.events.floor)
    )
    by_message = await tx.execute(
        select(messages.c.id, callbacks.c.reference)
        .outerjoin(callbacks, callbacks.c.conversation_id == messages.c.conversation_id)
        .where(messages.c.id > began.messages.floor)
    )
    events, happened = _led_on(began.events, by_event, at=at)
    said, spoken = _led_on(began.messages, by_message, at=at)
    return Mark(events=events, messages=said), happened | spoken if mark else frozenset()


def _led_on(trail: Trail, rows: Iterable[Row[Any]], *, at: float) -> tuple[Trail, frozenset[str]]:
    """The trail behind these rows of (number, reference), and the references of the fresh ones."""
    read = list(rows)
    trail, fresh = trail.follow((row.id for row in read), at=at)
    return trail, frozenset(row.reference for row in read if row.id in fresh and row.reference)


async def _newest(tx: Transaction, table: Table) -> int:
    return int((await tx.execute(select(func.coalesce(func.max(table.c.id), 0)))).scalar_one())


async def live_calls(tx: Transaction) -> frozenset[LiveCall]:
    """Every call under way."""
    rows = await tx.execute(
        select(
            attempts.c.id.label("attempt_id"),
            callbacks.c.reference,
            attempts.c.agent_id,
            attempts.c.carrier_state,
            attempts.c.answered_at,
            attempts.c.confirmed_at,
            attempts.c.agent_confirmed_at,
        )
        .join(callbacks, callbacks.c.id == attempts.c.callback_id)
        .where(attempts.c.ended_at.is_(None))
    )
    return frozenset(LiveCall(**{name: getattr(row, name) for name in LiveCall.__dataclass_fields__}) for row in rows)


async def live_guests(tx: Transaction) -> frozenset[LiveGuest]:
    """Everybody in the rooms of these calls, or on the way there."""
    rows = await tx.execute(
        select(
            room_guests.c.id.label("guest_id"),
            callbacks.c.reference,
            room_guests.c.agent_id,
            room_guests.c.role,
            room_guests.c.voice,
            room_guests.c.joined_at.is_not(None).label("is_here"),
        )
        .join(attempts, attempts.c.id == room_guests.c.attempt_id)
        .join(callbacks, callbacks.c.id == attempts.c.callback_id)
        .where(room_guests.c.left_at.is_(None))
    )
    return frozenset(LiveGuest(**{name: getattr(row, name) for name in LiveGuest.__dataclass_fields__}) for row in rows)
