"""The chat in somebody else's page, from another origin and under a strict policy of that page's own."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chat_page import TO_A_BOOKING, TO_CONFIRMATION
from tests.support.chat_stand_in import Fault
from tests.support.shop import shopping

SMALLEST_TARGET_PX = 24
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: list[dict[str, Any]] = [
    {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
    {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}, "language": "en"},
]
INNER = "document.querySelector('orikaeshi-chat').shadowRoot"


def test_a_call_is_booked_from_another_site_and_the_page_round_it_stays_as_it_was(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.page.route("**/embed/chat.js", lambda route: route.abort())
        shop.page.goto(shop.address)
        before = set(shop.page.evaluate("Object.keys(window)"))
        shop.page.unroute("**/embed/chat.js")
        shop.begin().say(TO_A_BOOKING)
        expect(shop.card).to_contain_text("K7Q4MN")
        shop.card.scroll_into_view_if_needed()
        shop.ours.last.get_by_role("link", name="K7Q4MN").click()
        expect(shop.page.locator("#booking-K7Q4MN")).to_be_focused()
        assert shop.page.url == shop.address + "/"
        assert shop.page.title() == "みなと家電ストア（見本）"
        assert set(shop.page.evaluate("Object.keys(window)")) - before <= {"orikaeshi"}
        assert shop.page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "28px"
        box = shop.page.evaluate(f"getComputedStyle({INNER}.getElementById('message'))['border-top-width']")
        assert box == "0px"
        assert shop.page.evaluate(f"getComputedStyle({INNER}.querySelector('.text')).fontSize") == "16px"


def test_a_visitor_who_only_looks_begins_no_talk(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.arrive()
        assert shop.site.requests == []


def test_after_a_reload_the_talk_stands_there_again_and_the_page_keeps_the_focus(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.begin().say(TO_CONFIRMATION)
        shop.page.reload()
        expect(shop.ours).to_have_count(6)
        expect(shop.theirs).to_have_count(4)
        assert shop.page.evaluate("document.activeElement.tagName") == "BODY"
        shop.page.get_by_role("button", name="はい", exact=True).click()
        expect(shop.card).to_be_visible()
        assert len(shop.site.talks) == 1


def test_what_is_written_while_the_network_is_away_is_sent_once(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.begin()
        shop.page.context.set_offline(True)
        shop.write("洗濯機の相談")
        expect(shop.banner).to_contain_text("オフラインです")
        shop.page.context.set_offline(False)
        expect(shop.ours).to_have_count(3)
        shop.site.fail("POST messages", Fault(is_read=True))
        shop.write("佐藤です")
        expect(shop.ours).to_have_count(4)
        assert shop.site.heard() == ["洗濯機の相談", "佐藤です"]


def test_what_is_said_while_the_panel_is_closed_is_counted_on_the_button(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.begin().say(TO_A_BOOKING)
        shop.page.keyboard.press("Escape")
        expect(shop.panel).to_be_hidden()
        expect(shop.launcher).to_be_focused()
        shop.site.say_later("まもなくお約束の時間です。")
        expect(shop.launcher).to_contain_text("新着1件")
        shop.page.keyboard.press("Enter")
        expect(shop.page.locator(".line.notice")).to_contain_text("まもなく")
        expect(shop.box).to_be_focused()


def test_the_tab_key_stays_within_the_panel(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.begin()
        first = shop.panel.get_by_role("button", name="English")
        last = shop.panel.get_by_role("button", name="送信")
        last.focus()
        shop.page.keyboard.press("Tab")
        expect(first).to_be_focused()
        shop.page.keyboard.press("Shift+Tab")
        expect(last).to_be_focused()


def test_escape_closes_the_sheet_first_and_then_the_panel(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.begin().say(TO_CONFIRMATION[:3])
        shop.page.get_by_role("button", name="ほかの日時を選ぶ").click()
        sheet = shop.page.locator("#picker")
        expect(sheet).to_be_visible()
        shop.page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        expect(shop.panel).to_be_visible()
        shop.page.keyboard.press("Escape")
        expect(shop.panel).to_be_hidden()


@pytest.mark.parametrize("look", LOOKS, ids=["phone, light", "desk, dark"])
def test_no_state_of_the_panel_breaks_a_rule_of_axe(browser: Browser, look: dict[str, Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    # axe's own way in is a string of code, which the shop's policy forbids.
    with shopping(browser, reduced_motion="reduce", bypass_csp=True, **look) as shop:
        states: list[Callable[[], object]] = [
            shop.arrive,
            shop.begin,
            lambda: shop.say(TO_CONFIRMATION[:2]),
            lambda: shop.say(["090-1234-5678"]),
        ]
        for reach in states:
            reach()
            broken = axe.Axe().run(shop.page, options=RULES).response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in broken] == []


def test_every_target_is_large_enough_and_nothing_is_cut_off_at_four_times_the_size(browser: Browser) -> None:
    with shopping(browser, viewport={"width": 320, "height": 256}) as shop:
        shop.begin().say(TO_CONFIRMATION)
        small = shop.page.evaluate(
            f"""(smallest) => [...{INNER}.querySelectorAll("button, a, textarea, input")]
                .filter((target) => target.checkVisibility())
                .map((target) => [target.outerHTML, target.getBoundingClientRect()])
                .filter(([_, box]) => box.width < smallest || box.height < smallest)""",
            SMALLEST_TARGET_PX,
        )
        assert small == []
        assert shop.page.evaluate(f"{INNER}.getElementById('panel').scrollWidth") <= 320
        shop.page.get_by_role("button", name="はい", exact=True).click()
        expect(shop.card).to_contain_text("K7Q4MN")
        shop.panel.get_by_role("button", name="閉じる").first.click()
        expect(shop.launcher).to_be_in_viewport()


def test_the_attributes_choose_language_place_words_and_a_colour_that_can_be_read(browser: Browser) -> None:
    told = 'data-language="en" data-position="left" data-color="#ffe14d" data-label="Talk to us" data-title="Our shop"'
    with shopping(browser, attributes=told) as shop:
        shop.arrive()
        expect(shop.launcher).to_have_text("Talk to us")
        assert shop.launcher.bounding_box()["x"] < 100
        colours = shop.page.evaluate(
            f"(() => {{ const it = getComputedStyle({INNER}.querySelector('.launcher'));"
            " return [it.backgroundColor, it.color] })()"
        )
        assert colours == ["rgb(255, 225, 77)", "rgb(0, 0, 0)"]
        shop.begin()
        expect(shop.panel.get_by_role("heading", name="Our shop")).to_be_visible()
        expect(shop.ours.first).to_contain_text("Hello, this is Minato Home Support")


def test_a_site_that_is_not_named_gets_no_chat(browser: Browser) -> None:
    with shopping(browser, is_named=False) as shop:
        with shop.page.expect_event("requestfailed", lambda request: "chat.html" in request.url):
            shop.page.goto(shop.address)
        expect(shop.launcher).to_have_count(0)


def test_sound_is_off_until_it_is_asked_for_and_then_remembered(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.page.add_init_script(
            "window.rung = 0; const start = OscillatorNode.prototype.start;"
            "OscillatorNode.prototype.start = function (at) { window.rung += 1; return start.call(this, at); };"
        )
        shop.begin().say(["洗濯機の相談"])
        shop.site.say_later("まもなくお約束の時間です。")
        expect(shop.page.locator(".line.notice")).to_have_count(1)
        assert shop.page.evaluate("window.rung") == 0
        shop.panel.get_by_role("button", name="お知らせ音").click()
        assert shop.page.evaluate("window.rung") == 2
        shop.page.reload()
        expect(shop.panel.get_by_role("button", name="お知らせ音")).to_have_attribute("aria-pressed", "true")


def test_a_number_can_be_entered_with_the_keys_on_the_screen(browser: Browser) -> None:
    with shopping(browser) as shop:
        shop.begin().say(TO_CONFIRMATION[:2])
        keys = shop.page.get_by_role("group", name="数字キー")
        for key in "090123456789":
            keys.get_by_role("button", name=key, exact=True).click()
        keys.get_by_role("button", name="1文字消す").click()
        expect(shop.box).to_have_value("09012345678")
        expect(shop.ours.last).to_be_in_viewport()
        shop.panel.get_by_role("button", name="送信").click()
        expect(shop.ours).to_have_count(5)
        expect(keys).to_be_hidden()
        assert shop.site.heard()[-1] == "09012345678"
