"""Pages in a real browser: visited in every look, judged by axe and by eye."""

import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.support.browser import FLAGS, executable
from tests.support.desk import enter

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALLEST_TARGET_PX = 44
TOO_SMALL = """(smallest) =>
  [...document.querySelectorAll("button:not(.first), a, textarea, label.time, summary, input[type=tel]")]
    .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < smallest)
    .map((target) => target.outerHTML)"""
LOOKS: list[dict[str, Any]] = [
    {"color_scheme": "light", "viewport": {"width": 360, "height": 720}},
    {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
]
WAYS = ((1280, "light", "ja"), (1280, "dark", "en"), (360, "light", "en"), (360, "dark", "ja"))
"""Both widths, both lights and both languages of the desk."""


@contextlib.asynccontextmanager
async def visit(browser: Browser, address: str, **look: Any) -> AsyncIterator[Page]:
    """A page that raises nothing and breaks no policy of its own."""
    wrong: list[str] = []
    context = await browser.new_context(**look)
    page = await context.new_page()
    page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
    await page.goto(address)
    yield page
    await context.close()
    assert wrong == []


@contextlib.asynccontextmanager
async def supervising(url: str, path: str) -> AsyncIterator[Page]:
    """A supervisor's page of the desk in a browser of its own, whose console is told nothing."""
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await browser.new_page()
        page.on("console", lambda told: wrong.append(told.text))
        await enter(page, url, path=path)
        yield page
        await browser.close()
    assert wrong == []


async def looks(page: Page, ways: Iterable[tuple[int, str, str]] = WAYS) -> AsyncIterator[tuple[int, str, str]]:
    """The page in each width (pixels) and light; the language that comes with them is for whoever opens an address."""
    for width, scheme, language in ways:
        await page.set_viewport_size({"width": width, "height": 800})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
        yield width, scheme, language


async def require_accessible(page: Page, *, place: object = "") -> None:
    """No rule of axe is broken, and nothing is cut off; `place` is told with what is wrong."""
    axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="axe-playwright-python is not installed")
    broken = (await axe.Axe().run(page, options=RULES)).response["violations"]
    found = [(place, rule["id"], [node["html"] for node in rule["nodes"]]) for rule in broken]
    assert found == []
    width = (page.viewport_size or {"width": 0})["width"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, (place, width)


async def require_readable(page: Page) -> None:
    """The same, and every target can be hit by a thumb."""
    await require_accessible(page)
    too_small = await page.evaluate(TOO_SMALL, SMALLEST_TARGET_PX)
    assert not too_small, too_small
