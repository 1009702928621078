"""When somebody in line will be called: cases on paper, laws for every line, and a minute-by-minute oracle."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.line import Accuracy, expected_start, told
from tests.support.clocks import TUESDAY

MINUTE = timedelta(minutes=1)
HANDLE = 10


def at(*minutes: int) -> list[datetime]:
    return [TUESDAY + minute * MINUTE for minute in minutes]


def expected(due: int, ahead: list[int], free: list[int], handle: int = HANDLE) -> int | None:
    """The same in minutes from now."""
    start = expected_start(*at(due), ahead=at(*ahead), free_at=at(*free), handle_time=handle * MINUTE)
    return None if start is None else (start - TUESDAY) // MINUTE


@pytest.mark.parametrize(
    ("due", "ahead", "free", "start"),
    [
        (0, [], [0], 0),
        (0, [], [], None),  # nobody can call
        (0, [], [7], 7),  # the only agent is on a call
        (0, [], [7, 3], 3),
        (0, [0], [0], 10),
        (0, [0, 0], [0], 20),
        (0, [0, 0], [0, 0], 10),
        (0, [0, 0], [0, 0, 0], 0),
        (0, [0, 0, 0], [0, 4], 14),
        (30, [0], [0], 30),  # its own time is later than the line
        (30, [0, 0, 0, 0], [0], 40),
        (0, [5], [0], 0),  # who is owed one later does not hold up whoever can be called now
        (0, [5], [5], 15),  # unless both wait for the same agent
        (0, [0, 15], [0], 10),
        (0, [0, 10], [0], 20),
        (20, [0, 15], [0], 25),
    ],
)
def test_the_call_begins_when_everybody_ahead_is_served(
    due: int, ahead: list[int], free: list[int], start: int | None
) -> None:
    assert expected(due, ahead, free) == start


minutes = st.integers(0, 60)
lines = st.lists(minutes, max_size=8)
agents = st.lists(minutes, min_size=1, max_size=5)
lengths = st.integers(1, 30)


def lived_through(due: int, ahead: list[int], free: list[int], handle: int) -> int:
    """Minute by minute: whoever is free takes the one owed longest, and us when nobody else is owed a call."""
    busy_until, waiting = list(free), sorted(ahead)
    for minute in range(100_000):
        for agent, until in enumerate(busy_until):
            if until > minute:
                continue
            if waiting and waiting[0] <= minute:
                waiting.pop(0)
                busy_until[agent] = minute + handle
            elif due <= minute:
                return minute
    raise AssertionError


@given(due=minutes, ahead=lines, free=agents, handle=lengths)
def test_it_is_what_living_through_it_minute_by_minute_gives(
    due: int, ahead: list[int], free: list[int], handle: int
) -> None:
    assert expected(due, ahead, free, handle) == lived_through(due, ahead, free, handle)


@given(due=minutes, ahead=lines, free=agents, more=minutes, handle=lengths)
def test_more_agents_never_make_it_later(due: int, ahead: list[int], free: list[int], more: int, handle: int) -> None:
    fewer = expected(due, ahead, free, handle)
    assert fewer is not None
    assert (expected(due, ahead, [*free, more], handle) or 0) <= fewer


@given(due=minutes, ahead=lines, free=agents, more=minutes, handle=lengths)
def test_more_people_ahead_never_make_it_earlier(
    due: int, ahead: list[int], free: list[int], more: int, handle: int
) -> None:
    fewer = expected(due, ahead, free, handle)
    assert fewer is not None
    assert (expected(due, [*ahead, more], free, handle) or 0) >= fewer


@given(due=minutes, ahead=lines, free=agents, handle=lengths)
def test_nobody_is_called_before_their_time_or_without_an_agent(
    due: int, ahead: list[int], free: list[int], handle: int
) -> None:
    assert (expected(due, ahead, free, handle) or 0) >= max(due, min(free))


@pytest.mark.parametrize(
    ("seconds", "minutes_told"), [(0, 0), (1, 5), (299, 5), (300, 5), (301, 10), (3600, 60), (0.5, 5)]
)
def test_customers_hear_the_next_five_minutes(seconds: float, minutes_told: int) -> None:
    assert told(TUESDAY + timedelta(seconds=seconds)) == TUESDAY + minutes_told * MINUTE


@pytest.mark.parametrize(("said", "kept", "share"), [(0, 0, None), (4, 3, 0.75), (2, 2, 1.0)])
def test_accuracy_is_the_share_that_began_by_the_time_told(said: int, kept: int, share: float | None) -> None:
    assert Accuracy(told=said, kept=kept).share == share
