"""Text messages: the words that are commands, and what becomes of a message."""

import pytest

from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.channels.sms import SmsChannel, keyword
from bot.channels.web import as_text
from bot.vendors.twilio import CarrierRefused, CarrierSilent


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
