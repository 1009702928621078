"""The fault matrix, one run of each fault and some of all together; `make soak` runs a thousand mixtures."""

from dataclasses import fields

import pytest

from tests.support.storm.plan import KINDS, Plan, mixed
from tests.support.storm.storm import rage


@pytest.mark.parametrize("kind", KINDS)
def test_no_call_is_doubled_lost_outside_hours_or_late_in_silence(kind: str) -> None:
    report = rage(1, KINDS[kind], promises=3)
    assert report.wrong == []
    assert report.calls > 0


@pytest.mark.parametrize("seed", [17])
def test_nor_when_everything_goes_wrong_together(seed: int) -> None:
    assert rage(seed, mixed(seed), promises=4).wrong == []


def test_a_seed_is_replayed_exactly() -> None:
    first, second = (rage(5, mixed(5), promises=2) for _ in range(2))
    assert first == second


def test_the_mixtures_hold_every_fault() -> None:
    plans = [mixed(seed) for seed in range(1, 1001)]
    for entry in fields(Plan):
        assert sum(bool(getattr(plan, entry.name)) for plan in plans) > 300
    assert {plan.dispatchers for plan in plans} == {1, 2, 5}
