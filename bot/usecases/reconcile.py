"""The watchdog: asks the carrier about calls that went quiet, so that no attempt stays open."""

from datetime import datetime, timedelta

import structlog

from bot.booking.callback import Outcome
from bot.store import attempts
from bot.store.attempts import Dial
from bot.store.database import Database
from bot.telephony.dialer import CARRIER_RANK, FINAL_RANK, CallState, CarrierUnavailable, Dialer
from bot.usecases.agent_legs import AgentLegs
from bot.usecases.calls import Calls
from bot.usecases.handing_back import hand_back
from bot.usecases.outcomes import Outcomes

QUIET = timedelta(seconds=15)
"""How long a live call may be quiet, in real time, before the carrier is asked."""
NEVER_PLACED_AFTER = timedelta(seconds=60)
"""A dial without an answer that no list of the carrier shows after this long was not placed."""
AGENT_PATIENCE = timedelta(seconds=60)
"""How long a customer waits for an agent of whose phone nothing is known, in business time."""
CLOCK_SKEW = timedelta(seconds=5)

log = structlog.get_logger(__name__)


class Reconciliation:
    """Compares the ledger with the carrier. How long a carrier is silent is real time."""

    def __init__(
        self, database: Database, dialer: Dialer, calls: Calls, outcomes: Outcomes, *, legs: AgentLegs
    ) -> None:
        self._database = database
        self._dialer = dialer
        self._calls = calls
        self._outcomes = outcomes
        self._legs = legs

    async def check_quiet_calls(self, *, now: datetime, real_now: datetime) -> int:
        """Ask about every live attempt that went quiet; returns how many were asked about."""
        async with self._database.read() as tx:
            live = await attempts.live(tx)
        quiet = [dial for dial in live if real_now - (dial.checked_at or dial.begun_at) >= QUIET]
        for dial in quiet:
            async with self._database.write() as tx:
                await attempts.change(tx, dial.id, checked_at=real_now)
            try:
                await self._check(dial, now=now, real_now=real_now)
            except CarrierUnavailable:
                log.warning("carrier_unavailable", attempt=dial.id)
            except Exception:  # one call that cannot be judged must not keep the others waiting
                log.exception("check_failed", attempt=dial.id)
        return len(quiet)

    async def _check(self, dial: Dial, *, now: datetime, real_now: datetime) -> None:
        if dial.carrier_state == "intent":  # its dispatcher lives and has lost it: nobody has asked the carrier
            if real_now - dial.begun_at >= NEVER_PLACED_AFTER:
                await hand_back(self._database, dial.id, states=("intent",), now=now)
            return
        await self._check_agent(dial, now=now)
        if dial.carrier_state == "agent":  # the customer is called when the agent has pressed the key
            return
        state = await self._dialer.fetch(dial.call_sid) if dial.call_sid else await self._search(dial)
        if state is not None:
            await self._calls.status_changed(
                dial.id, state.call_sid, state.status, now=now, duration_s=state.duration_s
            )
        elif real_now - dial.begun_at >= NEVER_PLACED_AFTER:
            log.warning("never_placed", attempt=dial.id)
            await self._outcomes.end(dial, Outcome.CARRIER_FAILED, now=now)
            await self._legs.release(dial)

    async def _check_agent(self, dial: Dial, *, now: datetime) -> None:
        """A customer who waits for an agent whose phone no longer rings is not left waiting, nor is an attempt that
        began with that phone."""
        began = dial.agent_asked_at is not None or dial.carrier_state == "agent"
        if not began or dial.agent_confirmed_at:
            return
        if dial.agent_call_sid is None:  # whether it rings is unknown: its answer was lost
            is_over = dial.agent_asked_at is None or now - dial.agent_asked_at >= AGENT_PATIENCE
        else:
            state = await self._dialer.fetch(dial.agent_call_sid)
            is_over = state is None or CARRIER_RANK.get(state.status) == FINAL_RANK
        if is_over:
            await self._legs.ended(dial.id, dial.agent_call_sid, now=now)

    async def _search(self, dial: Dial) -> CallState | None:
        """The call of an attempt whose answer was lost: to this number, since the intent, and nobody else's."""
        since = dial.started_at - CLOCK_SKEW  # the carrier's clock is the business clock, in the demo too
        for call in sorted(await self._dialer.latest(dial.to_number), key=lambda call: str(call.created_at)):
            if call.created_at is not None and call.created_at < since:
                continue
            async with self._database.read() as tx:
                taken = await attempts.is_known(tx, call.call_sid)
            if not taken:
                return call
        return None
