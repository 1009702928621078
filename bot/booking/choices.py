"""A few times to choose from, out of many that fit: on different days and in different parts of the day."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from bot.booking.answering import AnswerRates
from bot.booking.window import Window

NOON, EVENING = 12, 17
APART = timedelta(hours=3)
"""Where the morning's last time meets the afternoon's first, they are neighbours all the same."""
Part = tuple[date, int]


def choose(
    fitting: Sequence[Window], *, limit: int, timezone: ZoneInfo, rates: AnswerRates | None = None
) -> tuple[Window, ...]:
    """At most `limit` of these windows (in order of time), as far apart as they can be.

    With rates, the one at which the customer is likeliest to answer comes first and stands for its part of the day;
    otherwise the soonest is among them. The others follow in order of time.
    """
    if limit < 1 or not fitting:
        return ()
    parts = [list(windows) for _, windows in groupby(fitting, key=lambda window: _part(window, timezone))]
    known = rates if rates and rates.is_enough else None
    chosen: list[Window] = []
    for part in _evenly(parts, limit):
        apart = [window for window in part if _gap(window, chosen) >= APART]
        chosen.append(_best(apart, known) if apart else _farthest(part, chosen))
    if known:
        chosen = _with(_best(fitting, known), chosen, timezone)
    while len(chosen) < min(limit, len(fitting)):
        chosen.append(_farthest(fitting, chosen))
    recommended = _best(sorted(chosen), known)
    return (recommended, *sorted(window for window in chosen if window != recommended))


def first_parts(fitting: Sequence[Window], count: int, *, timezone: ZoneInfo) -> list[Window]:
    """The windows of the first so many parts of days: whoever names no end does not mean in a month."""
    parts = groupby(fitting, key=lambda window: _part(window, timezone))
    return [window for _, windows in islice(parts, count) for window in windows]


def _part(window: Window, timezone: ZoneInfo) -> Part:
    """Morning, afternoon or evening of a day."""
    local = window.start.astimezone(timezone)
    return local.date(), (local.hour >= NOON) + (local.hour >= EVENING)


def _evenly(parts: list[list[Window]], limit: int) -> list[list[Window]]:
    """The first, the last and some between, at the same distance from each other."""
    if len(parts) <= limit:
        return parts
    if limit == 1:
        return parts[:1]
    return [parts[round(index * (len(parts) - 1) / (limit - 1))] for index in range(limit)]


def _best(windows: Sequence[Window], rates: AnswerRates | None) -> Window:
    """The likeliest to be answered, the sooner of two alike."""
    return max(windows, key=lambda window: (rates.at(window.start), -window.start.timestamp())) if rates else windows[0]


def _with(best: Window, chosen: list[Window], timezone: ZoneInfo) -> list[Window]:
    """The same with the best one in the place of the one of its part of the day, or of the nearest."""
    if best in chosen:
        return chosen
    replaced = min(
        chosen,
        key=lambda window: (_part(window, timezone) != _part(best, timezone), abs(window.start - best.start)),
    )
    return [best if window == replaced else window for window in chosen]


def _farthest(fitting: Sequence[Window], chosen: Sequence[Window]) -> Window:
    """The window that has most time between itself and all that are chosen, the sooner of two alike."""
    return max(fitting, key=lambda window: _gap(window, chosen))


def _gap(window: Window, chosen: Sequence[Window]) -> timedelta:
    return min((abs(window.start - other.start) for other in chosen), default=timedelta.max)
