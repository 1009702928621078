"""The handset page in a real browser: it rings, is answered, pressed and hung up, by mouse and by keyboard."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.support.browser import FLAGS, executable
from tests.support.simulator_stage import AGENT, BUSINESS, CUSTOMER, Stage, stage

PHONE = {"width": 375, "height": 812}


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        running.documents["/voice"] = (
            '<Gather action="/key" numDigits="1" timeout="60"><Say language="ja-JP">つなぐ場合は1を。</Say></Gather>'
        )
        running.documents["/key"] = "<Say>Thank you.</Say><Pause length='60'/>"
        yield running


@pytest.fixture
async def page(play: Stage) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await browser.new_page(viewport=PHONE, base_url=play.base)  # type: ignore[arg-type] # a plain size
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield page
        await browser.close()
        assert errors == []


async def test_the_phone_rings_is_answered_and_its_keys_are_heard(play: Stage, page: Page) -> None:
    await page.goto(f"/simulator/phone/{CUSTOMER}")
    sid = await play.call()
    await expect(page.get_by_role("alertdialog")).to_contain_text("050-3123-4567")
    await expect(page.get_by_role("button", name="応答")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("つなぐ場合は1を。")).to_be_visible()
    await expect(page.get_by_text("番号を押してください")).to_be_visible()
    await page.keyboard.press("1")
    await expect(page.get_by_text("Thank you.")).to_be_visible()
    assert play.asked("/key")[0]["Digits"] == "1"
    await page.get_by_role("button", name="通話を終える").click()
    await expect(page.get_by_text("通話が終わりました")).to_be_visible()
    assert (await play.ends(sid)).status == "completed"


async def test_the_phone_declines_in_english(play: Stage, page: Page) -> None:
    await page.goto(f"/simulator/phone/{CUSTOMER}?lang=en")
    sid = await play.call()
    await page.get_by_role("button", name="Decline").click()
    assert (await play.ends(sid)).status == "busy"
    await page.get_by_role("tab", name="Calls").click()
    await expect(page.get_by_text("Declined or busy")).to_be_visible()


async def test_a_ringing_phone_can_be_left_ringing_in_silence(play: Stage, page: Page) -> None:
    await page.goto(f"/simulator/phone/{CUSTOMER}?lang=en")
    sid = await play.call(timeout=25)
    await page.get_by_role("button", name="Let it ring").click()
    await expect(page.get_by_text("Ring tone silenced")).to_be_visible()
    assert play.handset(CUSTOMER)["ringing"]
    await play.pass_time(25)
    await play.ends(sid)
    await expect(page.get_by_role("alertdialog")).to_be_hidden()


async def test_messages_are_read_and_answered_and_only_web_addresses_are_links(play: Stage, page: Page) -> None:
    await page.goto(f"/simulator/phone/{CUSTOMER}?lang=en")
    body = "Change it: https://example.com/x. <b>javascript:alert(1)</b>"
    await play.do(lambda: play.twilio.messages.create(to=CUSTOMER, from_=BUSINESS, body=body))
    await play.pass_time(1)
    await play.pass_time(1)
    link = page.get_by_role("link", name="https://example.com/x")
    await expect(link).to_have_attribute("href", "https://example.com/x")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(page.locator(".bubble")).to_contain_text("<b>javascript:alert(1)</b>")
    assert await page.locator(".bubble a").count() == 1
    await page.get_by_placeholder("Text message").fill("明日で")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.outbound")).to_contain_text("明日で")
    await play.eventually(lambda: play.asked("/sms"))
    assert play.asked("/sms")[0]["Body"] == "明日で"


async def test_the_clock_and_the_behaviour_are_set_from_the_page(play: Stage, page: Page) -> None:
    await page.goto(f"/simulator/phone/{CUSTOMER}?lang=en")
    await expect(page.locator(".clock-time")).to_contain_text("15:00")
    await page.get_by_role("button", name="+10 min").click()
    await expect(page.locator(".clock-time")).to_contain_text("15:10")
    await page.get_by_role("button", name="Next day 9:00").click()
    await expect(page.locator(".clock")).to_contain_text("Wed 25 November")
    await expect(page.locator(".clock-time")).to_contain_text("09:00")
    await page.get_by_label("Busy").check(force=True)
    await play.eventually(lambda: play.carrier.handsets.setting(CUSTOMER).behaviour == "busy")
    await expect(page.get_by_text("Showing faults")).to_be_hidden()
    await play.http.put("/faults", json={"webhooks": {"lost": 0.5}})
    await expect(page.get_by_text("Showing faults")).to_be_visible()
    await page.get_by_label("60×").check(force=True)
    await play.eventually(lambda: play.clock.get()["speed"] == 60)


async def test_the_board_shows_several_phones_and_keys_go_to_the_one_in_hand(play: Stage, page: Page) -> None:
    await page.goto(f"/simulator/phones?number=%2B{CUSTOMER[1:]}&lang=en")
    await page.get_by_label("Open a phone number").fill("050-1111-2222")
    await page.keyboard.press("Enter")
    agent = page.get_by_role("article", name="Phone 050-1111-2222")
    await expect(agent).to_be_visible()
    await play.call(to=AGENT)
    await agent.get_by_role("button", name="Answer").click()
    await expect(agent.get_by_text("Press a key to answer")).to_be_visible()
    await page.keyboard.press("2")
    await play.eventually(lambda: play.asked("/key"))
    assert play.asked("/key")[0]["Digits"] == "2"


@pytest.mark.parametrize("path", [f"/simulator/phone/{CUSTOMER}", f"/simulator/phones?number=%2B{CUSTOMER[1:]}"])
async def test_nothing_is_wider_than_a_small_phone(play: Stage, page: Page, path: str) -> None:
    await page.goto(path)
    await expect(page.locator(".phone")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
