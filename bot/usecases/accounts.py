"""The door of the desk: logging in, the session that follows, and what people change about their own account."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from argon2 import PasswordHasher

from bot.store import agents, audit, second_factors, sessions
from bot.store.agents import Agent
from bot.store.database import Database, Transaction
from bot.store.sessions import DeskSession
from bot.usecases.guessing import Blocked, Guessing
from bot.usecases.passwords import PasswordRefused, Passwords, require_good

TOUCHED_AFTER = timedelta(minutes=1)
CODE_WITHIN = timedelta(minutes=5)
LANGUAGES = ("ja", "en")
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPolicy:
    """How long a session lasts: without its person doing anything, and at all."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginToken:
    """A new session's secret, shown once: only its hash is kept. `awaits_code`: it opens nothing but the next step."""

    token: str
    expires_at: datetime
    awaits_code: bool = False


class Accounts:
    """Who is at the desk. Everything here is in real time."""

    def __init__(
        self, database: Database, *, policy: SessionPolicy | None = None, hasher: PasswordHasher | None = None
    ) -> None:
        self.policy = policy or SessionPolicy()
        self._database = database
        self._passwords = Passwords(hasher)
        self._guessing = Guessing(database)

    async def log_in(self, login: str, password: str, *, real_now: datetime) -> LoginToken | None:
        """A new session, or None when login and password do not belong together. Takes as long either way.

        Raises Blocked after too many wrong ones, for a login that there is not like for one that there is.
        """
        login = login.strip().lower()
        try:
            await self._guessing.begin(f"login:{login}", real_now=real_now)
        except Blocked:
            await self._note(login, "login_blocked", real_now=real_now)
            raise
        async with self._database.read() as tx:
            agent = await agents.by_login(tx, login)
        is_right = await self._passwords.matches(agent.password_hash if agent else None, password)
        if not is_right or agent is None or agent.disabled_at:
            await self._note(login, "login_failed", real_now=real_now)
            return None
        await self._guessing.forgive(f"login:{login}")
        async with self._database.write() as tx:
            await sessions.forget_expired(tx, real_now=real_now)
            factor = await second_factors.of(tx, agent.id)
            awaits_code = factor is not None and factor.confirmed_at is not None
            token = await self._begin(tx, agent, awaits_code=awaits_code, real_now=real_now)
            if not awaits_code:
                await audit.append(tx, at=real_now, actor=agent.login, action="logged_in")
        return token

    async def session(self, token: str, *, real_now: datetime) -> DeskSession | None:
        """The session that a token opens, or None for an unknown, ended or expired one."""
        async with self._database.read() as tx:
            return await sessions.named(tx, hash_of(token), real_now=real_now, idle=self.policy.idle)

    async def touch(self, session: DeskSession, *, real_now: datetime) -> None:
        """The session's person has done something: it is not idle."""
        if real_now - session.seen_at >= TOUCHED_AFTER:
            async with self._database.write() as tx:
                await sessions.touch(tx, session.token_hash, real_now=real_now)

    async def standing(self, token_hashes: list[str], *, real_now: datetime) -> dict[str, str]:
        """Which of these sessions still stand, and the presence of their people."""
        async with self._database.read() as tx:
            return await sessions.standing(tx, token_hashes, real_now=real_now, idle=self.policy.idle)

    async def log_out(self, session: DeskSession, *, real_now: datetime) -> None:
        """End the session at once, wherever its token is."""
        async with self._database.write() as tx:
            await sessions.end(tx, session.token_hash)
            await audit.append(tx, at=real_now, actor=session.agent.login, action="logged_out")

    async def change_password(self, session: DeskSession, old: str, new: str, *, real_now: datetime) -> LoginToken:
        """A new password: every session of the account ends, and a new one begins in this one's place.

        Raises PasswordRefused (also with "wrong_old") and Blocked.
        """
        agent = session.agent
        await self._guessing.begin(f"login:{agent.login}", real_now=real_now)
        if not await self._passwords.matches(agent.password_hash, old):
            raise PasswordRefused("wrong_old")
        await self._guessing.forgive(f"login:{agent.login}")
        require_good(new, login=agent.login)
        if new == old:
            raise PasswordRefused("same")
        stored = await self._passwords.hash(new)
        async with self._database.write() as tx:
            await agents.change(tx, agent.id, password_hash=stored, must_change_password=False)
            token = await self.begin_anew(tx, agent, real_now=real_now)
            await audit.append(tx, at=real_now, actor=agent.login, action="password_changed", subject=agent.login)
        return token

    async def choose(self, agent: Agent, *, language: str, theme: str) -> None:
        """In which language and light somebody reads the desk, wherever they log in."""
        if language not in LANGUAGES or theme not in THEMES:
            raise ValueError("unknown language or theme")
        async with self._database.write() as tx:
            await agents.change(tx, agent.id, language=language, theme=theme)

    async def begin_anew(self, tx: Transaction, agent: Agent, *, real_now: datetime) -> LoginToken:
        """What somebody may do has changed: all their sessions end, and one under a new token begins."""
        await sessions.end_all(tx, agent.id)
        return await self.begin_one(tx, agent, real_now=real_now)

    async def begin_one(self, tx: Transaction, agent: Agent, *, real_now: datetime) -> LoginToken:
        """A session beside the others: every step of the login was right."""
        return await self._begin(tx, agent, awaits_code=False, real_now=real_now)

    async def _begin(self, tx: Transaction, agent: Agent, *, awaits_code: bool, real_now: datetime) -> LoginToken:
        token = secrets.token_urlsafe(32)
        expires_at = real_now + (CODE_WITHIN if awaits_code else self.policy.longest)
        await sessions.begin(
            tx, hash_of(token), agent_id=agent.id, csrf_token=secrets.token_urlsafe(32),
            expires_at=expires_at, real_now=real_now, awaits_code=awaits_code,
        )  # fmt: skip
        return LoginToken(token=token, expires_at=expires_at, awaits_code=awaits_code)

    async def _note(self, login: str, action: str, *, real_now: datetime) -> None:
        async with self._database.write() as tx:
            known = await agents.by_login(tx, login)
            # What is typed by mistake where the login belongs may be a password: unknown words are not kept.
            await audit.append(tx, at=real_now, actor=known.login if known else "?", action=action)


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()
