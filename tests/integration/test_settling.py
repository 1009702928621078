"""What supervisors do about promises that were not kept, on the real database."""

from datetime import timedelta

import pytest

from bot.booking.callback import LATE, SET_ASIDE, Status
from bot.booking.errors import CallbackNotFound
from bot.store.database import Database
from bot.usecases.agent import SETTLEMENTS, AlreadyRecorded, OutcomeNotPossible
from tests.support.desk import Office
from tests.support.products import SLOT, number


@pytest.fixture
async def office(database: Database) -> Office:
    """The demo's people at their desk."""
    return await Office(database).open()


async def on_the_list(office: Office) -> list[str]:
    return sorted(entry.callback.reference[0] for entry in await office.desk.marked(now=office.now))


@pytest.mark.parametrize("settlement", SETTLEMENTS)
async def test_what_was_not_kept_leaves_the_list_when_a_supervisor_settles_it(office: Office, settlement: str) -> None:
    hana = await office.agent("hana")
    unreached = await office.has("A", status=Status.UNREACHED)
    expired = await office.has("B", status=Status.EXPIRED, attention=LATE, phone_number=number(1))
    assert await on_the_list(office) == ["A", "B"]
    for one in (unreached, expired):
        settled = await office.desk.settle(one.reference, hana, settlement, now=office.now)
        assert (settled.status, settled.resolution, settled.attention) == (one.status, settlement, None)
    assert await on_the_list(office) == []
    dossier = await office.desk.dossier(unreached.reference, reader=hana, now=office.now)
    assert dossier.resolved is not None
    assert dossier.resolved.facts == {"agent_id": hana.id, "resolution": settlement}
    assert dossier.resolved.agent_name == "小林 花"


async def test_settled_twice_is_settled_once_and_another_supervisor_is_told_who_was_first(office: Office) -> None:
    one = await office.has("A", status=Status.UNREACHED)
    hana, other = await office.agent("hana"), await office.agent("ken")
    for _ in range(2):
        await office.desk.settle(one.reference, hana, "no_contact", now=office.now)
    assert (await office.history(one)).count("resolution_recorded") == 1
    with pytest.raises(AlreadyRecorded) as told:
        await office.desk.settle(one.reference, other, "resolved", now=office.now)
    assert told.value.agent_name == "小林 花"
    assert (await office.read(one)).resolution == "no_contact"


@pytest.mark.parametrize("status", [Status.BOOKED, Status.IN_CALL, Status.COMPLETED, Status.CANCELLED])
async def test_what_is_open_or_kept_cannot_be_settled(office: Office, status: Status) -> None:
    one = await office.has("A", status=status)
    with pytest.raises(OutcomeNotPossible):
        await office.desk.settle(one.reference, await office.agent("hana"), "resolved", now=office.now)
    with pytest.raises(CallbackNotFound):
        await office.desk.settle("Z7Q4MN", await office.agent("hana"), "resolved", now=office.now)


async def test_what_was_set_aside_is_dialled_again_once_a_supervisor_releases_it(office: Office) -> None:
    hana = await office.agent("hana")
    one = await office.has("A", attention=SET_ASIDE)
    assert await office.world.at(SLOT.start) == 0
    for _ in range(2):
        assert (await office.desk.release(one.reference, hana, now=office.now)).attention is None
    assert (await office.history(one)).count("released") == 1
    assert await on_the_list(office) == []
    assert await office.world.at(SLOT.start) == 1
    with pytest.raises(OutcomeNotPossible):
        await office.desk.release(one.reference, hana, now=office.now + timedelta(seconds=1))
