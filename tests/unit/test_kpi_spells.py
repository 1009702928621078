"""What agents' time counts for: cut at the hours of the day, filled by calls and by what is written down after them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.booking.kpi_spells import Spell, spell_facts
from tests.support.clocks import TOKYO, tokyo

MINUTE = timedelta(minutes=1)
KOLKATA = ZoneInfo("Asia/Kolkata")


def counted(spell: Spell, tz: ZoneInfo = TOKYO) -> list[tuple[str, int, int]]:
    """(local time, minutes on duty, minutes of them filled)."""
    return [
        (f"{fact.at.astimezone(tz):%H:%M}", fact.counts.get("on_duty_s", 0) // 60, fact.counts.get("busy_s", 0) // 60)
        for fact in spell_facts(spell, tz=tz)
    ]


def a_spell(state: str = "ready", *calls: tuple[str, str], start: str = "09:40", end: str = "11:10") -> Spell:
    def at(clock: str) -> datetime:
        return tokyo(f"2026-11-24 {clock}")

    return Spell(
        id="1", agent_id="a" * 32, state=state, started_at=at(start), ended_at=at(end),
        calls=tuple((at(began), at(over)) for began, over in calls),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spell", "expected"),
    [
        (a_spell(), [("09:40", 20, 0), ("10:00", 60, 0), ("11:00", 10, 0)]),
        (a_spell("ready", ("09:30", "10:05")), [("09:40", 20, 20), ("10:00", 60, 5), ("11:00", 10, 0)]),
        (
            a_spell("ready", ("10:10", "10:30"), ("10:20", "10:40")),
            [("09:40", 20, 0), ("10:00", 60, 30), ("11:00", 10, 0)],
        ),
        (a_spell("ready", ("11:00", "12:00")), [("09:40", 20, 0), ("10:00", 60, 0), ("11:00", 10, 10)]),
        (a_spell("after_call", start="09:58", end="10:03"), [("09:58", 2, 2), ("10:00", 3, 3)]),
        (a_spell("break"), []),
        (a_spell("away"), []),
        (a_spell("offline"), []),
    ],
)  # fmt: skip
def test_time_on_duty_is_cut_at_the_hours_and_filled_by_calls(
    spell: Spell, expected: list[tuple[str, int, int]]
) -> None:
    assert counted(spell) == expected


def test_an_hour_of_the_day_begins_where_the_business_is() -> None:
    assert [at for at, _, _ in counted(a_spell(start="09:00", end="11:10"), KOLKATA)] == ["05:30", "06:00", "07:00"]


def test_the_parts_of_a_spell_are_told_apart() -> None:
    facts = spell_facts(a_spell(start="00:00", end="23:59"), tz=TOKYO)
    assert len({fact.number for fact in facts}) == 24
