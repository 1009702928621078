"""English: clock times, parts of the day and stretches of time, from a match to tokens."""

import re
from collections.abc import Callable

from bot.booking.when.days import EveryDay, Relative
from bot.booking.when.tokens import Clock, Item, Later, Mark, Number, Part

Found = re.Match[str]
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "a": 1, "an": 1, "couple": 2, "fifteen": 15, "twenty": 20,
    "twenty-five": 25, "thirty": 30, "thirty-five": 35, "forty": 40, "forty-five": 45, "fifty": 50,
    "fifty-five": 55, "ninety": 90, "few": 3, "oh five": 5,
}  # fmt: skip


def number_in(word: str) -> int:
    """The whole number that a word or numeral stands for."""
    word = word.strip().removeprefix("a ").removesuffix(" of").replace(" ", "-")
    return int(float(word)) if word[0].isdigit() else _NUMBERS.get(word, 1)


def _hour(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _half(*written: str | None) -> str:
    letter = next((one[0] for one in written if one), "")
    return f"{letter}m" if letter else ""


def _clock(found: Found) -> tuple[Item, ...]:
    if found["past_hour"]:
        return (_past_clock(found),)
    half = _half(found["ampm"], found["ampm2"], found["ampm3"], found["word_ampm"])
    if found["word_hour"]:
        return (Clock(_NUMBERS[found["word_hour"]], _NUMBERS[_hyphened(found["word_minute"])], half),)
    hour = found["hour"] or found["dotted"] or found["military"] or found["h_hour"]
    if hour is None:
        return (Clock(_hour(found["hour2"] or found["hour3"]), 0, half),)
    minute = found["minute"] or found["dot"] or found["dotted_minute"] or found["military_minute"] or found["h_minute"]
    exact = hour.startswith("0") and not half
    return (Clock(int(hour), int(minute or 0), half, exact),)


def _hyphened(word: str) -> str:
    return word if word == "oh five" else word.replace(" ", "-")


def _past_clock(found: Found) -> Clock:
    hour, phrase, half = _hour(found["past_hour"]), found["half_past"], _half(found["past_ampm"])
    written = found["past_minutes"] or found["past_words"]
    if written:
        minutes = number_in(_hyphened(written))
        to = (found["past_to"] or found["past_to2"] or found["past_to3"]) in ("to", "till", "before")
    else:
        minutes = 30 if phrase.startswith("half") else 15
        to = "quarter" in phrase and not phrase.endswith(("past", "after"))
    if not to:
        return Clock(hour, minutes, half)
    if half and hour == 12:
        half = "am" if half == "pm" else "pm"
    return Clock(hour - 1 or 12, 60 - minutes, half)


def _minutes(count: str | None, unit: str) -> int | None:
    """Minutes in so many units, None where the unit is longer than hours."""
    if not unit.startswith(("minute", "hour")):
        return None
    size = 60 if unit.startswith("hour") else 1
    if count and count.endswith(".5"):
        return int(float(count) * size)
    return size // 2 if count and "half" in count else number_in(count or "one") * size


def days_later(count: int, unit: str) -> Relative:
    return Relative(0, count) if unit.startswith("month") else Relative(count * (7 if unit.startswith("week") else 1))


def _within(found: Found) -> tuple[Item, ...]:
    unit = found["within_unit"] or found["within_unit2"] or found["within_unit3"]
    count = found["within_count"] or found["within_count2"] or found["within_count3"]
    minutes = _minutes(count, unit)
    if minutes is not None:
        return (Later(minutes, within=True),)
    return (Mark.UNTIL_LEFT, days_later(number_in(count or "one"), unit))


def _later(found: Found) -> tuple[Item, ...]:
    if found["quick"] or found["quarter"]:
        return (Later(90 if found["quick"] else 15),)
    if hours := found["hours_half"] or found["hours_half2"]:
        return (Later(number_in(hours) * 60 + 30),)
    least, most, unit = (
        (found["least"] or found["least2"]),
        (found["most"] or found["most2"]),
        (found["unit"] or found["unit2"]),
    )
    minutes = _minutes(least, unit)
    if minutes is None:
        days = days_later(number_in(least), unit)
        return (days, Mark.RANGE, days_later(number_in(most), unit)) if most else (days,)
    about = any(word in found[0] for word in ("about", "around", "roughly", "approximately", "maybe", "like"))
    extra = (30 if unit.startswith("hour") else 0) if (found["more"] or "").strip() == "half" else 0
    later = Later(minutes + extra, _minutes(most, unit) if most else None)
    return (Mark.ABOUT, later) if about and not most else (later,)


PARTS = {
    "morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "evening",
    "noon hour": "noon", "lunchtime": "lunch_break", "lunch": "lunch_break", "lunch break": "lunch_break",
    "dawn": "early_morning", "daytime": "daytime", "day time": "daytime", "lunch time": "lunch_break",
    "lunchbreak": "lunch_break", "lunch hour": "lunch_break",
}  # fmt: skip
_PART_STARTS = (
    ("first thing", "first_thing"), ("1st thing", "first_thing"), ("start of", "first_thing"),
    ("the start of", "first_thing"),
    ("early evening", "evening"), ("late evening", "evening"), ("late night", "late_night"),
    ("after work", "evening"), ("after dinner", "evening"),
)  # fmt: skip


def _part(found: Found) -> tuple[Item, ...]:
    name = found[0].replace("-", " ").replace("in the ", "")
    for start, part in _PART_STARTS:
        if name.startswith(start):
            return (Part(part),)
    if "after lunch" in name:
        return (Part("after_lunch"),)
    if "lunch" in name:
        return (Part("lunch_break"),)
    early, late = "early" in name, name.startswith("late")
    singular = name.split()[-1].removesuffix("s")
    if singular == "morning" and (early or late):
        return (Part("early_morning" if early else "late_morning"),)
    if singular == "afternoon" and (early or late):
        return (Part("early_afternoon" if early else "late_afternoon"),)
    named = Part(PARTS.get(name.removesuffix("s"), PARTS.get(singular, "daytime")))
    plural = name in ("mornings", "afternoons", "evenings", "nights")
    return (EveryDay(), named) if plural else (named,)


def _number(found: Found) -> tuple[Item, ...]:
    return (Number(_hour(found["digits"])),)


BUILDERS: dict[str, Callable[[Found], tuple[Item, ...]]] = {
    "within": _within,
    "later": _later,
    "clock": _clock,
    "noon": lambda found: (Clock(24, 0) if "midnight" in found[0] else Clock(12, 0, "pm"),),
    "part": _part,
    "number": _number,
}
