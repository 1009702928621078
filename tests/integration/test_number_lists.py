"""Who is not called, and who is called first: kept by supervisors, obeyed by the dispatcher, on both databases."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.booking.callback import Status
from bot.booking.errors import NumberRefused
from bot.booking.phone import national
from bot.booking.priority import OrderPolicy, rank
from bot.store import callbacks, claims, contacts, ledger
from bot.store.contacts import Contact
from bot.store.database import Database
from bot.store.schema import slots
from bot.usecases.number_lists import DoNotCall, EntryNotFound, ReasonMissing, Vips
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.products import NUMBERS, SLOT, World, a_callback, number

ALL = ("calls", "sms", "line")


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database).open()


@pytest.fixture
def refusals(office: Office) -> DoNotCall:
    return DoNotCall(office.world.database, numbers=NUMBERS)


@pytest.fixture
async def server(office: Office, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with serving(office, tmp_path) as running:
        yield running


async def listed(one: DoNotCall | Vips, words: str = "") -> list[str]:
    sought = one.sought(words)
    return [entry.phone_number for entry in await one.page(sought, limit=50)] if sought else []


async def test_a_number_on_the_list_is_never_dialled_and_told_nothing_more(office: Office, refusals: DoNotCall) -> None:
    world = office.world
    await world.with_agents(2)
    stopped, kept = await world.book(phone_number=number(1)), await world.book(phone_number=number(2))
    await world.send_notices()
    assert (await refusals.preview(number(1), channels=["calls"]))[0].stops == (await world.read(stopped),)
    hana = await office.agent("hana")
    added = await refusals.add(number(1), channels=["calls"], reason="a complaint", actor=hana, now=office.now)
    assert (added.numbers, added.stopped) == (1, 1)
    assert (await world.read(stopped)).status == Status.CANCELLED
    assert "suppressed" in await office.history(stopped)
    assert await world.send_notices() == []
    assert await world.at(SLOT.start) == 1
    assert [dial.to for dial in world.dialer.dials] == [kept.phone_number]
    with pytest.raises(NumberRefused, match="opted out"):
        await world.book(phone_number=number(1))
    (entry,) = await office.audit.listing(action="do_not_call_added", limit=9)
    assert (entry.actor, stopped.reference in entry.facts, number(1) in entry.facts + entry.subject) == (
        "hana", True, False,
    )  # fmt: skip


async def test_the_place_of_a_stopped_callback_is_free_again(office: Office, refusals: DoNotCall) -> None:
    booked, hana = await office.world.book(phone_number=number(1)), await office.agent("hana")

    async def sold() -> int:
        async with office.world.database.read() as tx:
            counted = await tx.execute(select(slots.c.booked).where(slots.c.starts_at == booked.slot_start))
        return int(counted.scalar_one())

    assert await sold() == 1
    await refusals.add(number(1), channels=["calls"], reason="x", actor=hana, now=office.now)
    assert await sold() == 0


async def test_a_call_that_is_under_way_is_not_cut_off(office: Office, refusals: DoNotCall) -> None:
    callback = await office.world.book(phone_number=number(1))
    await office.dials(callback)
    hana = await office.agent("hana")
    added = await refusals.add(number(1), channels=["calls"], reason="x", actor=hana, now=office.now)
    assert (added.numbers, added.stopped) == (1, 0)
    assert (await office.read(callback)).status == Status.DIALING


async def test_each_channel_is_stopped_and_allowed_by_itself(office: Office, refusals: DoNotCall) -> None:
    database, hana = office.world.database, await office.agent("hana")
    friend = Contact(channel="line", address="U1", phone_number=number(1), created_at=office.now)
    async with database.write() as tx:
        await contacts.add(tx, friend)
        await ledger.set_consent(tx, number(1), sms_opted_out_at=office.now)

    async def stands() -> tuple[bool, bool, bool]:
        async with database.read() as tx:
            no_sms, no_calls = await ledger.opted_out(tx, number(1))
            known = await contacts.get(tx, "line", "U1")
        return no_calls, no_sms, bool(known and known.stopped_at)

    await refusals.add(number(1), channels=["line", "sms"], reason="asked by letter", actor=hana, now=office.now)
    assert await stands() == (False, True, True)
    (entry,) = await refusals.page(refusals.sought("") or pytest.fail("all"), limit=9)
    assert dict(entry.channels) == {"sms": "", "line": "hana"}  # the customer had stopped SMS before
    await refusals.remove(entry.id, channels=["sms"], reason="asked for it again", actor=hana, now=office.now)
    assert await stands() == (False, False, True)
    (noted,) = await office.audit.listing(action="do_not_call_removed", limit=9)
    assert '"customer_asked": "sms"' in noted.facts
    await refusals.remove(entry.id, channels=ALL, reason="all again", actor=hana, now=office.now)
    assert await stands() == (False, False, False)
    assert await listed(refusals) == []
    with pytest.raises(EntryNotFound):
        await refusals.entry(entry.id)


async def test_nothing_is_added_or_removed_without_a_reason(office: Office, refusals: DoNotCall) -> None:
    hana = await office.agent("hana")
    with pytest.raises(ReasonMissing):
        await refusals.add(f"{number(1)},why\n{number(2)}", channels=ALL, reason=" ", actor=hana, now=office.now)
    assert await listed(refusals) == []
    await refusals.add(f"{number(1)},why", channels=ALL, reason="", actor=hana, now=office.now)
    (entry,) = await refusals.page(refusals.sought("") or pytest.fail("all"), limit=9)
    assert entry.reason == "why"
    with pytest.raises(ReasonMissing):
        await refusals.remove(entry.id, channels=ALL, reason="  ", actor=hana, now=office.now)
    assert await listed(refusals) == [number(1)]


async def test_what_customers_ask_for_themselves_is_on_the_list_and_theirs(office: Office, refusals: DoNotCall) -> None:
    hana = await office.agent("hana")
    await refusals.add(number(1), channels=["calls"], reason="x", actor=hana, now=office.now)
    await office.world.consent.stop(number(1), calls=True, now=office.now + timedelta(hours=1))
    (entry,) = await refusals.page(refusals.sought("") or pytest.fail("all"), limit=9)
    assert (dict(entry.channels), entry.is_customers, entry.reason) == ({"calls": "", "sms": ""}, True, "")


async def test_a_number_is_found_by_any_writing_and_by_its_end(office: Office, refusals: DoNotCall) -> None:
    hana = await office.agent("hana")
    told = "\n".join(number(index) for index in range(3))
    await refusals.add(told, channels=["calls"], reason="x", actor=hana, now=office.now)
    assert await listed(refusals, national(number(1))) == await listed(refusals, number(1)) == [number(1)]
    assert await listed(refusals, number(1)[-4:]) == [number(1)]
    assert await listed(refusals, "nobody") == []
    assert sorted(await listed(refusals)) == [number(index) for index in range(3)]


async def test_a_preview_tells_of_each_line_what_will_happen(office: Office, refusals: DoNotCall) -> None:
    hana = await office.agent("hana")
    await refusals.add(number(1), channels=["sms"], reason="x", actor=hana, now=office.now)
    told = await refusals.preview(f"name,why\n{number(1)}\n{number(2)}\n{number(2)},again", channels=["sms"])
    assert [line.trouble for line in told] == ["not_a_number", "there", None, "twice"]
    alone = await refusals.preview(f"{number(1)}\n{number(2)}", channels=["line"])
    assert [line.trouble for line in alone] == ["there", "not_linked"]
    more = await refusals.preview(number(1), channels=["sms", "calls"])
    assert [line.trouble for line in more] == [None]


async def test_the_dial_order_knows_the_numbers_of_the_settings_and_those_of_the_desk(database: Database) -> None:
    world = await World(database).with_agents(1)
    office = await Office(database).open()
    desk = Vips(database, numbers=NUMBERS, from_settings=frozenset({number(1)}))
    policy = OrderPolicy(vips=desk.from_settings, priority_worth=timedelta(minutes=10))
    made = [a_callback(phone_number=number(index), reference=f"R{index:05d}") for index in range(4)]
    async with database.write() as tx:
        for callback in made:
            await callbacks.add(tx, callback)

    async def order() -> list[str]:
        async with database.write() as tx:
            owed = await claims.lock_due(
                tx, now=SLOT.start, kept_since=SLOT.start - timedelta(days=1), order=policy, limit=9
            )
        return [one.id for one in owed]

    def expected(*vips: str) -> list[str]:
        known = OrderPolicy(vips=frozenset(vips), priority_worth=policy.priority_worth)
        ranked = sorted(made, key=lambda one: rank(one, policy=known, now=SLOT.start, crowded=True))
        return [one.id for one in ranked]

    assert await order() == expected(number(1))
    hana = await office.agent("hana")
    await desk.add(number(3), channels=(), reason="a large customer", actor=hana, now=world.now)
    assert await order() == expected(number(1), number(3))
    assert {*(await order())[:2]} == {made[1].id, made[3].id}
    (entry,) = await desk.page(desk.sought(number(3)) or pytest.fail("one"), limit=9)
    await desk.remove(entry.id, channels=(), reason="no longer", actor=hana, now=world.now)
    assert await order() == expected(number(1))
    told = [(one.action, one.actor) for one in await office.audit.listing(limit=2)]
    assert told == [("vip_removed", "hana"), ("vip_added", "hana")]


async def test_a_supervisor_pastes_looks_adds_finds_shows_and_takes_off(office: Office, server: DeskServer) -> None:
    booked = await office.world.book(phone_number=number(1))
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    csrf = await visitor.token()
    page = "/desk/lists/do-not-call"
    form = {"csrf": csrf, "text": f"{number(1)}\nno number <b>", "reason": "苦情", "channel": ["calls"]}
    looked = (await visitor.http.post(f"{page}/look", data=form)).text
    assert "電話番号ではありません" in looked
    assert booked.reference in looked
    assert "no number &lt;b&gt;" in looked
    assert (await office.read(booked)).status == Status.BOOKED
    mark = re.findall(r'name="mark" value="(\w+)"', looked)[0]
    other = {**form, "mark": mark, "text": f"{number(1)}\n{number(2)}"}
    assert (await visitor.http.post(f"{page}/add", data=other)).status_code == 403
    assert (await office.read(booked)).status == Status.BOOKED
    added = await visitor.http.post(f"{page}/add", data={**form, "mark": mark}, follow_redirects=True)
    assert "1件を追加し、折り返し1件を止めました" in added.text
    assert number(1) not in added.text
    entry = re.findall(r"/desk/lists/do-not-call/([0-9a-f]{16})", added.text)[0]
    shown = await visitor.http.post(f"{page}/{entry}/number", data={"csrf": csrf})
    assert national(number(1)) in shown.text
    noted = await office.audit.listing(action="number_shown", limit=9)
    assert [(one.actor, entry in one.facts) for one in noted] == [("hana", True)]
    plain = await visitor.http.post(f"{page}/{entry}/remove", data={"csrf": csrf, "channel": "calls", "reason": " "})
    assert (plain.status_code, "理由を入力してください" in plain.text) == (422, True)
    gone = await visitor.http.post(
        f"{page}/{entry}/remove", data={"csrf": csrf, "channel": "calls", "reason": "ご希望"}, follow_redirects=True
    )
    assert "一覧から外しました" in gone.text
    assert (await visitor.get(f"{page}/{entry}")).status_code == 404


async def test_a_file_is_read_in_the_writing_of_japanese_spreadsheets(office: Office, server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    sent = {"csrf": await visitor.token(), "text": ""}
    table = f"電話番号,理由\r\n{number(1)},大切なお客様\r\n".encode("cp932")
    looked = await visitor.http.post("/desk/lists/vip/look", data=sent, files={"file": ("vip.csv", table, "text/csv")})
    assert looked.status_code == 200
    assert "大切なお客様" in looked.text
    assert "1件を追加する" in looked.text


async def test_the_table_is_safe_to_open_and_can_be_pasted_again(office: Office, server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    refusals, hana = DoNotCall(office.world.database, numbers=NUMBERS), await office.agent("hana")
    await refusals.add(f"{number(1)},=1+1", channels=ALL, reason="", actor=hana, now=office.now)
    masked = (await visitor.get("/desk/lists/do-not-call/export.csv")).text
    assert "•••••••" in masked
    full = (await visitor.get("/desk/lists/do-not-call/export.csv?numbers=full")).text
    rows = list(csv.reader(io.StringIO(full.removeprefix("\ufeff"))))
    assert rows[1][1] == "'=1+1"
    told = await refusals.preview(full, channels=ALL)
    assert [line.trouble for line in told] == ["not_a_number", "there"]
    noted = await office.audit.listing(action="exported", subject="do_not_call", limit=9)
    assert ["full" in one.facts for one in noted] == [True, False]


async def test_the_lists_are_for_supervisors(server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("sakura")
    for path in ("", "/export.csv", "/0123456789abcdef"):
        assert (await visitor.get(f"/desk/lists/vip{path}")).status_code == 403
    for path in ("look", "add", "0123456789abcdef/number", "0123456789abcdef/remove"):
        assert (await visitor.post(f"/desk/lists/do-not-call/{path}")).status_code == 403
