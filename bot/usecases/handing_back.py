"""A claim that surely placed no call is given back: the callback is owed as before, and the agent is free."""

from collections.abc import Collection
from datetime import datetime

from bot.booking.callback import Status
from bot.store import callbacks, claims
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction


async def hand_back(database: Database, attempt_id: str, *, states: Collection[str], now: datetime) -> bool:
    """Give the claim back if its attempt is in one of these states; False when it is not, or is over."""
    try:
        return await _hand_back(database, attempt_id, states=states, now=now)
    except StaleCallback:  # an agent wrote at the same moment: what they wrote is read now
        return await _hand_back(database, attempt_id, states=states, now=now)


async def _hand_back(database: Database, attempt_id: str, *, states: Collection[str], now: datetime) -> bool:
    async with database.write() as tx:
        callback_id = await claims.forget(tx, attempt_id, states=states)
        if callback_id is None:
            return False
        await _owe_again(tx, callback_id, now=now)
    return True


async def _owe_again(tx: Transaction, callback_id: str, *, now: datetime) -> None:
    callback = await callbacks.get(tx, callback_id)
    if callback.status == Status.DIALING:
        status = Status.RETRY_WAIT if callback.attempts else Status.BOOKED
        await callbacks.change(tx, callback, now=now, status=status, event="handed_back")
