"""Outcomes with what follows them, manual booking and a call at once: over HTTP, and with two browsers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from bot.booking.callback import Callback, Status
from bot.store import callbacks
from bot.store.database import Database
from tests.support.browser import FLAGS, executable
from tests.support.desk import PASSWORD, DeskServer, Office, Visitor, serving
from tests.support.products import NUMBER, SLOT

LATER = (SLOT.start + timedelta(hours=1)).isoformat()
HERE = "/desk/callbacks"


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    office = await Office(sqlite).open()
    async with serving(office, tmp_path) as running:
        yield running


@pytest.fixture
async def agent(server: DeskServer) -> AsyncIterator[Visitor]:
    visitor = Visitor(server.url)
    await visitor.log_in()
    yield visitor
    await visitor.http.aclose()


async def of_number(server: DeskServer) -> list[Callback]:
    async with server.office.world.database.read() as tx:
        return await callbacks.of_number(tx, NUMBER)


async def test_somebody_on_the_phone_is_booked_by_the_rules(server: DeskServer, agent: Visitor) -> None:
    page = (await agent.get("/desk/book")).text
    assert "できるだけ早く" in page
    fields = {"number": "090-1234-5678", "name": "佐藤", "reason": "排水", "language": "ja", "time": LATER}
    booked = await agent.post("/desk/book", **fields)
    assert booked.status_code == 303
    [made] = await of_number(server)
    assert (made.window.start, made.name, made.channel) == (SLOT.start + timedelta(hours=1), "佐藤", "voice")
    assert booked.headers["location"].endswith(made.reference)
    assert [entry.action for entry in await server.office.audit.listing(limit=1)] == ["booked"]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"number": "119"}, 409, "かけられません"),
        ({"reason": " "}, 409, "ご用件を入力"),
        ({"time": "2026-11-24T22:00:00+09:00"}, 409, "もう空いていません"),
        ({"time": "yesterday"}, 403, ""),
        ({"topic": "exploding"}, 403, ""),
    ],
)
async def test_a_booking_that_cannot_be_made_keeps_what_was_entered(
    server: DeskServer, agent: Visitor, changes: dict[str, str], status: int, sentence: str
) -> None:
    fields = {"number": "090-1234-5678", "name": "佐藤", "reason": "排水", "time": LATER, **changes}
    answer = await agent.post("/desk/book", **fields)
    assert answer.status_code == status
    assert sentence in answer.text
    assert status == 403 or 'value="佐藤"' in answer.text
    assert await of_number(server) == []


async def test_a_call_at_once_is_owed_now_or_refused_with_the_reason(server: DeskServer, agent: Visitor) -> None:
    booked = await server.office.world.book(SLOT)
    here = f"{HERE}/{booked.reference}"
    assert (await agent.post(f"{here}/dial-now")).status_code == 303
    assert (await server.office.read(booked)).due_at == server.office.now
    await server.office.world.consent.stop(NUMBER, calls=True, now=server.office.now)
    refused = await agent.post(f"{here}/dial-now")
    assert refused.status_code == 409
    assert "電話しないように" in refused.text


async def test_without_scripts_another_call_is_promised_for_a_time_that_is_free(
    server: DeskServer, agent: Visitor
) -> None:
    booked = await server.office.world.book(SLOT)
    here = f"{HERE}/{booked.reference}/again"
    assert LATER.replace("+00:00", "") in (await agent.get(here)).text
    taken = await agent.post(here, time="2026-11-24T22:00:00+09:00", seen="booked")
    assert taken.status_code == 409
    assert "もう空いていません" in taken.text
    moved = await agent.post(here, time=LATER, seen="booked")
    assert moved.headers["location"] == f"{HERE}/{booked.reference}"
    assert (await server.office.read(booked)).window.start.isoformat() == LATER


async def test_two_browsers_by_keyboard_one_ends_all_calls_and_the_other_sees_it(server: DeskServer) -> None:
    office = server.office
    booked = await office.world.book(SLOT, name="佐藤 由美")
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        pages = []
        for login in ("sakura", "ken"):
            page = await (await browser.new_context()).new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            await page.goto(f"{server.url}/desk")
            await page.get_by_label("ログインID").fill(login)
            await page.get_by_label("パスワード").fill(PASSWORD)
            await page.get_by_label("パスワード").press("Enter")
            await page.wait_for_url("**/desk")
            await page.wait_for_load_state("load")
            pages.append(page)
        sakura, ken = pages
        await office.talks(await office.dials(booked))
        await sakura.wait_for_url(f"**{HERE}/{booked.reference}")
        await ken.goto(f"{server.url}{HERE}/{booked.reference}")
        await expect(ken.get_by_role("button", name="番号違い")).to_be_visible()
        await expect(sakura.get_by_role("button", name="解決した")).to_be_enabled()
        await sakura.keyboard.press("a")
        await sakura.wait_for_url("**/again")
        await expect(sakura.get_by_label("お電話する時間")).to_be_focused()
        await sakura.go_back()
        await sakura.wait_for_load_state("load")
        await sakura.keyboard.press("o")
        await expect(sakura.get_by_role("button", name="番号違い")).to_be_focused()
        await sakura.keyboard.press("Tab")
        await sakura.keyboard.press("Enter")
        for page in pages:
            await expect(page.locator(".recorded")).to_contain_text("今後は電話しない")
        assert (await office.read(booked)).status == Status.COMPLETED
        await sakura.keyboard.press("u")
        await sakura.wait_for_url("**/desk")
        await sakura.keyboard.press("b")
        await sakura.wait_for_url("**/desk/book")
        await browser.close()
    assert wrong == []
