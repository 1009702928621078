"""Notices when somebody moves the machine's clock: what it says then is not acted on before it has settled."""

from datetime import datetime

import structlog

JUMP_S = 5.0
SETTLES_WITHIN_S = 10.0

log = structlog.get_logger(__name__)


class ClockWatch:
    """Compares the wall clock with a stopwatch, which nobody can set."""

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None
        self._trusted_from = float("-inf")

    def is_steady(self, real_now: datetime, *, stopwatch: float) -> bool:
        """Whether calls may be placed by this clock now; a jump is written to the log, and waited out."""
        if self._last is not None:
            told, at = self._last
            jump = (real_now - told).total_seconds() - (stopwatch - at)
            if abs(jump) > JUMP_S:
                log.error("clock_jumped", seconds=round(jump, 1))
                self._trusted_from = stopwatch + SETTLES_WITHIN_S
        self._last = (real_now, stopwatch)
        return stopwatch >= self._trusted_from
