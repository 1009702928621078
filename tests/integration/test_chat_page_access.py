"""The customer's page for everybody: keyboard, screen reader, zoom, narrow screens, no script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chat_page import TO_A_BOOKING, TO_CONFIRMATION, ChatPage, visiting
from tests.support.chat_stand_in import Fault

SMALLEST_TARGET_PX = 44
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _confirming(chat: ChatPage) -> None:
    chat.say(TO_CONFIRMATION)


def _choosing_a_time(chat: ChatPage) -> None:
    chat.say(TO_CONFIRMATION[:3])
    chat.page.locator(".pick").click()
    expect(chat.page.locator("#picker")).to_be_visible()


def _being_called(chat: ChatPage) -> None:
    chat.say(TO_A_BOOKING)
    chat.site.say_later("ただいまお電話しています。", status="dialing")
    expect(chat.page.get_by_role("alert")).to_be_visible()


def _failing(chat: ChatPage) -> None:
    chat.say(TO_CONFIRMATION[:2])
    chat.site.fail("POST messages", Fault(status=500))
    chat.write("090-1234-5678")
    expect(chat.banner).to_be_visible()


def _asked_before_leaving(chat: ChatPage) -> None:
    chat.say(["洗濯機の相談"])
    chat.page.locator("#new-talk").click()


STATES = [_confirming, _choosing_a_time, _being_called, _failing, _asked_before_leaving]
LOOKS: list[dict[str, Any]] = [
    {"color_scheme": "light", "viewport": {"width": 375, "height": 812}},
    {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
]


@pytest.mark.parametrize("look", LOOKS, ids=["phone, light", "desk, dark"])
@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__.strip("_"))
def test_no_state_of_the_page_breaks_a_rule_of_axe(
    browser: Browser, reach: Callable[[ChatPage], None], look: dict[str, Any]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    with visiting(browser, reduced_motion="reduce", **look) as chat:
        reach(chat.open())
        broken = axe.Axe().run(chat.page, options=RULES).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in broken] == []


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_every_target_is_large_enough_for_a_thumb_and_nothing_is_cut_off(browser: Browser, width: int) -> None:
    with visiting(browser, viewport={"width": width, "height": 720}, reduced_motion="reduce") as chat:
        chat.open().say(TO_CONFIRMATION[:3])
        small = chat.page.evaluate(
            """(smallest) => [...document.querySelectorAll("button, a.hotline, a.form-link, textarea, input")]
                .filter((target) => target.checkVisibility())
                .filter((target) => {
                  const { width, height } = target.getBoundingClientRect();
                  return width < smallest || height < smallest;
                }).map((target) => target.outerHTML)""",
            SMALLEST_TARGET_PX,
        )
        assert small == []
        assert chat.page.evaluate("document.documentElement.scrollWidth") <= width
        assert chat.page.evaluate("document.getElementById('log').scrollWidth <= innerWidth")


@pytest.mark.parametrize(("language", "words"), [("ja", "フォームから予約する"), ("en", "Book with a form")])
def test_the_way_to_the_form_is_seen_on_a_small_phone(browser: Browser, language: str, words: str) -> None:
    with visiting(browser, viewport={"width": 360, "height": 640}) as chat:
        link = chat.open(f"/?lang={language}").page.get_by_role("link", name=words)
        expect(link).to_be_in_viewport(ratio=1)
        expect(link).to_have_attribute("href", f"/form?lang={language}")


def test_a_booking_can_be_made_at_four_times_the_size(browser: Browser) -> None:
    with visiting(browser, viewport={"width": 320, "height": 256}) as chat:
        chat.open().say(TO_CONFIRMATION)
        chat.page.get_by_role("button", name="はい", exact=True).click()
        expect(chat.card).to_contain_text("K7Q4MN")
        chat.page.get_by_role("link", name="0120-000-000").first.scroll_into_view_if_needed()
        expect(chat.page.get_by_role("link", name="0120-000-000").first).to_be_in_viewport()


def test_a_booking_can_be_made_by_keyboard_alone(chat: ChatPage) -> None:
    chat.open()
    keyboard = chat.page.keyboard
    keyboard.press("Tab")
    expect(chat.page.get_by_role("link", name="メッセージの入力へ進む")).to_be_focused()
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(chat.box).to_be_focused()
    for count, text in enumerate(TO_CONFIRMATION, start=3):
        keyboard.type(text)
        keyboard.press("Enter")
        expect(chat.ours).to_have_count(count)
        expect(chat.box).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(chat.page.get_by_role("button", name="変更する")).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(chat.card).to_be_visible()
    expect(chat.box).to_be_focused()


def test_a_touched_button_does_not_open_the_keyboard(browser: Browser) -> None:
    with visiting(browser, has_touch=True) as chat:
        chat.open().say(["洗濯機の相談"])
        chat.page.get_by_role("button", name="スキップ").tap()
        expect(chat.ours).to_have_count(4)
        expect(chat.log).to_be_focused()


def test_escape_closes_the_sheet_and_gives_the_focus_back(chat: ChatPage) -> None:
    chat.open().say(TO_CONFIRMATION[:3])
    pick = chat.page.get_by_role("button", name="ほかの日時を選ぶ")
    pick.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("dialog")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("dialog")).to_have_count(0)
    expect(pick).to_be_focused()


def test_a_screen_reader_hears_what_the_business_says_and_not_its_own_words_again(chat: ChatPage) -> None:
    chat.open().say(["Hello?"])
    expect(chat.log).to_have_attribute("aria-live", "polite")
    expect(chat.theirs).to_have_attribute("aria-live", "off")
    expect(chat.theirs.locator(".text")).to_have_attribute("lang", "en")
    expect(chat.ours.first.locator(".text")).to_have_attribute("lang", "ja")
    expect(chat.ours.first.locator(".sender")).to_have_text("みなと家電サポート：")


def test_a_line_once_read_out_is_not_made_again(chat: ChatPage) -> None:
    chat.open()
    chat.page.evaluate("window.greeting = document.querySelector('#lines > .ours')")
    chat.say(TO_A_BOOKING)
    chat.site.cut_streams()
    chat.site.say_later("まもなくお約束の時間です。")
    expect(chat.page.locator(".line.notice")).to_have_count(1)
    assert chat.page.evaluate("window.greeting === document.querySelector('#lines > .ours')")


def test_nothing_moves_for_who_wants_no_motion(browser: Browser) -> None:
    with visiting(browser, reduced_motion="reduce") as chat:
        chat.open()
        chat.site.answering.clear()
        chat.write("洗濯機の相談")
        expect(chat.page.locator("#typing")).to_be_visible()
        assert chat.page.evaluate("document.getAnimations().length") == 0


def test_without_scripts_the_page_names_the_hotline_in_both_languages(browser: Browser) -> None:
    with visiting(browser, java_script_enabled=False) as chat:
        chat.page.goto(chat.site.url)
        said = chat.page.locator(".no-script")
        expect(said).to_be_visible()
        expect(said).to_contain_text("JavaScript が必要です")
        expect(said).to_contain_text("needs JavaScript")
        expect(said.get_by_role("link", name="0120-000-000").first).to_have_attribute("href", "tel:0120-000-000")
        expect(chat.page.locator("#page")).to_be_hidden()
