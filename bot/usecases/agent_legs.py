"""The agent's part of a call: ringing one who can answer it, the next one when nobody takes it, and letting go of
whoever waits for a customer who is gone."""

import contextlib
from collections.abc import Collection
from datetime import datetime

import structlog

from bot.booking.callback import Callback, Outcome
from bot.booking.matching import match
from bot.store import agent_legs, attempts, callbacks, claims
from bot.store.attempts import Dial
from bot.store.database import Database, Transaction
from bot.telephony.dialer import Accepted, CarrierUnavailable, Dialer, Rejected, Unknown
from bot.usecases.outcomes import Outcomes

log = structlog.get_logger(__name__)


class AgentLegs:
    """At most one phone of an agent rings for an attempt, and nobody's twice. `tries` is how many agents are rung for
    one call before its customer is told that nobody could come."""

    def __init__(self, database: Database, dialer: Dialer, outcomes: Outcomes, *, tries: int) -> None:
        self._database = database
        self._dialer = dialer
        self._outcomes = outcomes
        self._tries = tries

    async def ring(self, attempt_id: str, *, now: datetime) -> bool:
        """Ring the agent of the attempt, or the next one whose phone can be rung; False when there is none left. Asked
        twice, it rings once."""
        while True:
            async with self._database.write() as tx:
                if not await agent_legs.begin(tx, attempt_id, now=now):
                    return True  # rung already, or taken
                dial = await attempts.get(tx, attempt_id)
            if dial is None:
                return False
            match await self._dialer.ring_agent(attempt_id, dial.agent_id, dial.agent_phone_number):
                case Accepted(call_sid=call_sid):
                    async with self._database.write() as tx:
                        await agent_legs.adopt(tx, attempt_id, call_sid)
                    return True
                case Unknown(cause=cause):  # it may ring: whoever answers is connected, and the watchdog looks after it
                    log.warning("agent_leg_unknown", attempt=attempt_id, cause=cause)
                    return True
                case Rejected(code=code):
                    log.warning("agent_leg_refused", attempt=attempt_id, agent=dial.agent_id, code=code)
            if not await self._next_agent(dial):
                return False

    async def ended(self, attempt_id: str, call_sid: str | None, *, now: datetime, agent_id: str | None = None) -> None:
        """The agent's phone was not answered, or put down: the next agent is rung, or the customer is told. `agent_id`
        is whose phone it was, where that is known: one who has handed the call on has nothing to end any more."""
        async with self._database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
        if dial is None or not dial.is_live or (call_sid and dial.agent_call_sid not in (None, call_sid)):
            return
        if agent_id is not None and agent_id != dial.agent_id:
            return
        if dial.agent_confirmed_at:
            if dial.confirmed_at is None:  # put down while the customer's phone rings
                await self._nobody_comes(dial, now=now)
            return  # after a talk the room closes by itself
        if not await self._next_agent(dial) or not await self.ring(attempt_id, now=now):
            await self._nobody_comes(dial, now=now)

    async def ring_next(self, attempt_id: str, *, now: datetime) -> None:
        """Ring whom the call was handed on to; where nobody's phone can be rung the customer is told."""
        if await self.ring(attempt_id, now=now):
            return
        async with self._database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
        if dial is not None and dial.is_live:
            await self._nobody_comes(dial, now=now)

    async def release(self, dial: Dial) -> None:
        """The customer is gone: an agent whose phone rings is left in peace, one who waits is told. In vain where the
        carrier cannot be asked: an agent can put down the phone."""
        if dial.agent_call_sid is None or (dial.agent_confirmed_at and dial.confirmed_at):
            return  # nobody was rung, or both have spoken and the room has closed
        with contextlib.suppress(CarrierUnavailable):
            if dial.agent_confirmed_at:
                await self._dialer.redirect(dial.id, dial.agent_call_sid, "customer-missed")
            else:
                await self._dialer.end(dial.agent_call_sid)

    async def _nobody_comes(self, dial: Dial, *, now: datetime) -> None:
        """The customer hears it, where there is one to hear it; it was no attempt of theirs."""
        try:
            if dial.call_sid and dial.answered_at and await self._dialer.redirect(dial.id, dial.call_sid, "no-agent"):
                return  # the end of the call ends the attempt
            await self._outcomes.end(dial, Outcome.AGENT_MISSED, now=now)
            async with self._database.read() as tx:  # a report may have told us the call meanwhile
                over = await attempts.get(tx, dial.id)
            if over and over.call_sid:
                await self._dialer.end(over.call_sid)
        except CarrierUnavailable:
            log.exception("customer_not_told", attempt=dial.id)

    async def _next_agent(self, dial: Dial) -> bool:
        """Give the attempt to another ready agent with the skill; False when nobody is left or enough were rung."""
        async with self._database.write() as tx:
            tried = await agent_legs.tried(tx, dial.id)
            if len(tried) >= self._tries:
                return False
            callback = await callbacks.get(tx, dial.callback_id)
            other = await _somebody(tx, callback, but=tried)
            return other is not None and await agent_legs.hand_on(tx, dial.id, other)


async def _somebody(tx: Transaction, callback: Callback, *, but: Collection[str]) -> str | None:
    ready = await claims.lock_ready_agents(tx, limit=claims.MOST_CONSIDERED)
    found = match([callback], [(agent.id, agent.skills) for agent in ready if agent.id not in but])
    return found[0][1] if found else None
