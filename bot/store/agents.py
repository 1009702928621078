"""The people at the desk, what they take calls about, and their notes."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, String, cast, exists, insert, select, update

from bot.booking.matching import EVERYTHING, Skills
from bot.store.database import Transaction, upsert
from bot.store.room_guests import is_guest_somewhere
from bot.store.schema import agents, attempts, callbacks, notes


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """Somebody who takes calls or watches over them. `presence` is a Presence; `role` agent,
    supervisor or admin; `skills` is what they can answer. `needs_desk`: only ready while a page of the desk is open."""

    id: str
    login: str
    name: str
    phone_number: str
    role: str
    presence: str
    password_hash: str
    skills: Skills = EVERYTHING
    disabled_at: datetime | None = None
    must_change_password: bool = False
    language: str | None = None
    theme: str | None = None
    needs_desk: bool = False

    @property
    def watches(self) -> bool:
        """Whether they look after promises, lists and settings."""
        return self.role in ("supervisor", "admin")

    @property
    def administers(self) -> bool:
        """Whether they look after people, roles and keys."""
        return self.role == "admin"


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
    await tx.execute(insert(agents).values(created_at=now, **_encoded(agent)))


async def add_new(tx: Transaction, agent: Agent, *, now: datetime) -> bool:
    """Add somebody; False where somebody has the login already."""
    added = await tx.execute(
        upsert(tx, agents).values(created_at=now, **_encoded(agent)).on_conflict_do_nothing(index_elements=["login"])
    )
    return bool(added.rowcount == 1)


async def put(tx: Transaction, agent: Agent, *, now: datetime) -> None:
    """Add somebody; who is there already under this login stays as they are and gets the password."""
    await tx.execute(
        upsert(tx, agents)
        .values(created_at=now, **_encoded(agent))
        .on_conflict_do_update(index_elements=["login"], set_={"password_hash": agent.password_hash})
    )


async def by_login(tx: Transaction, login: str) -> Agent | None:
    """The agent who logs in under this name."""
    row = (await tx.execute(select(agents).where(agents.c.login == login))).one_or_none()
    return None if row is None else decoded(row)


async def by_id(tx: Transaction, agent_id: str) -> Agent | None:
    """The agent of this id."""
    row = (await tx.execute(select(agents).where(agents.c.id == agent_id))).one_or_none()
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
        .where(agents.c.presence == "ready", ~busy, ~is_guest_somewhere())
        .order_by(last_call.is_not(None), last_call, agents.c.login)
    )
    return [decoded(row) for row in rows]


async def skills_on_duty(tx: Transaction) -> list[Skills]:
    """What each of those can answer who take calls now, the ones who speak included."""
    rows = await tx.execute(
        select(cast(agents.c.topics, String), cast(agents.c.languages, String)).where(agents.c.presence == "ready")
    )
    return [read_skills(topics, languages) for topics, languages in rows]


@lru_cache(maxsize=4096)
def read_skills(topics: str, languages: str) -> Skills:
    """Two columns as they are stored: a thousand people have a handful of skills between them."""
    return Skills(topics=frozenset(json.loads(topics)), languages=frozenset(json.loads(languages)))


async def set_presence(tx: Transaction, agent_id: str, presence: str) -> None:
    """Say whether the agent takes calls."""
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(presence=presence))


async def change(tx: Transaction, agent_id: str, **changes: Any) -> None:
    """Give columns of somebody's account new values; `skills` as a value."""
    if "skills" in changes:
        changes |= _skills(changes.pop("skills"))
    await tx.execute(update(agents).where(agents.c.id == agent_id).values(**changes))


async def everybody(tx: Transaction) -> list[Agent]:
    """All of them, by login; those who may no longer come last."""
    rows = await tx.execute(select(agents).order_by(agents.c.disabled_at.is_not(None), agents.c.login))
    return [decoded(row) for row in rows]


async def lock_admins(tx: Transaction) -> list[Agent]:
    """Who may change accounts, theirs alone to change until the transaction ends."""
    rows = await tx.execute(
        select(agents)
        .where(agents.c.role == "admin", agents.c.disabled_at.is_(None))
        .order_by(agents.c.id)
        .with_for_update()
    )
    return [decoded(row) for row in rows]


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


_PLAIN = (
    "id", "login", "name", "phone_number", "role", "presence", "password_hash", "disabled_at", "must_change_password",
    "language", "theme", "needs_desk",
)  # fmt: skip


def _encoded(agent: Agent) -> dict[str, Any]:
    return {**{name: getattr(agent, name) for name in _PLAIN}, **_skills(agent.skills)}


def _skills(skills: Skills) -> dict[str, list[str]]:
    return {"topics": sorted(skills.topics), "languages": sorted(skills.languages)}


def decoded(row: Row[Any]) -> Agent:
    """A row of the table as a value."""
    skills = Skills(topics=frozenset(row.topics), languages=frozenset(row.languages))
    return Agent(**{name: getattr(row, name) for name in _PLAIN}, skills=skills)
