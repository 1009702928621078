"""How a call was: asked once after it, in the chat where it was booked, and written into the callback's history."""

from datetime import datetime

from bot.booking.callback import Callback
from bot.store import callbacks
from bot.store.database import Database, Transaction

ASKED = "rating_asked"
RATED = "rated"
"""Entries of a callback's history. `stars` is None for a customer who would rather not say."""


class Ratings:
    """What customers say of the calls that they had."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_asked(self, conversation_id: str) -> bool:
        """Whether this talk still has to say how a call was."""
        async with self._database.read() as tx:
            return await _open_question(tx, conversation_id) is not None

    async def give(self, conversation_id: str, stars: int | None, *, comment: str | None, now: datetime) -> bool:
        """Write down the stars (1 to 5; None: would rather not say); False where nothing was asked."""
        async with self._database.write() as tx:
            callback = await _open_question(tx, conversation_id)
            if callback is None:
                return False
            facts = {"stars": stars, **({"comment": comment} if comment else {})}
            await callbacks.note_event(tx, callback.id, RATED, at=now, facts=facts)
        return True


async def _open_question(tx: Transaction, conversation_id: str) -> Callback | None:
    """The latest callback of the talk whose rating was asked for and not given."""
    for callback in reversed(await callbacks.of_conversation(tx, conversation_id)):
        kinds = {kind for _, kind, _ in await callbacks.history(tx, callback.id)} if not callback.is_open else set()
        if ASKED in kinds and RATED not in kinds:
            return callback
    return None
