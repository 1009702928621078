"""Guests of a call's room: asked in by a row of their own, gone with the call at the latest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Exists, Row, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.booking.presence import Presence
from bot.store.database import Transaction
from bot.store.room_schema import room_guests
from bot.store.schema import agents, attempts


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """Somebody in, or on the way to, the room of an attempt. `role` is supervisor or colleague; `voice` listens,
    whispers (the agent alone hears it), speaks, or aside (with the agent, while the customer is on hold)."""

    id: str
    attempt_id: str
    agent_id: str
    agent_name: str
    role: str
    voice: str
    call_sid: str | None
    asked_at: datetime
    joined_at: datetime | None
    left_at: datetime | None

    @property
    def is_here(self) -> bool:
        """Whether they have picked up and not gone yet."""
        return self.joined_at is not None and self.left_at is None


def is_guest_somewhere() -> Exists:
    """The condition on agents that somebody has been asked into a room: no call is given to them meanwhile."""
    return exists().where(room_guests.c.agent_id == agents.c.id, room_guests.c.left_at.is_(None))


async def ask(
    tx: Transaction,
    guest_id: str,
    *,
    attempt_id: str,
    agent_id: str,
    role: str,
    voice: str,
    now: datetime,
    must_be_ready: bool = False,
) -> bool:
    """Write down that somebody is called in; False when they, or another colleague for this call, already are, when
    they have a call of their own, or are not ready where they must be."""
    # A dispatcher locks the row of whom it gives a call to: from here on one of the two waits for the other.
    row = (await tx.execute(select(agents.c.presence).where(agents.c.id == agent_id).with_for_update())).one_or_none()
    if row is None or (must_be_ready and row.presence != Presence.READY):
        return False
    busy = await tx.execute(
        select(attempts.c.id).where(attempts.c.agent_id == agent_id, attempts.c.ended_at.is_(None)).limit(1)
    )
    if busy.first() is not None:
        return False
    try:
        async with tx.begin_nested():
            await tx.execute(
                insert(room_guests).values(
                    id=guest_id, attempt_id=attempt_id, agent_id=agent_id, role=role, voice=voice, asked_at=now
                )
            )
    except IntegrityError:
        return False
    return True


async def of(tx: Transaction, attempt_id: str) -> list[Guest]:
    """Who is in the room or on the way there, the first asked first."""
    return await _select(tx, room_guests.c.attempt_id == attempt_id, room_guests.c.left_at.is_(None))


async def get(tx: Transaction, guest_id: str) -> Guest | None:
    """A guest, gone or not."""
    found = await _select(tx, room_guests.c.id == guest_id)
    return found[0] if found else None


async def everywhere(tx: Transaction) -> list[Guest]:
    """Who is in any room or on the way to one."""
    return await _select(tx, room_guests.c.left_at.is_(None))


async def asked(tx: Transaction) -> frozenset[str]:
    """The agents who are in any room or on the way to one."""
    return frozenset(
        (await tx.execute(select(room_guests.c.agent_id).where(room_guests.c.left_at.is_(None)))).scalars()
    )


async def adopt(tx: Transaction, guest_id: str, call_sid: str) -> bool:
    """Tie the carrier's call to a guest who has not left; False when they have, or have another one."""
    adopted = await tx.execute(
        update(room_guests)
        .where(
            room_guests.c.id == guest_id,
            room_guests.c.left_at.is_(None),
            room_guests.c.call_sid.is_(None) | (room_guests.c.call_sid == call_sid),
        )
        .values(call_sid=call_sid)
    )
    return adopted.rowcount == 1


async def change(tx: Transaction, guest_id: str, **changes: Any) -> bool:
    """Set facts of a guest; False when they have left."""
    changed = await tx.execute(
        update(room_guests).where(room_guests.c.id == guest_id, room_guests.c.left_at.is_(None)).values(**changes)
    )
    return changed.rowcount == 1


async def all_leave(tx: Transaction, attempt_id: str, *, now: datetime) -> None:
    """The call is over, and with it the room."""
    await tx.execute(
        update(room_guests)
        .where(room_guests.c.attempt_id == attempt_id, room_guests.c.left_at.is_(None))
        .values(left_at=now)
    )


async def hand_over(tx: Transaction, guest: Guest, *, agent_id: str, now: datetime) -> bool:
    """The colleague has the call from now on; False when it is over, or not `agent_id`'s any more."""
    if not await change(tx, guest.id, left_at=now):
        return False
    handed = await tx.execute(
        update(attempts)
        .where(attempts.c.id == guest.attempt_id, attempts.c.agent_id == agent_id, attempts.c.ended_at.is_(None))
        .values(agent_id=guest.agent_id, agent_call_sid=guest.call_sid)
    )
    return handed.rowcount == 1


async def _select(tx: Transaction, *conditions: Any) -> list[Guest]:
    rows = await tx.execute(
        select(room_guests, agents.c.name.label("agent_name"))
        .join(agents, agents.c.id == room_guests.c.agent_id)
        .where(*conditions)
        .order_by(room_guests.c.asked_at, room_guests.c.id)
    )
    return [_guest(row) for row in rows]


def _guest(row: Row[Any]) -> Guest:
    return Guest(**{name: getattr(row, name) for name in Guest.__dataclass_fields__})
