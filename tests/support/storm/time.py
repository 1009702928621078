"""Virtual time for coroutines: whoever sleeps is woken when the storm's clock has come so far."""

import asyncio
import heapq
import itertools
from datetime import datetime, timedelta


class VirtualTime:
    """Seconds since the storm's beginning. `real` is what a machine's clock shows, which may be moved."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.seconds = 0.0
        self.jumped = timedelta()
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @property
    def now(self) -> datetime:
        """The moment that it really is."""
        return self.start + timedelta(seconds=self.seconds)

    @property
    def told(self) -> datetime:
        """The moment that the machine's clock tells."""
        return self.now + self.jumped

    async def sleep(self, seconds: float) -> None:
        """Wait so long."""
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleeping, (self.seconds + seconds, next(self._order), waker))
        await waker

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and wake whoever waited for it."""
        self.seconds += seconds
        while self._sleeping and self._sleeping[0][0] <= self.seconds:
            waker = heapq.heappop(self._sleeping)[2]
            if not waker.done():
                waker.set_result(None)
