"""The pages behind a link in a real browser: keyboard, screen reader, narrow screens, both languages, no script."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.booking.callback import HOURS_CHANGED, LATE, Callback, Status
from bot.gateway.link import link_blueprint
from bot.gateway.link.mail import mail_blueprint
from bot.store import callbacks
from bot.store.database import Database
from tests.support.asking import WITH_MAIL
from tests.support.browser import FLAGS, executable
from tests.support.looking import LOOKS, require_readable, visit
from tests.support.products import LINKS, World, a_product, number
from tests.support.serving import bound_socket, serving_at

PICTURES = os.environ.get("LINK_PICTURES")
"""A folder for pictures of every page, to be looked at."""


@pytest.fixture
async def world(sqlite: Database) -> World:
    return World(sqlite)


@pytest.fixture
async def url(world: World, tmp_path: Path) -> AsyncIterator[str]:
    """The link's pages on a free port of this machine."""
    with bound_socket() as sock:
        port = sock.getsockname()[1]
        file = tmp_path / "shop.toml"
        file.write_text(WITH_MAIL, encoding="utf-8")
        product = await a_product(world, tmp_path, ORIKAESHI_SETTINGS=str(file), PORT=str(port))
        product = replace(product, rules=world.rules)
        async with serving_at(sock, link_blueprint(product), mail_blueprint(product)) as address:
            yield address
        product.carrier.close()
        await product.health.close()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        await browser.close()


async def made_in_every_state(world: World, language: str) -> dict[str, Callback]:
    """One callback for each way that the first page may look."""
    await world.with_agents()
    waiting = await world.book(None, phone_number=number(50), language=language)
    found = {"asap": waiting}
    ways: dict[str, tuple[tuple[Status, ...], dict[str, Any]]] = {
        "booked": ((), {}),
        "late": ((), {"attention": LATE}),
        "hours_changed": ((), {"attention": HOURS_CHANGED}),
        "dialing": ((Status.DIALING,), {}),
        "retry_wait": ((Status.DIALING, Status.RETRY_WAIT), {}),
        "completed": ((Status.DIALING, Status.IN_CALL, Status.COMPLETED), {}),
        "unreached": ((Status.DIALING, Status.UNREACHED), {}),
        "cancelled": ((Status.CANCELLED,), {}),
    }
    windows = await world.bookings.next_free(now=world.now, limit=len(ways))
    for index, (name, (statuses, changes)) in enumerate(ways.items()):
        made = await world.book(windows[index].window, phone_number=number(index), language=language)
        async with world.database.write() as tx:
            for status in statuses:
                made = await callbacks.change(tx, made, now=world.now, status=status)
            found[name] = await callbacks.change(tx, made, now=world.now, **changes) if changes else made
    return found


@pytest.mark.parametrize(
    ("look", "language"), list(zip(LOOKS, ("en", "ja"), strict=True)), ids=["phone, light", "desk, dark"]
)
async def test_no_page_breaks_a_rule_of_axe_or_is_cut_off(
    chromium: Browser, url: str, world: World, look: dict[str, Any], language: str
) -> None:
    made = await made_in_every_state(world, language)
    async with visit(chromium, f"{url}/c/nothing?lang={language}", **look) as page:
        await judged(page, f"gone-{language}")
        for state, callback in made.items():
            await page.goto(url + LINKS.path(callback))
            await judged(page, f"{state}-{language}")
        booked = url + LINKS.path(made["booked"])
        for name in ("move", "cancel", "number", "code", "stop", "email"):
            await page.goto(f"{booked}/{name}")
            await judged(page, f"page-{name}-{language}")
        known = await world.emails.ask(made["booked"], "yumi@example.jp", instead=False, now=world.now)
        await page.goto(f"{booked}/email")
        await judged(page, f"waiting-{language}")
        await page.goto(url + LINKS.mail_path(made["booked"], "confirm", known.address))
        await judged(page, f"confirm-{language}")
        await page.get_by_role("button").click()
        await judged(page, f"confirmed-{language}")
        await page.goto(f"{booked}/number")
        await page.locator("#phone_number").fill("110")
        await page.locator("button.send").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await judged(page, f"fault-{language}")
        await page.goto(url + LINKS.path(made["completed"]))
        await page.locator(".scores button").nth(3).click()
        await expect(page.get_by_role("status")).to_be_visible()
        await judged(page, f"rated-{language}")


async def judged(page: Page, name: str) -> None:
    """As people see it, and as a picture where pictures are wanted."""
    await require_readable(page)
    if PICTURES:
        width = (page.viewport_size or {"width": 0})["width"]
        await page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


async def test_without_javascript_and_by_keyboard_alone_a_call_is_moved_and_cancelled(
    chromium: Browser, url: str, world: World
) -> None:
    made = await world.book()
    async with visit(chromium, url + LINKS.path(made), java_script_enabled=False) as page:
        await press(page, "時間を変更する")
        await expect(page.get_by_role("heading", name="時間を変更する")).to_be_visible()
        for _ in range(3):  # the language, the day, its times
            await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("✓お電話の時間を変更しました。")
        assert (await world.read(made)).window != made.window
        await press(page, "取り消す")
        await press(page, "はい、取り消します")
        await expect(page.get_by_role("status")).to_have_text("✓お電話を取り消しました。")
        await page.reload()
        await page.go_back()
    assert (await world.read(made)).status == Status.CANCELLED


async def press(page: Page, words: str) -> None:
    """With the keyboard."""
    wanted = page.get_by_role("link", name=words).or_(page.get_by_role("button", name=words))
    await wanted.focus()
    await page.keyboard.press("Enter")
