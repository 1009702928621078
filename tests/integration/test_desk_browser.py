"""The desk in a real browser: what comes by itself, what the keyboard does, and what hostile words cannot do."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.booking.callback import Status
from bot.store.database import Database
from bot.usecases.agent import note_mark
from tests.support.browser import FLAGS, executable
from tests.support.clocks import tokyo
from tests.support.desk import PASSWORD, DeskServer, Office, serving
from tests.support.products import number

HOSTILE = [
    "<svg onload=alert(1)>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}${alert(1)}",
]
RIGHT_TO_LEFT = "\u202e"
HALF_A_MINUTE = timedelta(seconds=30)
"""Away from the turn of a minute, where a countdown may show either."""


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """The desk on a Tuesday half a minute past 14:42, with one callback for 15:00."""
    office = await Office(sqlite).open()
    office.clock.moment = tokyo("2026-11-24 14:42") + HALF_A_MINUTE
    await office.has("K", name="佐藤 由美")
    async with serving(office, tmp_path) as running:
        yield running


@pytest.fixture
async def page(server: DeskServer) -> AsyncIterator[Page]:
    """Sakura's browser, logged in. No page of ours may raise an error or break its own content policy."""
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        context = await browser.new_context()
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
        await page.goto(f"{server.url}/desk")
        await page.get_by_label("ログインID").fill("sakura")
        await page.get_by_label("パスワード").fill(PASSWORD)
        await page.get_by_role("button", name="ログインする").click()
        await expect(page.get_by_role("heading", name="次の折り返し")).to_be_visible()
        await page.wait_for_load_state("load")  # the scripts have begun to listen
        yield page
        await browser.close()
    assert wrong == []


async def test_a_new_booking_appears_by_itself_and_is_told_to_listeners(server: DeskServer, page: Page) -> None:
    await expect(page.get_by_text("あと 17分")).to_be_visible()
    await server.office.has("N", window_shift=timedelta(hours=1), name="高橋 誠", phone_number=number(1))
    await expect(page.get_by_role("link", name="高橋 誠")).to_be_visible()
    await expect(page.locator("[data-announce]")).to_have_text("新しい折り返し: 高橋 誠 16:00")


async def test_the_countdown_follows_a_clock_that_is_moved(server: DeskServer, page: Page) -> None:
    row = page.locator("[data-row]")
    await expect(row).to_contain_text("あと 17分")
    await expect(row.get_by_text("遅れ")).to_be_hidden()
    server.office.clock.moment = tokyo("2026-11-24 15:09") + HALF_A_MINUTE
    await expect(row).to_contain_text("お約束の時間・残り 20分")
    server.office.clock.moment = tokyo("2026-11-24 15:45") + HALF_A_MINUTE
    await expect(row).to_contain_text("15分 超過")
    await expect(row.get_by_text("遅れ")).to_be_visible()


async def test_the_card_opens_by_itself_once_and_follows_the_call(server: DeskServer, page: Page) -> None:
    office = server.office
    callback = await office.has("C", name="高橋 誠", phone_number=number(1))
    attempt = await office.dials(callback)
    await page.wait_for_url("**/desk/callbacks/C7Q4MN")
    await expect(page.get_by_role("main")).to_contain_text("まもなくあなたの電話が鳴ります")
    await expect(page.get_by_role("button", name="解決した")).to_be_disabled()
    await office.hears_key(attempt)
    await expect(page.get_by_role("main")).to_contain_text("あなたの電話が鳴っています")
    await office.talks(attempt)
    await expect(page.get_by_role("button", name="解決した")).to_be_enabled()
    await page.keyboard.press("u")
    await expect(page.get_by_role("region", name="あなたの電話")).to_contain_text("高橋 誠")
    await office.has("N", window_shift=timedelta(hours=1), name="あとの人", phone_number=number(2))
    await expect(page.get_by_role("link", name="あとの人")).to_be_visible()
    assert page.url.endswith("/desk")


async def test_another_agents_call_does_not_open_here(server: DeskServer, page: Page) -> None:
    await server.office.dials(await server.office.has("C", name="高橋 誠", phone_number=number(1)), "ken")
    await expect(page.get_by_role("region", name="進行中の電話")).to_contain_text("森田 健")
    assert page.url.endswith("/desk")


async def test_one_key_records_the_outcome_and_the_note_saves_itself(server: DeskServer, page: Page) -> None:
    office = server.office
    callback = (await office.desk.board(now=office.now)).upcoming[0].callback
    await office.talks(await office.dials(callback))
    await page.wait_for_url("**/desk/callbacks/K7Q4MN")
    await expect(page.get_by_role("button", name="解決した")).to_be_enabled()
    await page.keyboard.press("n")
    await page.keyboard.type("訪問修理を手配")
    await expect(page.get_by_text("保存しました")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await expect(page.locator(".recorded")).to_contain_text("解決済み")
    read = await office.read(callback)
    assert (read.status, read.resolution) == (Status.COMPLETED, "resolved")
    await expect(page.get_by_label("あなたのメモ")).to_have_value("訪問修理を手配")
    await page.reload()
    await expect(page.get_by_label("あなたのメモ")).to_have_value("訪問修理を手配")


async def test_what_was_typed_is_kept_when_a_call_opens_the_next_card(server: DeskServer, page: Page) -> None:
    office = server.office
    await page.get_by_role("link", name="佐藤 由美").click()
    await page.get_by_label("あなたのメモ").fill("途中まで書いた")
    await office.dials(await office.has("C", phone_number=number(1)))
    await page.wait_for_url("**/desk/callbacks/C7Q4MN")
    await page.goto(f"{server.url}/desk/callbacks/K7Q4MN")
    await expect(page.get_by_label("あなたのメモ")).to_have_value("途中まで書いた")


async def test_a_note_from_another_window_is_shown_and_nothing_is_lost(server: DeskServer, page: Page) -> None:
    office = server.office
    await page.goto(f"{server.url}/desk/callbacks/K7Q4MN")
    await office.desk.write_note("K7Q4MN", await office.agent(), "左の窓", seen=note_mark(""), now=office.now)
    await page.get_by_label("あなたのメモ").fill("右の窓")
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("別の画面でこのメモが変わりました")
    await expect(alert).to_contain_text("左の窓")
    await expect(page.get_by_label("あなたのメモ")).to_have_value("右の窓")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("保存しました")).to_be_visible()
    await expect(alert).to_be_hidden()


