"""Whether people take calls: what they say of it, and what is noticed when they are gone."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.booking.presence import Presence
from bot.store import presences
from bot.store.agents import Agent
from bot.store.database import Database

AWAY_AFTER = timedelta(seconds=30)


class Presences:
    """`away_after`: how long in real time a page of the desk may be gone before its person is not ready any more."""

    def __init__(self, database: Database, *, away_after: timedelta = AWAY_AFTER) -> None:
        self._database = database
        self._away_after = away_after

    async def choose(self, agent: Agent, presence: Presence, *, now: datetime, real_now: datetime) -> None:
        """Somebody says how it is, from now on."""
        async with self._database.write() as tx:
            await presences.choose(tx, agent.id, presence, now=now, real_now=real_now)

    async def seen(self, agent_ids: Collection[str], *, now: datetime, real_now: datetime) -> None:
        """Pages of the desk are open for these people."""
        if agent_ids:
            async with self._database.write() as tx:
                await presences.seen(tx, agent_ids, now=now, real_now=real_now)

    async def leave(self, agent: Agent, *, now: datetime) -> None:
        """Somebody has logged out."""
        async with self._database.write() as tx:
            await presences.leave(tx, agent.id, now=now)

    async def look(self, *, now: datetime, real_now: datetime) -> None:
        """Send away whose page is gone, and end what time to write things down is over."""
        async with self._database.write() as tx:
            await presences.send_away(tx, seen_before=real_now - self._away_after, now=now)
            await presences.end_after_call(tx, now=now)
