"""Templates in a real browser: the preview follows what is typed, and every look is readable."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.store.database import Database
from tests.support.browser import FLAGS, executable
from tests.support.desk import DeskServer, Office, enter, serving
from tests.support.looking import require_accessible

EDITOR = "/desk/templates/notices.reminder/en"
WAYS = ((1280, "light", "ja"), (360, "dark", "en"), (360, "light", "ja"), (1280, "dark", "en"))


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with serving(await Office(sqlite).open(), tmp_path) as running:
        yield running


@pytest.fixture
async def page(server: DeskServer) -> AsyncIterator[Page]:
    """A supervisor's browser; no page may break its own content policy."""
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await browser.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
        await enter(page, server.url, path="/desk/templates")
        yield page
        await browser.close()
    assert wrong == []


async def test_the_preview_follows_what_is_typed_and_it_is_saved_by_keyboard(server: DeskServer, page: Page) -> None:
    await page.goto(server.url + EDITOR)
    preview = page.locator("[data-preview]")
    await page.get_by_role("textbox", name="文面").fill("{business}: <i>soon</i> {when} {link} {nobody}")
    await expect(preview).to_contain_text("使えない項目があります: {nobody}")
    await page.get_by_role("textbox", name="文面").fill("{business}: <i>soon</i> {when} {link}")
    await expect(preview).to_contain_text("<i>soon</i> Tue, Nov 24")
    await expect(preview).to_contain_text("GSM-7")
    await page.get_by_role("button", name="保存する").press("Enter")
    await expect(page.get_by_text("保存しました。")).to_be_visible()
    await page.get_by_role("button", name="もとの文面に戻す", exact=True).press("Enter")
    await expect(page.get_by_role("textbox", name="文面")).to_have_value(
        "{business}: your call is coming up, {when}. Change: {link}"
    )
    await page.get_by_role("button", name="この文面に戻す").press("Enter")
    await expect(page.get_by_role("textbox", name="文面")).to_have_value("{business}: <i>soon</i> {when} {link}")


async def test_every_look_is_readable(server: DeskServer, page: Page, tmp_path: Path) -> None:
    hana = await server.office.agent("hana")
    for text in ("{business}: soon, {when} {link}", "{business}: soon {when} {link}"):
        await page.goto(server.url + EDITOR)
        await page.locator("#text").fill(text)
        await page.locator("button[value=save]").click()
        await page.wait_for_url("**?saved=1")
    for width, theme, language in WAYS:
        await page.set_viewport_size({"width": width, "height": 900})
        await server.office.accounts.choose(hana, language=language, theme=theme)
        for place, path in (("list", "/desk/templates"), ("editor", EDITOR), ("bad", EDITOR)):
            await page.goto(server.url + path)
            if place == "bad":
                await page.locator("#text").fill("Reply CANCEL {business} {when} {link}")
                await page.locator("button[value=save]").click()
                await expect(page.get_by_role("alert")).to_be_visible()
            await require_accessible(page, place=(place, width, theme))
            await page.screenshot(path=tmp_path / f"{place}-{width}-{theme}-{language}.png", full_page=True)
