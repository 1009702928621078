"""When the next try is made, and when no more."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.booking.callback import Attempt, Outcome
from bot.booking.retry import NOT_THE_CUSTOMERS, GiveUp, TryAgain, after
from tests.support.clocks import TUESDAY, tokyo
from tests.support.products import RETRIES, a_callback, office_hours

NO, OURS, AGENT = Outcome.NO_ANSWER, Outcome.CARRIER_FAILED, Outcome.AGENT_MISSED


def follows(*outcomes: Outcome, now: datetime = TUESDAY, **hours: Any) -> TryAgain | GiveUp:
    """What follows the last of these attempts."""
    made = tuple(
        Attempt(number=index, started_at=TUESDAY, outcome=outcome) for index, outcome in enumerate(outcomes, start=1)
    )
    calling = office_hours(**hours)
    return after(a_callback(attempts=made), outcomes[-1], policy=RETRIES, hours=calling, now=now)


@pytest.mark.parametrize(
    ("outcomes", "minutes"),
    [
        ((NO,), 5),
        ((NO, NO), 30),
        ((Outcome.BUSY,), 5),
        ((Outcome.VOICEMAIL,), 5),
        ((Outcome.NOT_CONFIRMED, Outcome.BUSY), 30),
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
    assert follows(*outcomes) == TryAgain(at=TUESDAY + timedelta(minutes=minutes))


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
def test_when_no_further_try_is_made(outcomes: tuple[Outcome, ...], reason: str) -> None:
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
    assert follows(NO, now=tokyo(now)) == TryAgain(at=tokyo(at))


def test_a_business_that_never_opens_again_gives_up() -> None:
    assert follows(NO, weekly={}) == GiveUp(reason="no_opening")


@pytest.mark.parametrize("outcome", Outcome)
def test_only_our_own_faults_and_the_carriers_are_not_the_customers(outcome: Outcome) -> None:
    assert (outcome in NOT_THE_CUSTOMERS) == (outcome in {OURS, AGENT})
