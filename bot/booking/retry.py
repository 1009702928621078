"""What follows when an attempt ended without a conversation: another try at a lawful time, or the end."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.booking.callback import Attempt, Callback, Outcome
from bot.booking.window import Window

NOT_THE_CUSTOMERS = frozenset({Outcome.AGENT_MISSED, Outcome.CARRIER_FAILED})
"""Outcomes that use up none of the customer's attempts: the business or the carrier failed, not the customer."""


SETTLED = frozenset({Outcome.CONNECTED, Outcome.MOVED, Outcome.CANCELLED, Outcome.REFUSED})
"""Outcomes that the customer chose: nothing is tried again because of them, and what was missed before is forgotten."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryRule:
    """What follows one outcome.

    `delays[n]` is the pause after it came for the n+1st time on a number, the last one from then on. After `most` times
    that number is left alone. With `alternate` the customer's other number, if they gave one, is tried next.
    """

    delays: tuple[timedelta, ...]
    most: int
    alternate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """A rule for every outcome that is not SETTLED.

    `attempts` is how often the customer is tried in all. No try is made later than `wait_at_most` after the promised
    window. The rules of our own faults count on all numbers together.
    """

    rules: Mapping[Outcome, RetryRule]
    attempts: int
    wait_at_most: timedelta


def same_for_all(
    delays: tuple[timedelta, ...], *, own_fault_delay: timedelta, own_fault_limit: int, wait_at_most: timedelta
) -> RetryPolicy:
    """One rule for whatever the customer's phone does, another one for our own faults."""
    customers = RetryRule(delays=delays, most=len(delays) + 1)
    ours = RetryRule(delays=(own_fault_delay,), most=own_fault_limit + 1)
    return RetryPolicy(
        rules={
            outcome: ours if outcome in NOT_THE_CUSTOMERS else customers
            for outcome in Outcome
            if outcome not in SETTLED
        },
        attempts=len(delays) + 1,
        wait_at_most=wait_at_most,
    )


class Hours(Protocol):
    """When may be called."""

    def next_open(self, moment: datetime) -> datetime | None:
        """`moment` itself when open, else the next opening; None for never."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TryAgain:
    """Dial `number` at `at`, which lies inside its calling hours."""

    at: datetime
    number: str


Why = Literal["attempts_used", "number_unusable", "own_faults", "no_opening", "waited_too_long"]


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveUp:
    """No further dial, and why."""

    reason: Why


def after(
    callback: Callback,
    outcome: Outcome,
    *,
    policy: RetryPolicy,
    hours: Callable[[str], Hours],
    now: datetime,
    full: Collection[Window] = (),
) -> TryAgain | GiveUp:
    """Decide what follows the attempt that just ended. `callback.attempts` already includes it, with its outcome.

    `hours` tells when a number may be called. `full` are slots, in order, whose places are all promised to others:
    outside the callback's own window no try is put into them.
    """
    callback = replace(callback, attempts=_since_settled(callback.attempts))
    rule = policy.rules[outcome]
    number = _number_of(callback, callback.attempts[-1])
    if outcome in NOT_THE_CUSTOMERS:
        came = _count(callback.attempts, lambda made: made.outcome in NOT_THE_CUSTOMERS)
        if came >= rule.most:
            return GiveUp(reason="own_faults")
    else:
        came = _came(callback, outcome, number)
        if _count(callback.attempts, lambda made: made.outcome not in NOT_THE_CUSTOMERS) >= policy.attempts:
            return GiveUp(reason="attempts_used")
        next_number = _next_number(callback, number, rule, policy)
        if next_number is None:
            return GiveUp(reason="number_unusable" if outcome in NUMBER_FAULTS else "attempts_used")
        number = next_number
    delay = rule.delays[min(came, len(rule.delays)) - 1]
    at = _first_moment(now + delay, hours(number), own=callback.window, full=full)
    if at is None:
        return GiveUp(reason="no_opening")
    return (
        GiveUp(reason="waited_too_long")
        if at > callback.window.end + policy.wait_at_most
        else TryAgain(at=at, number=number)
    )


NUMBER_FAULTS = frozenset({Outcome.INVALID, Outcome.BLOCKED})
"""The number itself cannot be called: waiting changes nothing."""


def _next_number(callback: Callback, current: str, rule: RetryRule, policy: RetryPolicy) -> str | None:
    """The number for the next try; None when every number has had its share."""
    both = [callback.phone_number, *filter(None, [callback.alternate_phone_number])]
    usable = [number for number in dict.fromkeys(both) if not _is_spent(callback, number, policy)]
    others = [number for number in usable if number != current]
    if current not in usable or rule.alternate:
        return next(iter(others), current if current in usable else None)
    return current


def _is_spent(callback: Callback, number: str, policy: RetryPolicy) -> bool:
    return any(
        _came(callback, outcome, number) >= rule.most
        for outcome, rule in policy.rules.items()
        if outcome not in NOT_THE_CUSTOMERS
    )


def _first_moment(moment: datetime, hours: Hours, *, own: Window, full: Collection[Window]) -> datetime | None:
    """The first open moment that lies in no full slot but the callback's own window."""
    at = hours.next_open(moment)
    for slot in full:
        if at is not None and slot.contains(at) and not own.contains(at):
            at = hours.next_open(slot.end)
    return at


def _since_settled(made: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """A customer who chose another time is tried as often as anybody for it."""
    last = max((place for place, attempt in enumerate(made, start=1) if attempt.outcome in SETTLED), default=0)
    return made[last:]


def _came(callback: Callback, outcome: Outcome, number: str) -> int:
    return _count(callback.attempts, lambda made: made.outcome == outcome and _number_of(callback, made) == number)


def _number_of(callback: Callback, made: Attempt) -> str:
    return made.to_number or callback.phone_number


def _count(attempts: tuple[Attempt, ...], counts: Callable[[Attempt], bool]) -> int:
    return sum(map(counts, attempts))
