"""The desk's live stream: one reader of the database for every agent who looks at a page."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import structlog
from sanic import Request

from bot.store.sessions import DeskSession
from bot.usecases.accounts import Accounts
from bot.usecases.agent import Desk
from bot.usecases.board import Pulse
from bot.usecases.presences import Presences

READ_EVERY_S = 0.1
BEAT_EVERY_S = 15.0
SEEN_EVERY_S = 5.0
"""How often those whose page is open are noted as being there: well below what makes them count as away."""
WHO_EVERY_S = 1.0
"""How soon a page is closed whose session has ended: somebody was let go, or did nothing for too long."""
CLOCK_MOVED_S = 1.0
"""Business time that differs this much from what browsers count is told at once: somebody moved the clock."""

log = structlog.get_logger(__name__)


@dataclass(eq=False, kw_only=True, slots=True)
class Listener:
    """One open page. What it has not been sent yet is added up: a slow browser costs no memory."""

    session: DeskSession
    presence: str
    changed: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False


class BoardWatch:
    """Reads what changed while anybody looks, and wakes those who do."""

    def __init__(self, desk: Desk, accounts: Accounts, presences: Presences, *, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._accounts = accounts
        self._presences = presences
        self._told_seen = -SEEN_EVERY_S
        self._looked_who = 0.0
        self._now = now
        self._listeners: set[Listener] = set()
        self._pulse: Pulse | None = None
        self._told_clock = (now(), monotonic())

    async def run(self) -> None:
        """Read on and on, until cancelled."""
        while True:
            await asyncio.sleep(READ_EVERY_S)
            if not self._listeners:
                self._pulse = None
                continue
            try:
                await self._read()
                if monotonic() - self._looked_who >= WHO_EVERY_S:
                    await self._look_who()
            except Exception:  # the database may be away for a while; the stream goes on when it is back
                log.exception("desk_read_failed")

    async def listen(self, session: DeskSession) -> AsyncIterator[dict[str, Any]]:
        """What this agent's page has to know, from now on; ends when the session does."""
        listener = Listener(session=session, presence=session.agent.presence)
        self._listeners.add(listener)
        if self._pulse is not None:
            listener.wake.set()
        try:
            while not listener.is_over:
                with contextlib.suppress(TimeoutError):  # then a sign of life is due
                    await asyncio.wait_for(listener.wake.wait(), BEAT_EVERY_S)
                listener.wake.clear()
                if not listener.is_over:
                    yield self._told(listener)
        finally:
            self._listeners.discard(listener)

    def end(self, session: DeskSession) -> None:
        """Close every stream of a session that was logged out."""
        for listener in self._listeners:
            if listener.session.token_hash == session.token_hash:
                listener.is_over = True
                listener.wake.set()

    def end_all(self) -> None:
        """Close every stream: the process stops."""
        for listener in self._listeners:
            listener.is_over = True
            listener.wake.set()

    async def _read(self) -> None:
        first = self._pulse is None
        self._pulse = await self._desk.pulse(self._pulse, at=monotonic())
        if not (first or self._pulse.changed or self._clock_moved()):
            return
        self._told_clock = (self._now(), monotonic())
        for listener in self._listeners:
            listener.changed |= self._pulse.changed
            listener.wake.set()

    async def _look_who(self) -> None:
        """Close what belongs to sessions that have ended; note who is there, and tell them what they count as."""
        self._looked_who = monotonic()
        real_now = datetime.now(UTC)
        if self._looked_who - self._told_seen >= SEEN_EVERY_S:
            self._told_seen = self._looked_who
            present = {listener.session.agent.id for listener in self._listeners}
            await self._presences.seen(present, now=self._now(), real_now=real_now)
        listeners = tuple(self._listeners)
        hashes = list({listener.session.token_hash for listener in listeners})
        standing = await self._accounts.standing(hashes, real_now=real_now)
        for listener in listeners:
            presence = standing.get(listener.session.token_hash)
            if presence == listener.presence:
                continue
            listener.is_over = presence is None
            listener.presence = presence or listener.presence
            listener.wake.set()

    def _clock_moved(self) -> bool:
        told, at = self._told_clock
        return abs((self._now() - told).total_seconds() - (monotonic() - at)) > CLOCK_MOVED_S

    def _told(self, listener: Listener) -> dict[str, Any]:
        mine = self._pulse.call_of(listener.session.agent.id) if self._pulse else None
        changed, listener.changed = sorted(listener.changed), set()
        return {
            "now": self._now().isoformat(),
            "changed": changed,
            "presence": listener.presence,
            "call": {"attempt": mine[0], "reference": mine[1]} if mine else None,
        }


async def stream(request: Request, events: AsyncIterator[dict[str, Any]]) -> None:
    """Send events until the browser goes away or the session ends."""
    response = await request.respond(
        content_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    if response is None:
        return
    await response.send("retry: 2000\n\n")
    async for told in events:
        await response.send(f"event: pulse\ndata: {json.dumps(told, ensure_ascii=False)}\n\n")
    await response.eof()
