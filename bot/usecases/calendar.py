"""A week of places: when the business is open, how many calls each slot holds, and how many of them are sold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.booking.rules import Rules, TopicRules
from bot.booking.slots import every_window
from bot.booking.window import Window
from bot.store import slots
from bot.store.database import Database
from bot.usecases.seats import Seats

A_DAY = timedelta(days=1)
DAYS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """One slot. `sold` counts held places, too; `on_shift` is how many agents, on average, have time for callbacks in
    it (None without a roster); `by_hand`: a supervisor set the capacity."""

    window: Window
    capacity: int
    sold: int
    on_shift: float | None
    by_hand: bool

    @property
    def is_oversold(self) -> bool:
        """Whether more was promised than the slot holds now."""
        return self.sold > self.capacity


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarDay:
    """One day; without places it is closed. `is_exception`: the settings name this date."""

    day: date
    places: tuple[Places, ...]
    is_holiday: bool
    is_exception: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """Monday to Sunday of one topic."""

    topic: str
    days: tuple[CalendarDay, ...]

    @property
    def monday(self) -> date:
        """Its first day."""
        return self.days[0].day


class CapacityCalendar:
    """Reads weeks as the rules in force and the counters of the slots tell them."""

    def __init__(self, database: Database, *, rules: Rules, seats: Seats) -> None:
        self._database = database
        self._rules = rules
        self._seats = seats

    async def week(self, topic: str | None, day: date | None, *, now: datetime) -> Week:
        """The week that holds `day`, this one without it; raises UnknownTopic."""
        topic = self._rules.topic(topic)
        rules = self._rules.of(topic)
        today = rules.hours.local_date(now)
        monday = (day or today) - A_DAY * (day or today).weekday()
        days = [monday + A_DAY * number for number in range(DAYS)]
        windows = {one: _windows(rules, one) for one in days}
        every = [window for of_day in windows.values() for window in of_day]
        async with self._database.read() as tx:
            measured = await self._seats.handle_time(tx, topic, now=now)
            sold = dict(await slots.sold(tx, topic, start=every[0].start, end=every[-1].end, now=now)) if every else {}
        return Week(
            topic=topic,
            days=tuple(
                CalendarDay(
                    day=one,
                    places=tuple(_places(rules, topic, window, sold, measured) for window in windows[one]),
                    is_holiday=rules.hours.is_public_holiday(one),
                    is_exception=one in rules.hours.exceptions or one in rules.hours.closures,
                )
                for one in days
            ),
        )


def _windows(rules: TopicRules, day: date) -> list[Window]:
    """Every slot of a day, past and far ones too."""
    openings = list(rules.hours.windows(day))
    if not openings:
        return []
    return list(every_window(rules.hours, rules.policy, start=openings[0].start, end=openings[-1].end))


def _places(
    rules: TopicRules, topic: str, window: Window, sold: Mapping[datetime, int], measured: timedelta | None
) -> Places:
    roster = rules.roster
    return Places(
        window=window,
        capacity=rules.capacity(topic, window, handle_time=measured),
        sold=sold.get(window.start, 0),
        on_shift=roster.time_for_callbacks(topic, window) / (window.end - window.start) if roster else None,
        by_hand=roster is not None and (topic, window.start) in roster.overrides,
    )
