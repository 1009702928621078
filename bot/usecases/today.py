"""Today at a glance, for whoever has to see that promises are kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.booking.presence import Presence
from bot.store import claims
from bot.store import today as store
from bot.store.database import Database
from bot.store.today import Person, Stands, Tally
from bot.usecases.board import Entry, read_entries, read_in_line
from bot.usecases.line import WaitingLine

MOST_IN_LINE = 10
MOST_PEOPLE = 24
"""Who is shown on the board itself; a page of its own shows everybody."""


class Figure(StrEnum):
    """What is counted. `unreached` is about people, the others about promises: one that was kept may reach nobody."""

    DUE = "due"
    KEPT = "kept"
    LATE = "late"
    AT_RISK = "at_risk"
    AHEAD = "ahead"
    UNREACHED = "unreached"


_COUNTED: Mapping[Figure, frozenset[Stands] | None] = {
    Figure.DUE: frozenset(Stands) - {Stands.CANCELLED},
    Figure.KEPT: frozenset({Stands.KEPT}),
    Figure.LATE: frozenset({Stands.LATE}),
    Figure.AT_RISK: frozenset({Stands.AT_RISK}),
    Figure.AHEAD: frozenset({Stands.AHEAD}),
    Figure.UNREACHED: None,
}

Counts = Mapping[Figure, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The day's promises in all and by topic; people by presence, those on a call apart; lines; who waits in line."""

    counts: Counts
    by_topic: Mapping[str, Counts]
    presences: Mapping[Presence, int]
    on_calls: int
    people: tuple[Person, ...]
    has_more_people: bool
    lines_used: int
    lines: int
    in_line: tuple[Entry, ...]
    in_line_count: int


class Today:
    """`lines` is how many calls the carrier's number takes at once."""

    def __init__(self, database: Database, *, tz: ZoneInfo, line: WaitingLine, lines: int) -> None:
        self._database = database
        self._tz = tz
        self._line = line
        self._lines = lines

    async def overview(self, *, now: datetime) -> Overview:
        """Everything on the board, as of one moment."""
        start, end = self._day(now)
        async with self._database.read() as tx:
            found = await store.tallies(tx, start=start, end=end, now=now)
            people = await store.people(tx)
            waiting, waiting_count = await store.soonest(tx, limit=MOST_IN_LINE)
            in_line = await read_in_line(tx, waiting, line=self._line, now=now)
            used = await claims.count_live(tx)
        busy = [one for one in people if one.reference]
        here = [one for one in people if one.reference or one.presence != Presence.OFFLINE]
        return Overview(
            counts=_counts(found),
            by_topic={
                topic: _counts([one for one in found if one.topic == topic])
                for topic in sorted({one.topic for one in found})
            },
            presences=Counter(one.presence for one in people if not one.reference),
            on_calls=len(busy),
            people=tuple(here[:MOST_PEOPLE]),
            has_more_people=len(here) > MOST_PEOPLE,
            lines_used=used,
            lines=self._lines,
            in_line=in_line,
            in_line_count=waiting_count,
        )

    async def behind(self, figure: Figure, *, now: datetime, limit: int, offset: int = 0) -> tuple[Entry, ...]:
        """The callbacks that a figure counts, the earliest promise first."""
        start, end = self._day(now)
        async with self._database.read() as tx:
            found = await store.standing(
                tx, stands=_COUNTED[figure], start=start, end=end, now=now, limit=limit, offset=offset
            )
            return await read_entries(tx, found, now=now)

    async def people(self) -> list[Person]:
        """Everybody, whoever is on a call first."""
        async with self._database.read() as tx:
            return await store.people(tx)

    def _day(self, now: datetime) -> tuple[datetime, datetime]:
        """The business's day."""
        today = now.astimezone(self._tz).date()
        tomorrow = today + timedelta(days=1)
        return datetime.combine(today, time(), self._tz), datetime.combine(tomorrow, time(), self._tz)


def _counts(found: list[Tally]) -> Counts:
    return {
        figure: sum(one.count for one in found if (one.is_missed if stands is None else one.stands in stands))
        for figure, stands in _COUNTED.items()
    }
