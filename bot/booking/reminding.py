"""When a customer is reminded of a promised call, and whether a reminder that was held up still makes sense."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST_NOTICE = timedelta(minutes=10)
"""A reminder this soon after the confirmation would only repeat it."""
A_DAY_OFF = timedelta(hours=12)
ANY_MOMENT = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """`kind` says how near the call is then: reminder_day, reminder or reminder_soon."""

    kind: str
    due_at: datetime


def reminders(start: datetime, leads: Iterable[timedelta], *, now: datetime) -> list[Reminder]:
    """The reminders of a call that was promised at `now` for `start`: none that would only repeat the confirmation."""
    return [
        Reminder(kind=_kind(lead), due_at=start - lead)
        for lead in sorted(leads, reverse=True)
        if start - lead > now + SHORTEST_NOTICE
    ]


def still_makes_sense(due_at: datetime, start: datetime, *, now: datetime) -> bool:
    """Whether a reminder that comes late is still one: a "tomorrow" in the last hour would confuse."""
    return now - due_at <= (start - due_at) / 2


def _kind(lead: timedelta) -> str:
    if lead >= A_DAY_OFF:
        return "reminder_day"
    return "reminder_soon" if lead <= ANY_MOMENT else "reminder"
