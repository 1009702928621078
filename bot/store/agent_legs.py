"""The agent's leg of an attempt, in the attempt's own row: asked for once, handed on to the next agent."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.store.attempts import Dial
from bot.store.database import Transaction
from bot.store.schema import attempts


async def begin(tx: Transaction, attempt_id: str, *, now: datetime) -> bool:
    """Whether this caller is the one who rings the agent of this live attempt."""
    begun = await tx.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id, attempts.c.ended_at.is_(None), attempts.c.agent_asked_at.is_(None))
        .values(agent_asked_at=now)
    )
    return begun.rowcount == 1


async def adopt(tx: Transaction, attempt_id: str, call_sid: str) -> bool:
    """Tie the carrier's call to the agent's leg; False when the attempt is over or has another one."""
    adopted = await tx.execute(
        update(attempts)
        .where(
            attempts.c.id == attempt_id,
            attempts.c.ended_at.is_(None),
            attempts.c.agent_call_sid.is_(None) | (attempts.c.agent_call_sid == call_sid),
        )
        .values(agent_call_sid=call_sid)
    )
    return adopted.rowcount == 1


async def tried(tx: Transaction, attempt_id: str) -> frozenset[str]:
    """The agents who were asked to take this call, the present one included."""
    row = (
        await tx.execute(select(attempts.c.agent_id, attempts.c.agents_missed).where(attempts.c.id == attempt_id))
    ).one_or_none()
    return frozenset() if row is None else frozenset((row.agent_id, *row.agents_missed))


async def hand_on(tx: Transaction, attempt_id: str, agent_id: str) -> bool:
    """Give the attempt to another agent, who is then to be rung; False when that one is on another call, or somebody
    has taken this one."""
    missed = await tried(tx, attempt_id)
    try:
        async with tx.begin_nested():
            handed = await tx.execute(
                update(attempts)
                .where(
                    attempts.c.id == attempt_id,
                    attempts.c.ended_at.is_(None),
                    attempts.c.agent_confirmed_at.is_(None),
                    attempts.c.agent_asked_at.is_not(None),
                )
                .values(agent_id=agent_id, agent_asked_at=None, agent_call_sid=None, agents_missed=sorted(missed))
            )
    except IntegrityError:
        return False
    return handed.rowcount == 1


async def pass_on(tx: Transaction, attempt_id: str, *, agent_id: str, to_agent_id: str) -> bool:
    """The agent who speaks gives the call to another one, who is then to be rung; False when it is over or not theirs,
    or when the other one is on a call."""
    try:
        async with tx.begin_nested():
            passed = await tx.execute(
                update(attempts)
                .where(
                    attempts.c.id == attempt_id,
                    attempts.c.agent_id == agent_id,
                    attempts.c.ended_at.is_(None),
                    attempts.c.confirmed_at.is_not(None),
                    attempts.c.agent_confirmed_at.is_not(None),
                )
                .values(
                    agent_id=to_agent_id, agent_asked_at=None, agent_call_sid=None, agent_confirmed_at=None,
                    agents_missed=[],
                )
            )  # fmt: skip
    except IntegrityError:
        return False
    return passed.rowcount == 1


async def take_back(tx: Transaction, dial: Dial) -> bool:
    """The call stays with whom it was before it was passed on, for nobody has been rung yet; False otherwise."""
    try:
        async with tx.begin_nested():
            taken = await tx.execute(
                update(attempts)
                .where(attempts.c.id == dial.id, attempts.c.ended_at.is_(None), attempts.c.agent_asked_at.is_(None))
                .values(
                    agent_id=dial.agent_id, agent_asked_at=dial.agent_asked_at, agent_call_sid=dial.agent_call_sid,
                    agent_confirmed_at=dial.agent_confirmed_at,
                )
            )  # fmt: skip
    except IntegrityError:
        return False
    return taken.rowcount == 1


async def begin_customer(tx: Transaction, attempt_id: str) -> bool:
    """Whether this caller is the one who places the customer's call, now that an agent waits for it."""
    begun = await tx.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id, attempts.c.ended_at.is_(None), attempts.c.carrier_state == "agent")
        .values(carrier_state="posting")
    )
    return begun.rowcount == 1
