"""Which promises will be late if everything goes on as it does: told before the window ends, not after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.booking.callback import Callback
from bot.booking.matching import Skills


@dataclass(frozen=True, kw_only=True, slots=True)
class Taker:
    """Somebody who takes calls, from `free_at` on."""

    skills: Skills
    free_at: datetime


def begins(
    line: Iterable[Callback], takers: Sequence[Taker], *, handle_time: timedelta, now: datetime
) -> dict[str, datetime | None]:
    """When each callback of the line, in the order in which they are dialled, is likely to be dialled, by its id; None
    for one that nobody can take. Whoever is free first takes the next call that they can answer."""
    free_at = [max(taker.free_at, now) for taker in takers]
    told: dict[str, datetime | None] = {}
    for callback in line:
        able = [place for place, taker in enumerate(takers) if taker.skills.fit(callback)]
        if not able:
            told[callback.id] = None
            continue
        place = min(able, key=lambda place: free_at[place])
        told[callback.id] = max(free_at[place], callback.due_at)
        free_at[place] = max(free_at[place], callback.due_at) + handle_time
    return told


def will_be_late(callback: Callback, begins_at: datetime | None) -> bool:
    """Whether the first dial is likely to come after the promised window."""
    return begins_at is None or begins_at >= callback.window.end
