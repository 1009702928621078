"""Supervisors edit the rules on the desk: what will change is shown first, and nothing unseen is overwritten."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.usecases.audit import AuditLog
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.looking import looks, require_accessible, supervising

HIDDEN = re.compile(r'name="(mark|seen|told)" value="([^"]*)"')
FIELD = re.compile(r'<input id="\w+" name="([\w.]+)" value="([^"]*)"|<textarea[^>]* name="([\w.]+)"[^>]*>([^<]*)')


@pytest.fixture
async def server(database: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    office = await Office(database).open()
    async with serving(office, tmp_path) as running:
        yield running


@pytest.fixture
async def hana(server: DeskServer) -> AsyncIterator[Visitor]:
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    yield visitor
    await visitor.http.aclose()


def the_form(page: str) -> dict[str, str]:
    """Every field as a browser would send it."""
    texts = {one[0] or one[2]: html.unescape(one[1] or one[3]).lstrip("\n") for one in FIELD.findall(page)}
    return {name: text for name, text in texts.items() if "." in name} | {"seen": hidden(page)["seen"]}


def hidden(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page)}


async def looked_at(visitor: Visitor, **changes: str) -> tuple[int, str]:
    page = (await visitor.get("/desk/settings")).text
    names = {name.replace("_", ".", 1): text for name, text in changes.items()}
    told = {"csrf": await visitor.token(), **the_form(page), **names}
    answer = await visitor.http.post("/desk/settings/look", data=told)
    return answer.status_code, answer.text


async def test_what_will_change_is_shown_and_then_in_force_and_can_be_taken_back(
    hana: Visitor, server: DeskServer, database: Database
) -> None:
    status, page = await looked_at(hana, hours_exceptions="2026-12-29 10:00-15:00", hours_friday="")
    assert status == 200
    assert "金曜日: " in page
    assert "2026-12-29" in page
    saved = await hana.http.post("/desk/settings/save", data={"csrf": await hana.token(), **hidden(page)})
    assert saved.headers["location"] == "/desk/settings?saved=1"
    page = (await hana.get("/desk/settings?saved=1")).text
    assert "保存しました" in page
    assert the_form(page)["hours.friday"] == ""
    audited = [entry.actor for entry in await AuditLog(database).listing(action="settings_changed", limit=9)]
    assert audited[0] == "hana"
    back = {"csrf": await hana.token(), "seen": hidden(page)["seen"], "number": "1"}
    page = (await hana.http.post("/desk/settings/back", data=back)).text
    assert "09:00-18:00" in page
    await hana.http.post("/desk/settings/save", data={"csrf": await hana.token(), **hidden(page)})
    assert the_form((await hana.get("/desk/settings")).text)["hours.friday"] == "09:00-18:00"


async def test_what_is_not_possible_is_named_and_what_was_typed_stays(hana: Visitor) -> None:
    status, page = await looked_at(hana, hours_monday="18:00-09:00", hours_holidays="Japan")
    assert status == 422
    assert "月曜日：「18:00-09:00」" in page
    assert 'value="18:00-09:00"' in page
    status, page = await looked_at(hana, slots_length_minutes="soon")
    assert (status, "「soon」" in page) == (422, True)
    status, page = await looked_at(hana)
    assert (status, "変わるところはありません" in page) == (200, True)


async def test_what_would_promise_nothing_is_warned_of_before_it_is_saved(hana: Visitor) -> None:
    _, page = await looked_at(hana, slots_lead_minutes="1440", slots_horizon_days="1")
    assert 'class="worries"' in page


async def test_nobody_overwrites_what_they_have_not_seen_or_saves_what_was_not_shown(hana: Visitor) -> None:
    _, early = await looked_at(hana, hours_friday="")
    _, page = await looked_at(hana, hours_monday="")
    token = await hana.token()
    await hana.http.post("/desk/settings/save", data={"csrf": token, **hidden(page)})
    late = await hana.http.post("/desk/settings/save", data={"csrf": token, **hidden(early)})
    assert late.status_code == 409
    assert "設定が変更されました" in late.text
    told = hidden((await looked_at(hana, hours_friday=""))[1])
    tampered = told | {"told": told["told"].replace("09:00", "00:00")}
    assert tampered["told"] != told["told"]
    assert (await hana.http.post("/desk/settings/save", data={"csrf": token, **tampered})).status_code == 403
    for form in ({"seen": "x", "number": "1"}, {"seen": told["seen"], "number": "999"}):
        assert (await hana.http.post("/desk/settings/back", data={"csrf": token, **form})).status_code == 403


async def test_it_is_for_supervisors(server: DeskServer) -> None:
    agent = Visitor(server.url)
    await agent.log_in("sakura")
    assert (await agent.get("/desk/settings")).status_code == 403
    for path in ("look", "back", "save"):
        assert (await agent.post(f"/desk/settings/{path}", seen="1")).status_code == 403
    await agent.http.aclose()


async def test_no_width_language_or_light_breaks_a_rule_of_axe_or_the_page(server: DeskServer, tmp_path: Path) -> None:
    async with supervising(server.url, "/desk/settings") as page:
        async for width, scheme, language in looks(page):
            await page.goto(f"{server.url}/desk/settings?lang={language}")
            await page.screenshot(path=tmp_path / f"settings-{width}-{scheme}-{language}.png", full_page=True)
            await require_accessible(page, place=(width, scheme))
            await page.get_by_label({"ja": "金曜日", "en": "Friday"}[language]).fill("10:00-12:00")
            await page.get_by_role("button", name={"ja": "変更の内容を確認する", "en": "See what"}[language]).click()
            await page.get_by_role("button", name={"ja": "有効にする", "en": "Put in force"}[language]).wait_for()
            await page.screenshot(path=tmp_path / f"settings-look-{width}-{scheme}-{language}.png", full_page=True)
            await require_accessible(page, place=(width, scheme, "look"))
        await page.get_by_role("button", name="有効にする").click()
        await page.get_by_text("保存しました").wait_for()
