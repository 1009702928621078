"""How fast one number may place calls: a carrier queues what comes faster, and then everyone is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LOOKS_AHEAD = timedelta(seconds=0.5)
"""A dispatcher looks twice a second: what may begin until its next look is handed out at this one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """At most `per_second` calls begin in a second. `ahead`: so far ahead a start may be handed out, so that none is
    lost between two looks."""

    per_second: float
    ahead: timedelta = timedelta()

    @property
    def interval(self) -> timedelta:
        """From one start to the next."""
        return timedelta(seconds=1) / self.per_second

    def starts(self, next_at: datetime | None, *, real_now: datetime, limit: int) -> list[datetime]:
        """When the next calls may begin, at most `limit` of them; `next_at` is the first moment still unused.

        A moment that lies further ahead than was ever handed out comes from a clock that had jumped: it is forgotten.
        """
        first = real_now if next_at is None else max(next_at, real_now)
        if first > real_now + self.ahead + self.interval:
            first = real_now
        if first > real_now + self.ahead:
            return []
        room = int((real_now + self.ahead - first) / self.interval) + 1
        return [first + index * self.interval for index in range(min(room, limit))]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The number that calls are placed from: how many at once, how fast one after the other."""

    number: str
    lines: int
    pace: Pace
