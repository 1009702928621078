"""Japanese: days, weeks and months, from a match to tokens."""

import re
from collections.abc import Callable

from bot.booking.when.days import (
    CalendarDate,
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
from bot.booking.when.tokens import Clock, Item, Mark, Part

Found = re.Match[str]
_WEEK = "月火水木金土日"
_NTH = {**{str(n): n for n in range(1, 6)}, **{char: n for n, char in enumerate("一二三四五", start=1)}}


def _label(found: Found) -> tuple[Item, ...]:
    day = CalendarDate(int(found["label_day"]), int(found["label_month"]))
    weekday = Weekdays((_WEEK.index(found["label_weekday"]),))
    start = Clock(int(found["label_hour"]), int(found["label_minute"]), exact=True)
    if not found["label_hour2"]:
        return (day, weekday, start)
    return (day, weekday, start, Mark.RANGE, Clock(int(found["label_hour2"]), int(found["label_minute2"]), exact=True))


def _date(found: Found) -> tuple[Item, ...]:
    year = int(found["year"]) if found["year"] else None
    years = {"今年": 0, "来年": 1, "再来年": 2}.get(found["year_word"] or "")
    return (CalendarDate(int(found["day"]), int(found["month"]), year, years=years),)


def _day_only(found: Found) -> tuple[Item, ...]:
    return (CalendarDate(int(found["only_day"] or found["only_day2"])),)


def _whole_month(found: Found) -> tuple[Item, ...]:
    return (_month(found[0]),)


def _month(name: str, first: int = 1, last: int = 0) -> Month:
    offset = {"今月": 0, "来月": 1, "翌月": 1, "再来月": 2}.get(name)
    return Month(offset, None if offset is not None else int(name.rstrip("月")), first, last)


_SLICES = {
    "上旬": (1, 10), "初旬": (1, 10), "初め": (1, 10), "始め": (1, 10), "はじめ": (1, 10), "前半": (1, 15),
    "中旬": (11, 20), "半ば": (11, 20), "下旬": (21, 0), "後半": (16, 0), "頭": (1, 1), "月初": (1, 1),
    "月頭": (1, 1), "月半ば": (11, 20),
}  # fmt: skip


def _month_part(found: Found) -> tuple[Item, ...]:
    name = found["which"] or "今月"
    first, last = _SLICES.get(found["slice"] or found["bare_slice"], (-1, 0))
    return (_month(name, first, last),)


def _nth(found: Found) -> tuple[Item, ...]:
    if found["first_day"]:
        return (NthWeekday(1, _WEEK.index(found["first_day"])),)
    if found["last_day"]:
        return (NthWeekday(-1, _WEEK.index(found["last_day"])),)
    return (NthWeekday(_NTH[found["ordinal"]], _WEEK.index(found["nth_day"])),)


_WEEK_SLICES = {
    "末": (5, 6), "前半": (0, 2), "後半": (3, 6), "頭": (0, 0), "初め": (0, 0), "はじめ": (0, 0),
    "明け": (0, 0), "半ば": (2, 2), "中頃": (2, 2), "真ん中": (2, 2),
}  # fmt: skip
_WEEK_OFFSETS = {"今週": 0, "来週": 1, "翌週": 1, "次の週": 1, "再来週": 2, "その次の週": 2, "再々来週": 3}


def _week(found: Found) -> tuple[Item, ...]:
    if alone := found["week_alone"]:
        if alone == "週明け":
            return (Weekdays((0,), week=1),)
        if alone.endswith("週末"):
            return (Week(0, 5, 6, loose=True),)
        return (Week(0, *_WEEK_SLICES[alone.removeprefix("週").removeprefix("の")]),)
    offset = _WEEK_OFFSETS[found["week_of"]]
    return (Week(offset, *_WEEK_SLICES.get(found["week_slice"] or "", (0, 6))),)


def _recurring(found: Found) -> tuple[Item, ...]:
    match found[0]:
        case "毎日" | "連日":
            return (EveryDay(),)
        case "毎朝":
            return (EveryDay(), Part("breakfast"))
        case "毎晩":
            return (EveryDay(), Part("evening"))
        case "毎週末":
            return (Weekdays((5, 6), each=True),)
    return (Weekdays((0, 1, 2, 3, 4), each=True),)


def _weekday(found: Found) -> tuple[Item, ...]:
    written = found["names"] or found["paren"] or found["run"] or found["weekend"]
    names = written or found["lone"] or found["lone_end"] or found["lone_end2"]
    days = tuple(_WEEK.index(char) for char in names if char in _WEEK)
    if found["run"] and (days != tuple(sorted(set(days))) or names == "月日"):
        return (Mark.GAP,)
    return (Weekdays(days, each=bool(found["each"])),)


_NIGHTS: dict[str, tuple[int, str]] = {
    "今夜": (0, "evening"), "今晩": (0, "evening"), "今宵": (0, "evening"), "今夕": (0, "late_afternoon"),
    "明朝": (1, "breakfast"), "翌朝": (1, "breakfast"), "明晩": (1, "evening"), "明夜": (1, "evening"),
}  # fmt: skip


def _tonight(found: Found) -> tuple[Item, ...]:
    days, part = _NIGHTS[found[0]]
    return (Relative(days), Part(part))


_RELATIVE = {
    "今日": 0, "本日": 0, "当日": 0, "明日": 1, "翌日": 1, "次の日": 1, "明後日": 2, "翌々日": 2,
    "明々後日": 3,
}  # fmt: skip


def _relative(found: Found) -> tuple[Item, ...]:
    return (Relative(_RELATIVE[found[0]]),)


_NAMED = {
    "大晦日": (12, 31), "大みそか": (12, 31), "元日": (1, 1), "元旦": (1, 1), "クリスマス": (12, 25),
    "クリスマスイブ": (12, 24),
    "バレンタイン": (2, 14), "バレンタインデー": (2, 14), "ホワイトデー": (3, 14),
    "ハロウィン": (10, 31),
    "七夕": (7, 7),
}  # fmt: skip
_SEASONS = {
    "三が日": ((1, 1), (1, 3)), "正月": ((1, 1), (1, 3)), "年始": ((1, 1), (1, 3)), "年末": ((12, 28), (12, 31)),
    "年末年始": ((12, 29), (1, 3)), "盆": ((8, 13), (8, 16)), "盆休み": ((8, 13), (8, 16)),
    "ゴールデンウィーク": ((4, 29), (5, 5)), "ゴールデンウイーク": ((4, 29), (5, 5)), "gw": ((4, 29), (5, 5)),
    "大型連休": ((4, 29), (5, 5)),
}  # fmt: skip
_BY_LAW = {
    "建国記念日": "建国記念の日", "子供の日": "こどもの日", "子どもの日": "こどもの日", "体育の日": "スポーツの日",
    "春分": "春分の日", "秋分": "秋分の日", "憲法記念の日": "憲法記念日", "勤労感謝": "勤労感謝の日",
}  # fmt: skip


def _named(found: Found) -> tuple[Item, ...]:
    name = found[0].removeprefix("お")
    if name in _NAMED:
        month, day = _NAMED[name]
        return (CalendarDate(day, month),)
    if name in _SEASONS:
        return (Season(*_SEASONS[name]),)
    return (Holiday(_BY_LAW.get(name, name)),)


def _month_week(found: Found) -> tuple[Item, ...]:
    if not found["week_number"]:
        return (_month(found["week_in"], 25, 0),)
    first = 7 * _NTH[found["week_number"]] - 6
    return (_month(found["week_in"], first, min(first + 6, 28) if first < 29 else 0),)


BUILDERS: dict[str, Callable[[Found], tuple[Item, ...]]] = {
    "month_week": _month_week,
    "label": _label,
    "this_year": lambda _: (Mark.BEFORE_LEFT, CalendarDate(1, 1, years=1)),
    "past_day": lambda _: (Past(),),
    "date": _date,
    "day_only": _day_only,
    "month_part": _month_part,
    "whole_month": _whole_month,
    "nth": _nth,
    "week": _week,
    "recurring": _recurring,
    "weekday": _weekday,
    "tonight": _tonight,
    "relative": _relative,
    "named": _named,
}
