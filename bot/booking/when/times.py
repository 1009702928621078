"""Times of day: what a clock time or a part of the day can mean, in minutes from midnight."""

from dataclasses import dataclass

from bot.booking.when.phrases import Mode, Phrase, Point
from bot.booking.when.tokens import Clock
from bot.booking.when.values import PartsOfDay

MIDNIGHT = 24 * 60
ABOUT = 30
_NIGHT = 18 * 60
_LONGEST_RANGE_END = MIDNIGHT


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of day; `start` None is from now (or from the day's start), `end` None is an instant."""

    start: int | None
    end: int | None
    shift: int = 0  # how far `start` lies before the time that was named
    either_half: bool = False  # written without saying which half of the day
    of_part: bool = False  # a part of the day: over only when its end is

    @property
    def named(self) -> int:
        """The minute that decides whether the time has passed today."""
        return (self.end or 0) if self.start is None else self.start + self.shift


def stretches(phrase: Phrase, parts: PartsOfDay) -> list[Stretch]:
    """The readings of the time of day in `phrase`, earlier first."""
    if phrase.mode is Mode.RANGE and phrase.right is not None:
        return _ranges(phrase.left, phrase.right, parts)
    found = [one for minute in _minutes(phrase.left, parts) for one in _around(minute, phrase)]
    if found:
        return [_limited(one, phrase.limit, parts) for one in found]
    start, end = window(phrase.left.part, parts)
    match phrase.mode:
        case Mode.FROM | Mode.AFTER:
            start = end if phrase.mode is Mode.AFTER and end < MIDNIGHT and phrase.left.part == "lunch_break" else start
            return [Stretch(start, MIDNIGHT if start < MIDNIGHT else 2 * MIDNIGHT)]
        case Mode.UNTIL:
            return [Stretch(None, start if phrase.left.part in ("noon", "lunch_break") else end)]
        case Mode.BEFORE:
            return [Stretch(None, start)]
    return [Stretch(start, end, of_part=True)]


def window(part: str, parts: PartsOfDay) -> tuple[int, int]:
    """The window of a part of the day."""
    found: tuple[int, int] = getattr(parts, part)
    return found


def _around(minute: int, phrase: Phrase) -> list[Stretch]:
    match phrase.mode:
        case Mode.FROM | Mode.AFTER:
            return [Stretch(minute, MIDNIGHT if minute < MIDNIGHT else 2 * MIDNIGHT)]
        case Mode.UNTIL | Mode.BEFORE:
            return [Stretch(None, minute)]
        case Mode.JUST_PAST:
            return [Stretch(minute, minute + ABOUT)]
        case Mode.HOUR:
            return [Stretch(minute, minute + 60)]
    if phrase.about:
        return [Stretch(minute - ABOUT, minute + ABOUT, ABOUT)]
    clock = phrase.left.clock
    either = clock is not None and not (clock.half or clock.exact or phrase.left.part)
    return [Stretch(minute, None, either_half=either)]


def _limited(stretch: Stretch, limit: str, parts: PartsOfDay) -> Stretch:
    """午前中、10時以降 ends with the morning."""
    if not limit or stretch.end is None:
        return stretch
    start, end = window(limit, parts)
    if stretch.start is None:
        return Stretch(start, stretch.end) if start < stretch.end <= end else stretch
    if start <= stretch.start < end <= _NIGHT and stretch.end == MIDNIGHT:
        return Stretch(stretch.start, end)
    return stretch


def _minutes(point: Point, parts: PartsOfDay) -> list[int]:
    clock = point.clock
    if clock is None:
        return []
    if point.part and clock.hour <= 12 and not clock.half:
        return [_in_part(clock, window(point.part, parts))]
    return [hour * 60 + clock.minute for hour in _hours(clock)]


def _in_part(clock: Clock, part: tuple[int, int]) -> int:
    """The minute nearest to the part of the day: 夜の7時 is 19:00, 朝の7時 is 7:00, 夜1時 is after midnight."""
    minute = clock.hour % 12 * 60 + clock.minute if clock.hour == 12 else clock.hour * 60 + clock.minute
    if part[0] >= _NIGHT and clock.hour in (0, 1, 2, 3, 4, 12):
        return minute + MIDNIGHT
    readings = (minute, minute + MIDNIGHT // 2)
    return min(readings, key=lambda one: max(part[0] - one, one - part[1], 0))


def _hours(clock: Clock) -> tuple[int, ...]:
    hour = clock.hour
    if clock.half == "am":
        return (hour % 12 if hour <= 12 else hour,)
    if clock.half == "pm":
        return (hour % 12 + 12 if hour <= 12 else hour,)
    if clock.exact or hour == 0 or hour > 8:
        return (hour or 24 if not clock.exact else hour,)
    return (hour + 12,) if hour < 7 else (hour, hour + 12)


def _ranges(left: Point, right: Point, parts: PartsOfDay) -> list[Stretch]:
    starts = _starts(left, right, parts)
    found = []
    for start in starts:
        end = _end_after(start, left, right, parts)
        if end is not None and (end <= _LONGEST_RANGE_END or len(starts) == 1):
            found.append(Stretch(start, end))
    return found


def _starts(left: Point, right: Point, parts: PartsOfDay) -> list[int]:
    clock, other = left.clock, right.clock
    if clock is None:
        return [window(left.part, parts)[0]]
    if clock.half or left.part or clock.hour > 12 or clock.exact:
        return _minutes(left, parts)
    if right.part and other:
        # between 7 and 9 in the evening
        return [_in_part(clock, window(right.part, parts))]
    if other and other.half:
        end = _hours(other)[0] * 60 + other.minute
        same = Clock(clock.hour, clock.minute, other.half)
        start = _hours(same)[0] * 60 + same.minute
        return [start if start < end else (start + MIDNIGHT // 2) % MIDNIGHT]
    if other and 12 < other.hour <= 24 and clock.hour in (7, 8):
        return [clock.hour * 60 + clock.minute]
    return _minutes(left, parts)


def _end_after(start: int, left: Point, right: Point, parts: PartsOfDay) -> int | None:
    clock = right.clock
    if clock is None:
        return window(right.part, parts)[1]
    free = not clock.half and not right.part and clock.hour <= 12 and not clock.exact
    if free:
        minute = clock.hour % 12 * 60 + clock.minute
        readings = [minute, minute + MIDNIGHT // 2, minute + MIDNIGHT, minute + MIDNIGHT * 3 // 2]
    else:
        minute = _minutes(right, parts)[0]
        readings = [minute, minute + MIDNIGHT]
    return next((one for one in readings if one > start), None)
