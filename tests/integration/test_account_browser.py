"""Account and administration pages in a real browser: rules of axe, widths, both lights, print and 200 % zoom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.store.database import Database
from tests.support.browser import FLAGS, executable
from tests.support.desk import PASSWORD, DeskServer, Office, serving

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
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
        await page.goto(f"{server.url}/desk/login")
        await page.get_by_label("ログインID").fill("aoi")
        await page.get_by_label("パスワード").fill(PASSWORD)
        await page.get_by_role("button", name="ログインする").click()
        await page.wait_for_url("**/desk")
        yield page
        await browser.close()
    assert wrong == []


async def test_no_page_breaks_a_rule_of_axe_in_any_language_width_or_light(server: DeskServer, page: Page) -> None:
    axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="axe-playwright-python is not installed")
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
            broken = (await axe.Axe().run(page, options=RULES)).response["violations"]
            found = [(path, width, theme, rule["id"], rule["nodes"][0]["html"]) for rule in broken]
            assert found == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (dark == "rgb(20, 24, 30)") == (theme == "dark")
    await page.emulate_media(media="print")
    await page.goto(f"{server.url}/desk/callbacks/K7Q4MN")
    await expect(page.get_by_role("banner")).to_be_hidden()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 247)"
