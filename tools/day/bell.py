"""Virtual time: what was arranged for a moment is done when its turn comes, and nobody waits in between."""

import heapq
import itertools
import math
from collections.abc import Awaitable, Callable

Work = Callable[[float], Awaitable[object]]


class Bell:
    """Work by its second of the day, in order."""

    def __init__(self, starts: float) -> None:
        self.now = starts
        self._arranged: list[tuple[float, int, Work]] = []
        self._order = itertools.count()
        self._next_look = math.inf

    def at(self, second: float, work: Work) -> None:
        """Do it then, or at once when that is past."""
        heapq.heappush(self._arranged, (max(second, self.now), next(self._order), work))

    def every(self, seconds: float, work: Work, *, until: float) -> None:
        """Do it again and again."""

        async def again(now: float) -> None:
            await work(now)
            if now + seconds <= until:
                self.at(now + seconds, again)

        self.at(self.now, again)

    async def ring(self, until: float, told: Callable[[float], None]) -> None:
        """Let time pass; `told` hears of every moment at which something happened."""
        while self._arranged and self._arranged[0][0] <= until:
            self.now, _, work = heapq.heappop(self._arranged)
            await work(self.now)
            told(self.now)
