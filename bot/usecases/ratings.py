"""What a customer thought of the call, on whatever channel they say it."""

from datetime import datetime

from bot.booking.callback import Callback, Status
from bot.booking.errors import CallbackNotFound, NotRateable, ScoreOutOfRange
from bot.store import callbacks, ratings
from bot.store.database import Database, Transaction

WORST, BEST = 1, 5


class Ratings:
    """Scores from 1 to 5, one for each callback; a customer who changes their mind is heard."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rate(self, reference: str, score: int, *, now: datetime) -> Callback:
        """Keep the score of a completed callback; the same score again is harmless, another one replaces it.

        Raises ScoreOutOfRange, CallbackNotFound, and NotRateable while nobody has spoken.
        """
        if not WORST <= score <= BEST:
            raise ScoreOutOfRange(score)
        async with self._database.write() as tx:
            callback = await callbacks.by_reference(tx, reference)
            if callback is None:
                raise CallbackNotFound(reference)
            if callback.status != Status.COMPLETED:
                raise NotRateable(callback.status)
            await rate(tx, callback, score, now=now)
        return callback

    async def of(self, callback: Callback) -> int | None:
        """The score that its customer gave, or None."""
        async with self._database.read() as tx:
            return await ratings.of(tx, callback.id)


async def rate(tx: Transaction, callback: Callback, score: int, *, now: datetime) -> None:
    """Keep the score of a completed callback, from 1 to 5."""
    if await ratings.put(tx, callback.id, score, now=now):
        await callbacks.note_event(tx, callback.id, "rated", at=now, facts={"score": score})
