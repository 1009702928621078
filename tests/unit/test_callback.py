"""The one table of statuses."""

from datetime import timedelta
from itertools import product

import pytest

from bot.booking.callback import CHANGEABLE, OPEN, TRANSITIONS, Attempt, Status, require_transition
from bot.booking.errors import ForbiddenTransition
from tests.support.clocks import TUESDAY
from tests.support.products import SLOT, a_callback

ALLOWED = {
    "booked": "dialing cancelled expired completed",
    "dialing": "booked in_call retry_wait unreached expired completed cancelled",
    "in_call": "completed retry_wait unreached expired",
    "retry_wait": "booked dialing cancelled expired completed unreached",
    "completed": "",
    "unreached": "",
    "cancelled": "",
    "expired": "",
}


@pytest.mark.parametrize(("source", "target"), list(product(Status, Status)))
def test_every_pair_of_statuses_is_allowed_or_forbidden_as_written_here(source: Status, target: Status) -> None:
    if target in ALLOWED[source].split():
        require_transition(source, target)
    else:
        with pytest.raises(ForbiddenTransition) as refused:
            require_transition(source, target)
        assert (refused.value.source, refused.value.target) == (source, target)


def test_the_table_knows_every_status() -> None:
    assert set(TRANSITIONS) == set(Status) == set(ALLOWED)


def test_the_final_statuses_are_those_without_a_way_on() -> None:
    assert {status for status in Status if status not in OPEN} == {
        Status.COMPLETED, Status.UNREACHED, Status.CANCELLED, Status.EXPIRED,
    }  # fmt: skip


@pytest.mark.parametrize("status", Status)
def test_only_a_callback_without_a_call_under_way_is_changeable(status: Status) -> None:
    assert a_callback(status=status).is_changeable == (status in {Status.BOOKED, Status.RETRY_WAIT})
    assert CHANGEABLE <= OPEN


@pytest.mark.parametrize(
    ("minutes_after_end", "attempts", "status", "late"),
    [
        (0, 0, Status.BOOKED, False),
        (1, 0, Status.BOOKED, True),
        (1, 1, Status.RETRY_WAIT, False),
        (1, 0, Status.CANCELLED, False),
    ],
)
def test_a_callback_is_late_when_its_window_ended_without_a_dial(
    minutes_after_end: int, attempts: int, status: Status, late: bool
) -> None:
    dials = tuple(Attempt(number=index + 1, started_at=TUESDAY) for index in range(attempts))
    callback = a_callback(status=status, attempts=dials)
    assert callback.is_late(now=SLOT.end + timedelta(minutes=minutes_after_end)) == late
