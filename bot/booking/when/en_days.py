"""English: days, weeks and months, from a match to tokens."""

import re
from collections.abc import Callable

from bot.booking.when.days import (
    CalendarDate,
    Day,
    EveryDay,
    Holiday,
    Month,
    NthWeekday,
    Past,
    Relative,
    Season,
    Week,
    Weekdays,
)
from bot.booking.when.en_times import PARTS, number_in
from bot.booking.when.tokens import Item, Mark, Part

Found = re.Match[str]
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
}  # fmt: skip


def _week_from(found: Found) -> tuple[Item, ...]:
    if found["week_day"]:
        return (_weeks_after(found["week_day"], 1),)
    return (_weeks_after(found["week_base"], number_in(found["weeks"])),)


def _weeks_after(day: str, weeks: int) -> Day:
    if day in ("today", "tomorrow", "now"):
        return Relative(7 * weeks + (day == "tomorrow"))
    return Weekdays((_weekday_number(day),), later=weeks)


def _weekday_number(name: str) -> int:
    return _WEEK.index(name[:3])


def _date(found: Found) -> tuple[Item, ...]:
    if found["iso_year"]:
        return (CalendarDate(int(found["iso_day"]), int(found["iso_month"]), int(found["iso_year"])),)
    if found["month"]:
        month, day = int(found["month"]), int(found["day"])
        if month > 12 >= day:
            month, day = day, month
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return (Mark.GAP,)
        year = int(found["year"]) if found["year"] else None
        return (CalendarDate(day, month, year + 2000 if year and year < 100 else year),)
    name = found["month_name"] or found["month_after"]
    year_text = found["year_after"] or found["year_after2"]
    day = int(found["day_after"] or found["day_before"])
    return (CalendarDate(day, _month_number(name), int(year_text) if year_text else None),)


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _day_of_month(found: Found) -> tuple[Item, ...]:
    day = int(found["nth_day"] or found["nth_day2"])
    of = found["of_month"] or found["of_month2"]
    return (CalendarDate(day, months={"this": 0, "next": 1}[of]) if of else CalendarDate(day),)


def _nth(found: Found) -> tuple[Item, ...]:
    month = Month(month=_month_number(found["nth_month"])) if found["nth_month"] else None
    if found["nth_of"]:
        month = Month(offset=1 if found["nth_of"] == "next" else 0)
    return (NthWeekday(_ORDINALS[found["ordinal"]], _weekday_number(found["nth_weekday"]), month),)


_MONTH_SLICES = {
    "beginning": (1, 1), "start": (1, 1), "first day": (1, 1), "first": (1, 1), "early": (1, 10), "middle": (11, 20),
    "mid": (11, 20), "late": (21, 0),
}  # fmt: skip


def _month_part(found: Found) -> tuple[Item, ...]:
    first, last = _MONTH_SLICES.get(found["slice"] or found["slice2"] or "", (-1, 0))
    name = found["slice_month"] or found["slice_month2"]
    if name:
        return (Month(None, _month_number(name), first, last),)
    return (Month(1 if "next" in (found["which"], found["which2"]) else 0, None, first, last),)


def _month_week(found: Found) -> tuple[Item, ...]:
    name = found["week_number"]
    offset = {"this": 0, "the": 0, "next": 1}.get(found["week_which"] or "")
    month = None if offset is not None else _month_number(found["week_month"])
    first = 25 if name == "last" else 7 * _ORDINALS[name] - 6
    return (Month(offset, month, first, 0 if name == "last" else first + 6),)


def _whole_month(found: Found) -> tuple[Item, ...]:
    if found["in_month"]:
        return (Month(None, _month_number(found["in_month"])),)
    return (Month(1 if found["month_of"] == "next" else 0),)


def _end_of_week(found: Found) -> tuple[Item, ...]:
    if "week" in found[0] or found[0] == "eow":
        return (Week(1 if found["end_next"] else 0, 3 if found["end_next"] else 0, 6), Mark.DURING)
    return (Relative(0), Mark.DURING)


def _week(found: Found) -> tuple[Item, ...]:
    name = found["week_slice"] or ""
    offset = 2 if found["following"] and "after next" in found["following"] else 1
    offset = 0 if found["week_of"] == "this" or found["later_week"] else offset
    if name.startswith("early"):
        return (Week(offset, 0, 1),)
    if name.startswith(("late", "latter")) or found["later_week"]:
        return (Week(offset, 3, 6),) if not found["later_week"] else (Week(0),)
    for words, first, last in (
        ("first", 0, 2),
        ("second", 3, 6),
        ("latter", 3, 6),
        ("mid", 2, 2),
        ("beg", 0, 0),
        ("sta", 0, 0),
        ("end", 4, 4),
    ):
        if words in name:
            return (Week(offset, first, last),)
    return (Week(offset),)


