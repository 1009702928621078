"""Who works when, and how many calls can be promised for a slot from that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.booking.hours import BusinessHours, Period, without
from bot.booking.window import Window


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """`agents` people who work the same endless week with the same skills.

    `weekly` holds seven days, Monday first. No `topics` or `languages` means every one. The time of somebody who
    answers several topics is divided among them: it can be promised only once.
    """

    agents: int
    weekly: tuple[tuple[Period, ...], ...]
    breaks: tuple[Period, ...] = ()
    topics: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def takes(self, topic: str, language: str | None) -> bool:
        """Whether these people can answer this topic in this language (None: in any)."""
        return (not self.topics or topic in self.topics) and (
            language is None or not self.languages or language in self.languages
        )


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The shifts, what part of agents' time is kept for people who call in, and what a supervisor set by hand.

    `shares` are all topics and how much of a shared agent's time each gets, relative to the others. `handle_times` are
    how long one callback keeps an agent, talk and what is written afterwards, by topic. `overrides` are capacities by
    (topic, slot start in UTC).
    """

    timezone: ZoneInfo
    shifts: tuple[Shift, ...]
    inbound_share: float
    handle_times: Mapping[str, timedelta]
    shares: Mapping[str, float] = field(default_factory=dict)
    overrides: Mapping[tuple[str, datetime], int] = field(default_factory=dict)

    def capacity(
        self, topic: str, window: Window, *, handle_time: timedelta | None = None, language: str | None = None
    ) -> int:
        """How many calls can be promised for this slot; `handle_time` is the measured one where there is one.

        With a language: how many of them in it, 0 when nobody on shift speaks it.
        """
        by_hand = self.overrides.get((topic, window.start))
        for_callbacks = self.time_for_callbacks(topic, window, language=language)
        if by_hand is not None:
            return by_hand if for_callbacks or language is None else 0
        # Half a second forgives what floating point loses: 3 × 30 min × 0.5 ÷ 15 min is 3, not 2.
        return (for_callbacks + timedelta(seconds=0.5)) // (handle_time or self._handle_time(topic))

    def time_for_callbacks(self, topic: str, window: Window, *, language: str | None = None) -> timedelta:
        """All agents' time in a window that callbacks about this topic (in this language) get: breaks and what is kept
        for people who call in taken off."""
        skilled = [shift for shift in self.shifts if shift.takes(topic, language)]
        worked = sum((self._worked(shift, topic, window) for shift in skilled), timedelta())
        return worked * (1 - self.inbound_share)

    def _handle_time(self, topic: str) -> timedelta:
        """A callback may be older than the settings: about a topic that is gone, it may take as long as any."""
        return self.handle_times.get(topic) or max(self.handle_times.values())

    def _worked(self, shift: Shift, topic: str, window: Window) -> timedelta:
        """These people's time in a window that belongs to one of their topics, breaks taken off."""
        theirs = shift.topics or self.shares.keys() | {topic}
        part = self.shares.get(topic, 1.0) / sum(self.shares.get(other, 1.0) for other in theirs)
        return _on_shift(shift.weekly, shift.breaks, self.timezone, window.start, window.end) * shift.agents * part


@lru_cache(maxsize=65536)
def _on_shift(
    weekly: tuple[tuple[Period, ...], ...],
    breaks: tuple[Period, ...],
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
) -> timedelta:
    """How long one person works between two moments."""
    hours = BusinessHours(timezone=zone, weekly={day: without(weekly[day], breaks) for day in range(7)})
    days = {hours.local_date(start), hours.local_date(end)}
    spans: Iterable[Window] = (span for day in sorted(days) for span in hours.windows(day))
    return sum((max(timedelta(), min(span.end, end) - max(span.start, start)) for span in spans), timedelta())
