"""What can go wrong in the core's own words. Each class is one sentence; facts are attributes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.booking.window import Window


class BookingError(Exception):
    """A request that cannot be granted as it stands."""


class SlotFull(BookingError):
    """Every place in the slot is taken."""

    def __init__(self, window: "Window", alternatives: Sequence["Window"] = ()) -> None:
        super().__init__(f"The slot at {window.start.isoformat()} has no place left.")
        self.window = window
        self.alternatives = tuple(alternatives)


class WindowNotOffered(BookingError):
    """The time lies outside what may be promised: closed, too soon, too far or off the grid."""

    def __init__(self, window: "Window", reason: str, alternatives: Sequence["Window"] = ()) -> None:
        super().__init__(f"A call at {window.start.isoformat()} cannot be promised: {reason.replace('_', ' ')}.")
        self.window = window
        self.reason = reason
        self.alternatives = tuple(alternatives)


class NumberRefused(BookingError):
    """The phone number cannot be called by us. `reason` is one of phone.REFUSALS."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The phone number is refused: {reason.replace('_', ' ')}.")
        self.reason = reason


class UnknownTopic(BookingError):
    """Nobody takes calls about this topic."""

    def __init__(self, topic: str, known: Sequence[str]) -> None:
        super().__init__("Nobody takes calls about this topic.")
        self.topic = topic
        self.known = tuple(known)


class TooManyOpenCallbacks(BookingError):
    """The number has as many open callbacks as one number may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The number already has {limit} open callbacks.")
        self.limit = limit


class CallbackNotFound(BookingError):
    """No callback has this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__("No callback has this reference.")
        self.reference = reference


class CallbackNotOpen(BookingError):
    """The callback can no longer be moved or cancelled. `status` says where it stands."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The callback can no longer be changed: it is {status.replace('_', ' ')}.")
        self.status = status


class ChangedMeanwhile(BookingError):
    """The callback is no longer in the version that was to be changed."""

    def __init__(self) -> None:
        super().__init__("The callback has changed since it was read.")


class NotRateable(BookingError):
    """Only a call that took place can be rated. `status` says where the callback stands."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The callback cannot be rated: it is {status.replace('_', ' ')}.")
        self.status = status


class ScoreOutOfRange(BookingError):
    """A rating is a whole number from 1 to 5."""

    def __init__(self, score: int) -> None:
        super().__init__("A rating is a whole number from 1 to 5.")
        self.score = score


class ForbiddenTransition(BookingError):
    """The table of transitions does not lead from one status to the other."""

    def __init__(self, source: str, target: str) -> None:
        super().__init__(f"A callback does not go from {source} to {target}.")
        self.source = source
        self.target = target


class IdempotencyConflict(BookingError):
    """The same idempotency key came with a different request."""

    def __init__(self) -> None:
        super().__init__("The idempotency key was already used for a different request.")
