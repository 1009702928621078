"""Who of several dispatchers lives, and what becomes of the claims of those who died."""

from datetime import datetime, timedelta

import structlog

from bot.booking.vitals import Pulse
from bot.store import dispatchers
from bot.store.database import Database
from bot.usecases.handing_back import hand_back

LEASE = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=3)
FORGET_AFTER = timedelta(days=1)
STILL = Pulse()

log = structlog.get_logger(__name__)


class Leases:
    """One dispatcher's lease, in real time."""

    def __init__(self, database: Database, *, owner: str) -> None:
        self._database = database
        self._owner = owner

    async def renew(self, *, real_now: datetime, pulse: Pulse = STILL) -> None:
        """Live on, and let people see how; to be called well before the lease runs out."""
        async with self._database.write() as tx:
            await dispatchers.renew(tx, self._owner, until=real_now + LEASE, pulse=pulse)
            await dispatchers.forget_dead(tx, before=real_now - FORGET_AFTER)

    async def take_over(self, *, now: datetime, real_now: datetime) -> int:
        """Give back what a dead dispatcher had claimed and not begun to dial: it is dialled at its next turn, by
        whoever comes first. What it had begun to dial is the watchdog's: the carrier is asked. Returns how many.
        """
        async with self._database.read() as tx:
            left = await dispatchers.orphans(tx, real_now=real_now, farthest=real_now + 2 * LEASE)
        taken = [one for one in left if await hand_back(self._database, one, states=("intent",), now=now)]
        if taken:
            log.error("claims_taken_over", count=len(taken))
        return len(taken)

    async def leave(self) -> None:
        """Stop, and leave nothing that others would have to wait for."""
        async with self._database.write() as tx:
            await dispatchers.leave(tx, self._owner)
