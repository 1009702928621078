"""Who works at the desk: adding people, their roles and skills, and letting them go."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher

from bot.booking.matching import EVERYTHING, Skills
from bot.booking.phone import masked
from bot.store import agents, audit, second_factors, sessions
from bot.store.agents import Agent
from bot.store.database import Database, Transaction
from bot.usecases.passwords import Passwords, require_good

ROLES = ("agent", "supervisor", "admin")
ONE_TIME_BYTES = 12


class LoginTaken(Exception):
    """Somebody has this login already."""

    def __init__(self, login: str) -> None:
        super().__init__(f"Somebody has the login {login} already.")
        self.login = login


class LastAdmin(Exception):
    """Nobody would be left who may look after accounts."""


class PersonNotFound(Exception):
    """Nobody has this login."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody as an admin sees them."""

    agent: Agent
    has_factor: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAgent:
    """Somebody who takes calls in the demo."""

    login: str
    name: str
    phone_number: str
    role: str = "agent"


DEMO_AGENTS = (
    DemoAgent(login="sakura", name="桜井 さくら", phone_number="+815031000001"),
    DemoAgent(login="ken", name="森田 健", phone_number="+815031000002"),
    DemoAgent(login="emma", name="Emma Tanaka", phone_number="+815031000003"),
)
DEMO_SUPERVISOR = DemoAgent(login="hana", name="小林 花", phone_number="+815031000009", role="supervisor")
"""Watches over promises and takes no calls herself."""
DEMO_ADMIN = DemoAgent(login="aoi", name="青木 葵", phone_number="+815031000008", role="admin")
"""Looks after people, roles and keys."""
DEMO_PEOPLE = (*DEMO_AGENTS, DEMO_SUPERVISOR, DEMO_ADMIN)


