"""The outbox: what the business still has to tell a customer. Claimed before it is sent, so that it is sent once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from bot.store.database import Transaction
from bot.store.prepared import Prepared
from bot.store.schema import notices


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something to tell. The words are made when it is sent, from what is true then."""

    id: str
    callback_id: str
    kind: str
    occasion: str
    due_at: datetime


async def plan(
    tx: Transaction, notice_id: str, *, callback_id: str, kind: str, occasion: str, due_at: datetime
) -> None:
    """Put a notice into the outbox; the same kind for the same occasion is planned once."""
    await _PLAN.later(
        tx, id=notice_id, callback_id=callback_id, kind=kind, occasion=occasion, due_at=due_at, state="pending"
    )


async def drop_pending(tx: Transaction, callback_id: str, kinds: Collection[str]) -> None:
    """Forget notices of these kinds that no longer make sense."""
    await tx.execute(
        update(notices)
        .where(notices.c.callback_id == callback_id, notices.c.kind.in_(kinds), notices.c.state == "pending")
        .values(state="dropped")
    )


async def is_told(tx: Transaction, callback_id: str, kind: str) -> bool:
    """Whether the customer was told this, or is about to be."""
    found = await tx.execute(
        select(notices.c.id).where(
            notices.c.callback_id == callback_id, notices.c.kind == kind, notices.c.state != "dropped"
        )
    )
    return found.first() is not None


async def count(tx: Transaction, callback_id: str, kind: str, *, since: datetime) -> int:
    """How many notices of a kind were planned for since then."""
    planned = (notices.c.callback_id == callback_id, notices.c.kind == kind, notices.c.due_at > since)
    return int((await tx.execute(select(func.count()).select_from(notices).where(*planned))).scalar_one())


async def due(tx: Transaction, *, now: datetime, limit: int) -> list[Notice]:
    """Notices whose time has come, oldest first."""
    rows = await tx.execute(
        select(notices)
        .where(notices.c.state == "pending", notices.c.due_at <= now)
        .order_by(notices.c.due_at, notices.c.id)
        .limit(limit)
    )
    return [
        Notice(id=row.id, callback_id=row.callback_id, kind=row.kind, occasion=row.occasion, due_at=row.due_at)
        for row in rows
    ]


async def claim(tx: Transaction, notice_id: str, *, real_now: datetime) -> bool:
    """Take a notice for sending; True for one caller only."""
    claimed = await tx.execute(
        update(notices)
        .where(notices.c.id == notice_id, notices.c.state == "pending")
        .values(state="sending", claimed_at=real_now)
    )
    return claimed.rowcount == 1


async def give_up_claimed(tx: Transaction, *, before: datetime, detail: str) -> int:
    """Settle as unknown what was taken for sending before that moment of real time and never settled."""
    left = await tx.execute(
        update(notices)
        .where(notices.c.state == "sending", func.coalesce(notices.c.claimed_at, before) <= before)
        .values(state="unknown", detail=detail)
    )
    return left.rowcount


async def settle(
    tx: Transaction,
    notice_id: str,
    *,
    state: str,
    now: datetime,
    message_sid: str | None = None,
    segments: int | None = None,
    detail: str | None = None,
) -> None:
    """Write down how the sending ended: sent, skipped, refused or unknown; and what it cost."""
    await tx.execute(
        update(notices)
        .where(notices.c.id == notice_id)
        .values(state=state, sent_at=now, message_sid=message_sid, segments=segments, detail=detail)
    )


async def postpone(tx: Transaction, notice_id: str, *, until: datetime) -> None:
    """Give a notice back that was surely not sent, to be tried again later."""
    await tx.execute(update(notices).where(notices.c.id == notice_id).values(state="pending", due_at=until))


async def delivered(tx: Transaction, message_sid: str, *, state: str, detail: str | None) -> None:
    """The carrier's last word on a message: delivered or undelivered. Final words stay."""
    await tx.execute(
        update(notices)
        .where(notices.c.message_sid == message_sid, notices.c.state.not_in(("delivered", "undelivered")))
        .values(state=state, detail=detail)
    )


_PLAN = Prepared(
    lambda insert: insert(notices).on_conflict_do_nothing(index_elements=["callback_id", "kind", "occasion"]),
    columns=("id", "callback_id", "kind", "occasion", "due_at", "state"),
)
