"""The same for many callbacks: told beforehand, done to what was seen and nothing else, and who did it."""

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.callback import SET_ASIDE, Status
from bot.booking.errors import ChangedMeanwhile
from bot.booking.matching import Skills
from bot.booking.window import Window
from bot.store.database import Database
from bot.usecases.bulk import Plan, Seen
from tests.support.clocks import tokyo
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.products import number

CANCEL = Plan(deed="cancel")
HALF_AN_HOUR = timedelta(minutes=30)


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
        return [line.trouble for line in await office.bulk.preview(references, plan, now=office.now)]

    assert await told(CANCEL) == [None, "closed", "closed"]
    assert await told(Plan(deed="settle", argument="no_contact")) == ["kept", "kept", None]
    topic = (await office.world.bookings.find("A7Q4MN")).topic
    assert await told(Plan(deed="requeue", argument=topic)) == ["same_topic", "closed", "closed"]


async def test_what_changed_since_it_was_seen_is_left_as_it_is(office: Office) -> None:
    same, moved = await office.world.book(), await office.has("B", phone_number=number(1))
    seen = [Seen(reference=one.reference, version=one.version) for one in (same, moved)]
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


async def test_many_are_moved_to_what_fits_each_and_every_customer_is_told_once(office: Office) -> None:
    """Two a slot can be called at most on Wednesday morning: what the preview gives to one is not free for the next."""
    wednesday = tokyo("2026-11-25 09:00")
    booked = [await office.world.book(phone_number=number(index)) for index in range(3)]
    await office.world.book(Window(start=wednesday, end=wednesday + HALF_AN_HOUR), phone_number=number(7))
    over = await office.has("Z", status=Status.COMPLETED, phone_number=number(8))
    await office.world.send_notices()
    plan = Plan(deed="move", argument=wednesday.isoformat())
    lines = await office.bulk.preview([one.reference for one in (*booked, over)], plan, now=office.now)
    assert [line.trouble for line in lines] == [None, None, None, "closed"]
    assert sorted(line.new.start for line in lines if line.new) == [wednesday, wednesday, wednesday + HALF_AN_HOUR]
    seen = [
        Seen(reference=line.callback.reference, version=line.callback.version, to=line.new.start)
        for line in lines
        if line.new
    ]
    for _ in range(2):  # sent twice: the second finds everything changed
        done = await office.bulk.carry_out(seen, plan, await office.agent("hana"), now=office.now)
    assert [line.trouble for line in done] == ["changed"] * 3
    moved = [await office.read(one) for one in booked]
    assert [one.window.start for one in moved] == [line.new.start for line in lines if line.new]
    assert len(await office.world.send_notices()) == 3
    told = [(entry.actor, entry.subject) for entry in await office.audit.listing(action="moved", limit=9)]
    assert sorted(told) == sorted(("hana", one.reference) for one in booked)


async def test_whom_no_time_fits_is_told_beforehand_and_not_moved(office: Office) -> None:
    booked = await office.world.book()
    far = Plan(deed="move", argument=(office.now + timedelta(days=300)).isoformat())
    assert [line.trouble for line in await office.bulk.preview([booked.reference], far, now=office.now)] == ["no_time"]
    soon = Plan(deed="move")
    (line,) = await office.bulk.preview([booked.reference], soon, now=office.now)
    assert line.new is not None
    for index in range(3):  # others are faster
        await office.world.book(line.new, phone_number=number(index))
    seen = Seen(reference=booked.reference, version=booked.version, to=line.new.start)
    (done,) = await office.bulk.carry_out([seen], soon, await office.agent("hana"), now=office.now)
    assert done.trouble == "no_time"
    assert (await office.read(booked)).window == booked.window


async def test_what_was_set_aside_is_released_together(office: Office) -> None:
    aside, other = await office.has("A", attention=SET_ASIDE), await office.has("B", phone_number=number(1))
    release = Plan(deed="release")
    lines = await office.bulk.preview([aside.reference, other.reference], release, now=office.now)
    assert [line.trouble for line in lines] == [None, "not_aside"]
    seen = [Seen(reference=one.reference, version=one.version) for one in (aside, other)]
    await office.bulk.carry_out(seen, release, await office.agent("hana"), now=office.now)
    assert (await office.read(aside)).attention is None


async def test_a_move_is_done_as_the_page_showed_it(office: Office, server: DeskServer) -> None:
    booked = await office.world.book()
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    csrf = await visitor.token()
    picked = {"csrf": csrf, "deed": "move:", "after": "2026-11-26T10:00", "pick": booked.reference}
    page = (await visitor.http.post("/desk/bulk", data=picked)).text
    assert "11月26日(木) 10:00" in page
    assert "1回だけお知らせします" in page
    hidden = {name: html.unescape(told) for name, told in re.findall(r'name="(mark|deed|pick)" value="([^"]+)"', page)}
    tampered = {"csrf": csrf, **hidden, "pick": hidden["pick"].replace("T01:", "T02:")}
    assert tampered["pick"] != hidden["pick"]
    assert (await visitor.http.post("/desk/bulk/done", data=tampered)).status_code == 403
    page = (await visitor.http.post("/desk/bulk/done", data={"csrf": csrf, **hidden})).text
    assert "変更しました" in page
    assert (await office.read(booked)).window.start == tokyo("2026-11-26 10:00")
    for nonsense in ("soon", "0001-01-01T00:00"):
        answer = await visitor.http.post("/desk/bulk", data={**picked, "after": nonsense})
        assert answer.status_code == 403


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


async def test_callbacks_are_given_to_one_agent_who_can_take_them(office: Office, server: DeskServer) -> None:
    meant, other = await office.world.book(), await office.world.book(phone_number=number(1))
    ken = await office.agent("ken")
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    csrf = await visitor.token()
    page = (await visitor.http.get("/desk/callbacks")).text
    assert f'value="assign:{ken.id}"' in page
    picked = {"csrf": csrf, "deed": f"assign:{ken.id}", "pick": meant.reference}
    page = (await visitor.http.post("/desk/bulk", data=picked)).text
    hidden = dict(re.findall(r'name="(mark|deed|pick)" value="([^"]+)"', page))
    page = (await visitor.http.post("/desk/bulk/done", data={"csrf": csrf, **hidden})).text
    assert "変更しました" in page
    assert ken.name in (await visitor.http.get(f"/desk/callbacks/{meant.reference}")).text
    assert await office.history(meant) == ["booked", "assigned"]
    told = [(entry.actor, entry.subject) for entry in await office.audit.listing(action="assigned", limit=9)]
    assert told == [("hana", meant.reference)]
    assert (await visitor.http.post("/desk/bulk", data=picked | {"deed": "assign:nobody"})).status_code == 403
    lines = await office.bulk.preview(
        [meant.reference, other.reference], Plan(deed="assign", argument=ken.id, taker=ken), now=office.now
    )
    assert [line.trouble for line in lines] == ["same_agent", None]
    seller = replace(ken, id="seller", skills=Skills(topics=frozenset({"sales"})))
    lines = await office.bulk.preview(
        [other.reference], Plan(deed="assign", argument=seller.id, taker=seller), now=office.now
    )
    assert [line.trouble for line in lines] == ["not_able"]
