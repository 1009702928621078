"""The simulated day, small: the product's own dispatch keeps what the rule alone promises."""

import asyncio
from xml.etree import ElementTree

import pytest

from tools.day import figure, quick
from tools.day.instance import OPENS, Day, draw
from tools.day.kept import Figures, Story
from tools.day.real import RealDay
from tools.simulate_day import table

CLOSES = OPENS + 5400


def a_morning(seed: int, **changes: object) -> Day:
    """The first hours of a day with four agents."""
    return draw(seed, callbacks=320, agents=4, **changes).first(CLOSES)  # type: ignore[arg-type]  # named by the tests


def really(day: Day) -> tuple[list[Story], Figures]:
    return asyncio.run(RealDay(day, closes=CLOSES).go())


def test_the_same_seed_is_the_same_day() -> None:
    assert draw(3) == draw(3) != draw(4)


def test_the_standard_day_is_as_it_is_told() -> None:
    days = [draw(seed) for seed in range(8)]
    customers = [one for day in days for one in day.customers]
    assert len(customers) == 8 * 5000
    assert sum(one.busy_s for one in customers) / len(customers) == pytest.approx(210, rel=0.02)
    assert sum(one.can_be_reached((one.start + one.end) / 2) for one in customers) / len(customers) == pytest.approx(
        0.8, abs=0.01
    )
    assert sum(one.can_be_reached(one.end + 3000) for one in customers) / len(customers) == pytest.approx(0.4, abs=0.01)
    assert sum(len(day.workers) for day in days) / 8 == pytest.approx(48, abs=1.5)


def test_the_product_dials_as_well_as_its_rule_and_nothing_is_over_capacity_or_late_in_silence() -> None:
    day = a_morning(1)
    stories, kept = really(day)
    _, alone = quick.run(day, "ours", closes=CLOSES)
    assert kept.over_capacity == kept.late_in_silence == 0
    assert kept.reached >= alone.reached - 0.05
    assert all(
        later[0] >= sooner[1] for one in stories for sooner, later in zip(one.calls, one.calls[1:], strict=False)
    )
    assert "the product" in table({"the product": [kept]})
    ElementTree.fromstring(figure.draw(stories, day, kept, title="A <small> morning"))  # noqa: S314 (our own)


def test_while_the_carrier_is_away_nobody_is_late_in_silence() -> None:
    day = a_morning(2, outages=((OPENS + 1800.0, OPENS + 3000.0),))
    stories, kept = really(day)
    assert kept.over_capacity == kept.late_in_silence == 0
    assert not any(OPENS + 1800 <= start < OPENS + 3000 for one in stories for start, _ in one.calls)
    assert any(start >= OPENS + 3000 for one in stories for start, _ in one.calls)
