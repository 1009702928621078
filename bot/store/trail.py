"""How far somebody has read the numbered rows of a table, which are not always committed in the order of numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

LATE_COMMIT_S = 10.0
"""PostgreSQL numbers a row when it is written, and shows it when its transaction commits: one with a lower number may
come to light after one with a higher. What is younger than this is therefore read again."""
IN_FLIGHT = 500
"""So many numbers below the newest may still be on their way when reading begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trail:
    """Everything up to `floor` was handed on or never will be; of what lies above it, `seen` was handed on.

    `marks` are (when, the newest number then), in seconds of real time.
    """

    floor: int
    seen: frozenset[int] = frozenset()
    marks: tuple[tuple[float, int], ...] = ()

    @classmethod
    def from_newest(cls, newest: int) -> "Trail":
        """A trail for somebody who begins now. What its first `follow` finds fresh was there before."""
        return cls(floor=max(0, newest - IN_FLIGHT))

    def follow(self, read: Iterable[int], *, at: float) -> "tuple[Trail, frozenset[int]]":
        """Where the trail leads once every row above `floor` was read at that moment; and which of them are fresh."""
        fresh = frozenset(read) - self.seen
        seen = self.seen | fresh
        marked = self.marks[-1][1] if self.marks else self.floor
        newest = max(seen, default=self.floor)
        marks = (*self.marks, (at, newest)) if newest > marked else self.marks
        settled = [number for moment, number in marks if at - moment >= LATE_COMMIT_S]
        floor = max(settled, default=self.floor)
        trail = Trail(
            floor=floor, seen=frozenset(number for number in seen if number > floor), marks=marks[len(settled) :]
        )
        return trail, fresh
