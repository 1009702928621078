"""A running process follows the settings: another one wrote down a newer version, and this one goes by it at once."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog

from bot.store import settings_history
from bot.store.database import FAULTS, Database
from bot.store.settings_history import Version
from bot.usecases.settings_history import SettingsHistory

LOOKS_EVERY_S = 1.0

log = structlog.get_logger(__name__)


class Following:
    """`adopt` makes a version the one in force in this process; it raises ValueError where it cannot be read."""

    def __init__(
        self,
        database: Database,
        history: SettingsHistory,
        *,
        adopt: Callable[[Version], None],
        stopwatch: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._history = history
        self._adopt = adopt
        self._stopwatch = stopwatch
        self._looked_at = float("-inf")
        self._number: int | None = None

    async def look(self, *, now: datetime) -> bool:
        """Take the newest version where there is one; at most once a second. Whether the rules changed.

        Without a database the rules stay as they are: nothing can be decided by others meanwhile.
        """
        if self._stopwatch() - self._looked_at < LOOKS_EVERY_S:
            return False
        self._looked_at = self._stopwatch()
        try:
            return await self._take(now=now)
        except FAULTS as error:
            log.warning("settings_not_looked_up", error=type(error).__name__)
            return False

    async def _take(self, *, now: datetime) -> bool:
        if self._number is None:  # its file is the newest by right, but for what the desk edited and it left alone
            kept = await self._history.keep(now=now)
            self._number = kept.number
            return self._history.differs(kept) and self._go_by(kept)
        async with self._database.read() as tx:
            if await settings_history.newest_number(tx) == self._number:
                return False
            newest = await settings_history.newest(tx)
        return newest is not None and self._go_by(newest)

    def _go_by(self, newest: Version) -> bool:
        self._number = newest.number
        try:
            self._adopt(newest)
        except ValueError:  # written by another release: this process goes on by what it knows
            log.exception("settings_not_readable", version=newest.number)
            return False
        log.info("settings_changed", version=newest.number, who=newest.who)
        return True
