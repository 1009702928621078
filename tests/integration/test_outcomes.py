"""How an attempt ends and what follows from it."""

import asyncio

import pytest

from bot.booking.callback import SET_ASIDE, Outcome, Status
from bot.store.database import Database
from tests.support.clocks import tokyo
from tests.support.products import OWN_FAULT_LIMIT, SLOT, World


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.CONNECTED, Status.COMPLETED),
        (Outcome.NO_ANSWER, Status.RETRY_WAIT),
        (Outcome.BUSY, Status.RETRY_WAIT),
        (Outcome.VOICEMAIL, Status.RETRY_WAIT),
        (Outcome.NOT_CONFIRMED, Status.RETRY_WAIT),
        (Outcome.UNREACHABLE, Status.RETRY_WAIT),
        (Outcome.AGENT_MISSED, Status.RETRY_WAIT),
        (Outcome.CARRIER_FAILED, Status.RETRY_WAIT),
    ],
)
async def test_what_follows_the_first_attempt(sqlite: Database, outcome: Outcome, status: Status) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    await world.outcomes.end(await world.the_dial(), outcome, now=world.now)
    assert (await world.read(made)).status == status


async def test_an_attempt_ends_once_whoever_reports_it(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    dial = await world.the_dial()
    every = [Outcome.NO_ANSWER, Outcome.CONNECTED, Outcome.BUSY, Outcome.CARRIER_FAILED] * 3
    await asyncio.gather(*(world.outcomes.end(dial, outcome, now=world.now) for outcome in every))
    over = await world.read(made)
    (attempt,) = over.attempts
    assert attempt.outcome in every
    assert over.status == (Status.COMPLETED if attempt.outcome == Outcome.CONNECTED else Status.RETRY_WAIT)
    assert over.version == 3  # booked, dialling, what followed: nothing was decided twice


async def test_our_own_faults_end_with_a_supervisor(sqlite: Database) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()
    now = SLOT.start
    for _ in range(OWN_FAULT_LIMIT + 1):
        assert await world.at(now) == 1
        await world.report(await world.the_dial(), "canceled")
        now = (await world.read(made)).due_at
    over = await world.read(made)
    assert (over.status, over.attention) == (Status.EXPIRED, SET_ASIDE)


async def test_the_agent_is_free_again_when_the_attempt_ends(database: Database) -> None:
    world = await World(database).with_agents(1)
    await world.book()
    await world.book(phone_number="+819087654321")
    assert await world.at(SLOT.start) == 1
    await world.outcomes.end(await world.the_dial(), Outcome.BUSY, now=world.now)
    assert await world.at(SLOT.start) == 1


async def test_a_retry_never_lands_on_a_holiday(sqlite: Database) -> None:
    world = await World(sqlite).with_agents()
    world.clock.moment = tokyo("2026-11-20 10:00")
    (slot,) = await world.bookings.slots(now=world.now, start=tokyo("2026-11-20 17:30"), end=tokyo("2026-11-20 18:00"))
    made = await world.book(slot.window)
    await world.at(tokyo("2026-11-20 17:58"))
    await world.report(await world.the_dial(), "no-answer")
    assert (await world.read(made)).due_at == tokyo("2026-11-24 09:00")