def _weekend(found: Found) -> tuple[Item, ...]:
    if found["weekends"] or found["every_weekend"]:
        return (Weekdays((5, 6), each=True),)
    loose = not found[0].startswith("this")
    return (Week(1, 5, 6, ambiguous=True) if found["next_weekend"] else Week(0, 5, 6, loose=loose),)


def _recurring(found: Found) -> tuple[Item, ...]:
    if part := found["every_part"]:
        if found[0].startswith("all ") and not part.endswith("s"):
            return (Part(PARTS[part]),)
        return (EveryDay(), Part(PARTS[part.removesuffix("s")]))
    if found[0].startswith(("every day", "everyday", "each day", "daily")):
        return (EveryDay(),)
    return (Weekdays((0, 1, 2, 3, 4), each=True),)


def _weekday(found: Found) -> tuple[Item, ...]:
    name = found["days"] or found["day_name"]
    plural = name.endswith("days")
    days = (_weekday_number(name),)
    if found["every"] or plural:
        return (Weekdays(days, each=True),)
    if found["next"]:
        return (Weekdays(days, ambiguous=True),)
    if found["next_week"]:
        return (Weekdays(days, week=1),)
    if found["after_next"]:
        return (Weekdays(days, later=1),)
    return (Weekdays(days, week=0 if found["this"] else None),)


def _tonight(found: Found) -> tuple[Item, ...]:
    if found[0].startswith("later"):
        return (Mark.UNTIL_LEFT, Relative(0))
    if found[0].startswith("tomorrow"):
        return (Relative(1), Part("evening" if "night" in found[0] else "first_thing"))
    part = found["this_part"]
    return (Relative(0), Part(PARTS[part] if part else "evening"))


def _relative(found: Found) -> tuple[Item, ...]:
    if found[0].endswith("today"):
        return (Relative(0),)
    return (Relative(2 if "after" in found[0] or found[0] == "overmorrow" else 1),)


def _named(found: Found) -> tuple[Item, ...]:
    name = found[0].removeprefix("on ").removeprefix("the ").replace("\u2019", "'").replace("labour", "labor")
    if name in _SEASONS:
        return (Season(*_SEASONS[name]),)
    if name in _HOLIDAYS:
        return (Holiday(_HOLIDAYS[name]),)
    eve = name.endswith("eve")
    if name.startswith(("christmas", "xmas")):
        return (CalendarDate(24 if eve else 25, 12),)
    if name in _FIXED:
        month, day = _FIXED[name]
        return (CalendarDate(day, month),)
    return (CalendarDate(31, 12) if eve else CalendarDate(1, 1),)


_FIXED = {"boxing day": (12, 26), "halloween": (10, 31), "valentine's day": (2, 14), "valentines day": (2, 14)}
_SEASONS = {"golden week": ((4, 29), (5, 5)), "obon": ((8, 13), (8, 16)), "the new year holidays": ((12, 29), (1, 3))}
_HOLIDAYS = {
    "coming of age day": "成人の日", "foundation day": "建国記念の日", "national foundation day": "建国記念の日",
    "emperor's birthday": "天皇誕生日", "vernal equinox day": "春分の日", "spring equinox": "春分の日",
    "showa day": "昭和の日",
    "constitution day": "憲法記念日", "constitution memorial day": "憲法記念日", "greenery day": "みどりの日",
    "children's day": "こどもの日", "marine day": "海の日", "mountain day": "山の日",
    "respect for the aged day": "敬老の日",
    "autumnal equinox "
    "day": "秋分の日", "autumn equinox": "秋分の日", "sports day": "スポーツの日",
    "culture day": "文化の日",
    "labor thanksgiving day": "勤労感謝の日",
}  # fmt: skip


BUILDERS: dict[str, Callable[[Found], tuple[Item, ...]]] = {
    "past_day": lambda _: (Past(),),
    "week_from": _week_from,
    "date": _date,
    "day_of_month": _day_of_month,
    "nth": _nth,
    "month_part": _month_part,
    "whole_month": _whole_month,
    "end_of_week": _end_of_week,
    "week": _week,
    "weekend": _weekend,
    "recurring": _recurring,
    "weekday": _weekday,
    "tonight": _tonight,
    "relative": _relative,
    "named": _named,
    "month_week": _month_week,
}
