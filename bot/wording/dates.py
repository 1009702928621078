"""Times as people say them: the day and a start that can be read alone, in business time."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.booking.window import Window

WEEKDAYS_JA = "月火水木金土日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_IN_FULL_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(moment: datetime, *, tz: ZoneInfo, language: str) -> str:
    """11月24日(火) / Tue, Nov 24. Not strftime: its names follow the server's locale."""
    local = moment.astimezone(tz)
    if language == "ja":
        return f"{local.month}月{local.day}日({WEEKDAYS_JA[local.weekday()]})"
    return f"{WEEKDAYS_EN[local.weekday()]}, {MONTHS_EN[local.month - 1]} {local.day}"


def clock(moment: datetime, *, tz: ZoneInfo, language: str) -> str:
    """15:00 / 3:00 PM, in business time."""
    return time_of_day(moment.astimezone(tz).time(), language=language)


def time_of_day(moment: time, *, language: str) -> str:
    """15:00 / 3:00 PM."""
    if language == "ja":
        return f"{moment.hour}:{moment.minute:02d}"
    return f"{moment.hour % 12 or 12}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"


def spoken(moment: datetime, *, tz: ZoneInfo, language: str) -> str:
    """11月24日火曜日15時30分 / Tuesday, November 24, 3:30 PM: as a voice should read it."""
    local = moment.astimezone(tz)
    if language == "ja":
        minute = f"{local.minute}分" if local.minute else ""
        return f"{local.month}月{local.day}日{WEEKDAYS_JA[local.weekday()]}曜日{local.hour}時{minute}"
    day = f"{DAYS_EN[local.weekday()]}, {MONTHS_IN_FULL_EN[local.month - 1]} {local.day}"
    return f"{day}, {clock(moment, tz=tz, language=language)}"


def start(window: Window, *, tz: ZoneInfo, language: str) -> str:
    """11月24日(火) 15:00 / Tue, Nov 24, 3:00 PM."""
    return at(window.start, tz=tz, language=language)


def at(moment: datetime, *, tz: ZoneInfo, language: str) -> str:
    """The same of a moment."""
    joint = " " if language == "ja" else ", "
    return day(moment, tz=tz, language=language) + joint + clock(moment, tz=tz, language=language)


def brief(windows: Sequence[Window], *, tz: ZoneInfo, language: str) -> str:
    """A few starts as short as they can be read: 11/25 10:00、11/25 14:00 / Nov 25 10:00 AM, Nov 25 2:00 PM."""

    def told(moment: datetime) -> str:
        local = moment.astimezone(tz)
        day = f"{local.month}/{local.day}" if language == "ja" else f"{MONTHS_EN[local.month - 1]} {local.day}"
        return f"{day} {clock(moment, tz=tz, language=language)}"

    return ("、" if language == "ja" else ", ").join(told(window.start) for window in windows)


def numbered(windows: Sequence[Window], *, tz: ZoneInfo, language: str) -> str:
    """The same behind the numbers by which they are chosen: 1 11/25 10:00、2 11/25 14:00."""
    joint = "、" if language == "ja" else ", "
    told = (brief([window], tz=tz, language=language) for window in windows)
    return joint.join(f"{number} {start}" for number, start in enumerate(told, start=1))


def hours(window: Window, *, tz: ZoneInfo, language: str) -> str:
    """15:00〜15:30 / 3:00 PM–3:30 PM."""
    dash = "〜" if language == "ja" else "–"
    return clock(window.start, tz=tz, language=language) + dash + clock(window.end, tz=tz, language=language)


def span(window: Window, *, tz: ZoneInfo, language: str) -> str:
    """11月24日(火) 15:00〜15:30 / Tue, Nov 24, 3:00 PM–3:30 PM."""
    joint = " " if language == "ja" else ", "
    return day(window.start, tz=tz, language=language) + joint + hours(window, tz=tz, language=language)
