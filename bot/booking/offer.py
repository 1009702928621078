"""A wish meets the calendar: the one slot that grants it, or the slots to choose from and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.booking.answering import AnswerRates
from bot.booking.choices import choose, first_parts
from bot.booking.hours import BusinessHours
from bot.booking.slots import Slot, SlotPolicy, WhyNot, nearest, why_not, window_at
from bot.booking.when import Exclusion, Wish, Wishes
from bot.booking.window import Window

NEAR_PARTS = 3
Because = WhyNot | Literal["several", "full"]


MOST_NAMED = 3
"""More times than these are what suits in general, to choose from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What can be answered to a wish about time.

    `nothing`: no wish was read. `chosen`: `window` grants it; `asap` when "as soon as possible" was the wish.
    `choose`: the customer picks from `options` (possibly none), `because` of what stood in the way.
    """

    kind: Literal["nothing", "chosen", "choose"]
    window: Window | None = None
    options: tuple[Window, ...] = ()
    because: Because | None = None
    asap: bool = False


def offer(
    wishes: Wishes,
    slots: Sequence[Slot],
    *,
    hours: BusinessHours,
    policy: SlotPolicy,
    now: datetime,
    lawful: Sequence[BusinessHours] = (),
    limit: int = 4,
    rates: AnswerRates | None = None,
) -> Offer:
    """Match wishes with `slots` (all that may be promised now, in order, full ones too).

    `lawful` are the hours in which this customer may be called at all; the slots lie inside them already. `rates` say
    which of several times to recommend.
    """
    allowed = [slot for slot in slots if not any(_overlaps(slot.window, out) for out in wishes.exclude)]
    free = [slot for slot in allowed if slot.free > 0]
    if not wishes.candidates:
        if not wishes.exclude:
            return Offer(kind="nothing")
        options = _several([slot.window for slot in free], hours, limit=limit, rates=rates, is_open=True)
        return Offer(kind="choose", options=options, because="several")
    if wishes.candidates[0].kind == "asap":
        return Offer(kind="chosen", asap=True, window=free[0].window if free else None)
    if named := _first_named(wishes, free):
        return Offer(kind="chosen", window=named)
    if around := _in_the_middle(wishes, free):
        return Offer(kind="chosen", window=around)
    fitting = [slot for slot in free if any(_fits(slot.window, wish) for wish in wishes.candidates)]
    if len(fitting) == 1:
        return Offer(kind="chosen", window=fitting[0].window)
    if fitting:
        is_open = any(wish.end is None and wish.kind != "instant" for wish in wishes.candidates)
        options = _several([slot.window for slot in fitting], hours, limit=limit, rates=rates, is_open=is_open)
        return Offer(kind="choose", options=options, because="several")
    wanted = _wanted(wishes.candidates[0], hours=hours, policy=policy, now=now)
    because: Because = why_not(wanted, hours, policy, now=now) or "full"
    if because == "full" and not all(layer.covers(wanted) for layer in lawful):
        because = "unlawful"
    return _nearby(wishes.candidates[0], wanted, allowed, because=because, hours=hours, limit=limit)


def grants(window: Window, wishes: Wishes) -> bool:
    """Whether the window is one of the times that are spoken of."""
    return any(wish.kind != "asap" and _fits(window, wish) for wish in wishes.candidates)


def _first_named(wishes: Wishes, free: Sequence[Slot]) -> Window | None:
    """Of two or three times that would all do, the first that is free: the customer is asked for a yes anyway."""
    if wishes.ambiguous or not 1 < len(wishes.candidates) <= MOST_NAMED:
        return None
    for wish in wishes.candidates:
        granting = [slot.window for slot in free if _fits(slot.window, wish)]
        if len(granting) == 1 and wish.kind == "instant":
            return granting[0]
        if granting:
            return None
    return None


def _in_the_middle(wishes: Wishes, free: Sequence[Slot]) -> Window | None:
    """Of "about eleven" the slot at eleven, if it is free: the customer is asked for a yes anyway."""
    named = wishes.candidates[0].around if len(wishes.candidates) == 1 else None
    return next((slot.window for slot in free if slot.window.start == named), None)


def _several(
    windows: Sequence[Window], hours: BusinessHours, *, limit: int, rates: AnswerRates | None, is_open: bool
) -> tuple[Window, ...]:
    """Some of many that fit; of a wish without an end (`is_open`) the nearer ones."""
    near = first_parts(windows, NEAR_PARTS * limit, timezone=hours.timezone) if is_open else windows
    return choose(near, limit=limit, timezone=hours.timezone, rates=rates)


def _nearby(
    wish: Wish, wanted: Window, allowed: Sequence[Slot], *, because: Because, hours: BusinessHours, limit: int
) -> Offer:
    same_time = [slot for slot in allowed if _same_part_of_day(slot.window, wish, hours)]
    options = nearest(wanted, same_time or allowed, limit=limit)
    return Offer(kind="choose", options=options, because=because)


def _wanted(wish: Wish, *, hours: BusinessHours, policy: SlotPolicy, now: datetime) -> Window:
    """The wish as one window: the slot that holds its start, or a slot's length from there."""
    start = max(wish.start, now) if wish.start and wish.kind == "window" else wish.start or now
    if wish.kind == "date":
        opening = next(iter(hours.windows(hours.local_date(start))), None)
        start = opening.start if opening else start
    return window_at(hours, policy, start) or Window(start=start, end=start + policy.length)


def _fits(window: Window, wish: Wish) -> bool:
    if wish.kind == "instant" and wish.start:
        if wish.end is None:
            return window.contains(wish.start)
        return wish.start <= window.start < wish.end or window.contains(wish.start)
    starts_late_enough = wish.start is None or window.start >= wish.start
    return starts_late_enough and (wish.end is None or window.end <= wish.end)


def _same_part_of_day(window: Window, wish: Wish, hours: BusinessHours) -> bool:
    """ "Afternoon" stays afternoon: the slot lies within the wish's hours, on whatever day."""
    if wish.kind != "window" or wish.start is None or wish.end is None or wish.end - wish.start >= timedelta(days=1):
        return True
    local = window.start.astimezone(hours.timezone).time()
    first, last = (moment.astimezone(hours.timezone).time() for moment in (wish.start, wish.end))
    return first <= local < last


def _overlaps(window: Window, out: Exclusion) -> bool:
    return window.end > out.start and (out.end is None or window.start < out.end)
