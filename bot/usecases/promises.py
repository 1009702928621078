"""Which notices a promise brings with it, decided in the transaction that makes, moves or ends it."""

import secrets
from datetime import datetime, timedelta

from bot.booking.callback import Callback
from bot.store import notices
from bot.store.database import Transaction

SHORTEST_NOTICE_OF_REMINDER = timedelta(minutes=10)
"""A reminder this soon after the confirmation would only repeat it."""


OUTDATED = ("confirmation", "moved", "reminder", "missed", "late", "hours_changed", "capacity_changed")
"""What was planned before a change and would be wrong after it."""


async def plan_notices(tx: Transaction, callback: Callback, kind: str, *, now: datetime, reminder: timedelta) -> None:
    """Tell what just happened (`kind`), and remind before the window when it still stands.

    The occasion is the callback's version: the same change is told once, whoever asks for it again.
    """
    for outdated in OUTDATED if callback.version > 1 else ():  # a new callback has told nothing yet
        await notices.drop_pending(tx, callback.id, outdated)
    await _plan(tx, callback, kind, due_at=now)
    remind_at = callback.window.start - reminder
    if callback.is_changeable and reminder and remind_at > now + SHORTEST_NOTICE_OF_REMINDER:
        await _plan(tx, callback, "reminder", due_at=remind_at)


async def plan_instead(tx: Transaction, callback: Callback, kind: str, *, now: datetime) -> None:
    """Tell one thing now in the place of everything that was planned: the promise stands no more as it was made."""
    for outdated in OUTDATED:
        await notices.drop_pending(tx, callback.id, outdated)
    await _plan(tx, callback, kind, due_at=now)


async def plan_notice(tx: Transaction, callback: Callback, kind: str, *, now: datetime) -> None:
    """Tell one thing now."""
    await _plan(tx, callback, kind, due_at=now)


async def _plan(tx: Transaction, callback: Callback, kind: str, *, due_at: datetime) -> None:
    await notices.plan(
        tx,
        secrets.token_hex(16),
        callback_id=callback.id,
        kind=kind,
        occasion=str(callback.version),
        due_at=due_at,
    )
