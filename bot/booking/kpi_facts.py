"""What a callback's history counts for: facts of its promises and of its dials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.booking.callback import Outcome, Status
from bot.booking.kpis import ESTIMATE_WITHIN, FOLLOWED_FOR, TOLERANCE, Unit
from bot.booking.window import Window

ANSWERED = frozenset({Outcome.CONNECTED, Outcome.AGENT_MISSED})
"""The customer picked up and pressed the key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A promise as it was made or moved: until the next one it is the promise in force."""

    at: datetime
    window: Window
    estimate: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialled:
    """One attempt. `outcome` and `ended_at` are None while it lives; `spoke_from` is when the agent took the call."""

    started_at: datetime
    agent_id: str
    outcome: Outcome | None = None
    ended_at: datetime | None = None
    spoke_from: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """A callback as its log tells it, oldest first. `closed_at` is when it came to its final status.

    `told_late_at` are the delay notices that were sent; `asked_again_at` the number's other requests.
    """

    callback_id: str
    channel: str
    topic: str
    status: Status
    asked_at: datetime
    promises: tuple[Made, ...]
    dials: tuple[Dialled, ...] = ()
    closed_at: datetime | None = None
    is_suppressed: bool = False
    told_late_at: tuple[datetime, ...] = ()
    asked_again_at: tuple[datetime, ...] = ()
    surveyed: bool = False
    rating: int | None = None
    effort: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What one chat, promise or dial counts for. `at` decides its day and hour; `agent_id` is "" for nobody."""

    unit: Unit
    subject: str
    number: int
    at: datetime
    channel: str
    topic: str = ""
    agent_id: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    wait_promise: int | None = None
    wait_asked: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """All facts of a callback, and when time alone will change them."""

    facts: tuple[Fact, ...]
    check_at: datetime | None


def judge(history: History, *, now: datetime) -> Judged:
    """What this history counts for at `now`."""
    promises = [_Promise(history, index, now=now) for index in range(len(history.promises))]
    facts = [promise.fact() for promise in promises]
    facts += [_dial_fact(history, number, dial) for number, dial in enumerate(history.dials, 1)]
    checks = [promise.deadline for promise in promises if promise.is_pending]
    spoken_until = _spoken_until(history)
    if spoken_until and now < spoken_until + FOLLOWED_FOR:
        checks.append(spoken_until + FOLLOWED_FOR)
    return Judged(facts=tuple(facts), check_at=min(checks, default=None))


