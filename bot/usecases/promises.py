"""Which notices a promise brings with it, decided in the transaction that makes, moves or ends it."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.booking.callback import Callback
from bot.booking.reminding import reminders
from bot.store import notices
from bot.store.database import Transaction

OUTDATED = (
    "confirmation", "moved", "reminder_day", "reminder", "reminder_soon", "missed", "late", "starting", "choose_time",
    "hours_changed", "capacity_changed",
)  # fmt: skip
"""What was planned before a change and would be wrong after it."""


async def plan_notices(
    tx: Transaction, callback: Callback, kind: str, *, now: datetime, leads: Iterable[timedelta]
) -> None:
    """Tell what just happened (`kind`), and remind so long before the window (`leads`) while it still stands.

    The occasion is the callback's version: the same change is told once, whoever asks for it again.
    """
    if callback.version > 1:  # a new callback has told nothing yet
        await notices.drop_pending(tx, callback.id, OUTDATED)
    await plan_notice(tx, callback, kind, now=now)
    if callback.is_changeable:
        for reminder in reminders(callback.window.start, leads, now=now):
            await plan_notice(tx, callback, reminder.kind, now=reminder.due_at)


async def plan_instead(tx: Transaction, callback: Callback, kind: str, *, now: datetime) -> None:
    """Tell one thing now in the place of everything that was planned: the promise stands no more as it was made."""
    await notices.drop_pending(tx, callback.id, OUTDATED)
    await plan_notice(tx, callback, kind, now=now)


async def plan_notice(
    tx: Transaction, callback: Callback, kind: str, *, now: datetime, occasion: str | None = None
) -> None:
    """Tell one thing at `now`, which may lie ahead. The occasion is the callback's version unless one is named."""
    await notices.plan(
        tx,
        secrets.token_hex(16),
        callback_id=callback.id,
        kind=kind,
        occasion=occasion or str(callback.version),
        due_at=now,
    )
