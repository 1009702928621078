"""What the HTTP contract calls things: our values as JSON, and request bodies as values."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from bot.assistant import Utterance
from bot.booking import phone
from bot.booking.callback import Callback, Channel
from bot.booking.line import Standing
from bot.booking.slots import Slot
from bot.booking.window import Window
from bot.gateway import answers
from bot.gateway.answers import LanguageCode
from bot.store.conversations import Said
from bot.usecases.conversation import Turn

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _readable(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
        raise ValueError("control characters are not allowed")
    return text


def _near(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError("the time must lie between 2000 and 2199")
    return moment


Readable = AfterValidator(_readable)
Moment = Annotated[AwareDatetime, AfterValidator(_near)]
"""With an offset, and in a century in which every database and every zone can tell it."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Readable]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Readable]
Topic = Annotated[str, StringConstraints(min_length=1, max_length=64), Readable]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewSession(Body):
    """Begin a chat."""

    language: LanguageCode = "ja"


class NewMessage(Body):
    """What the customer writes, at most 2,000 characters."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class WindowBody(Body):
    """A span of time; end after start."""

    start: Moment
    end: Moment

    def value(self) -> Window:
        """As the core knows it."""
        return Window(start=self.start, end=self.end)


def _forward(window: WindowBody) -> WindowBody:
    if window.end <= window.start:
        raise ValueError("the end must be after the start")
    return window


ForwardWindow = Annotated[WindowBody, AfterValidator(_forward)]


class NewCallback(Body):
    """Book a callback. `window` null asks for the soonest."""

    phone_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    reason: Text
    window: ForwardWindow | None = None
    name: Name | None = None
    topic: Topic | None = None
    language: LanguageCode = "ja"
    priority: Annotated[int, Field(ge=0, le=9)] = 0
    channel: Channel = Channel.API


class Reschedule(Body):
    """Another time for a callback."""

    window: ForwardWindow


class Cancellation(Body):
    """Why it is cancelled, if told."""

    reason: Annotated[str, StringConstraints(max_length=2000), Readable] | None = None


def window_shape(window: Window) -> answers.TimeWindow:
    """A window."""
    return answers.TimeWindow(start=window.start, end=window.end)


def slot_shape(slot: Slot) -> answers.OfferedSlot:
    """A slot and its places."""
    return answers.OfferedSlot(
        start=slot.window.start, end=slot.window.end, capacity=slot.capacity, booked=slot.booked, free=slot.free
    )


def callback_shape(callback: Callback, standing: Standing, *, masked: bool = False) -> answers.Callback:
    """The contract's Callback. `masked` hides all of a number but its last four digits."""
    tell = phone.masked if masked else str
    alternate = callback.alternate_phone_number
    plain = {name: getattr(callback, name) for name in _SAME_NAME}
    return answers.Callback(
        window=window_shape(callback.window),
        estimated_start=standing.estimated_start,
        queue_position=standing.queue_position,
        phone_number=tell(callback.phone_number),
        alternate_phone_number=tell(alternate) if alternate else None,
        attempts=[answers.Dial.model_validate(attempt, from_attributes=True) for attempt in callback.attempts],
        **plain,
    )


def turn_shape(turn: Turn, standing: Standing) -> answers.Turn:
    """The contract's Turn; numbers in it show their last four digits only."""
    return answers.Turn(
        messages=[_message(said) for said in turn.utterances],
        expects=turn.expects,
        callback=callback_shape(turn.callback, standing, masked=True) if turn.callback else None,
        language=turn.language,
    )


def said_shape(said: Said) -> answers.Line:
    """One line of a transcript, and one event of the live stream."""
    return answers.Line(sender=said.sender, text=said.text, at=said.at, buttons=_buttons(said) or None)


_SAME_NAME = (
    "reference", "status", "kind", "reason", "topic", "language", "channel", "priority", "name", "company",
    "attention", "created_at", "updated_at",
)  # fmt: skip


def _buttons(said: Said) -> list[answers.Button]:
    return [answers.Button.model_validate(button) for button in said.buttons]


def _message(said: Utterance) -> answers.Message:
    buttons = [answers.Button(title=title, value=value) for title, value in said.buttons]
    return answers.Message(text=said.text, buttons=buttons or None)
