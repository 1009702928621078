"""Notices in the business's own words, in force at once in every process, on both databases."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import wordings as store
from bot.store.database import Database
from bot.usecases.wordings import WordingChanged, WordingNotFound, WordingRefused, Wordings
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.products import BUSINESS, number

NAME = "notices.confirmation"
OWN = "{business}です。{when}にご連絡します。{reference} {link}"


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database).open()


@pytest.fixture
def wordings(office: Office) -> Wordings:
    return Wordings(office.world.database, business=BUSINESS)


@pytest.fixture
async def server(office: Office, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with serving(office, tmp_path) as running:
        yield running


async def test_the_next_notice_is_worded_as_it_was_saved_a_moment_ago_by_whatever_process(
    office: Office, wordings: Wordings
) -> None:
    world, hana = office.world, await office.agent("hana")  # the notices have a Wordings of their own
    await world.book(phone_number=number(1))
    (before,) = await world.send_notices()
    assert "にご連絡します" not in before
    saved = await wordings.save(NAME, "ja", OWN, seen=0, actor=hana, now=office.now)
    booked = await world.book(phone_number=number(2))
    (told,) = await world.send_notices()
    assert "にご連絡します" in told
    assert booked.reference in told
    await wordings.save(NAME, "ja", None, seen=saved.number, actor=hana, now=office.now)
    await world.book(phone_number=number(3))
    (after,) = await world.send_notices()
    assert "にご連絡します" not in after


async def test_one_language_is_worded_without_the_other(office: Office, wordings: Wordings) -> None:
    hana = await office.agent("hana")
    await wordings.save(NAME, "ja", OWN, seen=0, actor=hana, now=office.now)
    facts = {"business": "B", "when": "W", "reference": "R", "link": "L"}
    assert await wordings.say(NAME, "ja", **facts) == "Bです。Wにご連絡します。R L"
    assert (await wordings.say(NAME, "en", **facts)).startswith("B: we will call you W")


async def test_what_was_said_before_can_be_said_again_and_who_did_it_is_known(
    office: Office, wordings: Wordings
) -> None:
    hana = await office.agent("hana")
    first = await wordings.save(NAME, "ja", OWN, seen=0, actor=hana, now=office.now)
    later = office.now + timedelta(minutes=5)
    second = await wordings.save(NAME, "ja", OWN + "。", seen=first.number, actor=hana, now=later)
    await wordings.restore(NAME, "ja", first.number, seen=second.number, actor=hana, now=later)
    template, versions = await wordings.template(NAME, "ja")
    assert (template.text, template.is_own) == (OWN, True)
    assert [(one.text, one.who) for one in versions] == [(OWN, "hana"), (OWN + "。", "hana"), (OWN, "hana")]
    noted = await office.audit.listing(action="wording_changed", limit=9)
    assert [(one.actor, one.subject) for one in noted] == [("hana", f"{NAME} ja")] * 3
    with pytest.raises(WordingNotFound):
        await wordings.restore(NAME, "en", first.number, seen=0, actor=hana, now=later)


async def test_nobody_writes_over_what_they_have_not_seen(office: Office, wordings: Wordings) -> None:
    hana = await office.agent("hana")
    await wordings.save(NAME, "ja", OWN, seen=0, actor=hana, now=office.now)
    with pytest.raises(WordingChanged):
        await wordings.save(NAME, "ja", OWN + "!", seen=0, actor=hana, now=office.now)
    assert (await wordings.template(NAME, "ja"))[0].text == OWN


async def test_what_cannot_be_used_is_not_kept(office: Office, wordings: Wordings) -> None:
    hana = await office.agent("hana")
    with pytest.raises(WordingRefused) as refused:
        await wordings.save(NAME, "ja", "{business} {when} {reference}", seen=0, actor=hana, now=office.now)
    assert (refused.value.trouble.fault, refused.value.trouble.placeholders) == ("missing", ("link",))
    with pytest.raises(WordingNotFound):
        await wordings.save("notices.help", "ja", OWN, seen=0, actor=hana, now=office.now)
    assert (await wordings.template(NAME, "ja"))[1] == []


async def test_a_customer_is_told_even_where_the_text_does_not_hold_any_more(
    office: Office, wordings: Wordings
) -> None:
    async with office.world.database.write() as tx:
        await store.add(tx, NAME, "ja", "{business} {gone} {link}", who="hana", now=office.now)
    await office.world.book(phone_number=number(1))
    (told,) = await office.world.send_notices()
    assert "にお電話します" in told


async def test_a_preview_is_what_is_sent_and_counts_its_parts(wordings: Wordings) -> None:
    short = wordings.preview("notices.reminder", "en", "{business}: {when} – {link}")
    assert (short.parts, short.alphabet, "–" in short.text) == (1, "GSM-7", False)
    japanese = wordings.preview("notices.reminder", "ja", "{business} {when} {link}" + "。" * 70)
    assert (japanese.parts, japanese.alphabet) == (3, "UCS-2")


async def test_a_supervisor_edits_looks_saves_and_undoes(office: Office, server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    csrf, page = await visitor.token(), f"/desk/templates/{NAME}/ja"
    assert "予約の確認" in (await visitor.get("/desk/templates")).text
    form = {"csrf": csrf, "seen": "0", "text": "<b>" + OWN}
    looked = (await visitor.http.post(f"{page}/save", data={**form, "deed": "look"})).text
    assert "&lt;b&gt;" in looked
    assert "まだ変更はありません" in looked
    bad = await visitor.http.post(f"{page}/save", data={**form, "deed": "save", "text": "{business} {nam}"})
    assert (bad.status_code, "{nam}" in bad.text, "使えない項目" in bad.text) == (422, True, True)
    saved = await visitor.http.post(f"{page}/save", data={**form, "deed": "save"}, follow_redirects=True)
    assert "保存しました" in saved.text
    late = await visitor.http.post(f"{page}/save", data={**form, "deed": "save", "text": OWN})
    assert (late.status_code, "ほかの人が先に変更しました" in late.text) == (409, True)
    seen = re.findall(r'name="seen" value="(\d+)"', saved.text)[0]
    await visitor.http.post(f"{page}/save", data={"csrf": csrf, "seen": seen, "deed": "default"})
    assert "もとの文面に戻しました" in (await visitor.get(page)).text
    part = await visitor.http.post(f"{page}/preview", data={"csrf": csrf, "text": "停止と返信"})
    assert "必須の項目がありません" in part.text
    assert "<html" not in part.text


async def test_templates_are_for_supervisors(server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("sakura")
    for path in ("/desk/templates", f"/desk/templates/{NAME}/ja"):
        assert (await visitor.get(path)).status_code == 403
    for deed in ("save", "preview"):
        assert (await visitor.post(f"/desk/templates/{NAME}/ja/{deed}", text=OWN)).status_code == 403


async def test_what_there_is_not_is_not_found(server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    for path in ("notices.help/ja", "voice.greeting/ja", "notices.late/fr"):
        assert (await visitor.get(f"/desk/templates/{path}")).status_code == 404
