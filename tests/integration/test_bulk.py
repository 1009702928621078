"""The same for many callbacks: told beforehand, done to what was seen and nothing else, and who did it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.booking.callback import Status
from bot.booking.errors import ChangedMeanwhile
from bot.store.database import Database
from bot.usecases.bulk import Plan
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.products import number

CANCEL = Plan(deed="cancel")


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database).open()


@pytest.fixture
async def server(office: Office, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with serving(office, tmp_path) as running:
        yield running


async def test_what_cannot_be_changed_is_told_beforehand(office: Office) -> None:
    await office.has("A")
    await office.has("B", status=Status.COMPLETED, phone_number=number(1))
    await office.has("C", status=Status.UNREACHED, phone_number=number(2))
    references = ["A7Q4MN", "B7Q4MN", "C7Q4MN", "A7Q4MN"]

    async def told(plan: Plan) -> list[str | None]:
        return [line.trouble for line in await office.bulk.preview(references, plan)]

    assert await told(CANCEL) == [None, "closed", "closed"]
    assert await told(Plan(deed="settle", argument="no_contact")) == ["kept", "kept", None]
    topic = (await office.world.bookings.find("A7Q4MN")).topic
    assert await told(Plan(deed="requeue", argument=topic)) == ["same_topic", "closed", "closed"]


async def test_what_changed_since_it_was_seen_is_left_as_it_is(office: Office) -> None:
    same, moved = await office.world.book(), await office.has("B", phone_number=number(1))
    seen = [(one.reference, one.version) for one in (same, moved)]
    await office.dials(moved)
    done = await office.bulk.carry_out(seen, CANCEL, await office.agent("hana"), now=office.now)
    assert [line.trouble for line in done] == [None, "changed"]
    assert [(await office.read(one)).status for one in (same, moved)] == [Status.CANCELLED, Status.DIALING]
    told = [(entry.actor, entry.subject) for entry in await office.audit.listing(action="cancelled", limit=9)]
    assert told == [("hana", same.reference)]


async def test_a_promise_that_changes_at_the_last_moment_is_not_cancelled(office: Office) -> None:
    booked = await office.world.book()
    with pytest.raises(ChangedMeanwhile):
        await office.world.bookings.cancel(booked.reference, now=office.now, version=booked.version + 1)
    assert (await office.read(booked)).status == Status.BOOKED


async def test_exactly_what_the_page_showed_is_done(office: Office, server: DeskServer) -> None:
    kept, lost = await office.world.book(), await office.has("B", status=Status.UNREACHED, phone_number=number(1))
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    csrf = await visitor.token()
    picked = {"csrf": csrf, "deed": "settle:no_contact", "pick": [kept.reference, lost.reference]}
    page = (await visitor.http.post("/desk/bulk", data=picked)).text
    assert "処理が必要なお約束ではありません" in page
    assert "1件を変更する" in page
    hidden = dict(re.findall(r'name="(mark|deed|pick)" value="([^"]+)"', page))
    assert hidden["pick"] == f"{lost.reference}:{lost.version}"
    other = {"csrf": csrf, **hidden, "deed": "cancel:"}
    assert (await visitor.http.post("/desk/bulk/done", data=other)).status_code == 403
    assert (await office.read(lost)).resolution is None
    page = (await visitor.http.post("/desk/bulk/done", data={"csrf": csrf, **hidden})).text
    assert "変更しました" in page
    assert (await office.read(lost)).resolution == "no_contact"
    page = (await visitor.http.post("/desk/bulk/done", data={"csrf": csrf, **hidden})).text
    assert "確認のあとに変わったため、変更していません" in page


async def test_it_is_for_supervisors(server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("sakura")
    assert (await visitor.post("/desk/bulk", deed="cancel:", pick="A7Q4MN")).status_code == 403
    assert (await visitor.post("/desk/bulk/done", deed="cancel:", pick="A7Q4MN:1")).status_code == 403
