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
    lawful: list[Minutes] = field(default_factory=lambda: [(8 * 60, 21 * 60)])

    def may_call(self, moment: datetime) -> bool:
        """Whether every layer is open at this moment."""
        return self.is_open(moment) and all(_within(_minute(moment, zone), self.lawful) for zone in self.customer_zones)

    def slots(self, *, start: datetime, end: datetime, length: timedelta, cutoff: timedelta) -> list[datetime]:
        """When each slot begins that may be offered in [start, end): walked through a quarter of an hour at a time."""
        step = timedelta(minutes=15)
        found: list[datetime] = []
        opened: datetime | None = None
        for moment in every(step, start, end):
            if opened and (not self.is_open(moment) or self._day(moment) != self._day(opened)):
                found += self._cut(opened, moment - cutoff, length)
                opened = None
            if opened is None and self.is_open(moment):
                opened = moment
        return found

    def _cut(self, opened: datetime, closed: datetime, length: timedelta) -> list[datetime]:
        """The slots of one opening that lie inside every layer to their last minute."""
        begins = [begin for begin in every(length, opened, closed) if begin + length <= closed]
        quarter = timedelta(minutes=15)
        return [begin for begin in begins if all(self.may_call(at) for at in every(quarter, begin, begin + length))]

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def is_open(self, moment: datetime) -> bool:
        """Whether the business is open at this moment."""
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
