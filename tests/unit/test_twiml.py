"""What a caller hears, in the carrier's markup: no text can become a verb."""

from xml.etree import ElementTree

import pytest

from bot.vendors import twiml

ATTACKS = [
    "</Say><Dial>+19005550123</Dial><Say>",
    "<Redirect>http://evil.example/</Redirect>",
    "]]><Dial>+1900</Dial>",
    "&lt;Dial&gt; & \"'",
    "<!-- --><Hangup/>",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "改行\nと\tタブ",
    "𠮷野家 🥶",
]
URL = "https://callback.example.jp/webhooks/twilio/voice/0123/key?a=1&b=2"


def parsed(document: str) -> ElementTree.Element:
    """As the carrier reads it."""
    return ElementTree.fromstring(document)  # noqa: S314 (our own document, made a line above)


def verbs(document: str) -> list[str]:
    return [element.tag for element in parsed(document).iter()]


@pytest.mark.parametrize("text", ATTACKS)
def test_a_text_stays_text_in_every_document(text: str) -> None:
    asked = twiml.ask_digit(text, language="ja", action=URL, then=text)
    assert verbs(asked) == ["Response", "Gather", "Say", "Gather", "Say", "Say", "Hangup"]
    assert [said.text for said in parsed(asked).iter("Say")] == [text] * 3
    assert parsed(asked).find("Gather").get("action") == URL  # type: ignore[union-attr]  # it was found just now
    ended = twiml.say_and_hang_up(text, language="en")
    assert verbs(ended) == ["Response", "Say", "Hangup"]
    connected = twiml.connect(
        text, language="ja", number="+81312340000", caller="+815031234567", ring_seconds=20, screen=URL, done=URL
    )
    assert verbs(connected) == ["Response", "Say", "Dial", "Number"]
    assert [number.text for number in parsed(connected).iter("Number")] == ["+81312340000"]
    assert verbs(twiml.sms_reply(text)) == ["Response", "Message"]


@pytest.mark.parametrize("text", ["ベル\x07", "\x00", "a\x1b[31mb", "\ufffe", "\x0b"])
def test_characters_that_markup_cannot_hold_are_left_out(text: str) -> None:
    said = parsed(twiml.say_and_hang_up(f"始{text}終", language="ja")).find("Say")
    assert said is not None
    assert said.text is not None
    assert said.text.startswith("始")
    assert said.text.endswith("終")
    assert verbs(twiml.sms_reply(text + "x")) == ["Response", "Message"]


def test_one_key_is_waited_for_and_sent_to_the_next_step() -> None:
    gather = parsed(twiml.ask_digit("押してください", language="ja", action=URL)).find("Gather")
    assert gather is not None
    assert (gather.get("numDigits"), gather.get("action")) == ("1", URL)
    assert gather.find("Say").get("language") == "ja-JP"  # type: ignore[union-attr]  # it is there


def test_the_two_are_bridged_when_the_agent_answers_and_hang_up_ends_it() -> None:
    assert verbs(twiml.bridge()) == ["Response"]
    assert verbs(twiml.hang_up()) == ["Response", "Hangup"]
    assert verbs(twiml.sms_reply(None)) == ["Response"]