class People:
    """The accounts of everybody. `actor` is the login of whoever does it, for the audit log."""

    def __init__(self, database: Database, *, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._passwords = Passwords(hasher)

    async def everybody(self) -> list[Person]:
        """All of them, by login."""
        async with self._database.read() as tx:
            holders = await second_factors.holders(tx)
            return [Person(agent=agent, has_factor=agent.id in holders) for agent in await agents.everybody(tx)]

    async def person(self, login: str) -> Person:
        """Somebody. Raises PersonNotFound."""
        async with self._database.read() as tx:
            agent = await _find(tx, login)
            return Person(agent=agent, has_factor=agent.id in await second_factors.holders(tx))

    async def add(
        self,
        *,
        login: str,
        name: str,
        password: str,
        phone_number: str,
        role: str,
        actor: str,
        now: datetime,
        presence: str = "offline",
        skills: Skills = EVERYTHING,
        needs_desk: bool = True,
        must_change_password: bool = False,
    ) -> Agent:
        """Add somebody. `phone_number` is E.164. Raises LoginTaken and PasswordRefused."""
        require_good(password, login=login)
        agent = Agent(
            id=secrets.token_hex(16), login=login.strip().lower(), name=name, phone_number=phone_number, role=role,
            presence=presence, password_hash=await self._passwords.hash(password), skills=skills,
            needs_desk=needs_desk, must_change_password=must_change_password,
        )  # fmt: skip
        async with self._database.write() as tx:
            if not await agents.add_new(tx, agent, now=now):
                raise LoginTaken(agent.login)
            facts = {"role": role, "phone": masked(phone_number)}
            await audit.append(tx, at=now, actor=actor, action="user_added", subject=agent.login, facts=facts)
        return agent

    async def add_with_one_time_password(self, **facts: Any) -> str:
        """Add somebody, with facts as `add` takes them; returns a password for one login, shown once."""
        password = secrets.token_urlsafe(ONE_TIME_BYTES)
        await self.add(password=password, must_change_password=True, **facts)
        return password

    async def change(
        self,
        login: str,
        *,
        name: str,
        phone_number: str,
        role: str,
        skills: Skills,
        needs_desk: bool,
        actor: str,
        now: datetime,
    ) -> None:
        """Change what is known of somebody; with another role their sessions end. Raises PersonNotFound, LastAdmin."""
        async with self._database.write() as tx:
            admins = await agents.lock_admins(tx)
            known = await _find(tx, login)
            if known.role == "admin" and role != "admin":
                _require_another(admins, known)
            wanted: dict[str, Any] = {
                "name": name, "phone_number": phone_number, "role": role, "skills": skills, "needs_desk": needs_desk,
            }  # fmt: skip
            changes = {key: value for key, value in wanted.items() if getattr(known, key) != value}
            if not changes:
                return
            await agents.change(tx, known.id, **changes)
            if "role" in changes:
                await sessions.end_all(tx, known.id)
            facts = {key: _told(value) for key, value in changes.items()}
            await audit.append(tx, at=now, actor=actor, action="user_changed", subject=login, facts=facts)

    async def disable(self, login: str, *, actor: str, now: datetime) -> None:
        """Let somebody in no more; their sessions end at once. Raises PersonNotFound, LastAdmin."""
        async with self._database.write() as tx:
            admins = await agents.lock_admins(tx)
            known = await _find(tx, login)
            if known.disabled_at:
                return
            if known.role == "admin":
                _require_another(admins, known)
            await agents.change(tx, known.id, disabled_at=now, presence="offline")
            await sessions.end_all(tx, known.id)
            await audit.append(tx, at=now, actor=actor, action="user_disabled", subject=login)

    async def enable(self, login: str, *, actor: str, now: datetime) -> None:
        """Let somebody in again. Raises PersonNotFound."""
        async with self._database.write() as tx:
            known = await _find(tx, login)
            await agents.change(tx, known.id, disabled_at=None)
            await audit.append(tx, at=now, actor=actor, action="user_enabled", subject=login)

    async def reset_password(self, login: str, *, actor: str, now: datetime) -> str:
        """A password for one login, shown once; their sessions end. Raises PersonNotFound."""
        password = secrets.token_urlsafe(ONE_TIME_BYTES)
        stored = await self._passwords.hash(password)
        async with self._database.write() as tx:
            known = await _find(tx, login)
            await agents.change(tx, known.id, password_hash=stored, must_change_password=True)
            await sessions.end_all(tx, known.id)
            await audit.append(tx, at=now, actor=actor, action="password_reset", subject=login)
        return password

    async def drop_factor(self, login: str, *, actor: str, now: datetime) -> None:
        """Ask somebody for no code any more: they have lost their generator. Raises PersonNotFound."""
        async with self._database.write() as tx:
            known = await _find(tx, login)
            await second_factors.drop(tx, known.id)
            await sessions.end_all(tx, known.id)
            await audit.append(tx, at=now, actor=actor, action="factor_dropped", subject=login)

    async def ensure_demo_people(self, password: str, *, now: datetime) -> None:
        """The demo's people with this password, its agents ready when new, however many processes say so at once."""
        for demo in DEMO_PEOPLE:
            async with self._database.read() as tx:
                known = await agents.by_login(tx, demo.login)
            if known and await self._passwords.matches(known.password_hash, password):
                continue
            agent = Agent(
                id=secrets.token_hex(16),
                login=demo.login,
                name=demo.name,
                phone_number=demo.phone_number,
                role=demo.role,
                presence="ready" if demo.role == "agent" else "offline",
                password_hash=await self._passwords.hash(password),
            )
            async with self._database.write() as tx:
                await agents.put(tx, agent, now=now)


def _require_another(admins: list[Agent], known: Agent) -> None:
    if not any(admin.id != known.id for admin in admins):
        raise LastAdmin


async def _find(tx: Transaction, login: str) -> Agent:
    found = await agents.by_login(tx, login)
    if found is None:
        raise PersonNotFound(login)
    return found


def _told(value: object) -> str:
    if isinstance(value, Skills):
        return f"{', '.join(sorted(value.topics)) or '*'}; {', '.join(sorted(value.languages)) or '*'}"
    text = str(value)
    return masked(text) if text.startswith("+") else text
