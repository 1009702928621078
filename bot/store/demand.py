"""How many calls were promised when: what a forecast learns from."""

from datetime import UTC, datetime

from sqlalchemy import Integer, cast, extract, func, literal_column, select

from bot.booking.callback import Status
from bot.store.database import Transaction
from bot.store.schema import callbacks

HALF_HOUR_S = 1800


async def by_half_hour(tx: Transaction, topic: str, *, since: datetime, until: datetime) -> dict[datetime, int]:
    """Calls about this topic by the half hour (UTC) in which their promise began; none that the customer took back."""
    seconds = extract("epoch", callbacks.c.window_start)
    half_hour = cast(seconds - seconds % HALF_HOUR_S, Integer)
    rows = await tx.execute(
        select(half_hour, func.count())
        .where(
            callbacks.c.window_start >= since,
            callbacks.c.window_start < until,
            callbacks.c.topic == topic,
            callbacks.c.status != Status.CANCELLED,
        )
        .group_by(literal_column("1"))
    )
    return {datetime.fromtimestamp(at, UTC): count for at, count in rows}
