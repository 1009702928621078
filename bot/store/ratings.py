"""What customers thought of their call: one score each, the last one that they gave."""

from datetime import datetime

from sqlalchemy import select

from bot.store.database import Transaction, upsert
from bot.store.schema import ratings


async def put(tx: Transaction, callback_id: str, score: int, *, now: datetime) -> bool:
    """Keep the score of a callback, in the place of the one given before; False when that was the same."""
    told = {"score": score, "rated_at": now}
    kept = await tx.execute(
        upsert(tx, ratings)
        .values(callback_id=callback_id, **told)
        .on_conflict_do_update(index_elements=["callback_id"], set_=told, where=ratings.c.score != score)
    )
    return kept.rowcount == 1


async def of(tx: Transaction, callback_id: str) -> int | None:
    """The score of a callback, None when its customer gave none."""
    return (await tx.execute(select(ratings.c.score).where(ratings.c.callback_id == callback_id))).scalar_one_or_none()
