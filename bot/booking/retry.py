"""What follows when an attempt ended without a conversation: another try at a lawful time, or the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.booking.callback import Callback, Outcome

NOT_THE_CUSTOMERS = frozenset({Outcome.AGENT_MISSED, Outcome.CARRIER_FAILED})
"""Outcomes that use up none of the customer's attempts: the business or the carrier failed, not the customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """`delays[n]` is the pause after the customer's attempt n+1; one more attempt than delays is made.

    `own_fault_delay` is the pause after an attempt that failed on our side; at most `own_fault_limit` of those.
    """

    delays: tuple[timedelta, ...]
    own_fault_delay: timedelta
    own_fault_limit: int

    @property
    def attempts(self) -> int:
        """How often the customer is tried in all."""
        return len(self.delays) + 1


class Hours(Protocol):
    """When may be called."""

    def next_open(self, moment: datetime) -> datetime | None:
        """`moment` itself when open, else the next opening; None for never."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TryAgain:
    """Dial again at `at`, which lies inside calling hours."""

    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveUp:
    """No further dial: every attempt is used, or there is no opening left to try in."""

    reason: str


def after(
    callback: Callback, outcome: Outcome, *, policy: RetryPolicy, hours: Hours, now: datetime
) -> TryAgain | GiveUp:
    """Decide what follows the attempt that just ended. `callback.attempts` already includes it, with its outcome."""
    own_faults = sum(1 for attempt in callback.attempts if attempt.outcome in NOT_THE_CUSTOMERS)
    tried = len(callback.attempts) - own_faults
    if outcome in NOT_THE_CUSTOMERS:
        if own_faults > policy.own_fault_limit:
            return GiveUp(reason="own_faults")
        delay = policy.own_fault_delay
    elif tried >= policy.attempts:
        return GiveUp(reason="attempts_used")
    else:
        delay = policy.delays[tried - 1]
    at = hours.next_open(now + delay)
    return TryAgain(at=at) if at else GiveUp(reason="no_opening")
