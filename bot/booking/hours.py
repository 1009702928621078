"""When the business may call: weekly periods, public holidays and dated exceptions, in the business's own zone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.booking.window import Window

NO_PERIODS: tuple["Period", ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A part of a day in business time: open from `start` until just before `end`. 24:00 is written as time.max."""

    start: time
    end: time


@lru_cache(maxsize=32)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


@dataclass(frozen=True, kw_only=True)
class BusinessHours:
    """Opening periods by weekday (0 = Monday); an exception for a date replaces that day, an empty one closes it.

    `holidays_country` is an ISO 3166-1 alpha-2 code whose public holidays (library `holidays`) are closed, or None.
    """

    timezone: ZoneInfo
    weekly: Mapping[int, tuple[Period, ...]]
    holidays_country: str | None = None
    exceptions: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)

    def is_public_holiday(self, day: date) -> bool:
        """Whether `day` is a public holiday in the configured country."""
        return self.holidays_country is not None and day in _public_holidays(self.holidays_country, day.year)

    def periods(self, day: date) -> tuple[Period, ...]:
        """The open periods of a business day, in order."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.is_public_holiday(day):
            return NO_PERIODS
        return self.weekly.get(day.weekday(), NO_PERIODS)

    def windows(self, day: date) -> Iterator[Window]:
        """The same periods as aware windows. A zone's clock changes are honoured by counting in that zone."""
        for period in self.periods(day):
            yield Window(start=self._at(day, period.start), end=self._at(day, period.end))

    def is_open(self, moment: datetime) -> bool:
        """Whether a call may be dialled at this moment."""
        return any(window.start <= moment < window.end for window in self.windows(self.local_date(moment)))

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

    def _at(self, day: date, clock: time) -> datetime:
        if clock == time.max:
            return datetime.combine(day + timedelta(days=1), time.min, self.timezone)
        return datetime.combine(day, clock, self.timezone)
