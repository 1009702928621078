"""A call under way with everybody at their own screen: asked for help, handed over, listened to; by keyboard."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.booking.callback import Callback, Outcome, Status
from bot.store import agents
from tests.support.browser import FLAGS, executable
from tests.support.databases import SqliteFiles
from tests.support.desk import CHEAP, PASSWORD
from tests.support.looking import require_accessible
from tests.support.products import NUMBER
from tests.support.telephone import AGENTS, Telephone, ringing, telephone

FIRST, SECOND, THIRD = AGENTS
NOTE = "型番は NA-VX900。保証期間の中です。"
LOOKS = [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]


@pytest.fixture
async def phone(tmp_path: Path, sqlite_files: SqliteFiles) -> AsyncIterator[Telephone]:
    """Two agents and a supervisor."""
    database_url = await sqlite_files.fresh(tmp_path)
    async with telephone(tmp_path, database_url, agents=3) as opened:
        async with opened.product.database.write() as tx:
            for index, name in enumerate(("桜井 美咲", "森田 健", "小林 花")):
                found = await agents.by_login(tx, f"agent{index}")
                assert found is not None
                role = "supervisor" if index == 2 else "agent"
                await agents.change(tx, found.id, name=name, role=role, password_hash=CHEAP.hash(PASSWORD))
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield opened
        await opened.close()


@contextlib.asynccontextmanager
async def at_the_desk(browser: Browser, phone: Telephone, login: str, **look: Any) -> AsyncIterator[Page]:
    """Somebody's own browser, logged in. Nothing of ours may fail or break its own policy."""
    wrong: list[str] = []
    context = await browser.new_context(**look)
    page = await context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
    await page.goto(f"{phone.product.settings.public_base_url}/desk")
    await page.get_by_label("ログインID").fill(login)
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="次の折り返し")).to_be_visible()
    await page.wait_for_load_state("load")
    yield page
    await context.close()
    assert wrong == []


async def the_talk(phone: Telephone, **booking: Any) -> Callback:
    """The first agent speaks with the customer."""
    made = await ringing(phone, name="佐藤 由美", **booking)
    await phone.pick_up(NUMBER)
    await phone.press(NUMBER, "1")
    await phone.pick_up(FIRST)
    await phone.press(FIRST, "1")
    await phone.until(lambda: phone.is_connected(FIRST) and phone.is_connected(NUMBER), passing=1.0)
    return made


async def look_at(page: Page, name: str) -> None:
    """No rule of axe is broken and nothing is cut off, in any light and width; with LOOK_AT, a picture of each."""
    for light, width in LOOKS:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=light)  # type: ignore[arg-type]  # one of two words
        await require_accessible(page, place=(name, light))
        if folder := os.environ.get("LOOK_AT"):
            await page.screenshot(path=f"{folder}/{name}-{light}-{width}.png", full_page=True)
    await page.set_viewport_size({"width": 1280, "height": 900})


async def test_an_agent_asks_a_colleague_who_has_the_card_before_the_phone_and_takes_the_call_over(
    phone: Telephone, browser: Browser
) -> None:
    async with at_the_desk(browser, phone, "agent0") as first, at_the_desk(browser, phone, "agent1") as second:
        made = await the_talk(phone)
        card = f"**/desk/callbacks/{made.reference}"
        await first.wait_for_url(card)
        await expect(first.get_by_role("region", name="この通話")).to_be_visible()
        await look_at(first, "ask")
        await first.keyboard.press("c")
        await first.get_by_label("引き継ぎメモ").fill(NOTE)
        await look_at(first, "ask-open")
        await first.keyboard.press("Escape")
        await first.keyboard.press("c")
        await expect(first.get_by_role("button", name="森田 健さんに相談する")).to_be_focused()
        await first.keyboard.press("Enter")
        await expect(first.locator(".room-told")).to_contain_text("森田 健さんを呼び出しています。お客様は保留中です。")
        await second.wait_for_url(card)  # without a click of theirs
        await expect(second.get_by_role("region", name="この通話")).to_contain_text("桜井 美咲さんから相談です")
        await expect(second.get_by_text(NOTE)).to_be_visible()
        await phone.hears(NUMBER, "ただいま確認しております")
        assert not phone.is_connected(NUMBER)
        await phone.pick_up(SECOND)
        await phone.press(SECOND, "1")
        await expect(first.locator(".room-told")).to_contain_text("森田 健さんと話しています。お客様は保留中です。")
        await phone.until(lambda: phone.is_connected(SECOND), passing=1.0)
        await look_at(first, "aside")
        await look_at(second, "asked")
        await second.goto(f"{second.url}?lang=en")
        await expect(second.get_by_role("region", name="This call")).to_contain_text("The customer is on hold.")
        await look_at(second, "asked-en")
        await second.goto(f"{second.url.partition('?')[0]}?lang=ja")
        await first.keyboard.press("t")
        await expect(second.get_by_text("3人で話しています")).to_be_visible()
        await phone.until(lambda: phone.is_connected(NUMBER), passing=1.0)
        await first.get_by_role("button", name="森田 健さんに引き継ぐ").press("Enter")
        await expect(second.get_by_text("あなたが通話中")).to_be_visible()
        await expect(first.get_by_text("あなたが通話中")).to_have_count(0)
        await phone.until(lambda: not phone.handset(FIRST)["in_call"], passing=1.0)
        await expect(second.get_by_role("button", name="解決した")).to_be_enabled()
        await second.keyboard.press("r")
        await expect(second.locator(".recorded")).to_contain_text("森田 健")
    assert (await phone.read(made)).resolution == "resolved"


