"""What supervisors do about promises that were not kept, on the real database."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.callback import LATE, SET_ASIDE, Status
from bot.booking.errors import CallbackNotFound
from bot.store.database import Database
from bot.usecases.agent import SETTLEMENTS, AlreadyRecorded, OutcomeNotPossible
from tests.support.desk import Office, Visitor, serving
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


async def test_a_supervisor_releases_and_settles_on_the_page_and_an_agent_may_not(
    office: Office, tmp_path: Path
) -> None:
    aside = await office.has("A", attention=SET_ASIDE)
    lost = await office.has("B", status=Status.UNREACHED, phone_number=number(1))
    async with serving(office, tmp_path) as server:
        agent, supervisor = Visitor(server.url), Visitor(server.url)
        await agent.log_in("sakura")
        await supervisor.log_in("hana")
        page = (await agent.get(f"/desk/callbacks/{aside.reference}")).text
        assert "電話の対象に戻す" not in page
        assert (await agent.post(f"/desk/callbacks/{aside.reference}/release")).status_code == 403
        settle = f"/desk/callbacks/{lost.reference}/settle"
        assert (await agent.post(settle, settlement="resolved")).status_code == 403
        assert "電話の対象に戻す" in (await supervisor.get(f"/desk/callbacks/{aside.reference}")).text
        assert (await supervisor.post(f"/desk/callbacks/{aside.reference}/release")).status_code == 303
        assert (await office.read(aside)).attention is None
        assert (await supervisor.post(settle, settlement="nonsense")).status_code == 403
        assert "連絡がつかない" in (await supervisor.get(f"/desk/callbacks/{lost.reference}")).text
        assert (await supervisor.post(settle, settlement="no_contact")).status_code == 303
    assert (await office.read(lost)).resolution == "no_contact"
    assert await on_the_list(office) == []
