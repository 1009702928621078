"""Carriers that do what a test says: one that takes calls, one that takes messages."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.booking.callback import Outcome
from bot.channels.channel import Answer as TalkAnswer
from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.channels.sms import worded
from bot.telephony.dialer import Accepted, CallState, CarrierUnavailable, Rejected, Unknown
from bot.telephony.rooms import Change

Answer = Accepted | Rejected | Unknown | Exception
LOST = Unknown(cause="ReadTimeout")
BUSY_CARRIER = Rejected(code=20429, try_later=True)
REFUSING_CARRIER = Rejected(code=21210)
WRONG_NUMBER = Rejected(code=21211, number_is=Outcome.INVALID)
SmsAnswer = Sent | NotSent | MaybeSent | Exception


@dataclass(frozen=True, kw_only=True)
class Dialled:
    """One request to place a call."""

    attempt_id: str
    to: str


@dataclass
class ScriptedDialer:
    """A Dialer that gives the scripted answers in turn, then accepts; it keeps what it was asked."""

    script: deque[Answer] = field(default_factory=deque)
    dials: list[Dialled] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    agents: deque[Accepted | Rejected | Unknown] = field(default_factory=deque)
    """What is answered when an agent is rung; then every phone can be rung."""
    rung: list[str] = field(default_factory=list)
    redirected: list[tuple[str, str]] = field(default_factory=list)
    known: dict[str, CallState] = field(default_factory=dict)
    listed: list[CallState] = field(default_factory=list)
    is_down: bool = False
    before: Callable[[str], Awaitable[None]] | None = None
    """Awaited before each answer with the attempt's id: to look at the database, or to be slow."""

    async def dial(self, attempt_id: str, to: str) -> Accepted | Rejected | Unknown:
        self.dials.append(Dialled(attempt_id=attempt_id, to=to))
        if self.before:
            await self.before(attempt_id)
        answer = self.script.popleft() if self.script else Accepted(call_sid=sid_of(attempt_id))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ring_agent(self, attempt_id: str, agent_id: str, to: str) -> Accepted | Rejected | Unknown:
        self.rung.append(to)
        return self.agents.popleft() if self.agents else Accepted(call_sid=f"CAagent{len(self.rung)}")

    async def fetch(self, call_sid: str) -> CallState | None:
        self._answer()
        return self.known.get(call_sid)

    async def latest(self, to: str) -> list[CallState]:
        self._answer()
        return self.listed

    async def redirect(self, attempt_id: str, call_sid: str, step: str) -> bool:
        self._answer()
        self.redirected.append((call_sid, step))
        return True

    async def end(self, call_sid: str) -> None:
        self._answer()
        self.ended.append(call_sid)

    def _answer(self) -> None:
        if self.is_down:
            raise CarrierUnavailable


@dataclass
class ScriptedRooms:
    """Rooms in which everything succeeds, unless a test says otherwise; they keep what was asked."""

    invited: list[tuple[str, str]] = field(default_factory=list)
    answers: deque[Accepted | Rejected | Unknown] = field(default_factory=deque)
    changed: list[tuple[str, Change]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    async def invite(self, attempt_id: str, guest_id: str, to: str) -> Accepted | Rejected | Unknown:
        self.invited.append((guest_id, to))
        return self.answers.popleft() if self.answers else Accepted(call_sid=f"CAguest{len(self.invited)}")

    async def change(self, attempt_id: str, call_sid: str, change: Change) -> bool:
        self.changed.append((call_sid, change))
        return call_sid not in self.gone

    async def send_out(self, attempt_id: str, call_sid: str) -> None:
        self.removed.append(call_sid)


@dataclass
class ScriptedSms:
    """A Channel that gives the scripted answers in turn, then sends."""

    script: deque[SmsAnswer] = field(default_factory=deque)
    texts: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, to: str, text: str) -> Sent | NotSent | MaybeSent:
        self.texts.append((to, text))
        answer = self.script.popleft() if self.script else Sent(message_sid=f"SM{len(self.texts)}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def show_work(self, to: str) -> None:
        """Nothing is shown."""

    async def answer(self, to: str, answer: TalkAnswer, *, reply: str | None) -> Sent | NotSent | MaybeSent:
        return await self.send(to, worded(answer))


@dataclass
class ScriptedTalks:
    """A TalkChannel that keeps whole answers, with what they were to reply to; it gives the scripted outcomes."""

    script: deque[SmsAnswer] = field(default_factory=deque)
    said: list[tuple[str, TalkAnswer, str | None]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    async def send(self, to: str, text: str) -> Sent | NotSent | MaybeSent:
        return await self.answer(to, TalkAnswer(texts=(text,), choices=(), language="ja", key=text), reply=None)

    async def show_work(self, to: str) -> None:
        self.shown.append(to)

    async def answer(self, to: str, answer: TalkAnswer, *, reply: str | None) -> Sent | NotSent | MaybeSent:
        self.said.append((to, answer, reply))
        outcome = self.script.popleft() if self.script else Sent(message_sid=f"LM{len(self.said)}")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def last(self) -> TalkAnswer:
        """What was said last."""
        return self.said[-1][1]


def sid_of(attempt_id: str) -> str:
    """The call that a well-behaved carrier makes for an attempt."""
    return f"CA{attempt_id}"


def call(sid: str, status: str = "ringing", *, created_at: datetime | None = None) -> CallState:
    """A call in the carrier's list."""
    return CallState(call_sid=sid, status=status, created_at=created_at)


def slow(release: asyncio.Event, *, asked: asyncio.Event) -> Callable[[str], Awaitable[None]]:
    """A carrier that says when it was asked, and answers when it is told to."""

    async def wait(_attempt_id: str) -> None:
        asked.set()
        await release.wait()

    return wait
