"""What is said later reaches every listener once, even when it is committed late."""

from bot.gateway.live import LATE_COMMIT_S, Trail
from bot.store.conversations import Said
from tests.support.clocks import TUESDAY


def said(*numbers: int) -> list[Said]:
    return [Said(id=n, conversation_id="c", sender="system", text=str(n), buttons=(), at=TUESDAY) for n in numbers]


def numbers(found: list[Said]) -> list[int]:
    return [line.id for line in found]


def test_what_is_committed_after_a_later_number_is_handed_on_too() -> None:
    trail = Trail(10)
    assert numbers(trail.fresh(said(12))) == [12]
    trail.move_on(at=100.0)
    assert trail.floor < 11
    assert numbers(trail.fresh(said(11, 12))) == [11]
    trail.move_on(at=100.5)
    assert numbers(trail.fresh(said(11, 12))) == []


def test_what_is_old_enough_is_not_read_again() -> None:
    trail = Trail(10)
    trail.fresh(said(11))
    trail.move_on(at=100.0)
    trail.fresh(said(11, 12))
    trail.move_on(at=103.0)
    trail.move_on(at=100.0 + LATE_COMMIT_S)
    assert trail.floor == 11
    trail.move_on(at=103.0 + LATE_COMMIT_S)
    assert trail.floor == 12
