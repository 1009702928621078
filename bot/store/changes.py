"""What changed since somebody last looked, for screens that follow along: cheap enough to ask many times a minute."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union

from bot.store.database import Transaction
from bot.store.schema import attempts, callback_events, callbacks, messages


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How far somebody has read: the newest entry of all histories, and the newest message of all talks."""

    event_id: int
    message_id: int


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


async def mark(tx: Transaction) -> Mark:
    """The newest there is."""
    newest = select(
        select(func.coalesce(func.max(callback_events.c.id), 0)).scalar_subquery().label("event_id"),
        select(func.coalesce(func.max(messages.c.id), 0)).scalar_subquery().label("message_id"),
    )
    row = (await tx.execute(newest)).one()
    return Mark(event_id=row.event_id, message_id=row.message_id)


async def touched(tx: Transaction, since: Mark) -> frozenset[str]:
    """References of the callbacks that something happened to, or in whose talk something was said, after `since`."""
    by_event = (
        select(callbacks.c.reference)
        .join(callback_events, callback_events.c.callback_id == callbacks.c.id)
        .where(callback_events.c.id > since.event_id)
    )
    by_message = (
        select(callbacks.c.reference)
        .join(messages, messages.c.conversation_id == callbacks.c.conversation_id)
        .where(messages.c.id > since.message_id)
    )
    return frozenset((await tx.execute(union(by_event, by_message))).scalars())


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
