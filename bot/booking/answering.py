"""When people answer: the share of calls that reached somebody, by the hour and weekday at which they were placed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.booking.callback import Outcome

ANSWERED = frozenset({Outcome.CONNECTED, Outcome.AGENT_MISSED})
"""The customer was there; whether an agent was is another matter."""
TELLS_NOTHING = frozenset({Outcome.CARRIER_FAILED})
LEAST = 200
"""So many calls are needed before anything is concluded from them."""
PRIOR = 20.0
"""How many calls' weight what is known already has: a rare hour is taken for an ordinary one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tries:
    """So many calls were placed within the hour that began at `at`, and so many of them answered."""

    at: datetime
    placed: int
    answered: int


class AnswerRates:
    """The likelihood of an answer. What few calls tell is weighed against the hour's rate on all weekdays, and that
    against the rate of all calls (the means of Beta distributions).
    """

    def __init__(self, tries: Iterable[Tries], *, timezone: ZoneInfo) -> None:
        self._timezone = timezone
        self._placed: Counter[tuple[int, ...]] = Counter()
        self._answered: Counter[tuple[int, ...]] = Counter()
        for some in tries:
            for key in self._keys(some.at):
                self._placed[key] += some.placed
                self._answered[key] += some.answered

    @property
    def is_enough(self) -> bool:
        """Whether there are calls enough to conclude anything."""
        return self._placed[()] >= LEAST

    def at(self, moment: datetime) -> float:
        """The likelihood that a call at this moment is answered, in (0, 1)."""
        rate = 0.5
        for key in self._keys(moment):
            rate = (self._answered[key] + PRIOR * rate) / (self._placed[key] + PRIOR)
        return rate

    def _keys(self, moment: datetime) -> tuple[tuple[int, ...], ...]:
        """All calls, this hour's, this hour's on this weekday."""
        local = moment.astimezone(self._timezone)
        return (), (local.hour,), (local.hour, local.weekday())
