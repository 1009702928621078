"""What dispatchers share beside the callbacks: who of them lives, and when a number may place its next call."""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from bot.booking.vitals import Pulse
from bot.store.database import Transaction, upsert
from bot.store.schema import attempts, dispatchers, pace

LONGEST_ERROR = 64


async def renew(tx: Transaction, dispatcher: str, *, until: datetime, pulse: Pulse) -> None:
    """Say that this dispatcher lives until then at least, in real time, and how it does."""
    told = {
        "lease_until": until,
        "dispatched_at": pulse.dispatched_at,
        "failures": pulse.failures,
        "paused_until": pulse.paused_until,
        "failed_at": pulse.failed_at,
        "error": pulse.error and pulse.error[:LONGEST_ERROR],
    }
    await tx.execute(
        upsert(tx, dispatchers).values(id=dispatcher, **told).on_conflict_do_update(index_elements=["id"], set_=told)
    )


async def leave(tx: Transaction, dispatcher: str) -> None:
    """This dispatcher has stopped: what it left is anybody's at once."""
    await tx.execute(delete(dispatchers).where(dispatchers.c.id == dispatcher))


async def forget_dead(tx: Transaction, *, before: datetime) -> None:
    """Remove leases that ran out before that moment."""
    await tx.execute(delete(dispatchers).where(dispatchers.c.lease_until < before))


async def orphans(tx: Transaction, *, real_now: datetime, farthest: datetime) -> list[str]:
    """Attempts that were written down and never begun to dial, by dispatchers whose lease ran out.

    A lease beyond `farthest` was written by a clock that had jumped, and counts as run out.
    """
    living = select(dispatchers.c.id).where(dispatchers.c.lease_until > real_now, dispatchers.c.lease_until <= farthest)
    rows = await tx.execute(
        select(attempts.c.id)
        .where(
            attempts.c.ended_at.is_(None), attempts.c.carrier_state == "intent",
            func.coalesce(attempts.c.owner, "").not_in(living),
        )
    )  # fmt: skip
    return list(rows.scalars())


async def next_start(tx: Transaction, number: str) -> datetime | None:
    """When this number may place its next call, and the right to decide it until the transaction ends."""
    found = await tx.execute(select(pace.c.next_at).where(pace.c.number == number).with_for_update())
    return found.scalar_one_or_none()


async def set_next_start(tx: Transaction, number: str, *, next_at: datetime) -> None:
    """Not before then, whichever dispatcher asks."""
    await tx.execute(update(pace).where(pace.c.number == number).values(next_at=next_at))


async def know_number(tx: Transaction, number: str, *, real_now: datetime) -> None:
    """Begin to pace this number, where it is new."""
    await tx.execute(
        upsert(tx, pace).values(number=number, next_at=real_now).on_conflict_do_nothing(index_elements=["number"])
    )
