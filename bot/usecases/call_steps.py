"""What happens next in a call, in our own words: a carrier's adapter makes its markup of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.telephony.rooms import Voice


@dataclass(frozen=True, kw_only=True, slots=True)
class AskKey:
    """Say something and wait for a key; the answer goes to `step`, with `query`. Nobody presses: `then` is said."""

    text: str
    language: str
    step: Literal["key", "accepted", "slot", "cancel", "refuse", "guest-key"]
    then: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One sentence and the language that it is spoken in."""

    text: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AskCaller:
    """Say something to somebody who called us and wait for a key, or with `is_long` for as many as end with #; the
    answer goes to `step`, with `query`. Nobody presses: `then` is said."""

    lines: tuple[Line, ...]
    step: str
    then: Line
    query: Mapping[str, str] = field(default_factory=dict)
    is_long: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EnterRoom:
    """Say something and enter the attempt's room, which the second of the two opens; meanwhile nobody hears silence."""

    text: str
    language: str
    who: Literal["customer", "agent"]
    opens: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinRoom:
    """Say something and enter the attempt's room as a guest, under this name and with this voice."""

    text: str
    language: str
    guest_id: str
    voice: Voice


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """What is heard in a room that has not opened yet; `is_on_hold`: or where others speak meanwhile."""

    text: str
    language: str
    is_on_hold: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SayAndHangUp:
    """Say something and end the call."""

    text: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveMessage:
    """Say something to a machine, after its greeting, and end the call."""

    text: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUp:
    """End this leg without a word."""


Next = AskKey | EnterRoom | JoinRoom | Wait | SayAndHangUp | LeaveMessage | HangUp
Answer = AskCaller | SayAndHangUp | HangUp
"""What somebody who called us hears next."""
