"""The customer calls or writes before the callback, and the matter is settled: one step, no call, a word of thanks."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.booking.callback import SETTLED, Status
from bot.booking.errors import BookingError
from bot.store.database import Database
from bot.store.schema import notices
from bot.usecases.agent import MovedOn, OutcomeNotPossible
from tests.support.desk import Office
from tests.support.products import SLOT, World


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database).open()


async def settle(office: Office, reference: str, seen: Status = Status.BOOKED) -> None:
    await office.desk.record(reference, await office.agent(), "resolved", seen=seen, now=office.now)


async def planned(office: Office) -> set[str]:
    async with office.world.database.read() as tx:
        return set((await tx.execute(select(notices.c.kind).where(notices.c.state == "pending"))).scalars())


async def test_nobody_is_called_what_was_still_to_be_told_is_withdrawn_and_the_customer_is_thanked(
    office: Office,
) -> None:
    await office.world.with_agents()
    made = await office.world.book()
    await office.world.send_notices()
    assert "reminder" in await planned(office)
    for _ in range(2):
        await settle(office, made.reference)
    read = await office.read(made)
    assert (read.status, read.resolution, read.attempts) == (Status.COMPLETED, SETTLED, ())
    assert await planned(office) == {SETTLED}
    (text,) = await office.world.send_notices()
    assert "お電話は差し上げません" in text
    office.clock.moment = SLOT.start - timedelta(minutes=60)
    assert await office.world.send_notices() == []
    assert await office.world.at(SLOT.start) == 0
    assert (await office.history(made)).count("resolution_recorded") == 1


async def test_a_second_try_that_is_waited_for_is_settled_too(office: Office) -> None:
    await office.world.with_agents()
    made = await office.world.book()
    await office.world.at(SLOT.start)
    await office.world.report(await office.world.the_dial(), "no-answer")
    assert (await office.read(made)).status == Status.RETRY_WAIT
    await settle(office, made.reference, Status.RETRY_WAIT)
    assert await office.world.at(SLOT.start + timedelta(minutes=5)) == 0
    assert any("お電話は差し上げません" in text for text in await office.world.send_notices())
    assert not any("もう一度お電話します" in text for _, text in office.world.sms.texts)


async def test_while_it_rings_the_agent_is_told_and_the_call_goes_on(office: Office) -> None:
    await office.world.with_agents()
    made = await office.world.book()
    await office.world.at(SLOT.start)
    with pytest.raises(OutcomeNotPossible):
        await settle(office, made.reference, Status.DIALING)
    with pytest.raises(MovedOn):
        await settle(office, made.reference)
    assert (await office.read(made)).status == Status.DIALING


async def test_the_agent_and_the_dispatcher_never_both_have_it(office: Office, second_database: Database) -> None:
    """Either the call is made and the agent hears that, or it is settled and nobody is called."""
    dispatcher = await World(second_database).with_agents()
    made = await office.world.book()
    dispatcher.clock.moment = office.clock.moment = SLOT.start
    dialled, answer = await asyncio.gather(
        dispatcher.at(SLOT.start), settle(office, made.reference), return_exceptions=True
    )
    read = await office.read(made)
    if answer is None:
        assert (read.status, read.resolution, read.attempts, dialled) == (Status.COMPLETED, SETTLED, (), 0)
    else:
        assert isinstance(answer, MovedOn | OutcomeNotPossible | BookingError)
        assert (read.status, read.resolution, dialled) == (Status.DIALING, None, 1)
    assert await dispatcher.at(SLOT.start + timedelta(minutes=1)) == 0
