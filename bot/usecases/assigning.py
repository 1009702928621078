"""A callback is meant for one agent: a supervisor's wish, which the dispatcher follows where the promise allows it."""

from datetime import datetime

from bot.booking.callback import Callback
from bot.store import agents, audit, callbacks
from bot.store.agents import Agent
from bot.store.callbacks import StaleCallback
from bot.store.database import Database
from bot.usecases.agent import MovedOn, OutcomeNotPossible

ASSIGNED = "assigned"


class Assignments:
    """Says who should make which call. Whoever is ready makes it where that agent is not: a wish makes nobody wait."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self) -> list[Agent]:
        """Who could be meant, by login."""
        async with self._database.read() as tx:
            return [agent for agent in await agents.everybody(tx) if agent.disabled_at is None]

    async def assign(
        self, reference: str, taker: Agent | None, supervisor: Agent, *, version: int, now: datetime
    ) -> Callback:
        """From now on it is meant for `taker`, or for nobody more than others. Raises CallbackNotFound,
        OutcomeNotPossible for one that no call is owed to, and MovedOn where it is not as it was seen."""
        try:
            async with self._database.write() as tx:
                callback = await callbacks.named(tx, reference)
                if callback.version != version:
                    raise MovedOn
                if not callback.is_changeable:
                    raise OutcomeNotPossible(callback.status)
                facts = {"agent_id": supervisor.id} | ({"to_agent_id": taker.id} if taker else {})
                changed = await callbacks.change(
                    tx, callback, now=now, event=ASSIGNED, facts=facts, meant_for=taker.id if taker else None
                )
                told = {"to": taker.login if taker else ""}
                await audit.append(
                    tx, at=now, actor=supervisor.login, action=ASSIGNED, subject=reference, facts=told
                )  # fmt: skip
                return changed
        except StaleCallback:
            raise MovedOn from None
