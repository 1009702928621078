"""What every channel offers: sending one message, with an answer that says whether it may be sent again."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The carrier has taken the message."""

    message_sid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NotSent:
    """Surely not sent. `try_later`: the same message may be tried again; else it never will get through."""

    code: int
    try_later: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MaybeSent:
    """Nobody knows; it is not sent again, for a customer who reads a thing twice trusts it less."""

    cause: str


class Channel(Protocol):
    """A way to reach a customer."""

    async def send(self, to: str, text: str) -> Sent | NotSent | MaybeSent:
        """Send one message, once."""
