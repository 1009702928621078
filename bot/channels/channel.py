"""What every channel offers: sending one message, with an answer that says whether it may be sent again."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.booking.when import Language
from bot.booking.window import Window


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What somebody did on a channel: one message, whatever it was made of there.

    `key` names it for ever, `at` is when by the channel's clock. `kind`: they wrote (`text`), sent a picture or the
    like (`other`), chose a time of ours (`slot`) or one of their own (`when`), want later ones (`more`), pressed
    something in the menu (`menu`, named by `text`), began to follow us or do no more (`follow`, `unfollow`). `start`
    is the time that a button stands for, in ISO 8601, `offer` the answer that it stood under. `reply` is what an
    answer has to show, where the channel wants that.
    """

    channel: str
    key: str
    sender: str
    at: datetime
    kind: str = "text"
    text: str = ""
    reply: str | None = None
    offer: str = ""
    start: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of the things that may be answered: what is shown, what choosing it says, and the time that it stands for."""

    title: str
    value: str
    window: Window | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the business says in a talk, before a channel gives it its form. `expects` is the open question; `key`
    names the answer for ever. With `reference` the choices are times for that callback, whatever the talk is about.
    `more` are further free times for who can show them; there are others until `until`.
    """

    texts: tuple[str, ...]
    choices: tuple[Choice, ...]
    language: Language
    key: str
    expects: str | None = None
    reference: str = ""
    more: tuple[Window, ...] = ()
    until: datetime | None = None

    @property
    def offer(self) -> str:
        """A short name for what is offered here: a button that comes back later is known by it."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:8]


class TalkChannel(Channel, Protocol):
    """A channel on which people write back."""

    async def show_work(self, to: str) -> None:
        """Let the person see that an answer is being made, where the channel can show that. Never fails."""

    async def answer(self, to: str, answer: Answer, *, reply: str | None) -> Sent | NotSent | MaybeSent:
        """Send the answer to a message, once. `reply` is what the message brought for that."""
