"""The callback manager in a real browser without scripts: found, picked, looked at and done, all by keyboard."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from bot.booking.callback import Status
from bot.store.database import Database
from tests.support.browser import FLAGS, executable
from tests.support.desk import DeskServer, Office, enter, serving
from tests.support.products import number


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with serving(await Office(sqlite).open(), tmp_path) as running:
        yield running


async def test_many_are_cancelled_by_keyboard_after_a_look_at_what_will_change(server: DeskServer) -> None:
    office = server.office
    booked = await office.world.book(name="佐藤 由美")
    await office.has("B", name="佐藤 健", status=Status.COMPLETED, phone_number=number(1))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await enter(page, server.url, path="/desk/callbacks")
        await page.get_by_label("受付番号・電話番号・お名前").fill("佐藤")
        await page.keyboard.press("Enter")
        for reference in (booked.reference, "B7Q4MN"):
            await page.get_by_role("checkbox", name=reference).focus()
            await page.keyboard.press("Space")
        await page.get_by_role("button", name="変更の内容を確認する").press("Enter")
        await expect(page.get_by_role("row", name=booked.reference)).to_contain_text("変更します")
        await expect(page.get_by_role("row", name="B7Q4MN")).to_contain_text("変更できません")
        assert (await office.read(booked)).status == Status.BOOKED
        await page.get_by_role("button", name="1件を変更する").press("Enter")
        await expect(page.get_by_role("row", name=booked.reference)).to_contain_text("変更しました")
        await browser.close()
    assert (await office.read(booked)).status == Status.CANCELLED
