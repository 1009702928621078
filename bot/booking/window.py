"""A span of time: when a call is promised."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Window:
    """From `start` until just before `end`, both aware."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Real time passed; within one zone plain subtraction would ignore a clock change."""
        return self.end.astimezone(UTC) - self.start.astimezone(UTC)

    def contains(self, moment: datetime) -> bool:
        """Whether the moment lies inside."""
        return self.start <= moment < self.end

    def in_utc(self) -> "Window":
        """The same window told in UTC."""
        return Window(start=self.start.astimezone(UTC), end=self.end.astimezone(UTC))
