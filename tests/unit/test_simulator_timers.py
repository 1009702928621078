"""Waiting on a clock that jumps."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.timers import Timers

START = datetime(2026, 11, 24, tzinfo=UTC)


class HandClock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


async def rings(alarm: "asyncio.Future[None]") -> bool:
    for _ in range(5):
        await asyncio.sleep(0)
    return alarm.done()


async def test_a_jump_forward_rings_all_that_it_passes_in_their_order() -> None:
    clock = HandClock()
    timers = Timers(clock.now)
    order: list[float] = []

    async def wait(seconds: float) -> None:
        await timers.sleep(seconds)
        order.append(seconds)

    waits = [asyncio.ensure_future(wait(seconds)) for seconds in (30, 10, 20, 4000)]
    await asyncio.sleep(0)
    clock.move(3600)
    timers.ring_due()
    await asyncio.gather(*waits[:3])
    assert order == [10, 20, 30]
    assert not await rings(waits[3])
    waits[3].cancel()


@given(steps=st.lists(st.floats(-7200, 7200), max_size=12), length=st.floats(1, 3600))
async def test_an_alarm_rings_when_the_time_that_went_forward_adds_up(steps: list[float], length: float) -> None:
    clock = HandClock()
    timers = Timers(clock.now)
    alarm = asyncio.ensure_future(timers.sleep(length))
    await asyncio.sleep(0)
    forward = 0.0
    for step in steps:
        clock.move(step)
        timers.ring_due()
        forward += max(0.0, step)
        if abs(forward - length) > 0.001:
            assert await rings(alarm) == (forward > length)
    alarm.cancel()


async def test_whoever_waits_for_an_event_learns_whether_it_came_in_time() -> None:
    clock = HandClock()
    timers = Timers(clock.now)
    event: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    late = asyncio.ensure_future(timers.wait(event, 10))
    await asyncio.sleep(0)
    clock.move(11)
    timers.ring_due()
    assert await late is False
    event.set_result(None)
    assert await timers.wait(event, 10) is True
    assert await timers.wait(event, None) is True
