"""The room in which a customer and an agent speak: others may listen in, whisper, join, and take the call over."""

from dataclasses import dataclass
from typing import Protocol

from bot.telephony.dialer import Accepted, Rejected, Unknown

NOBODY = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """How somebody takes part. `coaches` is the call that alone hears them, NOBODY for everybody."""

    muted: bool = False
    coaches: str = NOBODY


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What is to be otherwise about somebody in a room; None stays as it is. `closes`: the room ends when they go."""

    voice: Voice | None = None
    held: bool | None = None
    closes: bool | None = None


class Rooms(Protocol):
    """The rooms of attempts. All that is done in them may be done twice."""

    async def invite(self, attempt_id: str, guest_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Ring somebody for the attempt's room, once. Only a key brings them in: a voicemail must not join a call. What
        they hear and press, and how that call fares, is asked and told under the guest's id."""

    async def change(self, attempt_id: str, call_sid: str, change: Change) -> bool:
        """Change how a call takes part; False when it, or the room, is gone. Raises CarrierUnavailable."""

    async def send_out(self, attempt_id: str, call_sid: str) -> None:
        """End a call that is in the room or still rings for it; harmless for one that is over. Raises
        CarrierUnavailable."""


def room_of(attempt_id: str) -> str:
    """The name of an attempt's room at the carrier."""
    return f"callback-{attempt_id}"
