"""A promised call: its value, its statuses and the one table of transitions between them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.booking.errors import ForbiddenTransition
from bot.booking.window import Window


class Status(StrEnum):
    """Where a callback stands."""

    BOOKED = "booked"
    DIALING = "dialing"
    IN_CALL = "in_call"
    RETRY_WAIT = "retry_wait"
    COMPLETED = "completed"
    UNREACHED = "unreached"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Kind(StrEnum):
    """How the time came about. `asap`: the soonest, inside hours; `after_hours`: the same, asked for outside them."""

    SCHEDULED = "scheduled"
    ASAP = "asap"
    AFTER_HOURS = "after_hours"
    PROACTIVE = "proactive"


class Channel(StrEnum):
    """Where the customer asked."""

    WEB = "web"
    LINE = "line"
    SMS = "sms"
    VOICE = "voice"
    FORM = "form"
    API = "api"


class Outcome(StrEnum):
    """How one attempt ended."""

    CONNECTED = "connected"  # customer and agent spoke
    NO_ANSWER = "no_answer"
    BUSY = "busy"  # engaged; or declined, where the carrier does not tell the two apart
    DECLINED = "declined"  # the customer turned the call down
    VOICEMAIL = "voicemail"
    NOT_CONFIRMED = "not_confirmed"  # someone or something answered and nobody pressed a key
    AGENT_MISSED = "agent_missed"  # the customer was there, no agent took the call
    CARRIER_FAILED = "carrier_failed"  # the carrier did not place the call: never the customer's attempt
    UNREACHABLE = "unreachable"  # switched off or out of reach
    INVALID = "invalid"  # no such number
    BLOCKED = "blocked"  # the number takes no calls from us
    MOVED = "moved"  # the customer pressed for another time
    CANCELLED = "cancelled"  # the customer pressed that no call is needed
    REFUSED = "refused"  # a stranger pressed never to be called again


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.BOOKED: frozenset({Status.DIALING, Status.CANCELLED, Status.EXPIRED, Status.COMPLETED}),
    Status.DIALING: frozenset(
        {
            Status.BOOKED,
            Status.IN_CALL,
            Status.RETRY_WAIT,
            Status.UNREACHED,
            Status.EXPIRED,
            Status.COMPLETED,
            Status.CANCELLED,
        }
    ),
    Status.IN_CALL: frozenset({Status.COMPLETED, Status.RETRY_WAIT, Status.UNREACHED, Status.EXPIRED}),
    Status.RETRY_WAIT: frozenset(
        {Status.BOOKED, Status.DIALING, Status.CANCELLED, Status.EXPIRED, Status.COMPLETED, Status.UNREACHED}
    ),
    Status.COMPLETED: frozenset(),
    Status.UNREACHED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.EXPIRED: frozenset(),
}
"""From each status, where a callback may go next. A status without a way on is final."""

OPEN = frozenset(status for status, ways in TRANSITIONS.items() if ways)
"""The promise still stands."""

SET_ASIDE = "set_aside"
"""`attention` of a callback that is not dialled before a supervisor has looked at it."""
WRONG_NUMBER = "wrong_number"
"""`attention`, and resolution, of a callback whose number is somebody else's: a supervisor looks for the right one."""
LATE = "late"
"""`attention` of a callback whose time passed without a call; it is dialled all the same."""
HOURS_CHANGED = "hours_changed"
"""`attention` of a callback that hours, holidays or the roster no longer allow as promised; its customer was told."""
SETTLED = "settled"
"""`resolution` of a callback whose matter was settled before anybody was called."""

CHANGEABLE = frozenset({Status.BOOKED, Status.RETRY_WAIT})
"""The customer may move or cancel: no call is under way."""


def require_transition(source: Status, target: Status) -> None:
    """Raise ForbiddenTransition unless the table leads from `source` to `target`."""
    if target not in TRANSITIONS[source]:
        raise ForbiddenTransition(source, target)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One dial. `number` counts from 1; `duration_s` is the talk in seconds; `to_number` None is the callback's own."""

    number: int
    started_at: datetime
    outcome: Outcome | None = None
    answered_by: str | None = None
    duration_s: int | None = None
    to_number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Callback:
    """A promise to call. Times are aware and in UTC; phone numbers are E.164.

    `due_at` is when the next dial is owed: the window's start, or the retry's time. `slot_start` names the slot
    whose place it holds: the window's start, except for an `asap` callback, which begins inside a running slot, and for
    a retry after the window. `dial_number` is the number to dial next where it is not `phone_number`. `told_start` is
    when the customer was told to expect the soonest call. `meant_for` is the id of the agent who should make the
    call if ready when it is due.
    """

    id: str
    reference: str
    status: Status
    kind: Kind
    window: Window
    slot_start: datetime
    due_at: datetime
    phone_number: str
    reason: str
    topic: str
    language: str
    channel: Channel
    created_at: datetime
    updated_at: datetime
    priority: int = 0
    name: str | None = None
    company: str | None = None
    alternate_phone_number: str | None = None
    dial_number: str | None = None
    attention: str | None = None
    conversation_id: str | None = None
    resolution: str | None = None
    told_start: datetime | None = None
    meant_for: str | None = None
    version: int = 1
    attempts: tuple[Attempt, ...] = ()

    @property
    def next_number(self) -> str:
        """The number that is dialled next."""
        return self.dial_number or self.phone_number

    @property
    def is_open(self) -> bool:
        """Whether the promise still stands."""
        return self.status in OPEN

    @property
    def is_changeable(self) -> bool:
        """Whether the customer may move or cancel it now."""
        return self.status in CHANGEABLE

    def is_late(self, *, now: datetime, tolerance: timedelta = timedelta()) -> bool:
        """Whether the window ended without a first dial."""
        return self.is_open and not self.attempts and now > self.window.end + tolerance
