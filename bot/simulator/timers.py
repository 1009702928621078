"""Waiting on the simulated clock: how long a phone rings, a person talks, a sentence lasts."""

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

TICK_S = 0.05


class Timers:
    """Alarms in simulated seconds.

    A jump forward rings every alarm that it passes. A jump backward keeps what remains of each: only time that goes
    forward is counted.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._read_at = now()
        self._elapsed = 0.0
        self._alarms: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def elapsed(self) -> float:
        """Simulated seconds that have gone forward since the start; never less than before."""
        now = self._now()
        self._elapsed += max(0.0, (now - self._read_at).total_seconds())
        self._read_at = now
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait so many simulated seconds."""
        await self._alarm(seconds)

    async def wait(self, event: asyncio.Future[Any], seconds: float | None) -> bool:
        """Wait until `event` is done (true) or the simulated seconds are over (false)."""
        if seconds is None:
            await asyncio.wait({event})
            return True
        alarm = self._alarm(seconds)
        try:
            await asyncio.wait({event, alarm}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
        return event.done()

    async def run(self) -> None:
        """Ring the alarms that are due, until cancelled."""
        while True:
            self.ring_due()
            await asyncio.sleep(TICK_S)

    def ring_due(self) -> None:
        """Ring every alarm whose time has come, the earliest first."""
        elapsed = self.elapsed()
        while self._alarms and self._alarms[0][0] <= elapsed:
            alarm = heapq.heappop(self._alarms)[2]
            with contextlib.suppress(asyncio.InvalidStateError):
                alarm.set_result(None)

    def _alarm(self, seconds: float) -> asyncio.Future[None]:
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._alarms, (self.elapsed() + seconds, next(self._order), alarm))
        return alarm
