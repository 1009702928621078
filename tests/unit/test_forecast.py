"""How many calls the next days will bring, and how many agents it takes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.forecast import (
    Day,
    Demand,
    Hour,
    Service,
    agents_needed,
    demand,
    first_known,
    kept,
    open_hours,
)
from bot.booking.window import Window
from tests.support.clocks import tokyo
from tests.support.products import office_hours

HOURS = office_hours("09:00", "18:00", holidays_country="JP")
TODAY = date(2026, 11, 24)
LONG_AGO = date(2026, 1, 1)
SERVICE = Service(handle_time=timedelta(minutes=15), patience=timedelta(minutes=31), target=0.95)


def at(day: str, hour: int = 10) -> datetime:
    """The start of an hour in Tokyo, in UTC."""
    return tokyo(f"{day} {hour:02}:00")


def hour_of(day: str, hour: int = 10) -> Window:
    """An hour on the clock."""
    return Window(start=at(day, hour), end=at(day, hour) + timedelta(hours=1))


def foretold(counts: Mapping[datetime, int], day: str, *, since: date = LONG_AGO) -> Demand | None:
    """Ten o'clock of a coming day."""
    return demand(counts, date.fromisoformat(day), hours=HOURS, since=since, today=TODAY)[hour_of(day)]


def assert_is(found: Demand | None, always: float) -> None:
    """Every day was the same."""
    assert found
    assert found.expected == pytest.approx(always)
    assert found.least == found.most == always


def test_the_same_every_week_is_expected_again() -> None:
    wednesdays = {at(day): 6 for day in ("2026-11-18", "2026-11-11", "2026-11-04", "2026-10-28")}
    found = foretold(wednesdays, "2026-11-25", since=date(2026, 10, 28))
    assert_is(found, 6.0)


def test_what_was_last_week_counts_more_than_what_was_long_ago() -> None:
    rising = {at("2026-11-18"): 9, at("2026-11-11"): 6, at("2026-11-04"): 3}
    falling = {at("2026-11-18"): 3, at("2026-11-11"): 6, at("2026-11-04"): 9}
    more, less = (foretold(counts, "2026-11-25", since=date(2026, 11, 4)) for counts in (rising, falling))
    assert more
    assert less
    assert more.expected > 6 > less.expected
    assert (more.least, more.most) == (less.least, less.most) == (3, 9)


def test_a_quiet_hour_of_an_open_day_counts_as_nought_and_a_holiday_not_at_all() -> None:
    # Monday the 23rd of November is a public holiday, and so is Tuesday the 3rd.
    mondays = {at("2026-11-16"): 4, at("2026-11-09"): 4, at("2026-10-26"): 4}
    found = foretold(mondays, "2026-11-30", since=date(2026, 10, 26))
    assert found
    assert found.least == 0  # the 2nd of November was open, and nobody called
    assert 2.5 < found.expected < 4


def test_other_hours_and_other_weekdays_say_nothing() -> None:
    elsewhere = {at("2026-11-18", 11): 50, at("2026-11-17"): 50, at("2026-11-19"): 50}
    assert foretold(elsewhere, "2026-11-25") == Demand(expected=0.0, least=0, most=0)


@pytest.mark.parametrize(("since", "is_known"), [(date(2026, 11, 4), True), (date(2026, 11, 5), False), (TODAY, False)])
def test_with_fewer_than_three_such_days_nothing_is_foretold(since: date, *, is_known: bool) -> None:
    assert (foretold({}, "2026-11-25", since=since) is not None) is is_known


def test_the_last_eight_such_days_are_enough() -> None:
    counts = {at((date(2026, 11, 18) - timedelta(weeks=week)).isoformat()): 1 if week < 8 else 99 for week in range(20)}
    assert_is(foretold(counts, "2026-11-25"), 1.0)


def test_a_day_next_week_learns_from_the_weeks_before_today() -> None:
    counts = {at(day): 5 for day in ("2026-11-19", "2026-11-12", "2026-11-05")}
    found = foretold(counts, "2026-12-03", since=date(2026, 11, 5))
    assert_is(found, 5.0)


def test_hours_are_those_of_the_clock_on_which_the_business_opens() -> None:
    assert [window.start for window in open_hours(HOURS, TODAY)] == [at("2026-11-24", hour) for hour in range(9, 18)]
    assert open_hours(HOURS, date(2026, 11, 23)) == ()
    late = office_hours("09:30", "17:15")
    assert [window.start for window in open_hours(late, TODAY)] == [at("2026-11-24", hour) for hour in range(9, 18)]


def test_the_first_day_with_a_call_is_where_knowledge_begins() -> None:
    assert first_known({at("2026-11-18"): 1, at("2026-11-04", 9): 2}, HOURS) == date(2026, 11, 4)
    assert first_known({}, HOURS) is None


@pytest.mark.parametrize(
    ("calls", "agents"),
    [(0, 0), (0.5, 1), (2, 2), (4, 2), (20, 7)],  # by hand: with an erlang and two agents 1 - e^-2.07 / 3 are kept
)
def test_agents_for_calls_of_a_quarter_of_an_hour_with_half_an_hour_to_begin_in(calls: float, agents: int) -> None:
    assert agents_needed(calls, SERVICE) == agents
    if agents > 1:
        load = calls / 4
        assert agents - 1 <= load or kept(load, agents - 1, SERVICE) < 0.95 <= kept(load, agents, SERVICE)


@given(st.floats(0, 500), st.floats(0, 100), st.floats(0.5, 0.99))
def test_more_calls_never_need_fewer_agents(calls: float, more: float, target: float) -> None:
    service = Service(handle_time=timedelta(minutes=7), patience=timedelta(minutes=11), target=target)
    assert agents_needed(calls, service) <= agents_needed(calls + more, service)


@given(st.floats(0.1, 300), st.floats(0.5, 0.99))
def test_with_the_agents_asked_for_the_target_is_reached(calls: float, target: float) -> None:
    service = Service(handle_time=timedelta(minutes=9), patience=timedelta(minutes=16), target=target)
    load, agents = calls * 9 / 60, agents_needed(calls, service)
    assert agents > load
    assert kept(load, agents, service) >= target


@pytest.mark.parametrize(
    ("needed", "on_shift", "lack"),
    [(3, 3.0, 0), (3, 2.96, 0), (3, 2.5, 1), (3, 0.0, 3), (0, 0.0, 0), (None, 0.0, 0), (3, None, 0)],
)
def test_what_is_missing_is_told_in_whole_people(needed: int | None, on_shift: float | None, lack: int) -> None:
    hour = Hour(window=hour_of("2026-11-25"), demand=None, needed=needed, on_shift=on_shift)
    assert hour.lack == lack


def test_a_day_is_the_sum_of_its_hours_and_unknown_where_one_is() -> None:
    known = Hour(window=hour_of("2026-11-25"), demand=Demand(expected=2.5, least=1, most=4), needed=2, on_shift=1.0)
    unknown = Hour(window=hour_of("2026-11-25", 11), demand=None, needed=None, on_shift=1.0)
    assert Day(day=TODAY, hours=(known, known)).expected == 5.0
    assert Day(day=TODAY, hours=(known, unknown)).expected is None
    assert Day(day=TODAY, hours=(known, unknown)).lacking == (known,)
