"""How fast calls may follow each other, and how a failing carrier is spared."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.breaker import LONGEST_PAUSE, Breaker
from bot.booking.pacing import Pace
from tests.support.clocks import REAL

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("next_in_s", "limit", "starts_in_s"),
    [
        (None, 9, [0]),
        (-100, 9, [0]),
        (0.4, 9, [0.4]),
        (0.6, 9, []),
        (3600, 9, [0]),  # written by a clock that had jumped
        (0, 0, []),
    ],
)
def test_when_the_next_calls_may_begin_at_one_a_second(
    next_in_s: float | None, limit: int, starts_in_s: list[float]
) -> None:
    pace = Pace(per_second=1, ahead=SECOND / 2)
    next_at = None if next_in_s is None else REAL + next_in_s * SECOND
    starts = pace.starts(next_at, real_now=REAL, limit=limit)
    assert starts == [REAL + start * SECOND for start in starts_in_s]


@given(st.lists(st.floats(0, 2), min_size=1, max_size=40), st.sampled_from([0.5, 1.0, 3.0]))
def test_no_second_holds_more_starts_than_the_pace(pauses: list[float], per_second: float) -> None:
    pace = Pace(per_second=per_second, ahead=SECOND / 2)
    real_now, next_at, made = REAL, REAL, []
    for pause in pauses:
        real_now += pause * SECOND
        if starts := pace.starts(next_at, real_now=real_now, limit=100):
            made += starts
            next_at = starts[-1] + pace.interval
    gaps = [later - earlier for earlier, later in pairwise(made)]
    assert all(gap >= pace.interval for gap in gaps)


def test_the_pause_doubles_up_to_its_longest_and_one_call_tries_between_two() -> None:
    breaker, real_now, pauses = Breaker(), REAL, []
    for _ in range(7):
        breaker = breaker.failed(real_now=real_now, jitter=1.0)
        assert breaker.open_until is not None
        assert breaker.allowed(100, real_now=real_now) == 0
        pauses.append((breaker.open_until - real_now).total_seconds())
        real_now = breaker.open_until
        assert breaker.allowed(100, real_now=real_now) == 1
    assert pauses == [0.5, 1, 2, 4, 5, 5, 5]
    assert Breaker().allowed(100, real_now=real_now) == 100


def test_failures_that_were_under_way_together_count_once() -> None:
    breaker = Breaker()
    for _ in range(50):
        breaker = breaker.failed(real_now=REAL, jitter=0.0)
    assert breaker.failures == 1


def test_a_clock_that_is_set_back_does_not_keep_the_breaker_open() -> None:
    breaker = Breaker().failed(real_now=REAL, jitter=1.0)
    assert breaker.allowed(100, real_now=REAL - 3600 * SECOND) == 1
    assert LONGEST_PAUSE < 3600 * SECOND
