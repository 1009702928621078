"""TwiML read into values. Source: https://www.twilio.com/docs/voice/twiml and, for Message, /docs/messaging/twiml."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.simulator.errors import DocumentError

Method = Literal["GET", "POST"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """Speak a sentence `loop` times."""

    text: str
    language: str = ""
    loop: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Play:
    """Play an audio file, or send digits where there is no URL."""

    url: str
    loop: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Be silent for some seconds."""

    length_s: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Gather:
    """Ask for digits while the prompts are spoken and `timeout_s` after them."""

    prompts: tuple[Say | Play | Pause, ...]
    action: str | None = None
    method: Method = "POST"
    num_digits: int | None = None
    timeout_s: float = 5.0
    finish_on_key: str = "#"
    action_on_empty: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """Go on with another document; an empty URL is the current one."""

    url: str
    method: Method = "POST"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """Refuse a call that came in."""

    reason: Literal["rejected", "busy"] = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A phone to ring; `url` is the document that it hears before it is connected."""

    number: str
    url: str | None = None
    method: Method = "POST"
    status_callback: str | None = None
    status_callback_method: Method = "POST"
    status_callback_events: str = "completed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conference:
    """A room to enter."""

    name: str
    start_on_enter: bool = True
    end_on_exit: bool = False
    muted: bool = False
    beep: str = "true"
    wait_url: str | None = None
    wait_method: Method = "POST"
    max_participants: int = 250
    status_callback: str | None = None
    status_callback_method: Method = "POST"
    status_callback_events: str = ""
    label: str | None = None
    coach: str | None = None
    """The call that alone hears this one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dial:
    """Connect the caller with the first of the numbers that takes the call, or with a conference.

    answerOnBridge is not kept: it changes nothing for a leg that has been answered, and every leg here has.
    """

    numbers: tuple[Number, ...] = ()
    conference: Conference | None = None
    action: str | None = None
    method: Method = "POST"
    timeout_s: float = 30.0
    time_limit_s: float = 14400.0
    caller_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """A verb that this carrier does not know; it is noted (12200) and skipped."""

    tag: str


Verb = Say | Play | Pause | Gather | Redirect | Hangup | Reject | Dial | Unknown


def parse_voice(document: str) -> tuple[Verb, ...]:
    """The verbs of a voice document. Raises DocumentError 12100 if it is not TwiML."""
    return tuple(_READERS.get(node.tag, _unknown)(node) for node in _response(document))


def parse_messages(document: str) -> list[str]:
    """The bodies of the messages that a messaging document answers with. Raises DocumentError 12100."""
    if not document.strip():
        return []
    bodies = []
    for node in _response(document):
        if node.tag == "Message":
            body = node.find("Body")
            bodies.append(_text(node if body is None else body))
    return [body for body in bodies if body]


def _response(document: str) -> ET.Element:
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise DocumentError(12100, "A document type is not allowed in TwiML.")
    try:
        root = ET.fromstring(document.strip().encode())  # noqa: S314 (entities are refused two lines above)
    except ET.ParseError as error:
        raise DocumentError(12100, f"Document parse failure: {error}") from None
    if root.tag != "Response":
        raise DocumentError(12100, "The root of a TwiML document is Response.")
    return root


def _say(node: ET.Element) -> Say:
    return Say(text=_text(node), language=node.get("language", ""), loop=_whole(node, "loop", 1))


def _play(node: ET.Element) -> Play:
    return Play(url=_text(node), loop=_whole(node, "loop", 1))


def _pause(node: ET.Element) -> Pause:
    return Pause(length_s=_seconds(node, "length", 1))


def _gather(node: ET.Element) -> Gather:
    prompts = [_PROMPTS[child.tag](child) for child in node if child.tag in _PROMPTS]
    num_digits = node.get("numDigits", "")
    return Gather(
        prompts=tuple(prompts),
        action=node.get("action"),
        method=_method(node, "method"),
        num_digits=int(num_digits) if num_digits.isdecimal() else None,
        timeout_s=_seconds(node, "timeout", 5),
        finish_on_key=node.get("finishOnKey", "#"),
        action_on_empty=_flag(node, "actionOnEmptyResult", default=False),
    )


