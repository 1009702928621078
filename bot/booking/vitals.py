"""How well each part of the product is, judged from what was seen: what is told, and when somebody must act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNANSWERED_FOR = timedelta(minutes=1)
"""Whoever wrote waits for their answer this long at most before it is more than a hiccup."""
LEFT_LYING = timedelta(minutes=5)
"""What is to be told and was not for so long is a backlog; before, it is a full minute's work."""
IDLE_AFTER = timedelta(seconds=30)
"""A dispatcher looks twice a second. One that has a lease and does not look waits for a clock that jumped, or hangs."""
FAILS_TOO_OFTEN = 0.05
WATCHED_FROM = 0.8
"""The part of a month's LINE messages from which somebody should know."""


class Condition(StrEnum):
    """From good to bad; OFF is what the settings do not use."""

    WELL = "well"
    OFF = "off"
    WATCH = "watch"
    ILL = "ill"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """What a dispatcher last did, and how the carrier has answered it: failures in a row, and until when it waits."""

    dispatched_at: datetime | None = None
    failures: int = 0
    paused_until: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatcher:
    """A dispatcher that has not said good-bye, in real time."""

    id: str
    lease_until: datetime
    pulse: Pulse


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """How one day's messages on one way ended, and the commonest cause where some did not arrive."""

    tried: int = 0
    failed: int = 0
    cause: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How many wait, and since when the first of them."""

    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Vitals:
    """What was seen. `answers` is whether a part answers now; `line` is (used, limit) of this month, None for unknown.

    `model` is the assistant's, where whoever started it has told. Times of messages are the business's, all else real.
    """

    answers: Mapping[str, bool]
    model: str | None = None
    answered_at: datetime | None = None
    unanswered: Waiting = Waiting()
    beat_at: datetime | None = None
    dispatchers: tuple[Dispatcher, ...] = ()
    revision: str | None = None
    newest_revision: str = ""
    size_bytes: int = 0
    unsure_calls: int = 0
    text_messages: Sending = Sending()
    uses_mail: bool = False
    mails: Sending = Sending()
    uses_line: bool = False
    line: tuple[int, int | None] | None = None
    on_line: Sending = Sending()
    outbox: Waiting = Waiting()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One part: how it is, and the name of the sentence that says so and what to do."""

    part: str
    condition: Condition
    says: str


def findings(seen: Vitals, *, now: datetime, real_now: datetime) -> tuple[Finding, ...]:
    """Every part in the order in which a call passes through them."""
    return (
        Finding(part="gateway", condition=Condition.WELL, says="gateway_well"),
        _assistant(seen, now=now),
        _answering("actions", seen),
        _dispatcher(seen, real_now=real_now),
        _database(seen),
        _carrier(seen, real_now=real_now),
        _sending("text_messages", seen.text_messages),
        _line(seen),
        _sending("mails", seen.mails) if seen.uses_mail else _off("mails"),
        _outbox(seen, now=now),
    )


def living(seen: Vitals, *, real_now: datetime) -> tuple[Dispatcher, ...]:
    """Those whose lease runs."""
    return tuple(one for one in seen.dispatchers if one.lease_until > real_now)


def paused_until(seen: Vitals, *, real_now: datetime) -> datetime | None:
    """Until when no dispatcher asks the carrier; None while one may."""
    pauses = [one.pulse.paused_until for one in living(seen, real_now=real_now)]
    open_ones = [until for until in pauses if until and until > real_now]
    return min(open_ones) if pauses and len(open_ones) == len(pauses) else None


def last_failure(seen: Vitals) -> Pulse | None:
    """The newest failure of the carrier that any dispatcher remembers."""
    failed = [(one.pulse.failed_at, one.pulse) for one in seen.dispatchers if one.pulse.failed_at]
    return max(failed, key=lambda pair: pair[0])[1] if failed else None


def _assistant(seen: Vitals, *, now: datetime) -> Finding:
    if not seen.answers.get("assistant"):
        return _ill("assistant", "assistant_down")
    since = seen.unanswered.since
    if since and now - since > UNANSWERED_FOR:
        return Finding(part="assistant", condition=Condition.WATCH, says="assistant_slow")
    return _well("assistant")


def _answering(part: str, seen: Vitals) -> Finding:
    return _well(part) if seen.answers.get(part) else _ill(part, f"{part}_down")


def _dispatcher(seen: Vitals, *, real_now: datetime) -> Finding:
    alive = living(seen, real_now=real_now)
    if not alive or not seen.answers.get("scheduler"):
        return _ill("dispatcher", "dispatcher_down")
    looked = [one.pulse.dispatched_at for one in alive if one.pulse.dispatched_at]
    if not looked or real_now - max(looked) > IDLE_AFTER:
        return _ill("dispatcher", "dispatcher_idle")
    if len(alive) < len(seen.dispatchers):
        return Finding(part="dispatcher", condition=Condition.WATCH, says="dispatcher_lost")
    return _well("dispatcher")


def _database(seen: Vitals) -> Finding:
    if not seen.answers.get("database"):
        return _ill("database", "database_down")
    return _well("database") if seen.revision == seen.newest_revision else _ill("database", "database_behind")


def _carrier(seen: Vitals, *, real_now: datetime) -> Finding:
    if not seen.answers.get("carrier"):
        return _ill("carrier", "carrier_down")
    if paused_until(seen, real_now=real_now):
        return _ill("carrier", "carrier_paused")
    if any(one.pulse.failures for one in living(seen, real_now=real_now)) or seen.unsure_calls:
        return Finding(part="carrier", condition=Condition.WATCH, says="carrier_shaky")
    return _well("carrier")


def _sending(part: str, sending: Sending) -> Finding:
    if not sending.failed:
        return _well(part)
    often = sending.failed > FAILS_TOO_OFTEN * sending.tried
    return Finding(part=part, condition=Condition.ILL if often else Condition.WATCH, says=f"{part}_failed")


def _line(seen: Vitals) -> Finding:
    if not seen.uses_line:
        return _off("line")
    if seen.line is None:
        return Finding(part="line", condition=Condition.WATCH, says="line_unknown")
    used, limit = seen.line
    if limit is None:
        return Finding(part="line", condition=Condition.WELL, says="line_unlimited")
    if used >= limit:
        return _ill("line", "line_used_up")
    is_near = used >= WATCHED_FROM * limit
    return Finding(part="line", condition=Condition.WATCH, says="line_near") if is_near else _well("line")


def _outbox(seen: Vitals, *, now: datetime) -> Finding:
    since = seen.outbox.since
    return _ill("outbox", "outbox_behind") if since and now - since > LEFT_LYING else _well("outbox")


def _well(part: str) -> Finding:
    return Finding(part=part, condition=Condition.WELL, says=f"{part}_well")


def _off(part: str) -> Finding:
    return Finding(part=part, condition=Condition.OFF, says=f"{part}_off")


def _ill(part: str, says: str) -> Finding:
    return Finding(part=part, condition=Condition.ILL, says=says)
