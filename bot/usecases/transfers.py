"""Handing a call on at once: the agent goes, the customer hears words and music, and the next one is rung."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.store import agent_legs, agents, audit, callbacks, claims, presences, room_guests
from bot.store.agents import Agent
from bot.store.database import Database
from bot.telephony.dialer import CarrierUnavailable, Dialer
from bot.usecases.agent_legs import AgentLegs
from bot.usecases.live_calls import handover_facts
from bot.usecases.outcomes import AFTER_CALL
from bot.usecases.talks import HANDED_OVER, NoTalk, NotFree, talk_of

Fits = Callable[[claims.Ready, str], bool]
"""Whether somebody is meant, for a customer of this language."""

log = structlog.get_logger(__name__)


class Transfers:
    """The attempt goes back to where an agent's phone rings, with another agent: if they do not take it, the next one
    with the skill is rung, and where there is none the customer is told and called again."""

    def __init__(
        self, database: Database, dialer: Dialer, *, legs: AgentLegs, after_call: timedelta = AFTER_CALL
    ) -> None:
        self._database = database
        self._dialer = dialer
        self._legs = legs
        self._after_call = after_call

    async def to_colleague(
        self, reference: str, agent: Agent, colleague_id: str, *, note: str = "", now: datetime
    ) -> Agent:
        """Hand the call on to somebody who is ready. Raises CallbackNotFound, NoTalk, NotYourCall, NotFree, and
        CarrierUnavailable: then the call stays where it is."""

        def is_meant(one: claims.Ready, _language: str) -> bool:
            return one.id == colleague_id

        return await self._hand_on(reference, agent, is_meant, note, only=colleague_id, now=now)

    async def to_topic(self, reference: str, agent: Agent, topic: str, *, note: str = "", now: datetime) -> Agent:
        """Hand the call on to somebody who can answer this topic: of those with the fewest other skills the one who has
        waited longest. Raises as `to_colleague`."""

        def answers(one: claims.Ready, language: str) -> bool:
            return one.skills.answers(topic, language)

        return await self._hand_on(reference, agent, answers, note, now=now)

    async def _hand_on(
        self, reference: str, agent: Agent, fits: Fits, note: str, *, only: str | None = None, now: datetime
    ) -> Agent:
        async with self._database.write() as tx:
            callback = await callbacks.named(tx, reference)
            dial = await talk_of(tx, callback, of=agent)
            if any(one.role == "colleague" for one in await room_guests.of(tx, dial.id)):
                raise NotFree
            ready = await claims.lock_ready_agents(tx, limit=claims.MOST_CONSIDERED, only=only)
            able = [one for one in ready if one.id != agent.id and fits(one, callback.language)]
            next_one = min(able, key=lambda one: one.skills.breadth, default=None)
            if next_one is None:
                raise NotFree
            if not await agent_legs.pass_on(tx, dial.id, agent_id=agent.id, to_agent_id=next_one.id):
                raise NoTalk
            await presences.begin_after_call(tx, agent.id, now=now, until=now + self._after_call)
            facts = handover_facts(agent, next_one.id, note)
            await callbacks.note_event(tx, callback.id, HANDED_OVER, at=now, facts=facts)
            taker = await agents.by_id(tx, next_one.id)
            told = {"to": taker.name if taker else ""}
            await audit.append(tx, at=now, actor=agent.login, action="call_handed_on", subject=reference, facts=told)
        try:  # the customer leaves the room, which closes it for everybody else, and waits in it anew
            is_there = dial.call_sid is not None and await self._dialer.redirect(dial.id, dial.call_sid, "transfer")
        except CarrierUnavailable:
            async with self._database.write() as tx:
                if not await agent_legs.take_back(tx, dial):
                    log.exception("transfer_lost", attempt=dial.id)
            raise
        if not is_there:
            raise NoTalk  # they have just hung up: the report of it ends the attempt
        await self._legs.ring_next(dial.id, now=now)
        if taker is None:
            raise NotFree
        return taker
