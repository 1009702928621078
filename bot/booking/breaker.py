"""A carrier that fails is asked less and less often, and once it answers, everybody is dialled again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=0.5)
LONGEST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Breaker:
    """`failures` in a row, and until when nothing is asked. Between two pauses one call tries whether it is over."""

    failures: int = 0
    open_until: datetime | None = None

    def allowed(self, limit: int, *, real_now: datetime) -> int:
        """How many of `limit` dials may begin now."""
        if self.failures == 0 or self.open_until is None:
            return limit
        # A clock that was set back must not keep the breaker open for longer than its longest pause.
        is_open = real_now < self.open_until <= real_now + LONGEST_PAUSE
        return 0 if is_open else min(1, limit)

    def failed(self, *, real_now: datetime, jitter: float) -> "Breaker":
        """After a failure of the carrier; `jitter` in [0, 1) keeps many dispatchers from asking together.

        Failures that were under way together count once.
        """
        if self.open_until is not None and real_now < self.open_until <= real_now + LONGEST_PAUSE:
            return self
        pause = min(FIRST_PAUSE * 2 ** min(self.failures, 10), LONGEST_PAUSE) * (0.5 + jitter / 2)
        return Breaker(failures=self.failures + 1, open_until=real_now + pause)
