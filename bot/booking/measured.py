"""What past calls teach: how long one keeps an agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasurePolicy:
    """Calls of the last `span`, at most `most` of them, count once there are `least`.

    `wrap_up` is what an agent needs after the talk; no talk is taken for shorter than `shortest`.
    """

    wrap_up: timedelta
    least: int
    most: int = 200
    span: timedelta = timedelta(days=28)
    shortest: timedelta = timedelta(minutes=1)

    def handle_time(self, talks: Sequence[timedelta]) -> timedelta | None:
        """The mean time that one call keeps an agent; None until there are enough calls."""
        if len(talks) < self.least:
            return None
        return max(self.shortest, sum(talks, timedelta()) / len(talks)) + self.wrap_up
