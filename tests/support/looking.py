"""Pages in a real browser: visited in every look, judged by axe and by eye."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page

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
