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
    room = twiml.enter_room(text, language="ja", room="callback-1", opens=False, wait_url=URL, done=URL)
    assert verbs(room) == ["Response", "Say", "Dial", "Conference"]
    assert [conference.text for conference in parsed(room).iter("Conference")] == ["callback-1"]
    assert verbs(twiml.wait(text, language="ja")) == ["Response", "Say", "Pause"]
    assert verbs(twiml.leave_message(text, language="ja")) == ["Response", "Pause", "Say", "Hangup"]
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


def test_a_room_closes_when_anybody_leaves_and_opens_with_whoever_opens_it() -> None:
    conference = parsed(twiml.enter_room("x", language="en", room="r", opens=True, wait_url=URL)).find(
        "Dial/Conference"
    )
    assert conference is not None
    wanted = {"startConferenceOnEnter": "true", "endConferenceOnExit": "true", "beep": "false", "waitUrl": URL}
    assert wanted.items() <= conference.attrib.items()


def test_a_sound_is_played_to_whoever_waits_where_there_is_one() -> None:
    assert verbs(twiml.wait("x", language="en", music="https://callback.example.jp/a.mp3")) == [
        "Response",
        "Say",
        "Play",
    ]


def test_an_end_is_an_end() -> None:
    assert verbs(twiml.hang_up()) == ["Response", "Hangup"]
    assert verbs(twiml.sms_reply(None)) == ["Response"]
