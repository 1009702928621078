"""The shapes that the HTTP contract promises. Every answer is built as one of these, so the document cannot drift."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

from bot.booking.callback import Channel, Kind, Outcome, Status

LanguageCode = Literal["ja", "en"]
Expectation = Literal[
    "reason", "name", "phone_number", "verification_code", "preferred_slot", "confirmation", "callback_choice", "rating"
]

GroupBy = Literal["hour", "day", "channel", "topic"]

Moment = Annotated[datetime, PlainSerializer(datetime.isoformat, when_used="json")]
"""Always with its offset in digits: some clients' parsers do not know "Z"."""


class Shape(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True)


class TimeWindow(Shape):
    """From `start` until just before `end`."""

    start: Moment
    end: Moment


class OfferedSlot(Shape):
    """A window and its places."""

    start: Moment
    end: Moment
    capacity: int
    booked: int
    free: int


class Slots(Shape):
    """Times that can be promised."""

    slots: list[OfferedSlot]


class Dial(Shape):
    """One attempt to reach the customer."""

    number: int
    started_at: Moment
    outcome: Outcome | None
    answered_by: str | None
    duration_s: int | None


class Callback(Shape):
    """A promised call."""

    reference: str
    status: Status
    kind: Kind
    window: TimeWindow
    estimated_start: Moment | None
    queue_position: int | None
    phone_number: str
    alternate_phone_number: str | None
    reason: str
    topic: str
    language: LanguageCode
    channel: Channel
    priority: int
    name: str | None
    company: str | None
    attention: Literal["hours_changed", "set_aside", "late"] | None
    attempts: list[Dial]
    created_at: Moment
    updated_at: Moment


class Callbacks(Shape):
    """A page of callbacks; `next_cursor` is null at the end."""

    callbacks: list[Callback]
    next_cursor: str | None


class Button(Shape):
    """Pressing it sends `value` as text."""

    title: str
    value: str


class Message(Shape):
    """Something that the assistant or the business says."""

    text: str
    buttons: list[Button] | None = None


class Turn(Shape):
    """What comes back for one message."""

    messages: list[Message]
    expects: Expectation | None
    callback: Callback | None
    language: LanguageCode


class ChatSession(Turn):
    """A new chat."""

    session_id: str


class Line(Shape):
    """One line of a transcript."""

    sender: Literal["customer", "assistant", "system"]
    text: str
    at: Moment
    buttons: list[Button] | None = None


class Transcript(Shape):
    """Everything said in a chat, and where it stands: a client that lost an answer goes on from here."""

    messages: list[Line]
    expects: Expectation | None = None
    callback: Callback | None = None
    language: LanguageCode


class Period(Shape):
    """Days in business time, from `start` until just before `end`."""

    start: date
    end: date


class FigureValue(Shape):
    """A figure. `value` is null where there is no data; `part` of `whole` is what it was made of (none of a wait)."""

    value: int | float | None
    part: int | None
    whole: int


class FigureGroup(Shape):
    """The figures of one hour, day, channel or topic, which is named by `key`."""

    key: str
    figures: dict[str, FigureValue]


class TwoLanguages(Shape):
    """The same in both."""

    ja: str
    en: str


class FigureDefinition(Shape):
    """What a figure means, and whose day and hour it is counted on."""

    name: str
    title: TwoLanguages
    meaning: TwoLanguages
    form: Literal["share", "mean", "count", "seconds"]
    counted_on: Literal["chat", "promise", "dial", "spell"]


class Kpis(Shape):
    """The figures of the KPI page. `pending` changes were not counted yet as of `as_of`: 0 when all is exact."""

    period: Period
    timezone: str
    group_by: GroupBy | None
    as_of: Moment
    pending: int
    figures: dict[str, FigureValue]
    groups: list[FigureGroup]
    definitions: list[FigureDefinition]


class FieldFault(Shape):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(Shape):
    """RFC 9457. `type` is stable. `alternatives` are near times that are free, `callback_status` is why a callback can
    not be changed any more, `limit` how many open ones a number may have."""

    type: str
    title: str
    status: int
    errors: list[FieldFault] | None = None
    alternatives: list[TimeWindow] | None = None
    callback_status: Status | None = None
    limit: int | None = None


class Ready(Shape):
    """Whether each part answers."""

    ready: bool
    parts: dict[str, Literal["ok", "down"]]
