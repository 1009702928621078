"""What agents do at the desk: log in, read before they speak, write down how it ended."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.booking.business import Business
from bot.booking.callback import CHANGEABLE, SET_ASIDE, SETTLED, Callback, Status
from bot.booking.errors import CallbackNotFound
from bot.booking.matching import EVERYTHING, Skills
from bot.store import agents, callbacks, slots
from bot.store.agents import Agent, DeskSession
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction
from bot.usecases.board import (
    RELEASED,
    RESOLVED,
    Board,
    Dossier,
    Entry,
    Pulse,
    read_board,
    read_dossier,
    read_marked,
    read_pulse,
)
from bot.usecases.line import WaitingLine
from bot.usecases.promises import plan_instead

SESSION_LENGTH = timedelta(hours=12)
LONGEST_PASSWORD = 200
LONGEST_NOTE = 5000
HASHES_AT_ONCE = 2
"""Each one takes 64 MiB and a core: a flood of logins must wait in line, not take the machine down."""
RESOLUTIONS = ("resolved",)
SETTLEMENTS = ("resolved", "no_contact", "not_needed")
"""How a supervisor closes a promise that was not kept: spoken with otherwise, nobody to be had, or wanted no more."""
NOT_KEPT = frozenset({Status.UNREACHED, Status.EXPIRED})
ONE_CALL = frozenset({Status.DIALING, Status.IN_CALL, Status.COMPLETED})
"""Statuses that follow each other while an agent speaks: what they record means the same in each of them."""


class OutcomeNotPossible(Exception):
    """The outcome does not fit where the callback stands. `status` says where that is."""

    def __init__(self, status: Status) -> None:
        super().__init__(f"An outcome cannot be recorded while the callback is {status.replace('_', ' ')}.")
        self.status = status


class MovedOn(Exception):
    """The callback has changed since the agent looked: they should look again before they decide."""

    def __init__(self) -> None:
        super().__init__("The callback has changed since it was read.")


class AlreadyRecorded(Exception):
    """Another agent has recorded the outcome."""

    def __init__(self, agent_name: str) -> None:
        super().__init__(f"{agent_name} has already recorded the outcome.")
        self.agent_name = agent_name


class NoteChangedElsewhere(Exception):
    """The agent's own note was changed in another window since this one was opened. `text` is what it says now."""

    def __init__(self, text: str) -> None:
        super().__init__("The note was changed in another window.")
        self.text = text


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginToken:
    """A new session's secret, shown once: only its hash is kept."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAgent:
    """Somebody who takes calls in the demo."""

    login: str
    name: str
    phone_number: str


DEMO_AGENTS = (
    DemoAgent(login="sakura", name="桜井 さくら", phone_number="+815031000001"),
    DemoAgent(login="ken", name="森田 健", phone_number="+815031000002"),
    DemoAgent(login="emma", name="Emma Tanaka", phone_number="+815031000003"),
)


DEMO_SUPERVISOR = DemoAgent(login="hana", name="小林 花", phone_number="+815031000009")
"""Watches over promises and takes no calls herself."""


class Desk:
    """The desk of every agent. What two of them do at once is decided by the version of the callback they saw."""

    def __init__(
        self, database: Database, *, business: Business, line: WaitingLine, hasher: PasswordHasher | None = None
    ) -> None:
        self._database = database
        self._business = business
        self._line = line
        self._hasher = hasher or PasswordHasher()
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)

    async def log_in(self, login: str, password: str, *, real_now: datetime) -> LoginToken | None:
        """A new session, or None when login and password do not belong together. Takes as long either way."""
        async with self._database.read() as tx:
            agent = await agents.by_login(tx, login.strip().lower())
        if len(password) > LONGEST_PASSWORD or not await self._matches(agent, password) or agent is None:
            return None
        token, expires_at = secrets.token_urlsafe(32), real_now + SESSION_LENGTH
        async with self._database.write() as tx:
            await agents.forget_expired_sessions(tx, real_now=real_now)
            await agents.log_in(
                tx,
                _hash_of(token),
                agent_id=agent.id,
                csrf_token=secrets.token_urlsafe(32),
                expires_at=expires_at,
            )
        return LoginToken(token=token, expires_at=expires_at)

    async def session(self, token: str, *, real_now: datetime) -> DeskSession | None:
        """The session that a token opens, or None for an unknown, ended or expired one."""
        async with self._database.read() as tx:
            return await agents.session(tx, _hash_of(token), real_now=real_now)

    async def is_valid(self, session: DeskSession, *, real_now: datetime) -> bool:
        """Whether a session that was read earlier still stands."""
        async with self._database.read() as tx:
            return await agents.session(tx, session.token_hash, real_now=real_now) is not None

    async def log_out(self, session: DeskSession) -> None:
        """End the session at once, wherever its token is."""
        async with self._database.write() as tx:
            await agents.log_out(tx, session.token_hash)

    async def add_agent(
        self,
        *,
        login: str,
        name: str,
        password: str,
        phone_number: str,
        role: str,
        presence: str,
        now: datetime,
        skills: Skills = EVERYTHING,
    ) -> Agent:
        """Add somebody who takes calls. `phone_number` is E.164, `presence` ready, break or offline."""
        agent = Agent(
            id=secrets.token_hex(16),
            login=login.lower(),
            name=name,
            phone_number=phone_number,
            role=role,
            presence=presence,
            password_hash=await self._hash(password),
            skills=skills,
        )
        async with self._database.write() as tx:
            await agents.add(tx, agent, now=now)
        return agent

    async def ensure_demo_agents(self, password: str, *, now: datetime) -> None:
        """The demo's people with this password, its agents ready when new, however many processes say so at once."""
        for demo in (*DEMO_AGENTS, DEMO_SUPERVISOR):
            async with self._database.read() as tx:
                known = await agents.by_login(tx, demo.login)
            if known and await self._matches(known, password):
                continue
            watches = demo is DEMO_SUPERVISOR
            agent = Agent(
                id=secrets.token_hex(16),
                login=demo.login,
                name=demo.name,
                phone_number=demo.phone_number,
                role="supervisor" if watches else "agent",
                presence="offline" if watches else "ready",
                password_hash=await self._hash(password),
            )
            async with self._database.write() as tx:
                await agents.put(tx, agent, now=now)

    async def board(self, *, now: datetime, with_unsettled: bool = True) -> Board:
        """What is going on and what is next; for supervisors also what was not kept."""
        async with self._database.read() as tx:
            return await read_board(
                tx, tz=self._business.timezone, line=self._line, now=now, with_unsettled=with_unsettled
            )

    async def marked(self, *, now: datetime) -> tuple[Entry, ...]:
        """What a supervisor has to look at."""
        async with self._database.read() as tx:
            return await read_marked(tx, now=now)

    async def pulse(self, last: Pulse | None, *, at: float) -> Pulse:
        """What changed since the last pulse; `at` is real time in seconds, from any beginning."""
        async with self._database.read() as tx:
            return await read_pulse(tx, last, at=at)

    async def dossier(self, reference: str, *, reader: Agent, now: datetime) -> Dossier:
        """Everything about one callback. Raises CallbackNotFound."""
        async with self._database.read() as tx:
            return await read_dossier(tx, await _find(tx, reference), reader=reader, line=self._line, now=now)

    async def record(self, reference: str, agent: Agent, resolution: str, *, seen: Status, now: datetime) -> Callback:
        """Write down how it ended. `seen` is the status that the agent was looking at; recording twice is harmless.

        During a call the promise is completed with it; after one only the resolution is added. Before one, where the
        matter was settled otherwise, it is completed as SETTLED: no call is made, what was still to be told is
        withdrawn, and the customer thanked. Raises CallbackNotFound, OutcomeNotPossible, AlreadyRecorded, and MovedOn
        when the callback has meanwhile come to a point where the agent may decide otherwise.
        """
        try:
            async with self._database.write() as tx:
                callback = await _find(tx, reference)
                if callback.resolution is not None:
                    await self._accept_own(tx, callback, agent)
                    return callback
                if callback.status != seen and not {callback.status, seen} <= ONE_CALL:
                    raise MovedOn
                if callback.status not in (Status.IN_CALL, Status.COMPLETED, *CHANGEABLE):
                    raise OutcomeNotPossible(callback.status)
                ended = SETTLED if callback.is_changeable else resolution
                recorded = await callbacks.change(tx, callback, now=now, status=Status.COMPLETED, resolution=ended)
                facts = {"agent_id": agent.id, "resolution": ended}
                await callbacks.note_event(tx, callback.id, RESOLVED, at=now, facts=facts)
                if callback.is_changeable:
                    await plan_instead(tx, recorded, SETTLED, now=now)
                if callback.is_changeable and callback.window.start > now:  # somebody else can have the time
                    await slots.give_back(tx, callback.topic, callback.slot_start)
                return recorded
        except StaleCallback:
            return await self.record(reference, agent, resolution, seen=seen, now=now)

    async def settle(self, reference: str, supervisor: Agent, settlement: str, *, now: datetime) -> Callback:
        """Take a promise that was not kept off the supervisors' list, with one of SETTLEMENTS; its status stays, for
        the figures tell the truth. Saying it twice is harmless. Raises CallbackNotFound, OutcomeNotPossible where
        there is nothing to settle, and AlreadyRecorded where somebody else has."""
        try:
            async with self._database.write() as tx:
                callback = await _find(tx, reference)
                if callback.status not in NOT_KEPT:
                    raise OutcomeNotPossible(callback.status)
                if callback.resolution is not None:
                    await self._accept_own(tx, callback, supervisor)
                    return callback
                facts = {"agent_id": supervisor.id, "resolution": settlement}
                return await callbacks.change(
                    tx, callback, now=now, event=RESOLVED, facts=facts, resolution=settlement, attention=None
                )
        except StaleCallback:
            return await self.settle(reference, supervisor, settlement, now=now)

    async def release(self, reference: str, supervisor: Agent, *, now: datetime) -> Callback:
        """Let a callback that was set aside be dialled again: a supervisor has looked at it. One that is not set aside
        stays as it is. Raises CallbackNotFound, and OutcomeNotPossible for one that no call is owed to."""
        try:
            async with self._database.write() as tx:
                callback = await _find(tx, reference)
                if callback.status not in CHANGEABLE:
                    raise OutcomeNotPossible(callback.status)
                if callback.attention != SET_ASIDE:
                    return callback
                facts = {"agent_id": supervisor.id}
                return await callbacks.change(tx, callback, now=now, event=RELEASED, facts=facts, attention=None)
        except StaleCallback:
            return await self.release(reference, supervisor, now=now)

    async def write_note(self, reference: str, agent: Agent, text: str, *, seen: str, now: datetime) -> str:
        """Keep the agent's note about a callback; sending it twice is harmless. Returns the new `seen`.

        `seen` is note_mark() of the text that the writing began from. Raises CallbackNotFound, and
        NoteChangedElsewhere when the note says neither that nor `text`: nothing is overwritten unread.
        """
        text = text.replace("\r\n", "\n").strip()[:LONGEST_NOTE]
        async with self._database.write() as tx:
            callback = await _find(tx, reference)
            note = await agents.note_to_write(tx, callback.id, agent.id)
            known = note.text if note else ""
            if text == known:
                return note_mark(text)
            if note_mark(known) != seen:
                raise NoteChangedElsewhere(known)
            await agents.write_note(tx, callback.id, agent.id, text, now=now)
            if note is None:
                await callbacks.note_event(tx, callback.id, "noted", at=now, facts={"agent_id": agent.id})
        return note_mark(text)

    async def show_number(self, reference: str, agent: Agent, *, now: datetime) -> str:
        """The customer's number in E.164; that it was shown, and to whom, stands in the history."""
        async with self._database.write() as tx:
            callback = await _find(tx, reference)
            await callbacks.note_event(tx, callback.id, "number_shown", at=now, facts={"agent_id": agent.id})
        return callback.phone_number

    async def _accept_own(self, tx: Transaction, callback: Callback, agent: Agent) -> None:
        """A second click by the same agent is the same wish; another agent's outcome is not written over."""
        recorded = [facts for _, kind, facts in await callbacks.history(tx, callback.id) if kind == RESOLVED]
        recorder = recorded[-1]["agent_id"] if recorded else ""
        if recorder != agent.id:
            raise AlreadyRecorded((await agents.names(tx)).get(recorder, ""))

    async def _matches(self, agent: Agent | None, password: str) -> bool:
        if agent is None:
            await self._hash(password)  # the same work as for a known login: time does not tell who works here
            return False
        async with self._hashing:
            try:
                return await asyncio.to_thread(self._hasher.verify, agent.password_hash, password)
            except (VerificationError, InvalidHashError):
                return False

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)


def note_mark(text: str) -> str:
    """A short sign of what a note says, to notice that it changed."""
    return sha256(text.encode()).hexdigest()[:16]


def _hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def _find(tx: Transaction, reference: str) -> Callback:
    callback = await callbacks.by_reference(tx, reference)
    if callback is None:
        raise CallbackNotFound(reference)
    return callback
