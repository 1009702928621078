"""When the business may call: weekly periods and their changes, public holidays, dated exceptions; in its own zone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.booking.window import Window

NO_PERIODS: tuple["Period", ...] = ()
WIDEST_OFFSET = timedelta(hours=26)
"""More than any zone is away from UTC: a local day lies inside its UTC namesake widened by this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A part of a day on the wall clock: open from `start` until just before `end`. 24:00 is written as time.max."""

    start: time
    end: time


Weekly = Mapping[int, tuple[Period, ...]]
"""Periods by weekday, 0 = Monday; a missing day is closed."""


@dataclass(frozen=True, kw_only=True)
class WeeklyChange:
    """Another weekly pattern, in force from the day `since`."""

    since: date
    weekly: Weekly


@lru_cache(maxsize=32)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


@dataclass(frozen=True, kw_only=True)
class BusinessHours:
    """Opening periods by weekday; an exception for a date replaces that day, an empty one closes it.

    `holidays_country` is an ISO 3166-1 alpha-2 code whose public holidays (library `holidays`) are closed, or None.
    `closures` are taken away from whatever a date would be; `changes` stand in the order of their days.
    """

    timezone: ZoneInfo
    weekly: Weekly
    holidays_country: str | None = None
    exceptions: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)
    closures: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)
    changes: tuple[WeeklyChange, ...] = ()

    def is_public_holiday(self, day: date) -> bool:
        """Whether `day` is a public holiday in the configured country."""
        return self.holidays_country is not None and day in _public_holidays(self.holidays_country, day.year)

    def weekly_on(self, day: date) -> Weekly:
        """The weekly pattern that is in force on a day."""
        return next((change.weekly for change in reversed(self.changes) if change.since <= day), self.weekly)

    def periods(self, day: date) -> tuple[Period, ...]:
        """The open periods of a business day, in order."""
        if day in self.exceptions:
            planned = self.exceptions[day]
        elif self.is_public_holiday(day):
            planned = NO_PERIODS
        else:
            planned = self.weekly_on(day).get(day.weekday(), NO_PERIODS)
        return without(planned, self.closures.get(day, NO_PERIODS))

    def windows(self, day: date) -> Iterator[Window]:
        """The same periods as windows in UTC, in order: exactly the moments at which the wall clock shows an open time.

        An hour that the clock skips is no window; one that it shows twice is open twice.
        """
        stretches = _stretches(self.timezone, day)
        spans = [
            Window(start=max(start, first), end=min(end, last))
            for period in self.periods(day)
            for first, last, offset in stretches
            for start, end in [_on_the_clock(day, period, offset)]
            if max(start, first) < min(end, last)
        ]
        yield from _joined(sorted(spans))

    def is_open(self, moment: datetime) -> bool:
        """Whether a call may be dialled at this moment."""
        return any(window.contains(moment) for window in self.windows(self.local_date(moment)))

    def covers(self, window: Window) -> bool:
        """Whether the business is open from the window's start to its end without a gap."""
        reached = window.start
        while reached < window.end:
            opening = next((span for span in self.windows(self.local_date(reached)) if span.contains(reached)), None)
            if opening is None:
                return False
            reached = opening.end
        return True

    def next_open(self, moment: datetime, *, within_days: int = 366) -> datetime | None:
        """`moment` itself when open, else the next opening; None when nothing opens within `within_days`."""
        first = self.local_date(moment)
        for offset in range(within_days + 1):
            for window in self.windows(first + timedelta(days=offset)):
                if window.end > moment:
                    return max(window.start, moment)
        return None

    def local_date(self, moment: datetime) -> date:
        """The business's calendar day at this moment."""
        return moment.astimezone(self.timezone).date()

    def local_hour(self, moment: datetime) -> int:
        """The hour on the business's clock at this moment, 0 to 23."""
        return moment.astimezone(self.timezone).hour


def without(periods: tuple[Period, ...], closed: tuple[Period, ...]) -> tuple[Period, ...]:
    """What is left of the periods of a day when others are taken away."""
    left = periods
    for gap in closed:
        pieces = [
            piece
            for period in left
            for piece in (
                Period(start=period.start, end=min(period.end, gap.start)),
                Period(start=max(period.start, gap.end), end=period.end),
            )
            if piece.start < piece.end
        ]
        left = tuple(pieces)
    return left


@lru_cache(maxsize=4096)
def _stretches(zone: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """(start, end, offset from UTC) of each stretch around a day in which the zone's clock is not changed."""
    noon = datetime.combine(day, time(12), UTC)
    start, end = noon - WIDEST_OFFSET, noon + WIDEST_OFFSET
    before, after = _offset(zone, start), _offset(zone, end)
    if before == after:
        return ((start, end, before),)
    early, late = start, end
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _offset(zone, middle) == before:
            early = middle
        else:
            late = middle
    return (start, late, before), (late, end, after)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _on_the_clock(day: date, period: Period, offset: timedelta) -> tuple[datetime, datetime]:
    start = datetime.combine(day, period.start, UTC) - offset
    if period.end == time.max:
        return start, datetime.combine(day + timedelta(days=1), time.min, UTC) - offset
    return start, datetime.combine(day, period.end, UTC) - offset


def _joined(spans: list[Window]) -> Iterator[Window]:
    """Windows that touch are one: a period through a clock change is not two."""
    current: Window | None = None
    for span in spans:
        if current and current.end == span.start:
            current = Window(start=current.start, end=span.end)
            continue
        if current:
            yield current
        current = span
    if current:
        yield current
