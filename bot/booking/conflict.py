"""What was promised and does not fit the rules any more: hours, holidays or the roster changed after the booking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.booking.callback import CHANGEABLE, HOURS_CHANGED, Callback
from bot.booking.rules import Rules
from bot.booking.window import Window

Conflict = Literal["hours_changed", "capacity_changed"]
"""Why a promise cannot be kept as it stands; also the name of what its customer is told."""


def is_outside_hours(callback: Callback, rules: Rules, *, now: datetime) -> bool:
    """Whether what is left of the window reaches outside a layer of hours."""
    left = Window(start=max(callback.window.start, now), end=callback.window.end)
    return not rules.calling_hours(callback.topic, callback.phone_number).covers(left)


def beyond(promised: Sequence[Callback], capacity: int) -> tuple[Callback, ...]:
    """Which of a slot's open callbacks have no place when there are only `capacity`: the last that came, the least
    urgent first. A call under way keeps its place, and whoever was told before is told first again: nobody else is.
    """

    def claim(callback: Callback) -> tuple[bool, bool, int, datetime, str]:
        is_told = callback.attention == HOURS_CHANGED
        is_under_way = callback.status not in CHANGEABLE
        return not is_under_way, is_told, -callback.priority, callback.created_at, callback.id

    return tuple(callback for callback in sorted(promised, key=claim)[capacity:] if callback.status in CHANGEABLE)
