"""What happens next in a call, in our own words: a carrier's adapter makes its markup of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class AskKey:
    """Say something and wait for a key; the answer goes to `step`, with `query`. Nobody presses: `then` is said."""

    text: str
    language: str
    step: Literal["key", "accepted", "slot", "cancel", "refuse"]
    then: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectAgent:
    """Say something and ring the agent's phone."""

    text: str
    language: str
    number: str


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
class Bridge:
    """The agent's leg joins the customer's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUp:
    """End this leg without a word."""


Next = AskKey | ConnectAgent | SayAndHangUp | LeaveMessage | Bridge | HangUp
