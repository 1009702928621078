"""The customer's page: what it shows of a talk, and how the input follows what was asked."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chat_page import TO_A_BOOKING, TO_CONFIRMATION, ChatPage, visiting


def test_the_header_tells_who_when_and_the_hotline(chat: ChatPage) -> None:
    chat.open()
    header = chat.page.get_by_role("banner")
    expect(header.get_by_role("heading", level=1)).to_have_text("みなと家電サポート")
    expect(header).to_contain_text("月〜金 9:00〜18:00(祝日を除く)")
    expect(header.get_by_role("link", name="0120-000-000")).to_have_attribute("href", "tel:0120-000-000")
    expect(chat.page).to_have_title("みなと家電サポート｜折り返しのお電話")


@pytest.mark.parametrize(
    ("address", "locale", "language"),
    [
        ("/", "ja-JP", "ja"),
        ("/", "en-US", "en"),
        ("/", "fr-FR", "ja"),
        ("/?lang=en", "ja-JP", "en"),
        ("/?lang=ja", "en-US", "ja"),
        ("/?lang=xx", "ja-JP", "ja"),
    ],
)
def test_the_address_decides_the_language_then_the_browser_then_japanese(
    browser: Browser, address: str, locale: str, language: str
) -> None:
    with visiting(browser, locale=locale) as chat:
        chat.open(address)
        expect(chat.page.locator("html")).to_have_attribute("lang", language)
        assert chat.site.talk.script.language == language


def test_switching_the_language_begins_a_talk_in_it_and_outlives_a_reload(chat: ChatPage) -> None:
    chat.open()
    chat.page.get_by_role("button", name="English").click()
    expect(chat.ours.first).to_contain_text("Hello")
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Minato Home Support")
    chat.page.reload()
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.ours).to_have_count(2)
    assert len(chat.site.talks) == 2


def test_the_page_follows_when_the_assistant_changes_the_language(chat: ChatPage) -> None:
    chat.open()
    chat.write("English please")
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.box).to_have_attribute("aria-label", "What is it about?")


def test_a_talk_under_way_is_left_only_after_a_question(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    chat.page.get_by_role("button", name="新しい会話").click()
    dialog = chat.page.get_by_role("dialog")
    expect(dialog).to_contain_text("お電話のご予約は、取り消されません")
    dialog.get_by_role("button", name="このまま続ける").click()
    expect(chat.theirs).to_have_text([re.compile("洗濯機の相談")])
    chat.page.get_by_role("button", name="新しい会話").click()
    dialog.get_by_role("button", name="新しく始める").click()
    expect(chat.theirs).to_have_count(0)
    expect(chat.ours).to_have_count(2)
    assert len(chat.site.talks) == 2


@pytest.mark.parametrize("tells_question", [True, False], ids=["the server tells it", "the page remembers it"])
def test_a_reload_brings_back_the_talk_its_buttons_and_the_input(chat: ChatPage, tells_question: bool) -> None:
    chat.site.tells_question = tells_question
    chat.open().say(TO_CONFIRMATION)
    chat.page.reload()
    expect(chat.ours).to_have_count(6)
    expect(chat.theirs).to_have_count(4)
    expect(chat.page.get_by_role("button", name="はい", exact=True)).to_be_visible()
    chat.page.get_by_role("button", name="はい", exact=True).click()
    expect(chat.card).to_be_visible()
    chat.page.reload()
    expect(chat.card).to_contain_text("K7Q4MN")


def test_a_button_sends_its_value_and_shows_its_title(chat: ChatPage) -> None:
    chat.open().say(TO_CONFIRMATION[:3])
    chat.page.get_by_role("button", name="11月25日(水) 9:00〜9:30").click()
    expect(chat.theirs.last).to_contain_text("11月25日(水) 9:00〜9:30")
    expect(chat.ours).to_have_count(6)
    assert chat.site.heard()[-1] == "11月25日(水) 9:00"
    chat.page.reload()
    expect(chat.theirs.last).to_contain_text("11月25日(水) 9:00〜9:30")


def test_only_the_newest_buttons_can_be_pressed(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    expect(chat.page.get_by_role("button", name="スキップ")).to_be_visible()
    chat.site.answering.clear()
    chat.page.get_by_role("button", name="スキップ").click()
    expect(chat.page.get_by_role("group", name="選択肢")).to_have_count(0)
    expect(chat.page.locator("#typing")).to_be_visible()
    chat.site.answering.set()
    expect(chat.ours).to_have_count(4)
    expect(chat.page.locator("#typing")).to_be_hidden()
    assert chat.site.heard() == ["洗濯機の相談", "スキップ"]


@pytest.mark.parametrize(
    ("said", "mode", "autocomplete", "label"),
    [
        ((), "text", "off", "ご用件"),
        (("x",), "text", "name", "お名前"),
        (("x", "y"), "tel", "tel", "電話番号"),
        (("x", "y", "090-1234-5678"), "text", "off", "ご希望の日時"),
        (("コード",), "numeric", "one-time-code", "確認コード"),
        (("評価",), "text", "off", "メッセージ"),
    ],
)
def test_what_was_asked_shapes_the_input(
    chat: ChatPage, said: tuple[str, ...], mode: str, autocomplete: str, label: str
) -> None:
    chat.open().say(said)
    expect(chat.box).to_have_attribute("inputmode", mode)
    expect(chat.box).to_have_attribute("autocomplete", autocomplete)
    expect(chat.box).to_have_attribute("aria-label", label)


def test_where_digits_are_asked_for_letters_can_be_typed_all_the_same(chat: ChatPage) -> None:
    chat.open().say(["x", "y"])
    chat.page.get_by_role("button", name="文字で入力").click()
    expect(chat.box).to_have_attribute("inputmode", "text")
    chat.say(["番号はあとで伝えます"])
    assert chat.site.heard()[-1] == "番号はあとで伝えます"


def test_what_was_typed_stays_when_the_input_changes_its_shape(chat: ChatPage) -> None:
    chat.open()
    chat.site.answering.clear()
    chat.write("洗濯機の相談")
    chat.box.fill("佐藤")
    chat.site.answering.set()
    expect(chat.box).to_have_attribute("autocomplete", "name")
    expect(chat.box).to_have_value("佐藤")
    expect(chat.box).to_be_focused()


def test_another_time_is_put_together_by_touch(chat: ChatPage) -> None:
    chat.open().say(TO_CONFIRMATION[:3])
    chat.page.get_by_role("button", name="ほかの日時を選ぶ").click()
    sheet = chat.page.get_by_role("dialog", name="ご希望の日時")
    expect(sheet.get_by_role("group", name="11月24日(火)").get_by_role("button")).to_have_count(2)
    sheet.get_by_role("radio", name="11月26日(木)").check()
    sheet.get_by_role("radio", name="午後").check()
    sheet.get_by_role("button", name="この日時を希望する").click()
    expect(sheet).to_be_hidden()
    expect(chat.theirs.last).to_contain_text("11月26日(木)の午後")
    expect(chat.ours).to_have_count(6)
    assert chat.site.heard()[-1] == "11月26日(木)の午後"


@pytest.mark.parametrize(
    ("language", "wish"), [("ja", "11月27日(金) 15:30"), ("en", "Fri, Nov 27, 3:30 PM")], ids=["Japanese", "English"]
)
def test_a_set_time_is_worded_as_people_write_it(browser: Browser, language: str, wish: str) -> None:
    with visiting(browser, timezone_id="Europe/Berlin") as chat:
        chat.open(f"/?lang={language}").say(TO_CONFIRMATION[:3])
        chat.page.locator(".pick").click()
        chat.page.locator("input[name=day]").nth(3).check()
        chat.page.locator("input[name=part][value=exact]").check()
        chat.page.locator("#picker-exact").fill("15:30")
        chat.page.locator("#picker-form button[type=submit]").click()
        expect(chat.theirs.last).to_contain_text(wish)


def test_the_booking_stands_on_a_card_that_follows_it(chat: ChatPage) -> None:
    chat.open().say(TO_A_BOOKING)
    for fact in ("予約済み", "11月25日(水)", "15:00", "–15:30", "明日", "•••••••5678", "K7Q4MN"):
        expect(chat.card).to_contain_text(fact)
    chat.say(["移動"])
    expect(chat.card).to_contain_text("時間を変更しました")
    expect(chat.card).to_contain_text("11月26日(木)")
    chat.say(["取消"])
    expect(chat.card).to_contain_text("取り消し済み")
    expect(chat.card).to_have_count(1)


def test_the_soonest_call_shows_an_estimate_and_the_place_in_line(chat: ChatPage) -> None:
    chat.open().say(TO_A_BOOKING)
    booked = chat.site.talk.script.callback
    assert booked
    booked.update(kind="asap", estimated_start="2026-11-24T05:10:00+00:00", queue_position=2)
    chat.say(["どうする"])
    for fact in ("できるだけ早く", "目安", "14:10", "今日", "ただいま2番目です"):
        expect(chat.card).to_contain_text(fact)


def test_both_languages_say_the_same_things(chat: ChatPage) -> None:
    chat.open()
    said: dict[str, dict[str, str]] = chat.page.evaluate("import('/static/chat/strings.js').then((it) => it.STRINGS)")
    facts = {
        language: {key: sorted(re.findall(r"{\w+}", text)) for key, text in sentences.items()}
        for language, sentences in said.items()
    }
    assert facts["ja"] == facts["en"]
    assert all(all(sentences.values()) for sentences in said.values())


def test_the_promised_time_is_told_in_business_time_and_says_so_abroad(browser: Browser) -> None:
    with visiting(browser, timezone_id="America/New_York", locale="en-US") as chat:
        chat.open("/?lang=en").say(TO_A_BOOKING)
        expect(chat.card).to_contain_text("Wed, Nov 25")
        expect(chat.card).to_contain_text("3:00 PM")
        expect(chat.card).to_contain_text("Japan Standard Time")


def test_only_the_business_s_words_become_links(chat: ChatPage) -> None:
    chat.open().say([*TO_A_BOOKING, "移動", "https://example.com/ 0120-000-000 K7Q4MN <b>x</b>"])
    expect(chat.theirs.last).to_contain_text("<b>x</b>")
    expect(chat.theirs.get_by_role("link")).to_have_count(0)
    chat.say(["取消"])
    expect(chat.ours.last.get_by_role("link", name="0120-000-000")).to_have_attribute("href", "tel:0120-000-000")
    chat.ours.get_by_role("link", name="K7Q4MN").first.click()
    expect(chat.card).to_be_in_viewport()


def test_a_notice_looks_different_and_a_coming_call_stands_above_everything(chat: ChatPage) -> None:
    chat.open().say(TO_A_BOOKING)
    expect(chat.card).to_be_visible()
    chat.site.say_later("まもなくお約束の時間です。")
    expect(chat.page.locator(".line.notice")).to_contain_text("まもなくお約束の時間です。")
    expect(chat.page.get_by_role("alert")).to_have_count(0)
    chat.site.say_later("ただいまお電話しています。着信をお取りください。", status="dialing")
    expect(chat.page.get_by_role("alert")).to_contain_text("着信をお取りください")
    expect(chat.card).to_contain_text("お電話しています")
    chat.site.say_later("ありがとうございました。", status="completed")
    expect(chat.page.get_by_role("alert")).to_have_count(0)
    expect(chat.card).to_contain_text("完了")


def _convert(page: Page) -> None:
    """Compose with an input method and confirm the conversion by Enter, as Chrome and as Safari tell it."""
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "せんたくき", "selectionStart": 5, "selectionEnd": 5})
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    session.send("Input.insertText", {"text": "洗濯機"})
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})


def test_the_enter_that_confirms_a_conversion_does_not_send(chat: ChatPage) -> None:
    chat.open()
    chat.box.focus()
    _convert(chat.page)
    expect(chat.box).to_have_value("洗濯機")
    assert chat.site.heard() == []
    chat.box.press("Enter")
    expect(chat.ours).to_have_count(3)
    assert chat.site.heard() == ["洗濯機"]


def test_shift_and_enter_begin_a_new_line(chat: ChatPage) -> None:
    chat.open()
    chat.box.press_sequentially("洗濯機")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("水が漏れます")
    chat.box.press("Enter")
    expect(chat.ours).to_have_count(3)
    assert chat.site.heard() == ["洗濯機\n水が漏れます"]


@pytest.mark.parametrize(
    ("length", "is_sent", "told"),
    [(1799, True, ""), (1900, True, "残り100文字"), (2000, True, "残り0文字"), (2001, False, "あと1文字、短く")],
)
def test_a_message_is_as_long_as_the_server_takes(chat: ChatPage, length: int, is_sent: bool, told: str) -> None:
    chat.open()
    chat.box.fill("𠮷" * length)
    expect(chat.page.locator("#count")).to_contain_text(told)
    expect(chat.box).to_have_attribute("aria-invalid", "false" if is_sent else "true")
    chat.box.press("Enter")
    expect(chat.theirs).to_have_count(1 if is_sent else 0)
    if not is_sent:
        expect(chat.box).to_have_value("𠮷" * length)


def test_nothing_is_sent_where_nothing_is_written(chat: ChatPage) -> None:
    chat.open()
    chat.write("　\n ")
    expect(chat.box).to_be_focused()
    chat.say(["/help"])
    assert chat.site.heard() == ["／help"]


def test_two_messages_in_a_row_are_answered_in_order(chat: ChatPage) -> None:
    chat.open()
    chat.site.answering.clear()
    chat.write("洗濯機の相談")
    chat.write("佐藤です")
    expect(chat.theirs).to_have_count(2)
    chat.site.answering.set()
    expect(chat.ours).to_have_count(4)
    assert chat.site.heard() == ["洗濯機の相談", "佐藤です"]