class _Promise:
    """One promise of a history and what became of it."""

    def __init__(self, history: History, index: int, *, now: datetime) -> None:
        self._history = history
        self._index = index
        self._now = now
        self._made = history.promises[index]
        self._is_last = index == len(history.promises) - 1
        self._next_at = None if self._is_last else history.promises[index + 1].at
        self.deadline = self._made.window.end + TOLERANCE
        self._dials = [dial for dial in history.dials if self._holds(dial.started_at)]

    def _holds(self, moment: datetime) -> bool:
        since_made = self._index == 0 or moment >= self._made.at
        return since_made and (self._next_at is None or moment < self._next_at)

    @property
    def is_kept(self) -> bool | None:
        """Whether the first dial came in time; None when that was not, or is not yet, to be judged."""
        if self._dials:
            return self._made.window.start <= self._dials[0].started_at <= self.deadline
        if self._history.is_suppressed and self._is_last:
            return None
        if self._is_last and self._history.status == Status.EXPIRED:
            return False  # given up by us, whenever that was
        over_at = self._next_at or self._history.closed_at
        return False if (over_at or self._now) > self.deadline else None

    @property
    def is_pending(self) -> bool:
        """Whether it will be broken by time alone."""
        is_open = self._is_last and self._history.closed_at is None
        return is_open and not self._dials and self._now <= self.deadline

    def fact(self) -> Fact:
        """What the promise counts for; the last one stands for the whole callback, too."""
        history, made = self._history, self._made
        first = self._dials[0].started_at if self._dials else None
        return Fact(
            unit=Unit.PROMISE,
            subject=history.callback_id,
            number=self._index + 1,
            at=made.window.start,
            channel=history.channel,
            topic=history.topic,
            agent_id=self._dials[-1].agent_id if self._dials else "",
            counts=_counted({**self._promise_counts(first), **(self._callback_counts() if self._is_last else {})}),
            wait_promise=None if first is None else _seconds(made.window.start, first),
            wait_asked=_seconds(history.asked_at, history.dials[0].started_at)
            if self._is_last and history.dials
            else None,
        )

    def _promise_counts(self, first: datetime | None) -> dict[str, bool]:
        made, kept = self._made, self.is_kept
        told = any(self._holds(at) and at <= made.window.end for at in self._history.told_late_at)
        off_by = abs(first - made.estimate) if first and made.estimate else None
        return {
            "kept": kept is True,
            "broken": kept is False,
            "told": kept is False and told,
            "estimates": off_by is not None,
            "estimates_right": off_by is not None and off_by <= ESTIMATE_WITHIN,
        }

    def _callback_counts(self) -> dict[str, int]:
        history = self._history
        spoken_until = _spoken_until(history)
        failed = not spoken_until and not history.is_suppressed
        followed = spoken_until is not None and self._now >= spoken_until + FOLLOWED_FOR
        return {
            "callbacks": True,
            "moved": self._index > 0,
            "cancelled": history.status == Status.CANCELLED and not history.is_suppressed,
            "suppressed": history.is_suppressed,
            "dialled": bool(history.dials),
            "dials": len(history.dials),
            "spoken": spoken_until is not None,
            "unreached": failed and history.status == Status.UNREACHED,
            "expired": failed and history.status == Status.EXPIRED,
            "followed": followed,
            "settled_once": followed and not _asked_again(history, spoken_until),
            "surveys": history.surveyed or history.rating is not None,
            "ratings": history.rating is not None,
            "rating_sum": history.rating or 0,
            "efforts": history.effort is not None,
            "effort_sum": history.effort or 0,
        }


def _dial_fact(history: History, number: int, dial: Dialled) -> Fact:
    counts = {
        "rung": dial.outcome is not None and dial.outcome != Outcome.CARRIER_FAILED,
        "answered": dial.outcome in ANSWERED,
        "reserved_s": _seconds(dial.started_at, dial.ended_at),
        "talk_s": _seconds(dial.spoke_from, dial.ended_at) if dial.outcome == Outcome.CONNECTED else 0,
    }
    return Fact(
        unit=Unit.DIAL, subject=history.callback_id, number=number, at=dial.started_at, channel=history.channel,
        topic=history.topic, agent_id=dial.agent_id, counts=_counted(counts),
    )  # fmt: skip


def chat_fact(chat_id: str, *, channel: str, began_at: datetime, asked: bool) -> Fact:
    """What a talk counts for."""
    return Fact(
        unit=Unit.CHAT, subject=chat_id, number=0, at=began_at, channel=channel,
        counts=_counted({"chats": True, "chats_asking": asked}),
    )  # fmt: skip


def _spoken_until(history: History) -> datetime | None:
    """When the last talk with the customer ended; None when there was none."""
    talks = [dial.ended_at for dial in history.dials if dial.outcome == Outcome.CONNECTED and dial.ended_at]
    return max(talks, default=None)


def _asked_again(history: History, since: datetime | None) -> bool:
    return since is not None and any(since < at <= since + FOLLOWED_FOR for at in history.asked_again_at)


def _seconds(start: datetime | None, end: datetime | None) -> int:
    """Whole seconds passed, rounded down; none for what came early or is not over."""
    return max(0, (end - start) // timedelta(seconds=1)) if start and end else 0


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    """Without what does not count."""
    return {name: int(count) for name, count in counts.items() if count}
