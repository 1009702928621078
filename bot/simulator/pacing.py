"""How fast and how many at once: a carrier starts so many calls a second and queues the rest, and refuses more than so
many at a time. Source: https://www.twilio.com/docs/glossary/what-is-call-per-second-cps and error 10004."""

from bot.simulator.errors import CarrierError
from bot.simulator.timers import Timers


class Pacing:
    """The limits of an account; None is no limit. Calls that are dialled from within a call are not paced."""

    def __init__(self, timers: Timers, *, per_second: float | None = None, at_once: int | None = None) -> None:
        self._timers = timers
        self._per_second = per_second
        self._at_once = at_once
        self._next_s = 0.0

    def admit(self, live: int) -> float:
        """Take a call while so many live; returns the seconds that it waits in the queue. Raises CarrierError 10004."""
        if self._at_once is not None and live >= self._at_once:
            raise CarrierError(10004, "Call concurrency limit exceeded", 429)
        if self._per_second is None:
            return 0.0
        now_s = self._timers.elapsed()
        starts_s = max(now_s, self._next_s)
        self._next_s = starts_s + 1 / self._per_second
        return starts_s - now_s
