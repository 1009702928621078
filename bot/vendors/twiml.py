"""What a caller hears next, in Twilio's markup, built with twilio-python so that no text can become a verb."""

import re
from collections.abc import Sequence
from typing import Any

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

VOICES = {"ja": "ja-JP", "en": "en-US"}
DIGIT_TIMEOUT_S = 8
LONG_TIMEOUT_S = 20
"""A number is looked up, a code comes by SMS."""
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold: one such character and the carrier drops the whole document, and with it the call."""


def ask_digit(text: str, *, language: str, action: str, then: str | None = None) -> str:
    """Say the text and wait for one key, twice; `action` receives it. Nobody presses: `then` is said, and it ends."""
    response = VoiceResponse()
    for _ in range(2):
        gather = Gather(action=action, num_digits=1, timeout=DIGIT_TIMEOUT_S)
        gather.say(_plain(text), language=VOICES[language])
        response.append(gather)
    if then:
        response.say(_plain(then), language=VOICES[language])
    response.hangup()
    return str(response)


def ask_caller(lines: Sequence[tuple[str, str]], *, action: str, then: tuple[str, str], is_long: bool = False) -> str:
    """Say lines, each a text and its language, and wait for one key, or for several that end with #; all of it twice.
    Nobody presses: `then` is said, and it ends."""
    response = VoiceResponse()
    keys: dict[str, Any] = {"timeout": LONG_TIMEOUT_S, "finish_on_key": "#"} if is_long else {"num_digits": 1}
    for _ in range(2):
        gather = Gather(action=action, **{"timeout": DIGIT_TIMEOUT_S, **keys})
        for text, language in lines:
            gather.say(_plain(text), language=VOICES[language])
        response.append(gather)
    response.say(_plain(then[0]), language=VOICES[then[1]])
    response.hangup()
    return str(response)


def say_and_hang_up(text: str, *, language: str) -> str:
    """Say the text and end the call."""
    response = VoiceResponse()
    response.say(_plain(text), language=VOICES[language])
    response.hangup()
    return str(response)


def leave_message(text: str, *, language: str) -> str:
    """Say the text to a machine whose greeting has just ended."""
    response = VoiceResponse()
    response.pause(length=1)
    response.say(_plain(text), language=VOICES[language])
    response.hangup()
    return str(response)


def enter_room(text: str, *, language: str, room: str, opens: bool, wait_url: str, done: str | None = None) -> str:
    """Say the text and enter the room: it opens with whoever `opens` it, and closes when anybody leaves. Until then
    the document at `wait_url` is heard, over and over; afterwards the leg goes on at `done`, or ends."""
    response = VoiceResponse()
    response.say(_plain(text), language=VOICES[language])
    dial = Dial(action=done) if done else Dial()
    dial.conference(room, start_conference_on_enter=opens, end_conference_on_exit=True, beep="false", wait_url=wait_url)
    response.append(dial)
    return str(response)


def join_room(text: str, *, language: str, room: str, label: str, muted: bool, coaches: str | None) -> str:
    """Say the text and enter a room that others have opened and will close. `coaches` alone hears it, if it is set."""
    response = VoiceResponse()
    response.say(_plain(text), language=VOICES[language])
    dial = Dial()
    dial.conference(
        room, start_conference_on_enter=False, end_conference_on_exit=False, beep="false", participant_label=label,
        muted=muted, coach=coaches,
    )  # fmt: skip
    response.append(dial)
    return str(response)


def wait(text: str, *, language: str, music: str = "", again: str = "") -> str:
    """What is heard while waiting, so that nobody hears silence; `again` is where the same is to be had once more."""
    response = VoiceResponse()
    response.say(_plain(text), language=VOICES[language])
    if music:
        response.play(music)
    else:
        response.pause(length=4)
    if again:
        response.redirect(again)
    return str(response)


def hang_up() -> str:
    """End this leg."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def sms_reply(text: str | None) -> str:
    """Answer a text message, or say nothing."""
    response = MessagingResponse()
    if text:
        response.message(_plain(text))
    return str(response)


def _plain(text: str) -> str:
    return NOT_XML.sub("", text)
