"""LINE in a real browser: a chat is read, typed and tapped, by mouse and by keyboard, in both languages."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.integration.test_simulated_line import MENU, a_picture
from tests.integration.test_simulated_line_people import OFFER
from tests.support.browser import FLAGS, executable
from tests.support.line_stage import HANAKO, JUN, TOKEN, LineStage, line_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = {"width": 360, "height": 760}
LARGE = {"width": 1280, "height": 900}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CONFIRMATION = {
    "type": "flex",
    "altText": "予約の確認",
    "contents": {
        "type": "bubble",
        "hero": {"type": "image", "url": "https://example.jp/a.png", "aspectRatio": "20:7", "size": "full"},
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {"type": "text", "text": "折り返しのご予約", "weight": "bold", "size": "xl", "wrap": True},
                {"type": "separator", "margin": "md"},
                {"type": "filler"},
            ],
        },
        "footer": {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "contents": [
                {"type": "button", "style": style, "action": {"type": "postback", "label": label, "data": label}}
                for style, label in (("primary", "予約する"), ("secondary", "変える"), ("link", "やめる"))
            ],
        },
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all, as starting it takes longest."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def play(tmp_path: Path) -> AsyncIterator[LineStage]:
    async with line_stage(tmp_path) as running:
        await running.befriend()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(play: LineStage, browser: Browser) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport=SMALL, base_url=play.base)  # type: ignore[arg-type] # a plain size
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    await page.close()
    assert errors == []


async def push(play: LineStage, *messages: dict[str, Any]) -> None:
    answer = await play.post("/message/push", {"to": HANAKO, "messages": list(messages)})
    assert answer.status_code == 200, answer.text


async def a_shown_menu(play: LineStage) -> None:
    menu_id = (await play.post("/richmenu", MENU)).json()["richMenuId"]
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "image/png"}
    await play.http.post(f"/v2/bot/richmenu/{menu_id}/content", content=a_picture(800, 270), headers=headers)
    await play.post(f"/user/all/richmenu/{menu_id}", {})


async def test_a_person_writes_and_reads_the_answer(play: LineStage, page: Page) -> None:
    await page.goto(f"/simulator/line/{HANAKO}?lang=en")
    await page.get_by_placeholder("Message").fill("明日の3時に")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.person")).to_contain_text("明日の3時に")
    await play.eventually(lambda: play.events("message"))
    token = play.events("message")[0]["replyToken"]
    await play.post("/chat/loading/start", {"chatId": HANAKO, "loadingSeconds": 20})
    await expect(page.locator(".loading")).to_be_visible()
    body = "See https://example.jp/x. <b>javascript:alert(1)</b>"
    await play.post("/message/reply", {"replyToken": token, "messages": [{"type": "text", "text": body}]})
    await expect(page.locator(".message.business")).to_contain_text("<b>javascript:alert(1)</b>")
    link = page.get_by_role("link", name="https://example.jp/x")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(page.locator(".loading")).to_be_hidden()


async def test_a_button_of_a_flex_message_is_tapped_by_keyboard(play: LineStage, page: Page) -> None:
    await push(play, OFFER)
    await page.goto(f"/simulator/line/{HANAKO}")
    await page.get_by_role("button", name="15:00").nth(1).focus()
    await page.keyboard.press("Enter")
    await play.eventually(lambda: play.events("postback"))
    assert play.events("postback")[0]["postback"] == {"data": "slot=25-15"}


async def test_a_quick_reply_is_tapped_and_gone(play: LineStage, page: Page) -> None:
    await push(play, OFFER)
    await page.goto(f"/simulator/line/{HANAKO}")
    await page.get_by_role("button", name="他の日").click()
    await expect(page.locator(".message.person")).to_contain_text("他の日")
    await expect(page.locator(".quick")).to_be_hidden()


async def test_the_picker_offers_what_it_was_told_to(play: LineStage, page: Page) -> None:
    await push(play, OFFER)
    await page.goto(f"/simulator/line/{HANAKO}")
    await page.get_by_role("button", name="日時を指定").click()
    field = page.get_by_label("日時を指定").locator("visible=true").last
    await expect(field).to_have_value("2026-11-24T16:00")
    await field.fill("2026-11-24T15:00")  # before the first that may be chosen
    await page.get_by_role("button", name="決定").click()
    assert play.events("postback") == []
    await field.fill("2026-11-25T10:30")
    await page.get_by_role("button", name="決定").click()
    await play.eventually(lambda: play.events("postback"))
    assert play.events("postback")[0]["postback"]["params"] == {"datetime": "2026-11-25T10:30"}
    await expect(page.locator(".picker")).to_be_hidden()


async def test_the_picker_can_be_left(play: LineStage, page: Page) -> None:
    await push(play, OFFER)
    await page.goto(f"/simulator/line/{HANAKO}")
    await page.get_by_role("button", name="日時を指定").click()
    await page.keyboard.press("Escape")
    await expect(page.locator(".picker")).to_be_hidden()
    await expect(page.get_by_role("button", name="日時を指定")).to_be_visible()
    assert play.webhooks == []


async def test_the_rich_menu_is_tapped_and_folded(play: LineStage, page: Page) -> None:
    await a_shown_menu(play)
    await page.goto(f"/simulator/line/{HANAKO}")
    await page.get_by_role("button", name="確認").click()
    await play.eventually(lambda: play.events("postback"))
    await page.get_by_role("button", name="メニュー").click()
    await expect(page.get_by_role("button", name="確認")).to_be_hidden()
    await page.get_by_role("button", name="メニュー").click()
    await expect(page.get_by_role("button", name="確認")).to_be_visible()
    await page.get_by_placeholder("メッセージを入力").focus()
    await expect(page.get_by_role("button", name="確認")).to_be_hidden()


async def test_blocking_and_coming_back(play: LineStage, page: Page) -> None:
    await push(play, {"type": "text", "text": "x"})
    await page.goto(f"/simulator/line/{HANAKO}")
    await page.get_by_role("button", name="ブロック").click()
    await expect(page.get_by_text("ブロックしています")).to_be_visible()
    await expect(page.get_by_placeholder("メッセージを入力")).to_be_hidden()
    await page.get_by_role("button", name="ブロックを解除").click()
    await expect(page.get_by_placeholder("メッセージを入力")).to_be_visible()
    await play.eventually(lambda: play.events("follow"))
    assert play.events("follow")[0]["follow"] == {"isUnblocked": True}


async def test_the_board_adds_people_and_shows_several(play: LineStage, page: Page) -> None:
    await page.set_viewport_size(LARGE)  # type: ignore[arg-type] # a plain size
    await page.goto("/simulator/phones")
    await page.get_by_role("link", name="LINE を開く").click()
    await expect(page.get_by_role("article")).to_have_count(1)
    await page.get_by_label("新しい人").fill("潤")
    await page.keyboard.press("Enter")
    jun = page.get_by_role("article", name="潤の LINE")
    await jun.get_by_role("button", name="友だち追加").click()
    await play.eventually(lambda: play.events("follow"))
    await expect(page.get_by_role("article")).to_have_count(2)
    await jun.get_by_role("button", name="閉じる").click()
    await expect(page.get_by_role("article")).to_have_count(1)
    await page.get_by_role("button", name="潤").click()
    await expect(page.get_by_role("article")).to_have_count(2)
    await page.get_by_role("button", name="＋10分").click()
    await expect(page.locator(".clock-time")).to_contain_text("15:10")


@pytest.mark.parametrize("path", [f"/simulator/line/{HANAKO}", f"/simulator/line?person={HANAKO}&person={JUN}&lang=en"])
async def test_everybody_can_use_the_pages(play: LineStage, page: Page, path: str) -> None:
    await play.http.put(f"/people/{JUN}", json={"display_name": "潤"})
    await a_shown_menu(play)
    await push(play, CONFIRMATION, {"type": "text", "text": "長い言葉" * 40}, OFFER)
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(path)
    await expect(page.locator(".message")).to_have_count(3)
    for size in (SMALL, LARGE):
        for scheme in SCHEMES:
            await page.set_viewport_size(size)  # type: ignore[arg-type] # a plain size
            await page.emulate_media(color_scheme=scheme)
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            found = await Axe().run(page)
            assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["", f"/{HANAKO}"])
async def test_the_pages_come_under_a_strict_policy(play: LineStage, path: str) -> None:
    for language in ("ja", "en"):
        shown = await play.http.get(f"{play.host}{path}?lang={language}")
        assert shown.status_code == 200
        assert f'<html lang="{language}">' in shown.text
        assert "style=" not in shown.text
        assert "script-src 'self'" in shown.headers["content-security-policy"]


async def test_an_address_that_outlived_its_person_leads_to_the_board(play: LineStage, page: Page) -> None:
    for address in (f"/simulator/line/{JUN}", f"/simulator/line?person={JUN}"):
        await page.goto(address)
        await expect(page.get_by_role("article", name="花子の LINE")).to_be_visible()
        await expect(page.get_by_role("article")).to_have_count(1)
        await expect(page.locator(".offline")).to_be_hidden()