async def test_the_number_is_shown_on_request(page: Page, server: DeskServer) -> None:
    await page.goto(f"{server.url}/desk/callbacks/K7Q4MN")
    await expect(page.get_by_text("090-1234-5678")).to_have_count(0)
    await page.get_by_role("button", name="番号を表示").click()
    await expect(page.get_by_text("090-1234-5678")).to_be_visible()


async def test_rows_are_walked_and_opened_with_the_keyboard(server: DeskServer, page: Page) -> None:
    await server.office.has("N", window_shift=timedelta(hours=1), name="高橋 誠", phone_number=number(1))
    await expect(page.get_by_role("link", name="高橋 誠")).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="佐藤 由美")).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="高橋 誠")).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/callbacks/K7Q4MN")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="キーボードショートカット")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_no_single_key_takes_back_a_promise(server: DeskServer, page: Page) -> None:
    await page.goto(f"{server.url}/desk/callbacks/K7Q4MN")
    await page.keyboard.press("r")
    await page.keyboard.press("n")
    await expect(page.get_by_label("あなたのメモ")).to_be_focused()
    assert (await server.office.desk.board(now=server.office.now)).upcoming
    await page.get_by_role("button", name="解決済みにする").click()
    await expect(page.locator(".recorded")).to_contain_text("解決済み")


async def test_letters_do_nothing_once_shortcuts_are_switched_off(server: DeskServer, page: Page) -> None:
    await page.get_by_role("button", name="ショートカット").click()
    await page.get_by_label("1文字のショートカットを使う").uncheck()
    await page.keyboard.press("Escape")
    await page.goto(f"{server.url}/desk/callbacks/K7Q4MN")
    await page.keyboard.press("u")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.url.endswith("K7Q4MN")


async def test_hostile_words_are_only_words(server: DeskServer, page: Page) -> None:
    office = server.office
    for letter, words in zip("PQST", HOSTILE, strict=True):
        callback = await office.has(letter, name=words, reason=words, company=words, phone_number=number(7))
        await office.has_talk(callback, ("customer", words))
        await office.desk.write_note(
            callback.reference, await office.agent("ken"), words, seen=note_mark(""), now=office.now
        )
        await expect(page.get_by_role("link", name=words, exact=False).first).to_be_visible()
    for letter, words in zip("PQST", HOSTILE, strict=True):
        await page.goto(f"{server.url}/desk/callbacks/{letter}7Q4MN")
        await expect(page.get_by_role("heading", level=1)).to_contain_text(words)
        await expect(page.locator(".line .said")).to_have_text(words)
        assert await page.locator("svg[onload], img, main script").count() == 0


async def test_a_right_to_left_override_ends_where_the_words_end(server: DeskServer, page: Page) -> None:
    await server.office.has("U", name=f"{RIGHT_TO_LEFT}evil", phone_number=number(1))
    name = page.locator("[data-reference=U7Q4MN] bdi", has_text="evil")
    await expect(name).to_be_visible()
    assert await name.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"


async def test_a_cut_stream_says_that_it_reconnects_and_catches_up(server: DeskServer, page: Page) -> None:
    notice = page.get_by_text("再接続中…")
    await expect(notice).to_be_hidden()
    await page.route("**/desk/events", lambda route: route.abort())
    await page.reload()
    await expect(notice).to_be_visible()
    await server.office.has("N", window_shift=timedelta(hours=1), name="高橋 誠", phone_number=number(1))
    await page.unroute("**/desk/events")
    await expect(page.get_by_role("link", name="高橋 誠")).to_be_visible(timeout=15_000)
    await expect(notice).to_be_hidden()


@pytest.mark.parametrize("width", [375, 768, 1440])
async def test_no_page_is_wider_than_the_window(server: DeskServer, page: Page, width: int) -> None:
    office = server.office
    long = "https://example.com/" + "a" * 300
    callback = await office.has("C", name="長" * 40, reason=long, phone_number=number(1))
    await office.has_talk(callback, ("customer", long))
    await page.set_viewport_size({"width": width, "height": 812})
    for path in ("/desk", "/desk?lang=en", "/desk/callbacks/C7Q4MN"):
        await page.goto(server.url + path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_logout_in_another_window_leads_this_one_to_the_login(server: DeskServer, page: Page) -> None:
    other = await page.context.new_page()
    await other.goto(f"{server.url}/desk")
    await other.get_by_role("button", name="ログアウト").click()
    await expect(other.get_by_text("ログアウトしました")).to_be_visible()
    await page.wait_for_url("**/desk/login*", timeout=10_000)
