"""What the dispatcher asks of a carrier. Three answers to a dial, and no fourth: accepted, rejected, unknown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.booking.callback import Outcome

CARRIER_RANK = {
    "intent": 0, "agent": 0, "posting": 0, "unknown": 0, "accepted": 1, "queued": 1, "initiated": 2,
    "ringing": 3, "in-progress": 4,
    "completed": 5, "busy": 5, "no-answer": 5, "failed": 5, "canceled": 5,
}  # fmt: skip
"""How far a call has come. Carriers deliver status webhooks twice and out of order; a lower rank changes nothing."""
RINGING_RANK = CARRIER_RANK["ringing"]
FINAL_RANK = CARRIER_RANK["completed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """The carrier has taken the call."""

    call_sid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """Surely no call was placed. `number_is`: what is the matter with the number, None when it is not the number;
    `try_later`: the carrier has no room or cannot be reached, which says nothing about this call."""

    code: int
    number_is: Outcome | None = None
    try_later: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """A call may or may not have been placed: never dial again before it is known."""

    cause: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallState:
    """A call as the carrier tells it; `created_at` in the carrier's time, None when it does not say."""

    call_sid: str
    status: str
    created_at: datetime | None = None
    duration_s: int | None = None


class CarrierUnavailable(Exception):
    """The carrier did not answer a question. Asking again later is harmless."""


class Dialer(Protocol):
    """A carrier that places calls for attempts."""

    async def dial(self, attempt_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Place the attempt's call, once."""

    async def ring_agent(self, attempt_id: str, agent_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Ring this agent for the attempt, once; how that call fares is reported under the agent's id."""

    async def fetch(self, call_sid: str) -> CallState | None:
        """How a call stands; None for a call that the carrier does not know. Raises CarrierUnavailable."""

    async def latest(self, to: str) -> list[CallState]:
        """The newest calls to a number. Raises CarrierUnavailable."""

    async def redirect(self, attempt_id: str, call_sid: str, step: str) -> bool:
        """Lead a call of the attempt to another step; False when it is over. Raises CarrierUnavailable."""

    async def end(self, call_sid: str) -> None:
        """Stop a call that must not go on. Raises CarrierUnavailable."""
