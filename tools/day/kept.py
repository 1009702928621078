"""What came of a day's promises, in the figures that matter to customers and to the business."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tools.day.instance import CLOSES, Day, Span, Worker


@dataclass(kw_only=True, slots=True)
class Story:
    """One promise: from when to when each call for it kept an agent, when the customer picked up, and when they were
    told that it will be late; in seconds."""

    start: int
    end: int
    calls: list[Span] = field(default_factory=list)
    reached: float | None = None
    told: float | None = None

    @property
    def is_reached_in_time(self) -> bool:
        """Inside the promised window."""
        return self.reached is not None and self.start <= self.reached <= self.end

    @property
    def is_dialled_in_time(self) -> bool:
        """First dial inside the promised window."""
        return bool(self.calls) and self.start <= self.calls[0][0] < self.end

    @property
    def is_late_in_silence(self) -> bool:
        """Not dialled inside the window, and nobody told the customer before its end."""
        return not self.is_dialled_in_time and (self.told is None or self.told >= self.end)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Shares of all promises, and counts. `use`: the part of agents' time on duty that they rang, spoke and wrote."""

    promises: int
    reached: float
    dialled: float
    reached_at_all: float
    late_in_silence: int
    over_capacity: int
    dials: int
    use: float


def figures(stories: Iterable[Story], *, day: Day, over_capacity: int, closes: int = CLOSES) -> Figures:
    """Count a day."""
    told = list(stories)
    busy_s = sum(end - start for one in told for start, end in one.calls)
    duty_s = sum(_on_duty(worker, closes) for worker in day.workers)
    return Figures(
        promises=len(told),
        reached=sum(one.is_reached_in_time for one in told) / len(told),
        dialled=sum(one.is_dialled_in_time for one in told) / len(told),
        reached_at_all=sum(one.reached is not None for one in told) / len(told),
        late_in_silence=sum(one.is_late_in_silence for one in told),
        over_capacity=over_capacity,
        dials=sum(len(one.calls) for one in told),
        use=busy_s / duty_s,
    )


def mean(days: list[Figures]) -> Figures:
    """Several days as one: shares averaged, what must never happen added up."""

    def average(name: str) -> float:
        return float(sum(getattr(day, name) for day in days)) / len(days)

    return Figures(
        promises=days[0].promises, reached=average("reached"), dialled=average("dialled"),
        reached_at_all=average("reached_at_all"), late_in_silence=sum(day.late_in_silence for day in days),
        over_capacity=sum(day.over_capacity for day in days), dials=round(average("dials")), use=average("use"),
    )  # fmt: skip


def _on_duty(worker: Worker, closes: int) -> float:
    return closes - worker.starts - sum(length for start, length in worker.breaks if start < closes)