def _redirect(node: ET.Element) -> Redirect:
    return Redirect(url=_text(node), method=_method(node, "method"))


def _hangup(_node: ET.Element) -> Hangup:
    return Hangup()


def _reject(node: ET.Element) -> Reject:
    return Reject(reason="busy" if node.get("reason") == "busy" else "rejected")


def _dial(node: ET.Element) -> Dial:
    numbers = [_number(child) for child in node if child.tag == "Number"]
    room = node.find("Conference")
    if not numbers and room is None and _text(node):
        numbers = [Number(number=_text(node))]
    return Dial(
        numbers=tuple(numbers),
        conference=None if room is None else _conference(room),
        action=node.get("action"),
        method=_method(node, "method"),
        timeout_s=_seconds(node, "timeout", 30),
        time_limit_s=_seconds(node, "timeLimit", 14400),
        caller_id=node.get("callerId"),
    )


def _number(node: ET.Element) -> Number:
    return Number(
        number=_text(node),
        url=node.get("url"),
        method=_method(node, "method"),
        status_callback=node.get("statusCallback"),
        status_callback_method=_method(node, "statusCallbackMethod"),
        status_callback_events=node.get("statusCallbackEvent", "completed"),
    )


def _conference(node: ET.Element) -> Conference:
    return Conference(
        name=_text(node),
        start_on_enter=_flag(node, "startConferenceOnEnter", default=True),
        end_on_exit=_flag(node, "endConferenceOnExit", default=False),
        muted=_flag(node, "muted", default=False),
        beep=node.get("beep", "true"),
        wait_url=node.get("waitUrl"),
        wait_method=_method(node, "waitMethod"),
        max_participants=_whole(node, "maxParticipants", 250),
        status_callback=node.get("statusCallback"),
        status_callback_method=_method(node, "statusCallbackMethod"),
        status_callback_events=node.get("statusCallbackEvent", ""),
        label=node.get("participantLabel"),
        coach=node.get("coach"),
    )


_PARTICIPANT_FIELDS = {
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "Muted": "muted",
    "Beep": "beep",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    "ConferenceStatusCallbackEvent": "statusCallbackEvent",
    "Label": "participantLabel",
}


def read_conference(name: str, form: Mapping[str, str]) -> Conference:
    """The noun that a new participant enters, from the fields of `POST Participants.json`."""
    attributes = {_PARTICIPANT_FIELDS[field]: value for field, value in form.items() if field in _PARTICIPANT_FIELDS}
    node = ET.Element("Conference", attributes)
    node.text = name
    return _conference(node)


def _unknown(node: ET.Element) -> Unknown:
    return Unknown(tag=node.tag)


_PROMPTS: dict[str, Callable[[ET.Element], Say | Play | Pause]] = {"Say": _say, "Play": _play, "Pause": _pause}
_READERS: dict[str, Callable[[ET.Element], Verb]] = {
    **_PROMPTS,
    "Gather": _gather,
    "Redirect": _redirect,
    "Hangup": _hangup,
    "Reject": _reject,
    "Dial": _dial,
}


def _text(node: ET.Element) -> str:
    return " ".join("".join(node.itertext()).split())


def _method(node: ET.Element, name: str) -> Method:
    return "GET" if node.get(name, "POST").upper() == "GET" else "POST"


def _flag(node: ET.Element, name: str, *, default: bool) -> bool:
    return node.get(name, str(default)).lower() == "true"


def _seconds(node: ET.Element, name: str, default: float) -> float:
    try:
        return max(0.0, float(node.get(name, default)))
    except ValueError:
        return default


def _whole(node: ET.Element, name: str, default: int) -> int:
    value = node.get(name, "")
    return int(value) if value.isdecimal() else default
