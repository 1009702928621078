"""People at work, as tests of capacity need them."""

from datetime import time, timedelta

from bot.booking.hours import Period
from bot.booking.roster import Roster, Shift
from tests.support.clocks import TOKYO

MINUTE = timedelta(minutes=1)


def a_shift(agents: int = 3, start: str = "00:00", end: str = "", **changes: object) -> Shift:
    """The same hours every day."""
    until = time.fromisoformat(end) if end else time.max
    week = ((Period(start=time.fromisoformat(start), end=until),),) * 7
    return Shift(agents=agents, weekly=week, **changes)  # type: ignore[arg-type]  # tests name what they change


def a_roster(*shifts: Shift, share: float = 0.5, minutes: int = 15, **changes: object) -> Roster:
    """One topic, unless told otherwise."""
    handle_times = {"general": minutes * MINUTE, "repair": minutes * MINUTE}
    return Roster(timezone=TOKYO, shifts=shifts, inbound_share=share, handle_times=handle_times, **changes)  # type: ignore[arg-type]
