"""What the next days will bring, and whether the roster is enough for it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.booking.forecast import (
    HOUR,
    WEEKS,
    Day,
    Demand,
    Hour,
    Service,
    agents_needed,
    demand,
    first_known,
)
from bot.booking.kpis import TOLERANCE
from bot.booking.rules import Rules, TopicRules
from bot.booking.window import Window
from bot.store import demand as store
from bot.store.database import Database
from bot.usecases.seats import Seats

DAYS_AHEAD = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """The coming days of one topic, today first. `handle_time` was measured, or else comes from the settings; `calls`
    is how many were learned from, since the day `since` (None: there was none yet)."""

    topic: str
    days: tuple[Day, ...]
    service: Service
    is_measured: bool
    calls: int
    since: date | None
    has_roster: bool

    @property
    def is_thin(self) -> bool:
        """Whether nothing at all can be foretold."""
        return all(hour.demand is None for day in self.days for hour in day.hours)


class Forecast:
    """Learns from the promises of the last weeks, each time that it is asked."""

    def __init__(self, database: Database, *, rules: Rules, seats: Seats, target: float) -> None:
        self._database = database
        self._rules = rules
        self._seats = seats
        self._target = target

    async def outlook(self, topic: str | None, *, now: datetime) -> Outlook:
        """The forecast of a topic, the first one where none is named; raises UnknownTopic."""
        topic = self._rules.topic(topic)
        rules = self._rules.of(topic)
        hours = rules.hours
        today = hours.local_date(now)
        learned_until = datetime.combine(today, time(), hours.timezone)
        async with self._database.read() as tx:
            halves = await store.by_half_hour(
                tx, topic, since=learned_until - timedelta(weeks=WEEKS), until=learned_until
            )
            measured = await self._seats.handle_time(tx, topic, now=now)
        counts: Counter[datetime] = Counter()
        for at, count in halves.items():
            on_the_clock = at.astimezone(hours.timezone).replace(minute=0)
            counts[on_the_clock.astimezone(at.tzinfo)] += count
        service = Service(
            handle_time=measured or rules.handle_time, patience=rules.policy.length + TOLERANCE, target=self._target
        )
        since = first_known(counts, hours)
        return Outlook(
            topic=topic,
            days=tuple(
                Day(
                    day=day,
                    hours=tuple(
                        _hour(rules, topic, window, expected, service)
                        for window, expected in demand(
                            counts, day, hours=hours, since=since or today, today=today
                        ).items()
                    ),
                )
                for day in (today + timedelta(days=number) for number in range(DAYS_AHEAD))
            ),
            service=service,
            is_measured=measured is not None,
            calls=counts.total(),
            since=since,
            has_roster=rules.roster is not None,
        )


def _hour(rules: TopicRules, topic: str, window: Window, expected: Demand | None, service: Service) -> Hour:
    on_shift = rules.roster.time_for_callbacks(topic, window) / HOUR if rules.roster else None
    return Hour(
        window=window,
        demand=expected,
        needed=agents_needed(expected.expected, service) if expected else None,
        on_shift=on_shift,
    )
