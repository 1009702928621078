"""How the soonest call is told: when to expect it, and plainly that it is "first thing when we open" outside hours."""

from datetime import datetime

from actions.product import product
from actions.turn import Turn
from bot.booking.callback import Kind
from bot.booking.window import Window
from bot.wording import dates, soonest


def told_soonest(
    turn: Turn, kind: Kind, window: Window, *, expected_at: datetime | None, topic: str | None = None
) -> str:
    """The soonest call's time in words."""
    ours = product()
    tz = ours.business.timezone
    if kind == Kind.AFTER_HOURS:
        is_first_thing = ours.rules.is_first_thing(ours.rules.topic(topic), window, now=ours.clock.now())
        return soonest.after_hours(window, is_first_thing=is_first_thing, tz=tz, language=turn.language)
    return soonest.at_once(window, expected_at=expected_at, tz=tz, language=turn.language)


def told_moment(turn: Turn, moment: datetime) -> str:
    """A day and a time."""
    return dates.at(moment, tz=product().business.timezone, language=turn.language)
