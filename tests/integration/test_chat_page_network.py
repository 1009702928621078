"""The customer's page on a bad day: nothing is lost, nothing is said twice, and the page tells why it waits."""

import pytest
from playwright.sync_api import expect

from tests.support.chat_page import TO_A_BOOKING, ChatPage
from tests.support.chat_stand_in import Fault


def test_what_is_written_offline_is_sent_once_when_the_network_is_back(chat: ChatPage) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.banner).to_contain_text("オフラインです")
    chat.write("洗濯機の相談")
    expect(chat.theirs).to_contain_text("送信待ち")
    chat.write("佐藤です")
    chat.page.context.set_offline(False)
    expect(chat.ours).to_have_count(4)
    expect(chat.banner).to_be_hidden()
    assert chat.site.heard() == ["洗濯機の相談", "佐藤です"]


@pytest.mark.parametrize("is_read", [True, False], ids=["after the message was read", "before the message was read"])
def test_a_cut_connection_never_doubles_a_message(chat: ChatPage, is_read: bool) -> None:
    chat.open()
    chat.site.fail("POST messages", Fault(is_read=is_read))
    chat.write("洗濯機の相談")
    expect(chat.ours).to_have_count(3)
    expect(chat.theirs).to_have_count(1)
    expect(chat.page.get_by_role("button", name="スキップ")).to_be_visible()
    assert chat.site.heard() == ["洗濯機の相談"]
    assert chat.site.requests.count("POST messages") == (1 if is_read else 2)


def test_the_same_words_said_on_purpose_twice_are_sent_twice(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    chat.site.fail("POST messages", Fault())
    chat.say(["洗濯機の相談"])
    assert chat.site.heard() == ["洗濯機の相談", "洗濯機の相談"]


def test_a_booking_whose_answer_was_lost_still_shows_its_card(chat: ChatPage) -> None:
    chat.open().say(TO_A_BOOKING[:-1])
    chat.site.fail("POST messages", Fault(is_read=True))
    chat.write("はい")
    expect(chat.card).to_contain_text("K7Q4MN")
    assert chat.site.heard().count("はい") == 1


@pytest.mark.parametrize("is_read", [True, False], ids=["after the message was read", "before the message was read"])
def test_an_error_of_the_server_is_told_and_trying_again_says_it_once(chat: ChatPage, is_read: bool) -> None:
    chat.open()
    chat.site.fail("POST messages", Fault(status=500, is_read=is_read))
    chat.write("洗濯機の相談")
    expect(chat.banner).to_contain_text("サーバーで問題が起きました")
    expect(chat.banner).to_contain_text("0120-000-000")
    expect(chat.theirs).to_contain_text("送信できていません")
    chat.banner.get_by_role("button", name="もう一度試す").click()
    expect(chat.ours).to_have_count(3)
    expect(chat.banner).to_be_hidden()
    assert chat.site.heard() == ["洗濯機の相談"]


def test_too_many_messages_wait_as_long_as_the_server_asks(chat: ChatPage) -> None:
    chat.open()
    chat.page.clock.install()
    chat.site.fail("POST messages", Fault(status=429, retry_after=9))
    chat.write("洗濯機の相談")
    expect(chat.banner).to_contain_text("9秒後")
    chat.page.clock.run_for(4_000)
    expect(chat.banner).to_contain_text("5秒後")
    assert chat.site.requests.count("POST messages") == 1
    chat.page.clock.run_for(5_500)
    expect(chat.ours).to_have_count(3)
    expect(chat.banner).to_be_hidden()
    assert chat.site.heard() == ["洗濯機の相談"]


def test_a_message_that_the_server_refuses_goes_back_into_the_input(chat: ChatPage) -> None:
    chat.open()
    chat.site.fail("POST messages", Fault(status=422))
    chat.write("洗濯機の相談")
    expect(chat.page.locator("#count")).to_contain_text("送信できませんでした")
    expect(chat.box).to_have_value("洗濯機の相談")
    expect(chat.theirs).to_have_count(0)


def test_a_talk_that_the_server_has_forgotten_is_begun_anew_and_nothing_written_is_lost(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    chat.site.fail("POST messages", Fault(status=404))
    chat.write("佐藤です")
    expect(chat.page.locator("#count")).to_contain_text("新しい会話を始めました")
    expect(chat.box).to_have_value("佐藤です")
    expect(chat.ours).to_have_count(2)
    assert len(chat.site.talks) == 2


def test_a_remembered_talk_that_is_gone_gives_way_to_a_new_one(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    chat.site.forget()
    chat.page.reload()
    expect(chat.ours).to_have_count(2)
    expect(chat.theirs).to_have_count(0)
    assert len(chat.site.talks) == 1


def test_a_start_that_fails_is_tried_again_and_what_was_written_meanwhile_is_sent(chat: ChatPage) -> None:
    chat.site.fail("POST sessions", Fault(status=503), Fault(status=429, retry_after=2))
    chat.page.goto(f"{chat.site.url}/?lang=ja")
    expect(chat.banner).to_contain_text("サーバーで問題が起きました")
    chat.write("洗濯機の相談")
    chat.banner.get_by_role("button", name="もう一度試す").click()
    expect(chat.ours).to_have_count(3)
    assert chat.site.heard() == ["洗濯機の相談"]


def test_what_was_said_while_the_stream_was_cut_is_caught_up_without_doubling(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    chat.site.say_later("一つ目のお知らせ")
    notices = chat.page.locator(".line.notice")
    expect(notices).to_have_count(1)
    chat.site.fail("GET events", Fault(status=503), Fault())
    chat.site.cut_streams()
    chat.site.say_later("二つ目のお知らせ")
    expect(notices).to_have_count(2)
    expect(chat.ours).to_have_count(3)
    expect(chat.theirs).to_have_count(1)


def test_a_message_still_unsent_at_a_reload_is_sent_afterwards_once(chat: ChatPage) -> None:
    chat.open()
    chat.site.fail("POST messages", Fault(status=500, is_read=True))
    chat.write("洗濯機の相談")
    expect(chat.theirs).to_contain_text("送信できていません")
    chat.page.reload()
    expect(chat.ours).to_have_count(3)
    expect(chat.theirs).to_have_count(1)
    expect(chat.theirs).not_to_contain_text("送信")
    assert chat.site.heard() == ["洗濯機の相談"]


def test_an_answer_that_comes_later_replaces_no_line_and_is_shown_once(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    chat.site.say_later("お待たせしました。お名前を教えてください。", sender="assistant")
    expect(chat.ours).to_have_count(4)
    chat.page.reload()
    expect(chat.ours).to_have_count(4)


def test_a_new_talk_in_one_tab_is_followed_by_the_other(chat: ChatPage) -> None:
    chat.open().say(["洗濯機の相談"])
    other = chat.page.context.new_page()
    other.goto(f"{chat.site.url}/?lang=ja")
    expect(other.locator("#lines > .theirs")).to_have_count(1)
    other.get_by_role("button", name="新しい会話").click()
    other.get_by_role("button", name="新しく始める").click()
    expect(other.locator("#lines > .theirs")).to_have_count(0)
    expect(chat.theirs).to_have_count(0)
    assert len(chat.site.talks) == 2
