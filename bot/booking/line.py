"""When somebody who waits in line will be called: who is ahead, who can call, and how long a call takes."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TOLD_IN_STEPS = timedelta(minutes=5)
"""An estimate to the second would promise more than anybody knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A place in the line, counted from 1, and when the call is expected; None for what is not known or no line."""

    queue_position: int | None = None
    estimated_start: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Accuracy:
    """Of `told` estimates whose time has come, `kept` saw the first dial in time."""

    told: int
    kept: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was told."""
        return self.kept / self.told if self.told else None


def expected_start(
    due_at: datetime, *, ahead: Sequence[datetime], free_at: Sequence[datetime], handle_time: timedelta
) -> datetime | None:
    """When the call that is owed at `due_at` begins; None when there is nobody to make it.

    `ahead`: when each call that comes first is owed. `free_at`: from when on each agent can call. Whoever is free takes
    the next call that is owed by then; who is owed one later holds up nobody before.
    """
    if not free_at:
        return None
    agents = list(free_at)
    heapq.heapify(agents)
    for owed in sorted(ahead):
        if max(due_at, agents[0]) < owed:
            break
        heapq.heapreplace(agents, max(owed, agents[0]) + handle_time)
    return max(due_at, agents[0])


def told(estimate: datetime) -> datetime:
    """The estimate as customers hear it: on the next five minutes, never before it is due."""
    beyond = timedelta(minutes=estimate.minute % 5, seconds=estimate.second, microseconds=estimate.microsecond)
    return estimate + TOLD_IN_STEPS - beyond if beyond else estimate
