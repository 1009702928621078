"""Text messages: the words that are commands, and what becomes of a message."""

import pytest

from bot.booking.when import Language
from bot.channels.channel import Answer, Choice, MaybeSent, NotSent, Sent
from bot.channels.sms import SmsChannel, chosen, in_order, keyword, worded
from bot.channels.web import as_text
from bot.vendors.twilio import CarrierRefused, CarrierSilent
from bot.wording.segments import alphabet, segments


@pytest.mark.parametrize(
    ("text", "command"),
    [
        *[(word, "stop") for word in "STOP stop Stop ＳＴＯＰ STOPALL unsubscribe END quit 停止 配信停止 解除".split()],
        *[(word, "start") for word in "START start UNSTOP 再開".split()],
        *[(word, "help") for word in "HELP help info ヘルプ".split()],
        (" 停止。\n", "stop"),
        ("stop!", "stop"),
        ("停止してほしい", None),
        ("please stop", None),
        ("", None),
        ("1", None),
    ],
)
def test_a_command_is_the_whole_message(text: str, command: str | None) -> None:
    assert keyword(text) == command


class Carrier:
    """Takes the message or fails as told."""

    def __init__(self, fault: Exception | None) -> None:
        self.fault = fault

    async def send_sms(self, **_message: str) -> str:
        if self.fault:
            raise self.fault
        return "SM1"


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (None, Sent(message_sid="SM1")),
        (CarrierRefused(21610, try_later=False), NotSent(code=21610, try_later=False)),
        (CarrierRefused(20429, try_later=True), NotSent(code=20429, try_later=True)),
        (CarrierSilent("ReadTimeout"), MaybeSent(cause="ReadTimeout")),
    ],
)
async def test_each_fault_of_the_carrier_is_one_of_three_answers(
    fault: Exception | None, answer: Sent | NotSent | MaybeSent
) -> None:
    channel = SmsChannel(Carrier(fault), number="+815031234567", status_url="http://x")  # type: ignore[arg-type]  # a fake
    assert await channel.send("+819012345678", "こんにちは") == answer


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("/restart", "／restart"),
        ("  /restart", "／restart"),
        ("\u200b/restart", "／restart"),
        ("\ufeff/restart", "／restart"),
        ("\x00/restart", "／restart"),
        ("\u202e/restart", "／restart"),
        ("／restart", "／restart"),
        ("//x", "／/x"),
        ('/inform{"x": "y"}', '／inform{"x": "y"}'),
        ("1/2", "1/2"),
        ("改行\nあり", "改行\nあり"),
        ("\x1b[31m赤", "[31m赤"),
        ("  ", ""),
    ],
)
def test_what_a_browser_sends_is_only_ever_text(raw: str, text: str) -> None:
    assert as_text(raw) == text


def an_answer(*choices: tuple[str, str], language: Language = "ja") -> Answer:
    return Answer(
        texts=("いつがよろしいですか？",),
        choices=tuple(Choice(title=title, value=value) for title, value in choices),
        language=language,
        key="1",
    )


def test_choices_are_numbered_and_times_come_first_and_short() -> None:
    answer = an_answer(
        ("できるだけ早く", "できるだけ早く"),
        ("11月24日(火) 15:00〜15:30", "11月24日(火) 15:00"),
        ("11月25日(水) 9:00〜9:30", "11月25日(水) 9:00"),
    )
    assert worded(answer) == "いつがよろしいですか？\n1 11/24(火)15:00\n2 11/25(水)9:00\n3 できるだけ早く"
    assert [choice.value for choice in in_order(answer.choices)][2] == "できるだけ早く"
    assert segments(worded(answer)) == 1


def test_no_more_is_offered_than_one_digit_can_say() -> None:
    assert worded(an_answer(*[(f"{n}.", f"{n}.") for n in range(12)])).count("\n") == 9


def test_an_english_answer_stays_in_the_narrow_alphabet() -> None:
    text = "Shall I book this?\n• Time: Tue, Nov 24, 3:00 PM\n• Number: •••••••5678"
    answer = Answer(texts=(text,), choices=(Choice(title="Yes", value="Yes"),), language="en", key="1")
    assert alphabet(worded(answer)) == "GSM-7"
    assert segments(worded(answer)) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "a"), ("２", "b"), ("②", "b"), ("2番目", "b"), ("2でお願いします", "b"), ("3", None), ("0", None),
     ("1 2", None), ("1時", None), ("1.", "a"), ("", None)],
)  # fmt: skip
def test_which_choice_a_number_is(text: str, value: str | None) -> None:
    assert chosen(text, ["a", "b"]) == value
