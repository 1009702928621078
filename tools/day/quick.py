"""The day without a database: seconds instead of minutes, for trying an order beside others."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.booking.callback import Callback, Channel, Kind, Status
from bot.booking.priority import Load, OrderPolicy, is_crowded, rank, starts_after, will_be_late
from bot.booking.window import Window
from tools.day.instance import CLOSES, OPENS, RING_S, Customer, Day
from tools.day.kept import Figures, Story, figures

MIDNIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)
"""24 November 2026 begins in Tokyo: a Tuesday on which people work."""
LOOKS_EVERY_S = 5
RETRIES_S = (180, 240, 300, 360, 1800)
"""The pauses before a second to sixth try: some minutes, inside the window; the last one gives up on it."""
ORDER = OrderPolicy(waiting_cap=timedelta(minutes=110), crowded_from=0.0, handle_time=timedelta(seconds=220))
"""The settings of a centre that is full all day: what is broken waits until nothing else does, or for two hours."""


def moment(seconds: float) -> datetime:
    """A second of the day as the product tells it."""
    return MIDNIGHT + timedelta(seconds=seconds)


def second(at: datetime) -> float:
    """The other way round."""
    return (at - MIDNIGHT).total_seconds()


def promise(customer: Customer) -> Callback:
    """A customer's callback as it was booked."""
    window = Window(start=moment(customer.start), end=moment(customer.end))
    asked = MIDNIGHT - timedelta(hours=24 * customer.asked)
    return Callback(
        id=f"{customer.index:032x}", reference=f"D{customer.index:05d}", status=Status.BOOKED, kind=Kind.SCHEDULED,
        window=window, slot_start=window.start, due_at=window.start, phone_number=f"+8190{10_000_000 + customer.index}",
        reason="修理の相談", topic="general", language="ja", channel=Channel.WEB, created_at=asked, updated_at=asked,
    )  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Waiting:
    """A promise in the line."""

    customer: Customer
    callback: Callback
    story: Story
    due: float


class Way(Protocol):
    """A way of choosing whom to dial. `retries_s`: pauses after each try that reached nobody; `inside_only`: no further
    try outside the window."""

    @property
    def retries_s(self) -> Sequence[float]: ...

    @property
    def inside_only(self) -> bool: ...

    def line(self, due: list[Waiting], now: float, agents: int) -> list[Waiting]:
        """Who may be dialled now, the first one first."""


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Sorted by a key that knows nothing of the load."""

    key: Callable[[Waiting, float], object]
    retries_s: Sequence[float]
    inside_only: bool = False

    def line(self, due: list[Waiting], now: float, agents: int) -> list[Waiting]:
        """By the key."""
        return sorted(due, key=lambda one: self.key(one, now))  # type: ignore[arg-type,return-value]  # keys of one kind


@dataclass(frozen=True, kw_only=True)
class Ours:
    """The product's own rule."""

    policy: OrderPolicy = ORDER
    retries_s: Sequence[float] = RETRIES_S
    inside_only: bool = False

    def line(self, due: list[Waiting], now: float, agents: int) -> list[Waiting]:
        """By `priority.rank`."""
        at = moment(now)
        crowded = is_crowded(load(due, now, agents, policy=self.policy), policy=self.policy, now=at)
        return sorted(due, key=lambda one: rank(one.callback, policy=self.policy, now=at, crowded=crowded))


@dataclass(frozen=True, kw_only=True)
class Clairvoyant:
    """Knows who would pick up, and dials nobody else: those first who will be away soonest. No dispatcher can."""

    retries_s: Sequence[float] = ()
    inside_only: bool = False

    def line(self, due: list[Waiting], now: float, agents: int) -> list[Waiting]:
        """Those who are there: first those who can still be reached in time."""
        there = [(one, until) for one in due if (until := one.customer.stays_until(now)) is not None]
        key = [
            (now + one.customer.picks_up_s > one.customer.end, min(until, one.customer.end), one.customer.index, one)
            for one, until in there
        ]
        return [one for *_, one in sorted(key, key=lambda entry: entry[:3])]


def load(due: Sequence[Waiting], now: float, agents: int, *, policy: OrderPolicy) -> Load:
    """What stands against what."""
    ends = [one.customer.end for one in due if one.customer.end > now + policy.slack.total_seconds()]
    return Load(waiting=len(ends), soonest_end=moment(min(ends)) if ends else None, agents=agents)


