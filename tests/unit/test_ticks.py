"""The bells: what is not done while the machine's clock cannot be trusted."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from scheduler.ticks import Ticks
from tests.support.clocks import MovableClock


@pytest.mark.parametrize("steady", [True, False])
async def test_row_11_nothing_is_judged_by_a_clock_that_has_just_jumped(steady: bool) -> None:
    parts = {name: AsyncMock() for name in ("leases", "dispatch", "notices", "overdue", "reconciliation")}
    parts["dispatch"].claim.return_value = []
    product: Any = SimpleNamespace(clock=MovableClock(), **parts)
    ticks = Ticks(product)
    ticks._clock_watch = SimpleNamespace(is_steady=lambda _now, stopwatch: steady)  # type: ignore[assignment]  # a stub
    for tick in (ticks._lease, ticks._dispatch, ticks._notices, ticks._lateness, ticks._reconcile):
        await tick()
    done = (
        parts["leases"].renew, parts["leases"].take_over, parts["dispatch"].claim, parts["notices"].send_due,
        parts["overdue"].tell_lateness, parts["reconciliation"].check_quiet_calls,
    )  # fmt: skip
    assert [work.await_count for work in done] == [int(steady)] * len(done)
