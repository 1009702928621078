"""The people who take calls, their sessions at the desk and their notes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update

from bot.booking.matching import EVERYTHING, Skills
from bot.store.database import Transaction
from bot.store.schema import agent_sessions, agents, attempts, callbacks, notes


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """Somebody who takes calls. `presence` is ready, break or offline; `role` agent or supervisor; `skills` is what
    they can answer."""

    id: str
    login: str
    name: str
    phone_number: str
    role: str
    presence: str
    password_hash: str
    skills: Skills = EVERYTHING


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSession:
    """A login. Only the token's hash is stored; expiry is in real time, whatever the business clock says."""

    token_hash: str
    agent: Agent
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What an agent wrote about a callback: one note each, written on until it is right. `at` is the last change."""

    callback_id: str
    agent_id: str
    author: str
    text: str
    at: datetime


async def add(tx: Transaction, agent: Agent, *, now: datetime) -> None:
    """Add somebody."""
    values = {name: getattr(agent, name) for name in _PLAIN}
    skills = {"topics": sorted(agent.skills.topics), "languages": sorted(agent.skills.languages)}
    await tx.execute(insert(agents).values(created_at=now, **values, **skills))


async def by_login(tx: Transaction, login: str) -> Agent | None:
    """The agent who logs in under this name."""
    row = (await tx.execute(select(agents).where(agents.c.login == login))).one_or_none()
    return None if row is None else decoded(row)


async def count(tx: Transaction) -> int:
    """How many there are."""
    return len((await tx.execute(select(agents.c.id))).all())


async def ready(tx: Transaction) -> list[Agent]:
    """Who could take a call now: ready and not on one. Longest without a call first."""
    busy = exists().where(attempts.c.agent_id == agents.c.id, attempts.c.ended_at.is_(None))
    last_call = (
        select(attempts.c.started_at)
        .where(attempts.c.agent_id == agents.c.id)
        .order_by(attempts.c.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await tx.execute(
        select(agents)
        .where(agents.c.presence == "ready", ~busy)
        .order_by(last_call.is_not(None), last_call, agents.c.login)
    )
    return [decoded(row) for row in rows]


async def on_a_call(tx: Transaction) -> list[tuple[Agent, datetime]]:
    """Who has a call now, and since when."""
    rows = await tx.execute(
        select(agents, attempts.c.started_at)
        .join(attempts, attempts.c.agent_id == agents.c.id)
        .where(attempts.c.ended_at.is_(None))
    )
    return [(decoded(row), row.started_at) for row in rows]


async def set_password(tx: Transaction, agent_id: str, password_hash: str) -> None:
    """Replace a password."""
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(password_hash=password_hash))


async def set_presence(tx: Transaction, agent_id: str, presence: str) -> None:
    """Say whether the agent takes calls."""
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(presence=presence))


async def log_in(tx: Transaction, token_hash: str, *, agent_id: str, csrf_token: str, expires_at: datetime) -> None:
    """Begin a session under a new token."""
    await tx.execute(
        insert(agent_sessions).values(
            token_hash=token_hash, agent_id=agent_id, csrf_token=csrf_token, expires_at=expires_at
        )
    )


async def session(tx: Transaction, token_hash: str, *, real_now: datetime) -> DeskSession | None:
    """The session that a cookie names, if it has not expired."""
    row = (
        await tx.execute(
            select(agents, agent_sessions.c.token_hash, agent_sessions.c.csrf_token, agent_sessions.c.expires_at)
            .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
            .where(agent_sessions.c.token_hash == token_hash, agent_sessions.c.expires_at > real_now)
        )
    ).one_or_none()
    if row is None:
        return None
    return DeskSession(
        token_hash=row.token_hash, agent=decoded(row), csrf_token=row.csrf_token, expires_at=row.expires_at
    )


async def forget_expired_sessions(tx: Transaction, *, real_now: datetime) -> None:
    """Remove what no cookie can name any more."""
    await tx.execute(delete(agent_sessions).where(agent_sessions.c.expires_at <= real_now))


async def log_out(tx: Transaction, token_hash: str) -> None:
    """End a session at once."""
    await tx.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == token_hash))


async def note_to_write(tx: Transaction, callback_id: str, agent_id: str) -> Note | None:
    """An agent's note about a callback, theirs alone until the transaction ends; None when they wrote none yet."""
    # One form sent twice comes at the same moment: where rows can be locked, the callback's is the queue.
    await tx.execute(select(callbacks.c.id).where(callbacks.c.id == callback_id).with_for_update())
    return await note_of(tx, callback_id, agent_id)


async def note_of(tx: Transaction, callback_id: str, agent_id: str) -> Note | None:
    """An agent's note about a callback, or None."""
    found = await _notes(tx, notes.c.callback_id == callback_id, notes.c.agent_id == agent_id)
    return found[0] if found else None


async def write_note(tx: Transaction, callback_id: str, agent_id: str, text: str, *, now: datetime) -> None:
    """Keep what an agent wrote, in the place of what they wrote before."""
    mine = (notes.c.callback_id == callback_id, notes.c.agent_id == agent_id)
    rewritten = await tx.execute(update(notes).where(*mine).values(text=text, at=now))
    if rewritten.rowcount == 0:
        await tx.execute(insert(notes).values(callback_id=callback_id, agent_id=agent_id, text=text, at=now))


async def notes_of(tx: Transaction, callback_ids: Collection[str]) -> list[Note]:
    """Every agent's notes about these callbacks, oldest first."""
    return await _notes(tx, notes.c.callback_id.in_(list(callback_ids))) if callback_ids else []


async def names(tx: Transaction) -> dict[str, str]:
    """Everybody's name by id."""
    return {row.id: row.name for row in await tx.execute(select(agents.c.id, agents.c.name))}


async def takers(tx: Transaction, callback_ids: Collection[str]) -> dict[tuple[str, int], str]:
    """Who was to speak in each attempt: names by callback and attempt number."""
    if not callback_ids:
        return {}
    rows = await tx.execute(
        select(attempts.c.callback_id, attempts.c.number, agents.c.name)
        .join(agents, agents.c.id == attempts.c.agent_id)
        .where(attempts.c.callback_id.in_(list(callback_ids)))
    )
    return {(row.callback_id, row.number): row.name for row in rows}


async def _notes(tx: Transaction, *conditions: Any) -> list[Note]:
    rows = await tx.execute(
        select(notes.c.callback_id, notes.c.agent_id, agents.c.name.label("author"), notes.c.text, notes.c.at)
        .join(agents, agents.c.id == notes.c.agent_id)
        .where(*conditions)
        .order_by(notes.c.id)
    )
    return [Note(**{name: getattr(row, name) for name in Note.__dataclass_fields__}) for row in rows]


_PLAIN = ("id", "login", "name", "phone_number", "role", "presence", "password_hash")


def decoded(row: Row[Any]) -> Agent:
    """A row of the table as a value."""
    skills = Skills(topics=frozenset(row.topics), languages=frozenset(row.languages))
    return Agent(**{name: getattr(row, name) for name in _PLAIN}, skills=skills)
