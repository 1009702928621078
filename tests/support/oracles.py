"""The calling hours told a second time, without a line of the product: minute by minute, as a person with a wall
clock, a calendar and the rules on paper would decide. Slow and obvious on purpose."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

Minutes = tuple[int, int]
"""From one minute of the day until just before another."""


@dataclass
class Paper:
    """The rules as they are written down, in minutes of the day."""

    zone: str
    week: dict[int, list[Minutes]]
    holidays: set[date] = field(default_factory=set)
    replaced: dict[date, list[Minutes]] = field(default_factory=dict)
    closed: dict[date, list[Minutes]] = field(default_factory=dict)
    weeks_from: list[tuple[date, dict[int, list[Minutes]]]] = field(default_factory=list)
    customer_zones: list[str] = field(default_factory=list)
    lawful: Minutes = (8 * 60, 21 * 60)

    def may_call(self, moment: datetime) -> bool:
        """Whether every layer is open at this moment."""
        return self._business(moment) and all(
            self.lawful[0] <= _minute(moment, zone) < self.lawful[1] for zone in self.customer_zones
        )

    def _business(self, moment: datetime) -> bool:
        day, minute = moment.astimezone(ZoneInfo(self.zone)).date(), _minute(moment, self.zone)
        if _within(minute, self.closed.get(day, [])):
            return False
        if day in self.replaced:
            return _within(minute, self.replaced[day])
        if day in self.holidays:
            return False
        week = self.week
        for since, later in sorted(self.weeks_from, key=lambda pair: pair[0]):
            if since <= day:
                week = later
        return _within(minute, week.get(day.weekday(), []))


def every(step: timedelta, start: datetime, end: datetime) -> Iterable[datetime]:
    """Moments from start until before end."""
    while start < end:
        yield start
        start += step


def _minute(moment: datetime, zone: str) -> int:
    wall = moment.astimezone(ZoneInfo(zone))
    return wall.hour * 60 + wall.minute


def _within(minute: int, spans: Iterable[Minutes]) -> bool:
    return any(start <= minute < end for start, end in spans)
