"""Account and administration pages in a real browser: rules of axe, widths, both lights, print and 200 % zoom."""

import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.store.database import Database
from tests.support.browser import FLAGS, executable
from tests.support.desk import PASSWORD, DeskServer, Office, enter, serving
from tests.support.looking import require_accessible

PAGES = (
    "/desk", "/desk/callbacks/K7Q4MN", "/desk/account", "/desk/people", "/desk/people/ken", "/desk/keys", "/desk/audit",
    "/desk/supervision", "/desk/lists/vip", "/desk/book", "/desk/callbacks/K7Q4MN/again", "/desk/callbacks?q=K7Q4MN",
)  # fmt: skip
WAYS = ((1280, "light", "ja"), (360, "dark", "en"), (640, "dark", "ja"))
"""The last is a window of 1280 at 200 %."""


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    office = await Office(sqlite).open()
    callback = await office.has("K", name="佐藤 由美")
    await office.has_talk(callback, ("assistant", "ご用件をどうぞ"), ("customer", "排水エラーが出ます"))
    async with serving(office, tmp_path) as running:
        yield running


@pytest.fixture
async def page(server: DeskServer) -> AsyncIterator[Page]:
    """An admin's browser; no page may break its own content policy."""
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await browser.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
        await enter(page, server.url, "aoi")
        yield page
        await browser.close()
    assert wrong == []


async def require_readable(page: Page, width: int, name: str) -> None:
    await require_accessible(page, place=(name, width))
    if folder := os.environ.get("LOOK_AT"):
        await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


async def test_the_pages_that_only_a_form_leads_to_break_no_rule_either(server: DeskServer, page: Page) -> None:
    """What will change for many and what did, codes of a second step and for later, a password that works once."""
    office, url = server.office, server.url
    aoi = await office.agent("aoi")
    for index, (width, theme, language) in enumerate(WAYS):
        await page.set_viewport_size({"width": width, "height": 800})
        await office.accounts.choose(aoi, language=language, theme=theme)
        await page.goto(f"{url}/desk/callbacks?q=K7Q4MN")
        await page.get_by_role("checkbox").first.check()
        await page.locator("#deed").select_option("move:")
        await page.locator("#after").fill(f"2026-11-2{5 + index}T10:00")
        await page.locator(".picking button").last.click()
        await expect(page.locator("main input[name=mark]")).to_have_count(1)
        await require_readable(page, width, f"bulk-{language}")
        await page.locator("main form button").last.click()
        await expect(page.locator("main input[name=mark]")).to_have_count(0)
        await require_readable(page, width, f"bulk-done-{language}")
        await page.goto(f"{url}/desk/people/ken")
        await page.locator("form[action$='/password'] button").click()
        await expect(page.locator("p.secret")).to_be_visible()
        await require_readable(page, width, f"one-time-password-{language}")
    await office.second_factor.begin(aoi, real_now=datetime.now(UTC))
    await page.goto(f"{url}/desk/account")
    secret = re.sub(r"\s", "", await page.locator(".secret-line").first.inner_text())
    await page.locator("form[action='/desk/account/factor/confirm'] input[name=code]").fill(pyotp.TOTP(secret).now())
    await page.keyboard.press("Enter")
    await expect(page.locator(".papers")).to_be_visible()
    await require_readable(page, WAYS[-1][0], "codes-for-later")
    for width, theme, language in WAYS:
        await office.accounts.choose(aoi, language=language, theme=theme)
        await page.set_viewport_size({"width": width, "height": 800})
        await page.context.clear_cookies()
        await page.goto(f"{url}/desk/login")
        await page.locator("input[name=login]").fill("aoi")
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/desk/login/code")
        await require_readable(page, width, f"code-{language}")
        await page.locator("input[name=code]").fill("000000")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_be_visible()
        await require_readable(page, width, f"code-wrong-{language}")


async def test_no_page_breaks_a_rule_of_axe_in_any_language_width_or_light(server: DeskServer, page: Page) -> None:
    await page.goto(f"{server.url}/desk/account")
    await page.get_by_role("button", name="設定を始める").click()
    await expect(page.get_by_role("img", name="認証アプリ用のQRコード")).to_be_visible()
    assert await page.locator(".qr").evaluate("image => image.naturalWidth > 100")
    for width, theme, language in WAYS:
        await page.set_viewport_size({"width": width, "height": 800})
        agent = await server.office.agent("aoi")
        await server.office.accounts.choose(agent, language=language, theme=theme)
        for path in PAGES:
            await page.goto(server.url + path)
            for summary in await page.locator("summary:visible").all():
                await summary.click()
            await require_accessible(page, place=(path, width, theme))
            dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (dark == "rgb(20, 24, 30)") == (theme == "dark")
    await page.emulate_media(media="print")
    await page.goto(f"{server.url}/desk/callbacks/K7Q4MN")
    await expect(page.get_by_role("banner")).to_be_hidden()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 247)"
