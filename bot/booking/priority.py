"""Who is dialled first when more is due than there are agents, and who must be told that it will be late.

The promise that ends first comes first. A promise that was broken already gives way while the others could only just
be kept: serving it first would break the next one, and that one the next (first-in-first-out loses a whole day to one
busy hour that way). Nobody gives way for longer than the waiting cap.
"""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.booking.callback import Callback, Status
from bot.booking.matching import Skills
from bot.booking.window import Window

STARVING, FIRST, THEN = 0, 1, 2
"""The groups of the order: nobody of a later one is dialled while somebody of an earlier one waits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPolicy:
    """The weights of the order. All of them are settings.

    `slack`: a dial that begins this shortly before the window's end reaches nobody inside it.
    `redial_after`: whoever was not reached stands behind first dials of promises that end at most so much later.
    `priority_worth`: every point of priority counts as a promise that ends so much earlier; zero: among equals only.
    `waiting_cap`: whoever is owed a dial since so long after the window comes before everybody else.
    `crowded_from`: the part of the time left that the promises still to be kept may fill before they come first.
    `vips`: numbers that have `vip_points` of priority more; the settings name some, and the desk's list in the database
    is added to them where the order is asked for. `handle_time`: how long one dial keeps an agent.
    """

    slack: timedelta = timedelta(seconds=15)
    redial_after: timedelta = timedelta(minutes=30)
    priority_worth: timedelta = timedelta()
    waiting_cap: timedelta = timedelta(minutes=45)
    crowded_from: float = 0.5
    vips: frozenset[str] = frozenset()
    vip_points: int = 5
    handle_time: timedelta = timedelta(minutes=5)

    def points(self, callback: Callback) -> int:
        """Its priority, the list of important numbers counted in."""
        return callback.priority + (self.vip_points if callback.phone_number in self.vips else 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What stands against what: `waiting` promises that are due and can still be kept, the first of them ending at
    `soonest_end`, and `agents` on duty."""

    waiting: int
    soonest_end: datetime | None
    agents: int


def is_crowded(load: Load, *, policy: OrderPolicy, now: datetime) -> bool:
    """Whether the promises that can still be kept need (nearly) all agents until the first of them ends."""
    if load.soonest_end is None:
        return False
    work = load.waiting * policy.handle_time
    return work > policy.crowded_from * load.agents * (load.soonest_end - now)


Rank = tuple[int, int, int, datetime, datetime, str]


def rank(callback: Callback, *, policy: OrderPolicy, now: datetime, crowded: bool) -> Rank:
    """What to sort callbacks by that are owed a dial: the smallest is dialled first. No two have the same rank."""
    points = policy.points(callback)
    owed_by = max(callback.window.end, callback.due_at)
    if owed_by + policy.waiting_cap <= now:
        group, deadline = STARVING, _seconds(owed_by)
    else:
        is_late = callback.window.end <= now + policy.slack
        group = THEN if is_late == crowded else FIRST
        deadline = _seconds(callback.window.end) - points * _whole(policy.priority_worth)
        if callback.status == Status.RETRY_WAIT:
            deadline += _whole(policy.redial_after)
    return group, deadline, -points, callback.due_at, callback.created_at, callback.id


def starts_after(ahead: int, load: Load, *, policy: OrderPolicy) -> timedelta:
    """How long somebody waits for a dial who has so many before them; for ever while no agent is on duty."""
    return ahead * policy.handle_time / load.agents if load.agents else timedelta.max


def waits_of(
    line: Iterable[tuple[str, str]], on_duty: Collection[Skills], *, policy: OrderPolicy
) -> Iterator[timedelta | None]:
    """How long each of those in line, by topic and language and in the dial order, waits for a dial: for ever where
    nobody on duty can answer, None while nobody is on duty at all.

    Everybody is busy now, as a rule, and becomes free some time within the next handle time. A call goes to whoever is
    free first of those who can answer it, the narrower skills first.
    """
    if not on_duty:
        yield from (None for _ in line)
        return
    teams = {skills: _free_times(count, policy.handle_time) for skills, count in Counter(on_duty).items()}
    able: dict[tuple[str, str], list[Skills]] = {}
    for wanted in line:
        if wanted not in able:
            able[wanted] = sorted((team for team in teams if team.answers(*wanted)), key=lambda one: one.breadth)
        if not able[wanted]:
            yield timedelta.max
            continue
        team = teams[min(able[wanted], key=lambda skills: teams[skills][0])]
        yield heapq.heapreplace(team, team[0] + policy.handle_time)


def _free_times(people: int, handle_time: timedelta) -> list[timedelta]:
    return [index * handle_time / people for index in range(people)]  # sorted: a heap


LATE_NOTICE_BEFORE_END = timedelta(minutes=5)
"""Whoever was not called this shortly before the window ends is told in any case; in a short window from its middle."""


def will_be_late(waits: timedelta | None, window: Window, *, now: datetime) -> bool:
    """Whether a customer who was not called yet should be told now that it will be late: the window is about to end,
    or is half over and those before them need longer than what is left. `waits`: until their dial, as far as it can be
    told; None while nobody is on duty."""
    left = window.end - now
    if left <= min(LATE_NOTICE_BEFORE_END, window.length / 2):
        return True
    return left <= window.length / 2 and waits is not None and waits > left


def _seconds(moment: datetime) -> int:
    """Whole seconds: databases agree on these, and nobody is promised less."""
    return int(moment.timestamp())


def _whole(span: timedelta) -> int:
    return int(span.total_seconds())
