"""Days as people name them, and the dates they stand for."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from bot.booking.when.holidays import next_holiday

Span = tuple[date, date]  # from, up to but without
ONE_DAY = timedelta(days=1)
RECURRING_DAYS = 8  # today and the seven days after it


@dataclass(frozen=True, slots=True)
class Relative:
    """So many days (or calendar months) from today."""

    days: int
    months: int = 0


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week, 0 is Monday.

    `week` counts calendar weeks from this one; without it the next such day is meant. `later` adds weeks.
    `ambiguous` is "next Friday". `each` is every such day, of the month that it lies `within` if one is named.
    """

    days: tuple[int, ...]
    week: int | None = None
    later: int = 0
    ambiguous: bool = False
    each: bool = False
    within: "Month | None" = None


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A date with or without month and year; `months` and `years` count from this one."""

    day: int
    month: int | None = None
    year: int | None = None
    months: int | None = None
    years: int | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar week from its `first` day to its `last` (0 is Monday); `loose`: no week was named."""

    offset: int
    first: int = 0
    last: int = 6
    ambiguous: bool = False
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, from its `first` day to its `last` (0: the end; `first` -1: only its last day)."""

    offset: int | None = None
    month: int | None = None
    first: int = 1
    last: int = 0


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The second Tuesday of a month; `nth` -1 is the last."""

    nth: int
    weekday: int
    month: Month | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A day together with the weekday that the customer wrote beside it."""

    day: "Relative | CalendarDate"
    weekday: int


@dataclass(frozen=True, slots=True)
class EveryDay:
    """Each day."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday by its name in Japanese."""

    name: str


@dataclass(frozen=True, slots=True)
class Season:
    """A stretch of days of every year, from its `first` to its `last` (month, day)."""

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Past:
    """Yesterday, last week: never a wish."""


