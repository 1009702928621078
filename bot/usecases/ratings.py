"""What a customer thought of the call, on whatever channel they say it; in the chat it is asked for once."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.booking.callback import Callback, Status
from bot.booking.errors import NotRateable, ScoreOutOfRange
from bot.store import callbacks, ratings
from bot.store.database import Database, Transaction

WORST, BEST = 1, 5
SCORES = frozenset("12345")
RATED_WITHIN = timedelta(days=7)
ASKED, RATED, DECLINED = "rating_asked", "rated", "rating_declined"
"""Entries of a callback's history."""


class Ratings:
    """Scores from 1 to 5, one for each callback; a customer who changes their mind is heard."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rate(self, reference: str, score: int, *, now: datetime, comment: str | None = None) -> Callback:
        """Keep the score of a completed callback; the same score again is harmless, another one replaces it.
        A comment may follow, once in the same words.

        Raises ScoreOutOfRange, CallbackNotFound, and NotRateable while nobody has spoken.
        """
        async with self._database.write() as tx:
            callback = await callbacks.named(tx, reference)
            await rate(tx, callback, score, comment=comment, now=now)
        return callback

    async def of(self, callback: Callback) -> int | None:
        """The score that its customer gave, or None."""
        async with self._database.read() as tx:
            return await ratings.of(tx, callback.id)

    async def is_asked(self, conversation_id: str) -> bool:
        """Whether this talk still has to say how a call was."""
        async with self._database.read() as tx:
            return await _open_question(tx, conversation_id) is not None

    async def give(self, conversation_id: str, score: int | None, *, comment: str | None, now: datetime) -> bool:
        """What was said in the talk, None for a customer who would rather not; False where nothing was asked."""
        async with self._database.write() as tx:
            callback = await _open_question(tx, conversation_id)
            if callback is None:
                return False
            if score is None:
                await callbacks.note_event(tx, callback.id, DECLINED, at=now)
            else:
                await rate(tx, callback, score, comment=comment, now=now)
        return True


async def rate(tx: Transaction, callback: Callback, score: int, *, now: datetime, comment: str | None = None) -> None:
    """Keep the score of a completed callback, from 1 to 5. Raises ScoreOutOfRange, NotRateable."""
    if not WORST <= score <= BEST:
        raise ScoreOutOfRange(score)
    if callback.status != Status.COMPLETED:
        raise NotRateable(callback.status)
    is_new = await ratings.put(tx, callback.id, score, now=now)
    if is_new or (comment and not await _is_said(tx, callback, comment)):
        facts = {"score": score, **({"comment": comment} if comment else {})}
        await callbacks.note_event(tx, callback.id, RATED, at=now, facts=facts)


async def rate_by_digit(tx: Transaction, found: Iterable[Callback], text: str, *, now: datetime) -> bool:
    """Keep a bare digit as the score of the last of these calls that was spoken, while that was lately."""
    score = unicodedata.normalize("NFKC", text).strip()
    spoken = [callback for callback in found if callback.status == Status.COMPLETED]
    last = max(spoken, key=lambda callback: callback.updated_at, default=None)
    if score not in SCORES or last is None or now - last.updated_at > RATED_WITHIN:
        return False
    await rate(tx, last, int(score), now=now)
    return True


async def _open_question(tx: Transaction, conversation_id: str) -> Callback | None:
    """The latest callback of the talk whose rating was asked for and not given."""
    for callback in reversed(await callbacks.of_conversation(tx, conversation_id)):
        if callback.status != Status.COMPLETED:
            continue
        kinds = {kind for _, kind, _ in await callbacks.history(tx, callback.id)}
        if ASKED in kinds and not {RATED, DECLINED} & kinds:
            return callback
    return None


async def _is_said(tx: Transaction, callback: Callback, comment: str) -> bool:
    said = await callbacks.history(tx, callback.id)
    return any(kind == RATED and facts.get("comment") == comment for _, kind, facts in said)
