"""What the tables tell of how the product does. Read by people now and then, never in the way of a call."""

from datetime import datetime

from sqlalchemy import case, func, select, text

from bot.booking.vitals import Dispatcher, Pulse, Sending, Waiting
from bot.store.database import Transaction
from bot.store.schema import attempts, dispatchers, messages, notices

FAILED = ("refused", "undelivered", "failed", "unknown")
ARRIVED = ("sent", "delivered")


async def revision(tx: Transaction) -> str | None:
    """The migration that the tables have."""
    return (await tx.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()


async def size_bytes(tx: Transaction) -> int:
    """How much room the database takes."""
    if tx.dialect.name == "postgresql":
        return int((await tx.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())
    pages = (await tx.execute(text("PRAGMA page_count"))).scalar_one()
    return int(pages) * int((await tx.execute(text("PRAGMA page_size"))).scalar_one())


async def all_dispatchers(tx: Transaction) -> tuple[Dispatcher, ...]:
    """Those who live, and those who died within a day without a good-bye."""
    rows = await tx.execute(select(dispatchers).order_by(dispatchers.c.id))
    return tuple(
        Dispatcher(
            id=row.id,
            lease_until=row.lease_until,
            pulse=Pulse(
                dispatched_at=row.dispatched_at, failures=row.failures, paused_until=row.paused_until,
                failed_at=row.failed_at, error=row.error,
            ),
        )
        for row in rows
    )  # fmt: skip


async def answered_at(tx: Transaction) -> datetime | None:
    """When the assistant last said something."""
    last = select(messages.c.at).where(messages.c.sender == "assistant").order_by(messages.c.id.desc()).limit(1)
    return (await tx.execute(last)).scalar_one_or_none()


async def unanswered(tx: Transaction) -> Waiting:
    """What customers wrote and nobody has answered."""
    row = (await tx.execute(select(func.count(), func.min(messages.c.at)).where(~messages.c.answered))).one()
    return Waiting(count=row[0], since=row[1])


async def outbox(tx: Transaction, *, now: datetime) -> Waiting:
    """Notices whose time has come."""
    is_due = (notices.c.state == "pending", notices.c.due_at <= now)
    row = (await tx.execute(select(func.count(), func.min(notices.c.due_at)).where(*is_due))).one()
    return Waiting(count=row[0], since=row[1])


async def unsure_calls(tx: Transaction) -> int:
    """Calls of which nobody knows whether they ring."""
    are = (attempts.c.ended_at.is_(None), attempts.c.carrier_state == "unknown")
    return int((await tx.execute(select(func.count()).select_from(attempts).where(*are))).scalar_one())


async def sending(tx: Transaction, *, since: datetime, now: datetime, mail_ends: str) -> dict[str, Sending]:
    """What was due in (since, now], by "text", "mail" and "line". The occasion of an e-mail ends in `mail_ends`."""
    is_mail = case((notices.c.occasion.endswith(mail_ends, autoescape=True), 1), else_=0)
    rows = await tx.execute(
        select(is_mail, notices.c.state, notices.c.detail, func.count())
        .where(notices.c.state.in_((*ARRIVED, *FAILED)), notices.c.due_at > since, notices.c.due_at <= now)
        .group_by(is_mail, notices.c.state, notices.c.detail)
    )
    ends: dict[str, list[tuple[str, str | None, int]]] = {"text": [], "mail": [], "line": []}
    for by_mail, state, detail, count in rows:
        on_line = (detail or "").partition(";")[0] == "line"
        ends["mail" if by_mail else "line" if on_line else "text"].append((state, detail, count))
    return {way: _summed(its) for way, its in ends.items()}


def _summed(ends: list[tuple[str, str | None, int]]) -> Sending:
    failed = [(count, detail or state) for state, detail, count in ends if state in FAILED]
    return Sending(
        tried=sum(count for _, _, count in ends),
        failed=sum(count for count, _ in failed),
        cause=max(failed)[1] if failed else None,
    )