Day = Relative | Weekdays | CalendarDate | Week | Month | NthWeekday | Checked | EveryDay | Holiday | Season | Past


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates that a day stands for: several in order, or alternative `readings` of one."""

    spans: tuple[Span, ...]
    readings: bool = False
    each: bool = False


def join(first: Day, second: Day, *, listed: bool, today: date) -> Day | None:
    """One day out of two neighbours (来週 + 金曜, 11月24日 + 火曜), or None if they are two.

    `listed`: a comma stands between them, so they are one only if they agree.
    """
    for left, right in ((first, second), (second, first)):
        if isinstance(right, Weekdays):
            if isinstance(left, Week):
                return _in_week(right, left, listed=listed and left is second)
            if isinstance(left, Month) and right.each and right.within is None:
                return replace(right, within=left)
            if isinstance(left, Relative | CalendarDate) and len(right.days) == 1:
                return _checked(left, right, listed=listed and left is first, today=today)
        if isinstance(left, Month) and isinstance(right, CalendarDate) and right.month is None:
            return CalendarDate(right.day, left.month, None, left.offset)
        if isinstance(left, Month) and isinstance(right, NthWeekday) and right.month is None:
            return replace(right, month=left)
    if isinstance(second, EveryDay) or (isinstance(first, EveryDay) and isinstance(second, Week | Month)):
        return first if isinstance(second, EveryDay) else second
    return Past() if isinstance(first, Past) and not listed else None


def _in_week(days: Weekdays, week: Week, *, listed: bool) -> Day | None:
    if days.week is not None or listed or not all(week.first <= day <= week.last for day in days.days):
        return None
    return replace(days, week=week.offset, each=False, ambiguous=False)


def _checked(day: Relative | CalendarDate, weekday: Weekdays, *, listed: bool, today: date) -> Day | None:
    if isinstance(day, Relative) and day.days % 7 == 0 and day.days and not listed:
        # "a week on Monday": weeks are counted from the coming Monday, in the same calendar week
        return replace(weekday, week=day.days // 7)
    agrees = any(span[0].weekday() == weekday.days[0] for span in dates_of(day, today).spans)
    return Checked(day, weekday.days[0]) if agrees or not listed else None


def dates_of(day: Day, today: date) -> Dates:
    """The dates that `day` means when said on `today`, none of them over."""
    return _DATES_OF[type(day)](day, today)


def _single(day: date) -> Dates:
    return Dates(((day, day + ONE_DAY),))


def _each(weekdays: tuple[int, ...], today: date) -> Dates:
    days = (today + timedelta(days=n) for n in range(RECURRING_DAYS))
    return Dates(tuple((day, day + ONE_DAY) for day in days if day.weekday() in weekdays), each=True)


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _weekdays(day: Weekdays, today: date) -> Dates:
    if day.each and day.within is not None:
        first, last = _month(day.within, today).spans[0]
        days = (max(first, today) + timedelta(days=n) for n in range((last - max(first, today)).days))
        return Dates(tuple((one, one + ONE_DAY) for one in days if one.weekday() in day.days), each=True)
    if day.each and day.week is None:
        return _each(day.days, today)
    if day.week is not None:
        found = [_monday(today) + timedelta(days=weekday, weeks=day.week) for weekday in day.days]
        if day.week == 0 and len(found) > 1:
            found = [one for one in found if one >= today] or found
        found = [one if one >= today else one + timedelta(weeks=1) for one in found]
    else:
        found = sorted(today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1) for weekday in day.days)
    found = [one + timedelta(weeks=day.later) for one in found]
    if day.ambiguous:
        next_week = [_monday(today) + timedelta(days=weekday, weeks=1) for weekday in day.days]
        found = sorted({*found, *next_week})
    return Dates(tuple((one, one + ONE_DAY) for one in found), readings=day.ambiguous and len(found) > 1)


def _calendar_date(day: CalendarDate, today: date) -> date | None:
    if day.years is not None:
        return _in_month(today.year + day.years, day.month or 1, day.day)
    if day.months is not None:
        first = today.replace(day=1) + relativedelta(months=day.months)
        return _in_month(first.year, first.month, day.day)
    if day.month is None:
        months = (today.replace(day=1) + relativedelta(months=n) for n in range(3))
        dates = (_in_month(first.year, first.month, day.day) for first in months)
    elif day.year is None:
        # 29 February is at most eight years away
        dates = (_in_month(today.year + n, day.month, day.day) for n in range(9))
    else:
        dates = (_in_month(year, day.month or 1, day.day) for year in (day.year,))
    return next((one for one in dates if one and one >= today), None)


def _in_month(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None


def _relative(day: Relative, today: date) -> Dates:
    return _single(today + relativedelta(days=day.days, months=day.months))


def _dated(day: CalendarDate, today: date) -> Dates:
    return _single_or_none(_calendar_date(day, today))


def _holiday(day: Holiday, today: date) -> Dates:
    return _single_or_none(next_holiday(day.name, today))


def _single_or_none(day: date | None) -> Dates:
    return _single(day) if day else Dates(())


def _season(day: Season, today: date) -> Dates:
    for year in (today.year - 1, today.year, today.year + 1):
        first = date(year, *day.first)
        last = date(year + (day.last < day.first), *day.last)
        if last >= today:
            return Dates(((first, last + ONE_DAY),))
    return Dates(())


def _week(day: Week, today: date) -> Dates:
    offsets = (day.offset - 1, day.offset) if day.ambiguous else (day.offset,)
    spans = []
    for offset in offsets:
        monday = _monday(today) + timedelta(weeks=offset)
        if monday + timedelta(days=day.last) < today:
            monday += timedelta(weeks=1)
        span = (monday + timedelta(days=day.first), monday + timedelta(days=day.last + 1))
        if span not in spans:
            spans.append(span)
    return Dates(tuple(spans), readings=len(spans) > 1)


def _month(day: Month, today: date) -> Dates:
    first = today.replace(day=1)
    if day.month is not None:
        first = first.replace(month=day.month)
        if first + relativedelta(months=1) <= today:
            first = first + relativedelta(years=1)
    first = first + relativedelta(months=day.offset or 0)
    last = monthrange(first.year, first.month)[1]
    start = last if day.first == -1 else day.first
    span = (first.replace(day=start), first.replace(day=day.last or last) + ONE_DAY)
    if span[1] <= today:
        return _month(Month((day.offset or 0) + (12 if day.month else 1), day.month, day.first, day.last), today)
    return Dates((span,))


def _nth_weekday(day: NthWeekday, today: date) -> Dates:
    month = day.month or Month(offset=0)
    first = _month(month, today).spans[0][0].replace(day=1)
    for _ in range(3):
        last = monthrange(first.year, first.month)[1]
        found = [date(first.year, first.month, n) for n in range(1, last + 1)]
        found = [one for one in found if one.weekday() == day.weekday]
        if abs(day.nth) <= len(found):
            chosen = found[day.nth - 1 if day.nth > 0 else day.nth]
            if chosen >= today:
                return _single(chosen)
        first = first + relativedelta(months=1)
    return Dates(())


def _both_if_they_disagree(day: Checked, today: date) -> Dates:
    written = dates_of(day.day, today)
    if not written.spans or written.spans[0][0].weekday() == day.weekday:
        return written
    near = written.spans[0][0]
    around = (near + timedelta(days=n) for n in (1, -1, 2, -2, 3, -3, 4, 5, 6))
    other = next(one for one in around if one.weekday() == day.weekday and one >= today)
    return Dates((*written.spans, (other, other + ONE_DAY)), readings=True)


_DATES_OF: Mapping[type, Callable[[Any, date], Dates]] = {
    Relative: _relative,
    Weekdays: _weekdays,
    CalendarDate: _dated,
    Week: _week,
    Month: _month,
    NthWeekday: _nth_weekday,
    Checked: _both_if_they_disagree,
    EveryDay: lambda _, today: _each(tuple(range(7)), today),
    Holiday: _holiday,
    Season: _season,
    Past: lambda _day, _today: Dates(()),
}
