"""A process in a storm: it may die at every step between two transactions, and the database may be away."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from bot.store.database import Database, Transaction
from bot.telephony.dialer import Accepted, Rejected, Unknown
from scheduler.clockwatch import ClockWatch
from tests.support.storm.carrier import StormCarrier
from tests.support.storm.time import VirtualTime

STEPS_TO_DEATH = 120


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Fate:
    """When this process dies, and whether the database answers it. One for every process."""

    def __init__(self, chance: random.Random, *, dies_in: int | None = None) -> None:
        self._chance = chance
        self._dies_in = dies_in
        self.is_dead = False
        self.database_is_away: Callable[[], bool] = lambda: False

    async def step(self) -> None:
        """One more step; others may run in between."""
        for _ in range(self._chance.randrange(3)):
            await asyncio.sleep(0)
        self.check()

    def check(self) -> None:
        """Die here, if it is time; raise what a driver raises while the database is away."""
        if self._dies_in is not None:
            self._dies_in -= 1
            self.is_dead = self.is_dead or self._dies_in <= 0
        if self.is_dead:
            raise Killed
        if self.database_is_away():
            raise ConnectionResetError


class ProcessDatabase(Database):
    """The shared database as one process sees it."""

    def __init__(self, shared: Database, fate: Fate) -> None:  # not the parent's: it opens nothing
        self.is_sqlite = True
        self._shared = shared
        self._fate = fate

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """As the parent's."""
        await self._fate.step()
        async with self._shared.read() as tx:
            yield tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """As the parent's; the process may die, or lose the database, before the commit and right after it."""
        await self._fate.step()
        async with self._shared.write() as tx:
            yield tx
            self._fate.check()
        self._fate.check()


class ProcessDialer:
    """The carrier as one process sees it: it may die before it has asked, and before it has heard the answer."""

    def __init__(self, carrier: StormCarrier, fate: Fate) -> None:
        self._carrier = carrier
        self._fate = fate

    async def dial(self, attempt_id: str, to: str) -> Accepted | Rejected | Unknown:
        """As the carrier's."""
        self._alive()
        answer = await self._carrier.dial(attempt_id, to)
        self._alive()
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._carrier, name)

    def _alive(self) -> None:
        if self._fate.is_dead:
            raise Killed


class Scheduler:
    """`scheduler.ticks` in virtual time: the same calls without a bell, some of them less often than there."""

    def __init__(self, world: Any, fate: Fate, time: VirtualTime) -> None:
        self.world = world
        self.fate = fate
        self._time = time
        self._clock_watch = ClockWatch()
        self._tasks: dict[str, asyncio.Task[object]] = {}
        self._dials: set[asyncio.Task[object]] = set()
        self._leased = False
        self._last: dict[str, float] = {}

    def ring(self) -> None:
        """What is due of this moment's ticks, each beside the others and never beside itself."""
        self.world.stopwatch = self._time.seconds
        self._tick("lease", 4, self._lease)
        self._tick("dispatch", 0.5, self._dispatch)
        self._tick("notices", 4, self._notices)
        self._tick("lateness", 10, self._lateness)
        self._tick("reconcile", 5, self._reconcile)

    def stop(self) -> None:
        """Nothing of a dead process goes on."""
        for task in (*self._tasks.values(), *self._dials):
            task.cancel()

    @property
    def tasks(self) -> set[asyncio.Task[object]]:
        """What is under way."""
        return {*self._tasks.values(), *self._dials}

    def _tick(self, name: str, every: float, work: Callable[[], Awaitable[object]]) -> None:
        running = self._tasks.get(name)
        if (running and not running.done()) or self._time.seconds - self._last.get(name, -every) < every:
            return
        self._last[name] = self._time.seconds
        self._tasks[name] = asyncio.ensure_future(self._safely(work))

    async def _safely(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except OSError:
            return  # reported, and rung again
        except Killed:
            return

    def _steady(self) -> bool:
        return self._clock_watch.is_steady(self._time.told, stopwatch=self._time.seconds)

    async def _lease(self) -> None:
        if not self._steady():
            return
        await self.world.leases.renew(real_now=self._time.told)
        self._leased = True
        await self.world.leases.take_over(now=self._time.told, real_now=self._time.told)

    async def _dispatch(self) -> None:
        while self._leased and self._steady():
            now = self._time.told
            claimed = await self.world.dispatch.claim(now=now, real_now=now)
            if not claimed:
                return
            dials = asyncio.ensure_future(
                self._safely(partial(self.world.dispatch.dial, claimed, now=now, real_now=now))
            )
            self._dials.add(dials)
            dials.add_done_callback(self._dials.discard)

    async def _notices(self) -> None:
        if self._steady():
            await self.world.notices.send_due(now=self._time.told, real_now=self._time.told)

    async def _lateness(self) -> None:
        if self._steady():
            await self.world.overdue.tell_lateness(now=self._time.told)

    async def _reconcile(self) -> None:
        if self._steady():
            await self.world.reconciliation.check_quiet_calls(now=self._time.told, real_now=self._time.told)
