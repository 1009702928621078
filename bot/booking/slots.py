"""Which windows may be promised, why another may not, and the nearest ones to a wish."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.booking.hours import BusinessHours
from bot.booking.window import Window

WhyNot = Literal["past", "too_soon", "too_far", "holiday", "closed", "off_grid", "unlawful"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotPolicy:
    """How slots are cut (`length`), how near (`lead`) and far (`horizon`) one may be promised, and its places.

    No slot ends later than `cutoff` before closing. `open_per_number` is how many open callbacks one number may have.
    """

    length: timedelta
    lead: timedelta
    horizon: timedelta
    capacity: int
    cutoff: timedelta = timedelta()
    open_per_number: int = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A window with places: `booked` of `capacity` are taken."""

    window: Window
    capacity: int
    booked: int

    @property
    def free(self) -> int:
        """Places left; never negative, even where capacity was lowered below what is sold."""
        return max(0, self.capacity - self.booked)


def cut(opening: Window, policy: SlotPolicy) -> Iterator[Window]:
    """Whole slots from an opening's start; what is left over before the cut-off at its end is not offered. In UTC."""
    start, end = opening.start.astimezone(UTC), opening.end.astimezone(UTC) - policy.cutoff
    while start + policy.length <= end:
        yield Window(start=start, end=start + policy.length)
        start += policy.length


def open_windows(
    hours: BusinessHours, policy: SlotPolicy, *, now: datetime, start: datetime, end: datetime
) -> Iterator[Window]:
    """Every slot that starts in [start, end) and may be promised at `now`, in order, in UTC."""
    earliest = max(start, now + policy.lead)
    latest = min(end, now + policy.horizon)
    day = hours.local_date(earliest)
    while day <= hours.local_date(latest):
        for opening in hours.windows(day):
            yield from (window for window in cut(opening, policy) if earliest <= window.start < latest)
        day += timedelta(days=1)


def every_window(hours: BusinessHours, policy: SlotPolicy, *, start: datetime, end: datetime) -> Iterator[Window]:
    """Every slot that starts in [start, end), however near or far, in order, in UTC."""
    any_time = replace(policy, lead=timedelta(), horizon=end - start)
    return open_windows(hours, any_time, now=start, start=start, end=end)


def window_at(hours: BusinessHours, policy: SlotPolicy, moment: datetime) -> Window | None:
    """The slot that contains this moment, or None when the business is closed then."""
    for opening in hours.windows(hours.local_date(moment)):
        if opening.contains(moment):
            first = opening.start.astimezone(UTC)
            start = first + (moment.astimezone(UTC) - first) // policy.length * policy.length
            is_whole = start + policy.length <= opening.end.astimezone(UTC) - policy.cutoff
            return Window(start=start, end=start + policy.length) if is_whole else None
    return None


def why_not(window: Window, hours: BusinessHours, policy: SlotPolicy, *, now: datetime) -> WhyNot | None:
    """The reason why this window cannot be promised at `now`; None when it can (capacity is the store's)."""
    if window.start < now:
        return "past"
    if window.start < now + policy.lead:
        return "too_soon"
    if window.start >= now + policy.horizon:
        return "too_far"
    slot = window_at(hours, policy, window.start)
    if slot is None:
        day = hours.local_date(window.start)
        return "holiday" if hours.is_public_holiday(day) and day not in hours.exceptions else "closed"
    return None if slot == window.in_utc() else "off_grid"


def nearest(wanted: Window, free: Iterable[Slot], *, limit: int = 3) -> tuple[Window, ...]:
    """The free slots closest to the wanted window, told in order of time. The same distance prefers the later one."""

    def distance(slot: Slot) -> tuple[timedelta, bool]:
        gap = slot.window.start - wanted.start
        return abs(gap), gap < timedelta()

    closest = sorted((slot for slot in free if slot.free > 0), key=distance)[:limit]
    return tuple(sorted(slot.window for slot in closest))