async def test_a_call_goes_on_at_once_to_the_next_agent_while_the_customer_hears_words(
    phone: Telephone, browser: Browser
) -> None:
    async with at_the_desk(browser, phone, "agent0") as first, at_the_desk(browser, phone, "agent1") as second:
        made = await the_talk(phone)
        await first.wait_for_url(f"**/desk/callbacks/{made.reference}")
        await first.get_by_text("相談・引き継ぎ", exact=False).first.click()
        await first.get_by_role("button", name="森田 健さんにすぐ引き継ぐ").press("Enter")
        await second.wait_for_url(f"**/desk/callbacks/{made.reference}")
        await expect(second.get_by_text("あなたの電話が鳴っています")).to_be_visible()
        await phone.hears(NUMBER, "ほかの担当者におつなぎします")
        await phone.pick_up(SECOND)
        await phone.press(SECOND, "1")
        await expect(second.get_by_text("あなたが通話中")).to_be_visible()
        await phone.until(lambda: phone.is_connected(SECOND) and phone.is_connected(NUMBER), passing=1.0)
    await phone.act(SECOND, "hang_up")
    over = await phone.over(made)
    assert (over.status, over.attempts[0].outcome) == (Status.COMPLETED, Outcome.CONNECTED)


async def test_a_supervisor_listens_whispers_and_joins_by_keyboard_and_is_told_what_is_heard(
    phone: Telephone, browser: Browser
) -> None:
    async with at_the_desk(browser, phone, "agent0") as first, at_the_desk(browser, phone, "agent2") as third:
        made = await the_talk(phone)
        await first.wait_for_url(f"**/desk/callbacks/{made.reference}")
        await third.goto(f"{phone.product.settings.public_base_url}/desk/calls")
        row = third.locator("[data-row]")
        await expect(row).to_contain_text("桜井 美咲")
        await third.wait_for_load_state("load")
        await third.keyboard.press("j")
        await third.keyboard.press("l")
        await expect(third.locator("[data-announce]")).to_have_text("あなたの電話を鳴らしています。")
        await expect(row).to_contain_text("電話に出て1を押すと、通話が聞こえます")
        await phone.pick_up(THIRD)
        await phone.press(THIRD, "1")
        await expect(row).to_contain_text("あなたの声は、だれにも聞こえません")
        await expect(first.get_by_text("小林 花さんが聞いています")).to_be_visible()
        await phone.until(lambda: phone.is_connected(THIRD), passing=1.0)
        await look_at(third, "calls")
        await third.get_by_role("button", name="担当者にだけ話す").focus()
        await third.keyboard.press("w")
        await expect(row).to_contain_text("担当者にだけ、あなたの声が聞こえます")
        await expect(third.get_by_role("button", name="担当者にだけ話す")).to_be_focused()
        await third.keyboard.press("s")
        await expect(row).to_contain_text("お客様と担当者に、あなたの声が聞こえます")
        await third.keyboard.press("x")
        await expect(row.get_by_role("button", name="通話を聞く")).to_be_visible()
        await phone.until(lambda: not phone.handset(THIRD)["in_call"], passing=1.0)
        assert phone.is_connected(NUMBER)
        await phone.act(NUMBER, "hang_up")
        await phone.over(made)
        await expect(third.get_by_text("いま進行中の通話はありません")).to_be_visible()
        await third.goto(f"{phone.product.settings.public_base_url}/desk/calls?lang=en")
        await expect(third.get_by_text("No call is under way")).to_be_visible()
        await look_at(third, "calls-none-en")


async def test_an_agent_may_not_listen_in_and_a_stranger_may_not_hand_over(phone: Telephone, browser: Browser) -> None:
    async with at_the_desk(browser, phone, "agent1") as second:
        made = await the_talk(phone)
        base = phone.product.settings.public_base_url
        csrf = await second.locator("form[action='/desk/logout'] input[name=csrf]").get_attribute("value")
        for deed, status in (("listen", 403), ("hand_over", 409), ("consult:nobody", 409), ("nonsense", 403)):
            answer = await second.request.post(
                f"{base}/desk/callbacks/{made.reference}/call", form={"csrf": csrf or "", "deed": deed},
                headers={"Origin": base, "Accept": "application/json"},
            )  # fmt: skip
            assert answer.status == status, (deed, await answer.text())
        answer = await second.request.post(
            f"{base}/desk/callbacks/{made.reference}/call", form={"deed": "listen"}, headers={"Origin": base}
        )
        assert answer.status == 403
        assert (await second.request.get(f"{base}/desk/calls")).status == 403
    assert (await phone.read(made)).status == Status.IN_CALL
