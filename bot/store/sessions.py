"""Sessions at the desk. Only a token's hash is stored; every time is real time, whatever the business clock says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from bot.store import agents as agents_store
from bot.store.account_schema import agent_sessions
from bot.store.agents import Agent
from bot.store.database import Transaction
from bot.store.schema import agents


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSession:
    """A login. `awaits_code`: the password was right, and a code is still asked for; nothing else is open to it."""

    token_hash: str
    agent: Agent
    csrf_token: str
    expires_at: datetime
    seen_at: datetime
    awaits_code: bool


async def begin(
    tx: Transaction,
    token_hash: str,
    *,
    agent_id: str,
    csrf_token: str,
    expires_at: datetime,
    real_now: datetime,
    awaits_code: bool = False,
) -> None:
    """Begin a session under a new token."""
    await tx.execute(
        insert(agent_sessions).values(
            token_hash=token_hash, agent_id=agent_id, csrf_token=csrf_token, expires_at=expires_at,
            seen_at=real_now, awaits_code=awaits_code,
        )
    )  # fmt: skip


async def named(tx: Transaction, token_hash: str, *, real_now: datetime, idle: timedelta) -> DeskSession | None:
    """The session that a cookie names, if it still stands."""
    row = (
        await tx.execute(
            select(
                agents,
                agent_sessions.c.token_hash,
                agent_sessions.c.csrf_token,
                agent_sessions.c.expires_at,
                agent_sessions.c.seen_at,
                agent_sessions.c.awaits_code,
            )
            .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
            .where(agent_sessions.c.token_hash == token_hash, _stands(real_now, idle))
        )
    ).one_or_none()
    if row is None:
        return None
    return DeskSession(
        token_hash=row.token_hash,
        agent=agents_store.decoded(row),
        csrf_token=row.csrf_token,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
        awaits_code=row.awaits_code,
    )


async def standing(
    tx: Transaction, token_hashes: Collection[str], *, real_now: datetime, idle: timedelta
) -> dict[str, str]:
    """Which of these sessions still stand, and their people's presence."""
    rows = await tx.execute(
        select(agent_sessions.c.token_hash, agents.c.presence)
        .join(agents, agents.c.id == agent_sessions.c.agent_id)
        .where(
            agent_sessions.c.token_hash.in_(list(token_hashes)),
            agent_sessions.c.awaits_code.is_(False),
            _stands(real_now, idle),
        )
    )
    return {row.token_hash: row.presence for row in rows}


async def touch(tx: Transaction, token_hash: str, *, real_now: datetime) -> None:
    """Its person has just done something."""
    await tx.execute(update(agent_sessions).where(agent_sessions.c.token_hash == token_hash).values(seen_at=real_now))


async def end(tx: Transaction, token_hash: str) -> None:
    """End a session at once."""
    await tx.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == token_hash))


async def end_all(tx: Transaction, agent_id: str) -> None:
    """End every session of somebody at once."""
    await tx.execute(delete(agent_sessions).where(agent_sessions.c.agent_id == agent_id))


async def forget_expired(tx: Transaction, *, real_now: datetime) -> None:
    """Remove what no cookie can name any more."""
    await tx.execute(delete(agent_sessions).where(agent_sessions.c.expires_at <= real_now))


def _stands(real_now: datetime, idle: timedelta) -> ColumnElement[bool]:
    return and_(
        agent_sessions.c.expires_at > real_now,
        agent_sessions.c.seen_at > real_now - idle,
        agents.c.disabled_at.is_(None),
    )
