"""Who works, who waits and who can be reached on one day, drawn by lot from a seed. Times are seconds from midnight.

The standard day: 50 agents from nine to five, of whom 4 % are absent and 10 % come up to half an hour late, with breaks
of 15, 30 and 15 minutes laid where few calls are promised, as a roster does; callbacks over sixteen windows of half an
hour; a call takes 190 s on average (lognormal, coefficient of variation 0.8) and 20 s of wrap-up. A customer can be
reached on and off.
"""

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, replace

OPENS, CLOSES = 9 * 3600, 17 * 3600
WINDOW = 1800
WEIGHTS = (5, 7, 9, 9, 8, 7, 4, 4, 5, 7, 8, 8, 7, 5, 4, 3)
AGENTS = 50
ABSENT, LATE, LATEST_S = 0.04, 0.10, 1800
BREAKS = ((2.5, 0.75, 900), (3.0, 1.25, 1800), (6.5, 1.0, 900))
"""Hours after opening at which the first agent goes, hours until the last one goes, seconds: never all at once."""
TALK_MEAN_S, TALK_VARIATION, WRAP_UP_S = 190.0, 0.8, 20.0
PICKS_UP_S = (5.0, 20.0)
RING_S = 25
IN_WINDOW, OUTSIDE = (0.8, 360.0), (0.4, 1800.0)
"""How often a customer can be reached, and for how many seconds on average not."""
LINES, PER_SECOND = 60, 1.0

Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """Somebody who was promised a call from `start` to `end`. `there`: when they pick up, `picks_up_s` after the first
    ring; `busy_s`: how long they then keep an agent, wrap-up counted in."""

    index: int
    start: int
    end: int
    asked: float
    there: tuple[Span, ...]
    picks_up_s: float
    busy_s: float

    def can_be_reached(self, at: float) -> bool:
        """Whether a call that begins to ring now is answered."""
        return self.stays_until(at) is not None

    def stays_until(self, at: float) -> float | None:
        """Until when a call would be answered; None for not now."""
        place = bisect_right(self.there, (at, math.inf)) - 1
        return self.there[place][1] if place >= 0 and self.there[place][1] > at else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """An agent's day: from when, and (from, how long) of each break."""

    starts: float
    breaks: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day. `outages`: when the carrier places no call."""

    seed: int
    customers: tuple[Customer, ...]
    workers: tuple[Worker, ...]
    outages: tuple[Span, ...] = ()

    def first(self, closes: int) -> "Day":
        """Its first hours: what was promised until then."""
        return replace(self, customers=tuple(one for one in self.customers if one.end <= closes))

    def carrier_is_down(self, at: float) -> bool:
        """Whether a dial fails now."""
        return any(start <= at < end for start, end in self.outages)


def draw(seed: int, *, callbacks: int = 5000, agents: int = AGENTS, outages: tuple[Span, ...] = ()) -> Day:
    """The day of this seed. Fewer callbacks and agents make a smaller one with the same load."""
    chance = random.Random(seed)
    customers: list[Customer] = []
    for slot, weight in enumerate(WEIGHTS):
        start = OPENS + slot * WINDOW
        for _ in range(round(callbacks * weight / sum(WEIGHTS))):
            customers.append(_customer(chance, len(customers), start))
    present = [place for place in range(agents) if chance.random() >= ABSENT]
    workers = tuple(_worker(chance, (place + 0.5) / agents) for place in present)
    return Day(seed=seed, customers=tuple(customers), workers=workers, outages=outages)


def _customer(chance: random.Random, index: int, start: int) -> Customer:
    spread = math.sqrt(math.log(1 + TALK_VARIATION**2))
    talk = chance.lognormvariate(math.log(TALK_MEAN_S) - spread**2 / 2, spread)
    end = start + WINDOW
    there = (
        *_on_and_off(chance, *OUTSIDE, OPENS, start),
        *_on_and_off(chance, *IN_WINDOW, start, end),
        *_on_and_off(chance, *OUTSIDE, end, CLOSES + 3600),
    )
    return Customer(
        index=index, start=start, end=end, asked=chance.random(), there=there,
        picks_up_s=chance.uniform(*PICKS_UP_S), busy_s=talk + WRAP_UP_S,
    )  # fmt: skip


def _on_and_off(chance: random.Random, share: float, away_s: float, start: float, end: float) -> list[Span]:
    """When somebody is there who is away for `away_s` on average and there for `share` of the time."""
    there_s = away_s * share / (1 - share)
    at, is_there, spans = start, chance.random() < share, []
    while at < end:
        lasts = chance.expovariate(1 / (there_s if is_there else away_s))
        if is_there:
            spans.append((at, min(end, at + lasts)))
        at, is_there = at + lasts, not is_there
    return spans


def _worker(chance: random.Random, place: float) -> Worker:
    late = chance.uniform(300, LATEST_S) if chance.random() < LATE else 0.0
    breaks = tuple((OPENS + 3600 * (first + place * spread), float(length)) for first, spread, length in BREAKS)
    return Worker(starts=OPENS + late, breaks=breaks)
