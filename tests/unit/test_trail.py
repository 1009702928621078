"""What is numbered early and committed late is read once all the same."""

from hypothesis import given
from hypothesis import strategies as st

from bot.store.trail import IN_FLIGHT, LATE_COMMIT_S, Trail


def test_what_is_committed_after_a_later_number_is_handed_on_too_and_only_once() -> None:
    trail, fresh = Trail(floor=10).follow([12], at=100.0)
    assert fresh == {12}
    trail, fresh = trail.follow([11, 12], at=100.5)
    assert fresh == {11}
    trail, fresh = trail.follow([11, 12], at=101.0)
    assert fresh == frozenset()


def test_what_is_old_enough_is_not_read_again() -> None:
    trail, _ = Trail(floor=10).follow([11], at=100.0)
    trail, _ = trail.follow([11, 12], at=103.0)
    trail, _ = trail.follow([11, 12], at=100.0 + LATE_COMMIT_S)
    assert trail.floor == 11
    trail, _ = trail.follow([12], at=103.0 + LATE_COMMIT_S)
    assert (trail.floor, trail.seen, trail.marks) == (12, frozenset(), ())


def test_whoever_begins_is_shown_what_was_still_on_its_way() -> None:
    trail, _ = Trail.from_newest(1000).follow([998, 1000], at=0.0)
    trail, fresh = trail.follow([998, 999, 1000], at=0.25)
    assert fresh == {999}
    assert trail.floor == 1000 - IN_FLIGHT


@given(
    commits=st.lists(st.tuples(st.floats(0, 60), st.floats(0, LATE_COMMIT_S * 0.9)), max_size=40),
    every=st.floats(0.1, 3.0),
)
def test_every_row_is_handed_on_exactly_once_whatever_order_the_transactions_end_in(
    commits: list[tuple[float, float]], every: float
) -> None:
    """Each row is numbered at one moment and comes to light up to nine seconds later."""
    numbered = sorted(commits)
    visible_at = {number: at + later for number, (at, later) in enumerate(numbered, start=1)}
    trail, handed_on, now = Trail(floor=0), list[int](), 0.0
    while now < 90:
        read = [number for number, at in visible_at.items() if at <= now and number > trail.floor]
        trail, fresh = trail.follow(read, at=now)
        handed_on += fresh
        now += every
    assert sorted(handed_on) == sorted(visible_at)
