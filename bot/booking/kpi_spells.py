"""What an agent's time counts for: each spell of being ready, or of writing things down, hour by hour."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.booking.kpi_facts import Fact
from bot.booking.kpis import Unit
from bot.booking.presence import Presence

ON_DUTY = frozenset({Presence.READY, Presence.AFTER_CALL})
"""Somebody who takes a break, or is away, is not on duty."""
SECOND = timedelta(seconds=1)
QUARTER_S = 900
"""An hour of the day begins on a quarter of an hour in every time zone: by it the parts of a spell are numbered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spell:
    """A time that somebody was in one presence, and the calls that were theirs meanwhile: (dialled, ended)."""

    id: str
    agent_id: str
    state: str
    started_at: datetime
    ended_at: datetime
    calls: tuple[tuple[datetime, datetime], ...] = ()


def spell_facts(spell: Spell, *, tz: ZoneInfo) -> list[Fact]:
    """The parts of a spell, each on its own hour: seconds on duty, and those on calls or their writing down."""
    if spell.state not in ON_DUTY:
        return []
    facts = []
    for start, end in _hours(spell.started_at, spell.ended_at, tz):
        whole = (end - start) // SECOND
        busy = whole if spell.state == Presence.AFTER_CALL else _covered(spell.calls, start, end) // SECOND
        counts = {name: count for name, count in (("on_duty_s", whole), ("busy_s", busy)) if count}
        number = int(start.timestamp()) // QUARTER_S
        facts.append(
            Fact(
                unit=Unit.SPELL, subject=spell.id, number=number, at=start, channel="", agent_id=spell.agent_id,
                counts=counts,
            )
        )  # fmt: skip
    return facts


def _hours(start: datetime, end: datetime, tz: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The span cut where an hour of the day begins."""
    while start < end:
        local = start.astimezone(tz)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        until = min(end, start - into + timedelta(hours=1))
        yield start, until
        start = until


def _covered(calls: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> timedelta:
    """How much of the span the calls fill; where two overlap (one was handed over) it counts once."""
    covered, at = timedelta(), start
    for began, over in sorted(calls):
        began, over = max(began, at), min(over, end)
        if over > began:
            covered += over - began
            at = over
    return covered
