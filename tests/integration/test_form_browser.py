"""The booking form in a real browser: keyboard, screen reader, narrow screens, no script, and in frames."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from bot.gateway.form import form_blueprint
from bot.store.database import Database
from tests.support.browser import FLAGS, executable
from tests.support.looking import LOOKS, require_readable, visit
from tests.support.products import World, a_product, number
from tests.support.serving import bound_socket, serving_at


@pytest.fixture
async def world(sqlite: Database) -> World:
    return World(sqlite)


@pytest.fixture
async def url(world: World, tmp_path: Path) -> AsyncIterator[str]:
    """The form on a free port of this machine."""
    with bound_socket() as sock:
        port = sock.getsockname()[1]
        product = replace(await a_product(world, tmp_path, PORT=str(port)), rules=world.rules)
        async with serving_at(sock, form_blueprint(product)) as address:
            yield address
        product.carrier.close()
        await product.health.close()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        await browser.close()


async def fill(page: Page) -> None:
    await page.get_by_label("ご用件").fill("洗濯機が回りません")
    await page.get_by_label("電話番号").fill("090-1234-5678")


async def test_without_javascript_and_by_keyboard_alone_a_call_is_booked(
    chromium: Browser, url: str, world: World
) -> None:
    async with visit(chromium, f"{url}/form", java_script_enabled=False) as page:
        for key in ("Tab", "Tab"):  # the language, then the first field
            await page.keyboard.press(key)
        await page.keyboard.type("洗濯機が回りません")
        await page.keyboard.press("Tab")
        await page.keyboard.type("佐藤 由美")
        await page.keyboard.press("Tab")
        await page.keyboard.type("090-1234-5678")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")  # as soon as possible
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="ご予約を承りました")).to_be_visible()
        (made,) = await world.bookings.listing()
        await expect(page.get_by_text(made.reference)).to_be_visible()
        await page.reload()
        await page.go_back()
    assert len(await world.bookings.listing()) == 1


async def test_errors_are_summed_up_first_have_the_focus_and_lead_to_their_fields(chromium: Browser, url: str) -> None:
    async with visit(chromium, f"{url}/form", viewport={"width": 360, "height": 640}) as page:
        await page.get_by_label("お名前").fill("佐藤 由美")
        await page.get_by_role("button", name="この内容で予約する").click()
        summary = page.get_by_role("alert")
        await expect(summary).to_be_focused()
        assert (await page.title()).startswith("入力をご確認ください:")
        await summary.get_by_role("link", name="電話番号をお書きください。").click()
        box = page.get_by_label("電話番号")
        await expect(box).to_be_focused()
        await expect(box).to_have_attribute("aria-invalid", "true")
        described = await box.get_attribute("aria-describedby")
        assert "phone_number-fault" in (described or "")
        await expect(page.get_by_label("お名前")).to_have_value("佐藤 由美")


async def test_a_time_that_was_taken_meanwhile_is_answered_with_others(
    chromium: Browser, url: str, world: World
) -> None:
    async with visit(chromium, f"{url}/form") as page:
        await fill(page)
        await page.get_by_label("15:00〜15:30").first.check()
        for index in range(3):
            await world.book(phone_number=number(index))
        await page.get_by_role("button", name="この内容で予約する").click()
        near = page.get_by_role("group", name="近い空き時間")
        await expect(near.get_by_role("radio")).to_have_count(3)
        await expect(page.get_by_label("ご用件")).to_have_value("洗濯機が回りません")
        await near.get_by_label("11月24日(火) 15:30〜16:00").check()
        await page.get_by_role("button", name="この内容で予約する").click()
        await expect(page.get_by_text("11月24日(火) 15:30〜16:00")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=["phone, light", "desk, dark"])
async def test_no_state_of_the_form_breaks_a_rule_of_axe_or_is_cut_off(
    chromium: Browser, url: str, look: dict[str, Any]
) -> None:
    async with visit(chromium, f"{url}/form", **look) as page:
        for reach in (_nothing, _send_nothing, _send_something_urgent, _send):
            await reach(page)
            await require_readable(page)


async def _nothing(_page: Page) -> None:
    """The empty form."""


async def _send_nothing(page: Page) -> None:
    await page.get_by_role("button", name="この内容で予約する").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def _send_something_urgent(page: Page) -> None:
    await fill(page)
    await page.get_by_label("ご用件").fill("煙が出ています")
    await page.get_by_label("できるだけ早く").check()
    await page.get_by_role("button", name="この内容で予約する").click()
    await expect(page.get_by_role("checkbox")).to_be_visible()


async def _send(page: Page) -> None:
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="この内容で予約する").click()
    await expect(page.get_by_role("heading", name="ご予約を承りました")).to_be_visible()


async def test_our_own_pages_may_frame_it_and_other_sites_may_not(chromium: Browser, url: str) -> None:
    async def frame_it(route: Route) -> None:
        await route.fulfill(body=f"<iframe src='{url}/form'></iframe>", content_type="text/html")

    context = await chromium.new_context()
    page = await context.new_page()
    for host, shown in ((f"{url}/host", 1), ("https://www.example.jp/", 0)):
        await page.route(host, frame_it)
        await page.goto(host)
        await page.wait_for_load_state("networkidle")
        button = page.frame_locator("iframe").get_by_role("button", name="この内容で予約する")
        await expect(button).to_have_count(shown)
    await context.close()
