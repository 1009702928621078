"""How many calls the next days will bring, hour by hour, and how many agents it takes to keep the promises.

Demand is the mean of the same weekday's same hour over the last weeks, each week counting `FADES` of the one after it.
Days on which the business was closed then say nothing. Staffing is Erlang C: a call finds a free agent before its
window ends.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from call_center_tools.erlang import erlang_c  # type: ignore[import-untyped]  # it publishes no types

from bot.booking.hours import BusinessHours
from bot.booking.window import Window

WEEKS = 8
LEAST_WEEKS = 3
"""With fewer of the same weekday nothing is foretold."""
FADES = 0.8
HOUR = timedelta(hours=1)
MOST_AGENTS = 10_000
FORGIVEN = 0.05
"""So little of one agent is not called a lack: shifts are counted in people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """What is expected in one hour (calls, a mean), and the least and the most of the days that it was learned from."""

    expected: float
    least: int
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """How well promises are to be kept: `target` of the calls begin within `patience` of the window's start, and one
    keeps an agent for `handle_time`."""

    handle_time: timedelta
    patience: timedelta
    target: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """One open hour. `demand` and `needed` are None where too little is known; `on_shift` is None without a roster, and
    otherwise the agents whose time is free for callbacks: 2.5 is two and a half."""

    window: Window
    demand: Demand | None
    needed: int | None
    on_shift: float | None

    @property
    def lack(self) -> int:
        """So many agents are missing."""
        if self.needed is None or self.on_shift is None:
            return 0
        return max(0, math.ceil(self.needed - self.on_shift - FORGIVEN))


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """The open hours of one day; none where it is closed."""

    day: date
    hours: tuple[Hour, ...]

    @property
    def expected(self) -> float | None:
        """Calls of the whole day; None where an hour is unknown."""
        known = [hour.demand.expected for hour in self.hours if hour.demand]
        return sum(known) if len(known) == len(self.hours) else None

    @property
    def lacking(self) -> tuple[Hour, ...]:
        """The hours with too few agents."""
        return tuple(hour for hour in self.hours if hour.lack)


def open_hours(hours: BusinessHours, day: date) -> tuple[Window, ...]:
    """The hours of a day, on the business's own clock, in which it is open for at least a part."""
    spans = list(hours.windows(day))
    if not spans:
        return ()
    opens = spans[0].start
    first = opens.astimezone(hours.timezone).replace(minute=0, second=0, microsecond=0).astimezone(opens.tzinfo)
    starts = [first + place * HOUR for place in range(math.ceil((spans[-1].end - first) / HOUR))]
    return tuple(
        Window(start=start, end=start + HOUR)
        for start in starts
        if any(span.start < start + HOUR and start < span.end for span in spans)
    )


def demand(
    counts: Mapping[datetime, int], day: date, *, hours: BusinessHours, since: date, today: date
) -> dict[Window, Demand | None]:
    """What to expect in each open hour of a coming day; None where fewer than three such hours were open. `counts` are
    calls by the start of their hour in UTC, complete from the day `since` until the day before `today`."""
    past = [
        (FADES**weeks, {hours.local_hour(one.start): one.start for one in open_hours(hours, then)})
        for weeks in range(1, WEEKS + _weeks_ahead(day, today) + 1)
        if since <= (then := day - timedelta(weeks=weeks)) < today
    ]
    return {window: _mean(counts, past, hours.local_hour(window.start)) for window in open_hours(hours, day)}


def _mean(
    counts: Mapping[datetime, int], past: Sequence[tuple[float, Mapping[int, datetime]]], hour: int
) -> Demand | None:
    seen = [(weight, counts.get(starts[hour], 0)) for weight, starts in past if hour in starts][:WEEKS]
    if len(seen) < LEAST_WEEKS:
        return None
    numbers = [count for _, count in seen]
    expected = sum(weight * count for weight, count in seen) / sum(weight for weight, _ in seen)
    return Demand(expected=expected, least=min(numbers), most=max(numbers))


def agents_needed(calls_an_hour: float, service: Service) -> int:
    """The fewest agents with whom the target is reached; 0 for no calls."""
    load = calls_an_hour * (service.handle_time / HOUR)
    if load <= 0:
        return 0
    fewest = math.floor(load) + 1  # with no more agents than load the line only grows
    return next((n for n in range(fewest, fewest + MOST_AGENTS) if kept(load, n, service) >= service.target), fewest)


def kept(load: float, agents: int, service: Service) -> float:
    """The share of calls that begin in time with so many agents and so much work (in erlangs)."""
    waits: float = erlang_c(load, agents)
    return 1.0 - waits * math.exp(-max(0.0, agents - load) * (service.patience / service.handle_time))


def first_known(counts: Mapping[datetime, int], hours: BusinessHours) -> date | None:
    """The first day with a call: what lies before is not known to have been quiet."""
    return min((hours.local_date(at) for at in counts), default=None)


def _weeks_ahead(day: date, today: date) -> int:
    """How many of the weeks before a coming day are not over yet."""
    return max(0, (day - today).days // 7 + 1)
