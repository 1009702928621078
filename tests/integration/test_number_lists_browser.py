"""The lists of numbers in a real browser without scripts, by keyboard, in both languages, lights and widths."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.booking.callback import Status
from bot.store.database import Database
from bot.usecases.number_lists import DoNotCall
from tests.support.browser import FLAGS, executable
from tests.support.desk import DeskServer, Office, enter, serving
from tests.support.looking import require_accessible
from tests.support.products import NUMBERS, number

WAYS = ((1280, "light", "ja"), (360, "dark", "en"), (360, "light", "ja"), (1280, "dark", "en"))


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with serving(await Office(sqlite).open(), tmp_path) as running:
        yield running


@pytest.fixture
async def page(server: DeskServer) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await enter(page, server.url, path="/desk/lists/do-not-call")
        yield page
        await browser.close()


async def test_a_number_is_put_on_the_list_and_taken_off_by_keyboard(server: DeskServer, page: Page) -> None:
    office = server.office
    booked = await office.world.book(phone_number=number(1))
    await page.get_by_label("電話番号（1行に1件）").fill(f"{number(1)}\nこれは番号ではない")
    await page.get_by_label("理由").fill("書面でのお申し出")
    await page.get_by_role("checkbox", name="SMS").press("Space")
    await page.get_by_role("button", name="追加の内容を確認する").press("Enter")
    await expect(page.get_by_role("row", name="これは番号ではない")).to_contain_text("電話番号ではありません")
    await expect(page.get_by_role("row", name="追加します")).to_contain_text(booked.reference)
    await page.get_by_role("button", name="1件を追加する").press("Enter")
    await expect(page.get_by_role("status").filter(has_text="1件を追加し")).to_be_visible()
    assert (await office.read(booked)).status == Status.CANCELLED
    await page.get_by_role("link", name=number(1)[-4:]).press("Enter")
    await page.get_by_label("理由").fill("再開のご希望")
    await page.get_by_role("button", name="一覧から外す").press("Enter")
    await expect(page.get_by_text("一覧から外しました")).to_be_visible()
    await expect(page.get_by_text("登録された番号はありません")).to_be_visible()


async def test_every_page_of_the_lists_is_readable_in_every_look(
    server: DeskServer, page: Page, tmp_path: Path
) -> None:
    office = server.office
    await office.world.book(phone_number=number(2))
    hana = await office.agent("hana")
    refusals = DoNotCall(office.world.database, numbers=NUMBERS)
    await refusals.add(f"{number(1)},苦情のため", channels=["calls", "sms"], reason="", actor=hana, now=office.now)
    await office.world.consent.stop(number(3), calls=True, now=office.now)
    seeing = await page.context.browser.new_context() if page.context.browser else None  # axe is a script
    assert seeing
    await seeing.add_cookies(await page.context.cookies())  # type: ignore[arg-type]
    page = await seeing.new_page()
    for width, theme, language in WAYS:
        await page.set_viewport_size({"width": width, "height": 900})
        await office.accounts.choose(hana, language=language, theme=theme)
        for place in ("list", "entry", "look"):
            await page.goto(f"{server.url}/desk/lists/do-not-call")
            if place == "entry":
                await page.get_by_role("link", name=number(3)[-4:]).click()
            elif place == "look":
                await page.locator("#text").fill(f"{number(2)},x\nabc\n{number(1)}")
                await page.locator("form[enctype] button").click()
            await require_accessible(page, place=(place, width, theme))
            await page.screenshot(path=tmp_path / f"{place}-{width}-{theme}-{language}.png", full_page=True)
