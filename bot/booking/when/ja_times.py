"""Japanese: clock times, parts of the day and stretches of time, from a match to tokens."""

import re
from collections.abc import Callable

from bot.booking.when.days import Relative
from bot.booking.when.tokens import Clock, Item, Later, Mark, Number, Part

Found = re.Match[str]


def _clock(found: Found) -> tuple[Item, ...]:
    hour = int(found["hour"] or found["hour_only"] or found["hour_en"])
    minute = 30 if found["thirty"] else int(found["minute"] or found["colon"] or 0)
    written = found["ampm"] or found["ampm_after"] or found["ampm_only"] or found["ampm_en"] or ""
    half = {"午前": "am", "午後": "pm"}.get(written, written.replace(".", ""))
    if hour > 29 or minute > 59:
        return (Mark.GAP,)
    exact = bool(found["colon"]) and found["hour"].startswith("0")
    clock = Clock(hour, minute, half, exact)
    if found["minutes_before"]:
        earlier = (hour * 60 + minute - int(found["minutes_before"])) % 1440
        clock = Clock(earlier // 60 or (12 if hour <= 12 else 0), earlier % 60, half, exact)
    return (clock,)


def _later(found: Found) -> tuple[Item, ...]:
    unit, half = found["unit"], 30 if found["half"] else 0
    if found["least"] == "数" or (found["least"] == "半" and unit != "時間"):
        return (Mark.GAP,)
    number = 0 if found["least"] == "半" else int(found["least"])
    most = int(found["most"]) if found["most"] else None
    if unit in ("分", "時間"):
        size = 60 if unit == "時間" else 1
        least = 30 * size // 60 if found["least"] == "半" else number * size + half * (size // 60)
        return (Later(least, most and most * size, bool(found["within"])),)
    days, months = {"日": (1, 0), "週間": (7, 0), "か月": (0, 1)}[unit]
    if found["within"]:
        return (Mark.BEFORE_LEFT, Relative((most or number) * days + 1, (most or number) * months))
    first = Relative(number * days, number * months)
    return (first, Mark.RANGE, Relative(most * days, most * months)) if most else (first,)


def _soon(found: Found) -> tuple[Item, ...]:
    return (Later(int(found["minutes"]) * (60 if found["minutes_unit"] == "時間" else 1)),)


_PARTS = {
    "早朝": "early_morning", "朝一": "first_thing", "朝方": "breakfast", "朝": "breakfast",
    "午前中": "morning", "午前": "morning", "午前の": "morning", "昼": "noon", "お昼": "noon",
    "昼時": "noon", "お昼時": "noon", "昼休み": "lunch_break", "昼過ぎ": "after_lunch",
    "昼前": "late_morning", "午後一": "early_afternoon", "昼一": "early_afternoon", "午後": "afternoon",
    "昼間": "daytime", "日中": "daytime", "夕方": "late_afternoon", "夕刻": "late_afternoon",
    "夜": "evening", "晩": "evening", "夜間": "evening",
}  # fmt: skip


def _part(found: Found) -> tuple[Item, ...]:
    name = found[0]
    if name.startswith("午後") and len(name) > 3:
        return (Part("early_afternoon"),)
    return (Part(_PARTS.get(name, "late_night")),)


BUILDERS: dict[str, Callable[[Found], tuple[Item, ...]]] = {
    "later": _later,
    "soon": _soon,
    "clock": _clock,
    "sharp_noon": lambda _: (Clock(12, 0, "pm"),),
    "part": _part,
    "number": lambda found: (Number(int(found[0])),),
}
