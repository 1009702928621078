"""Keeping the promise: what is due is claimed, written down as an attempt, and only then dialled."""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import structlog

from bot.booking.breaker import Breaker
from bot.booking.callback import Outcome
from bot.booking.vitals import Pulse
from bot.store import attempts, claims
from bot.store.database import Database
from bot.telephony.dialer import Accepted, Dialer, Rejected, Unknown
from bot.usecases.agent_legs import AgentLegs
from bot.usecases.claims import Claimed, Claims
from bot.usecases.handing_back import hand_back
from bot.usecases.outcomes import Outcomes
from bot.usecases.overdue import Overdue
from bot.usecases.strays import stop_stray
from bot.usecases.together import Together

BATCH = 10_000
"""At most so many are claimed at once: each batch puts all that is due, and everybody who is ready, in order anew."""
DIALS_AT_ONCE = 128
"""How many requests to the carrier may be under way in one dispatcher."""
POST_WITHIN_S = 5.0
"""A process that was stopped this long between the fence and the carrier does not dial any more: others have looked
for the call meanwhile and may be about to place it themselves."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fenced:
    """An attempt that is about to be placed."""

    attempt_id: str
    real_now: datetime


class Dispatch:
    """One dispatcher. Any number of them may share a database: what is whose is decided by constraints there.

    `agent_first` says of a topic whether its calls begin at the agent's phone.
    """

    def __init__(
        self,
        database: Database,
        dialer: Dialer,
        outcomes: Outcomes,
        *,
        owner: str,
        claims: Claims,
        overdue: Overdue,
        legs: AgentLegs,
        agent_first: Callable[[str], bool] = lambda _topic: False,
        stopwatch: Callable[[], float] = monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._dialer = dialer
        self._outcomes = outcomes
        self._owner = owner
        self._claims = claims
        self._overdue = overdue
        self._legs = legs
        self._agent_first = agent_first
        self._stopwatch = stopwatch
        self._jitter = jitter
        self._breaker = Breaker()
        self._dispatched_at: datetime | None = None
        self._failure: tuple[datetime, str] | None = None
        self._room = asyncio.Semaphore(DIALS_AT_ONCE)
        self._fence: Together[Fenced, bool] = Together(self._begin_posting)
        self._ledger: Together[tuple[str, str], bool] = Together(self._adopt)

    @property
    def pulse(self) -> Pulse:
        """How it does, for people to look at."""
        failed_at, error = self._failure or (None, None)
        return Pulse(
            dispatched_at=self._dispatched_at,
            failures=self._breaker.failures,
            paused_until=self._breaker.open_until,
            failed_at=failed_at,
            error=error,
        )

    async def dial_due(self, *, now: datetime, real_now: datetime) -> int:
        """Dial what is owed, never more than there are ready agents; returns how many dials were begun."""
        claimed = await self.claim(now=now, real_now=real_now)
        await self.dial(claimed, now=now, real_now=real_now)
        return len(claimed)

    async def look_ahead(self, *, now: datetime) -> int:
        """Prepare for what falls due in the next minutes; returns how many numbers were judged."""
        return await self._claims.look_ahead(now=now)

    async def claim(self, *, now: datetime, real_now: datetime) -> list[Claimed]:
        """Take what may be dialled now. Whoever calls this dials it, too."""
        self._dispatched_at = real_now
        async with self._database.read() as tx:
            if not await claims.something_due(tx, now=now):
                return []
        await self._overdue.expire(now=now)
        most = self._breaker.allowed(BATCH, real_now=real_now)
        return await self._claims.take(now=now, real_now=real_now, most=most) if most else []

    async def dial(self, claimed: Iterable[Claimed], *, now: datetime, real_now: datetime) -> None:
        """Place the calls, each at its own moment."""
        await asyncio.gather(*(self._dial(claim, now=now, real_now=real_now) for claim in claimed))

    async def _dial(self, claim: Claimed, *, now: datetime, real_now: datetime) -> None:
        """After any error the attempt stays open, for the call may ring: the watchdog asks what became of it."""
        try:
            if (pause := (claim.start_at - real_now).total_seconds()) > 0:
                await asyncio.sleep(pause)
            async with self._room:
                answer = await self._place(claim, now=now, real_now=max(real_now, claim.start_at))
            if answer is not None:
                log.info("dialled", reference=claim.callback.reference, answer=type(answer).__name__)
                await self._record(claim, answer, now=now, real_now=real_now)
        except Exception:
            log.exception("dial_failed", reference=claim.callback.reference, attempt=claim.attempt_id)

    async def _place(
        self, claim: Claimed, *, now: datetime, real_now: datetime
    ) -> Accepted | Rejected | Unknown | None:
        began = self._stopwatch()
        if not await self._fence.submit(Fenced(attempt_id=claim.attempt_id, real_now=real_now)):
            log.warning("claim_lost", reference=claim.callback.reference)
            return None
        if self._stopwatch() - began > POST_WITHIN_S:
            log.error("stopped_before_the_dial", reference=claim.callback.reference)
            return None
        if self._agent_first(claim.callback.topic):
            await self._ring_agent_first(claim, now=now)
            return None
        return await self._dialer.dial(claim.attempt_id, claim.callback.next_number)

    async def _ring_agent_first(self, claim: Claimed, *, now: datetime) -> None:
        """Nobody has asked the carrier for the customer yet: that is done when the agent has pressed the key."""
        async with self._database.write() as tx:
            await attempts.change(tx, claim.attempt_id, carrier_state="agent")
        if not await self._legs.ring(claim.attempt_id, now=now):
            await self._end(claim.attempt_id, Outcome.AGENT_MISSED, now=now)

    async def _record(
        self, claim: Claimed, answer: Accepted | Rejected | Unknown, *, now: datetime, real_now: datetime
    ) -> None:
        match answer:
            case Accepted(call_sid=call_sid):
                self._breaker = Breaker()
                if not await self._ledger.submit((claim.attempt_id, call_sid)):
                    await stop_stray(self._dialer, call_sid, attempt_id=claim.attempt_id)
            case Rejected(code=code, try_later=True):
                self._carrier_failed(real_now, str(code) if code else "no connection")
                await hand_back(self._database, claim.attempt_id, states=("posting",), now=now)
            case Rejected(number_is=fault):
                self._breaker = Breaker()
                await self._end(claim.attempt_id, fault or Outcome.CARRIER_FAILED, now=now)
            case Unknown(cause=cause):
                self._carrier_failed(real_now, cause)
                async with self._database.write() as tx:
                    await attempts.mark_unknown(tx, claim.attempt_id)

    def _carrier_failed(self, real_now: datetime, error: str) -> None:
        self._failure = (real_now, error)
        self._breaker = self._breaker.failed(real_now=real_now, jitter=self._jitter())
        log.warning("carrier_failed", failures=self._breaker.failures)

    async def _end(self, attempt_id: str, outcome: Outcome, *, now: datetime) -> None:
        async with self._database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
        if dial:
            await self._outcomes.end(dial, outcome, now=now)

    async def _begin_posting(self, asked: list[Fenced]) -> dict[Fenced, bool]:
        real_now = max(one.real_now for one in asked)
        ids = [one.attempt_id for one in asked]
        async with self._database.write() as tx:
            ours = await claims.begin_posting(tx, ids, owner=self._owner, real_now=real_now)
        return {one: one.attempt_id in ours for one in asked}

    async def _adopt(self, answers: list[tuple[str, str]]) -> dict[tuple[str, str], bool]:
        async with self._database.write() as tx:
            now_has = await claims.adopt_all(tx, dict(answers))
        return {(attempt_id, call_sid): now_has.get(attempt_id) == call_sid for attempt_id, call_sid in answers}
