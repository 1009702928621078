"""When the next try is made, and when no more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.callback import Attempt, Outcome
from bot.booking.retry import NOT_THE_CUSTOMERS, NUMBER_FAULTS, SETTLED, GiveUp, TryAgain, Why, after
from bot.booking.window import Window
from bot.settings_calls import RetrySection
from tests.support.clocks import TUESDAY, tokyo
from tests.support.products import NUMBER, RETRIES, SLOT, a_callback, office_hours

NO, OURS, AGENT = Outcome.NO_ANSWER, Outcome.CARRIER_FAILED, Outcome.AGENT_MISSED


def follows(*outcomes: Outcome, now: datetime = TUESDAY, **hours: Any) -> TryAgain | GiveUp:
    """What follows the last of these attempts."""
    made = tuple(
        Attempt(number=index, started_at=TUESDAY, outcome=outcome) for index, outcome in enumerate(outcomes, start=1)
    )
    calling = office_hours(**hours)
    return after(a_callback(attempts=made), outcomes[-1], policy=RETRIES, hours=lambda _: calling, now=now)


@pytest.mark.parametrize(
    ("outcomes", "minutes"),
    [
        ((NO,), 5),
        ((NO, NO), 30),
        ((Outcome.BUSY,), 5),
        ((Outcome.VOICEMAIL,), 5),
        ((Outcome.NOT_CONFIRMED, Outcome.BUSY), 5),
        ((Outcome.UNREACHABLE,), 5),
        ((OURS,), 2),
        ((AGENT,), 2),
        ((OURS, NO), 5),
        ((NO, OURS), 2),
        ((NO, OURS, NO), 30),
        ((OURS, OURS, OURS, OURS, OURS), 2),
        ((OURS, AGENT, NO, OURS, NO), 30),
    ],
)
def test_the_pause_before_the_next_try(outcomes: tuple[Outcome, ...], minutes: int) -> None:
    assert follows(*outcomes) == TryAgain(at=TUESDAY + timedelta(minutes=minutes), number=NUMBER)


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ((NO, NO, NO), "attempts_used"),
        ((Outcome.BUSY, NO, Outcome.VOICEMAIL), "attempts_used"),
        ((OURS, NO, NO, AGENT, NO), "attempts_used"),
        ((OURS,) * 6, "own_faults"),
        ((OURS, AGENT) * 3, "own_faults"),
    ],
)
def test_when_no_further_try_is_made(outcomes: tuple[Outcome, ...], reason: Why) -> None:
    assert follows(*outcomes) == GiveUp(reason=reason)


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-11-24 17:54", "2026-11-24 17:59"),
        ("2026-11-24 17:55", "2026-11-25 09:00"),
        ("2026-11-24 17:59", "2026-11-25 09:00"),
        ("2026-11-20 17:58", "2026-11-24 09:00"),
        ("2026-11-27 17:58", "2026-11-30 09:00"),
        ("2026-12-31 17:58", "2027-01-04 09:00"),
    ],
)
def test_a_try_that_would_fall_outside_hours_waits_for_the_next_opening(now: str, at: str) -> None:
    assert follows(NO, now=tokyo(now)) == TryAgain(at=tokyo(at), number=NUMBER)


def test_a_business_that_never_opens_again_gives_up() -> None:
    assert follows(NO, weekly={}) == GiveUp(reason="no_opening")


@pytest.mark.parametrize("outcome", Outcome)
def test_only_our_own_faults_and_the_carriers_are_not_the_customers(outcome: Outcome) -> None:
    assert (outcome in NOT_THE_CUSTOMERS) == (outcome in {OURS, AGENT})


OTHER = "+819087654321"
MINUTE = timedelta(minutes=1)
SAFE = RetrySection().value()
Made = tuple[Outcome, str]


def decided(made: list[Made], *, other: str | None = OTHER, full: tuple[Window, ...] = ()) -> TryAgain | GiveUp:
    """What the safe rules say after these attempts, the last of which ends inside the window."""
    attempts = tuple(
        Attempt(number=index, started_at=SLOT.start, outcome=outcome, to_number=number)
        for index, (outcome, number) in enumerate(made, start=1)
    )
    callback = a_callback(attempts=attempts, alternate_phone_number=other)
    calling = office_hours()
    return after(callback, made[-1][0], policy=SAFE, hours=lambda _: calling, now=SLOT.start, full=full)


@pytest.mark.parametrize(
    ("made", "minutes", "number"),
    [
        ([(Outcome.BUSY, NUMBER)], 5, NUMBER),
        ([(NO, NUMBER), (Outcome.BUSY, NUMBER)], 5, NUMBER),
        ([(Outcome.BUSY, NUMBER), (Outcome.BUSY, NUMBER)], 10, NUMBER),
        ([(NO, NUMBER)], 5, OTHER),
        ([(NO, NUMBER), (NO, OTHER)], 5, NUMBER),
        ([(Outcome.DECLINED, NUMBER)], 30, NUMBER),
        ([(Outcome.DECLINED, NUMBER), (Outcome.DECLINED, NUMBER)], 30, OTHER),
        ([(Outcome.VOICEMAIL, NUMBER)], 15, OTHER),
        ([(Outcome.UNREACHABLE, NUMBER)], 15, OTHER),
        ([(Outcome.INVALID, NUMBER)], 1, OTHER),
        ([(Outcome.BLOCKED, NUMBER)], 1, OTHER),
        ([(AGENT, NUMBER)], 2, NUMBER),
        ([(AGENT, OTHER)], 2, OTHER),
        ([(Outcome.INVALID, NUMBER), (NO, OTHER)], 5, OTHER),
    ],
)
def test_each_outcome_has_its_own_pause_and_number(made: list[Made], minutes: int, number: str) -> None:
    assert decided(made) == TryAgain(at=SLOT.start + minutes * MINUTE, number=number)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ([Outcome.INVALID], "number_unusable"),
        ([Outcome.BLOCKED], "number_unusable"),
        ([NO, Outcome.INVALID], "number_unusable"),
        ([Outcome.DECLINED, Outcome.DECLINED], "attempts_used"),
        ([Outcome.UNREACHABLE, Outcome.UNREACHABLE], "attempts_used"),
        ([NO, Outcome.BUSY, NO], "attempts_used"),
    ],
)
def test_who_gave_one_number_is_left_alone_when_it_has_had_its_share(made: list[Outcome], reason: Why) -> None:
    assert decided([(outcome, NUMBER) for outcome in made], other=None) == GiveUp(reason=reason)


def test_a_try_outside_the_window_goes_where_a_place_is_left() -> None:
    length = SLOT.length
    full = tuple(Window(start=SLOT.start + n * length, end=SLOT.end + n * length) for n in range(3))
    assert decided([(Outcome.DECLINED, NUMBER)], full=full) == TryAgain(at=full[-1].end, number=NUMBER)
    assert decided([(Outcome.BUSY, NUMBER)], full=full) == TryAgain(at=SLOT.start + 5 * MINUTE, number=NUMBER)


def test_nobody_is_called_long_after_the_promise() -> None:
    late = SLOT.end + SAFE.wait_at_most
    made = a_callback(attempts=(Attempt(number=1, started_at=late, outcome=NO),))
    calling = office_hours()
    given = after(made, NO, policy=SAFE, hours=lambda _: calling, now=late)
    assert given == GiveUp(reason="waited_too_long")


outcomes = st.sampled_from([outcome for outcome in Outcome if outcome not in SETTLED])


@given(
    made=st.lists(st.tuples(outcomes, st.sampled_from([NUMBER, OTHER])), min_size=1, max_size=8).filter(
        lambda made: made[-1][0] not in SETTLED
    ),
    minutes=st.integers(0, 60 * 24 * 7),
    full=st.lists(st.integers(0, 30), unique=True).map(sorted),
)
def test_laws_of_every_further_try(made: list[Made], minutes: int, full: list[int]) -> None:
    attempts = tuple(
        Attempt(number=index, started_at=SLOT.start, outcome=outcome, to_number=number)
        for index, (outcome, number) in enumerate(made, start=1)
    )
    now, calling, outcome = SLOT.start + minutes * MINUTE, office_hours(), made[-1][0]
    windows = tuple(Window(start=SLOT.start + n * SLOT.length, end=SLOT.end + n * SLOT.length) for n in full)
    callback = a_callback(attempts=attempts, alternate_phone_number=OTHER)
    match after(callback, outcome, policy=SAFE, hours=lambda _: calling, now=now, full=windows):
        case TryAgain(at=at, number=number):
            assert at >= now + SAFE.rules[outcome].delays[0]
            assert calling.is_open(at)
            assert at <= SLOT.end + SAFE.wait_at_most
            assert SLOT.contains(at) or not any(window.contains(at) for window in windows)
            settled = max((place for place, (ended, _) in enumerate(made, start=1) if ended in SETTLED), default=0)
            unusable = {number for ended, number in made[settled:] if ended in NUMBER_FAULTS}
            assert number not in unusable or outcome in NOT_THE_CUSTOMERS
            if outcome not in NOT_THE_CUSTOMERS:
                assert sum(ended not in NOT_THE_CUSTOMERS for ended, _ in made[settled:]) < SAFE.attempts
        case GiveUp(reason=reason):
            assert (reason == "own_faults") <= (outcome in NOT_THE_CUSTOMERS)