WAYS: dict[str, Way] = {
    "first in, first out": Plain(key=lambda one, _: (one.due, one.customer.asked), retries_s=(0,) * 5),
    "fixed slots": Plain(key=lambda one, _: one.due, retries_s=(0,)),
    "earliest deadline": Plain(
        key=lambda one, _: (one.customer.end, one.due, one.customer.asked), retries_s=(420,) * 5, inside_only=True
    ),
    "ours": Ours(),
    "clairvoyant": Clairvoyant(),
}


@dataclass
class _Run:
    """One day under one way, second by second: at most one dial in each, as the carrier allows."""

    day: Day
    way: Way
    fixed: bool
    closes: int = CLOSES
    due: list[Waiting] = field(default_factory=list)
    later: list[tuple[float, int, Waiting]] = field(default_factory=list)
    free: list[int] = field(default_factory=list)
    back: list[tuple[float, int]] = field(default_factory=list)
    breaks: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    line: list[Waiting] = field(default_factory=list)

    def go(self) -> list[Story]:
        stories = []
        for customer in self.day.customers:
            story = Story(start=customer.start, end=customer.end)
            stories.append(story)
            due = customer.start + (customer.end - customer.start) * customer.asked * self.fixed
            self._later(Waiting(customer=customer, callback=promise(customer), story=story, due=due))
        self.back = [(worker.starts, index) for index, worker in enumerate(self.day.workers)]
        heapq.heapify(self.back)
        for now in range(OPENS, self.closes):
            self._second(now)
        return stories

    def _second(self, now: int) -> None:
        fresh = False
        while self.later and self.later[0][0] <= now:
            self.due.append(heapq.heappop(self.later)[2])
            fresh = True
        self._agents(now)
        if now % LOOKS_EVERY_S == 0:
            self._tell(now)
        if not self.free or not self.due:
            return
        if fresh or now % LOOKS_EVERY_S == 0 or isinstance(self.way, Clairvoyant):
            self.line = self.way.line(self.due, now, len(self.day.workers))[::-1]
        if self.line:
            self._dial(self.line.pop(), now)

    def _agents(self, now: int) -> None:
        while self.back and self.back[0][0] <= now:
            self.free.append(heapq.heappop(self.back)[1])
        for agent in list(self.free):
            breaks, taken = self.day.workers[agent].breaks, self.breaks[agent]
            if taken < len(breaks) and breaks[taken][0] <= now:
                self.free.remove(agent)
                self.breaks[agent] += 1
                heapq.heappush(self.back, (now + breaks[taken][1], agent))

    def _tell(self, now: int) -> None:
        """The same rule for all ways: they differ in whom they dial."""
        stands = load(self.due, now, len(self.day.workers), policy=ORDER)
        for ahead, one in enumerate(self.due):
            untold = not one.story.calls and one.story.told is None and one.story.end > now
            waits = starts_after(ahead, stands, policy=ORDER) if stands.agents else None
            if untold and will_be_late(waits, one.callback.window, now=moment(now)):
                one.story.told = now

    def _dial(self, one: Waiting, now: int) -> None:
        if self.day.carrier_is_down(now):
            self.line.append(one)  # refused at once: still owed
            return
        self.due.remove(one)
        agent = self.free.pop(0)
        if one.customer.can_be_reached(now):
            one.story.reached = now + one.customer.picks_up_s
            lasts = one.customer.picks_up_s + one.customer.busy_s
        else:
            lasts = float(RING_S)
        one.story.calls.append((now, now + lasts))
        if one.story.reached is None:
            self._again(one, now + RING_S)
        heapq.heappush(self.back, (now + lasts, agent))

    def _again(self, one: Waiting, now: float) -> None:
        tried = len(one.story.calls)
        if tried <= len(self.way.retries_s):
            one.due = now + self.way.retries_s[tried - 1]
            if self.way.inside_only and one.due >= one.customer.end:
                return
            one.callback = replace(one.callback, status=Status.RETRY_WAIT, due_at=moment(one.due))
            self._later(one)

    def _later(self, one: Waiting) -> None:
        heapq.heappush(self.later, (one.due, one.customer.index, one))


def run(day: Day, name: str, *, closes: int = CLOSES) -> tuple[list[Story], Figures]:
    """The day, or its first hours, under one of the WAYS."""
    going = _Run(day=day, way=WAYS[name], fixed=name == "fixed slots", closes=closes)
    stories = going.go()
    return stories, figures(stories, day=day, over_capacity=0, closes=closes)
