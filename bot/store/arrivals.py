"""Messages that came in by webhook and are answered behind it: kept first, claimed one a sender, settled once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.store.contact_schema import inbox
from bot.store.database import Transaction, one_at_a_time, upsert

UNDER_WAY = ("working", "answering")


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One message. `source` and `key` name it for ever; `at` is when it was sent, by the channel's clock."""

    source: str
    key: str
    sender: str
    content: dict[str, Any]
    at: datetime


async def keep(tx: Transaction, arrival: Arrival, *, now: datetime) -> bool:
    """Put a message where it waits for its answer; False for one that is known already."""
    added = await tx.execute(
        upsert(tx, inbox)
        .values(
            source=arrival.source,
            key=arrival.key,
            received_at=now,
            sender=arrival.sender,
            content=arrival.content,
            at=arrival.at,
            state="waiting",
        )
        .on_conflict_do_nothing(index_elements=["source", "key"])
    )
    return added.rowcount == 1


async def are_there(tx: Transaction) -> bool:
    """Whether any message is not settled yet."""
    found = await tx.execute(select(inbox.c.key).where(inbox.c.state.in_(("waiting", *UNDER_WAY))).limit(1))
    return found.first() is not None


async def take(tx: Transaction, *, real_now: datetime, limit: int) -> list[Arrival]:
    """Claim the oldest waiting message of every sender who is not being answered already, nor again in a while."""
    await one_at_a_time(tx, "arrivals")
    rows = (
        await tx.execute(
            select(inbox)
            .where(inbox.c.state.in_(("waiting", *UNDER_WAY)))
            .order_by(inbox.c.at, inbox.c.received_at, inbox.c.key)
        )
    ).all()
    seen = {
        (row.source, row.sender)
        for row in rows
        if row.state in UNDER_WAY or (row.claimed_at and row.claimed_at > real_now)
    }
    taken: list[Arrival] = []
    for row in rows:
        if (row.source, row.sender) in seen or len(taken) == limit:
            continue
        seen.add((row.source, row.sender))
        await tx.execute(update(inbox).where(*_is(row)).values(state="working", claimed_at=real_now))
        taken.append(_arrival(row))
    return taken


async def answering(tx: Transaction, arrival: Arrival, *, real_now: datetime) -> bool:
    """The answer is about to leave: from here on it is never said again. False where somebody else took the message."""
    moved = await tx.execute(
        update(inbox).where(*_is(arrival), inbox.c.state == "working").values(state="answering", claimed_at=real_now)
    )
    return moved.rowcount == 1


async def settle(tx: Transaction, arrival: Arrival, *, state: str) -> None:
    """Write down how it ended: done, refused or unknown. What was said is in the talk and not kept twice."""
    await tx.execute(update(inbox).where(*_is(arrival)).values(state=state, content=None))


async def postpone(tx: Transaction, arrival: Arrival, *, until: datetime) -> None:
    """The answer has surely not left: it is made and sent anew later, in real time."""
    await tx.execute(update(inbox).where(*_is(arrival)).values(state="waiting", claimed_at=until))


async def hand_back(tx: Transaction, *, before: datetime) -> int:
    """What a process left when it died: read anew where no answer has left, else given up as unknown."""
    left = inbox.c.claimed_at < before
    again = await tx.execute(update(inbox).where(inbox.c.state == "working", left).values(state="waiting"))
    await tx.execute(update(inbox).where(inbox.c.state == "answering", left).values(state="unknown", content=None))
    return again.rowcount


def _is(row: Row[Any] | Arrival) -> tuple[Any, Any]:
    return inbox.c.source == row.source, inbox.c.key == row.key


def _arrival(row: Row[Any]) -> Arrival:
    return Arrival(source=row.source, key=row.key, sender=row.sender, content=row.content or {}, at=row.at)
