"""Promises that are about to be late, or that an outage has left behind: their customers are told, never left alone."""

import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.booking.callback import HOURS_CHANGED, LATE, Callback, Status
from bot.booking.priority import OrderPolicy, waits_of, will_be_late
from bot.booking.rules import Rules
from bot.store import agents, callbacks, notices, order
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction
from bot.usecases.promises import plan_notice

BATCH = 500
log = structlog.get_logger(__name__)


class Overdue:
    """`grace` is how long after its window, or after the retry's time, a callback is still dialled."""

    def __init__(self, database: Database, *, rules: Rules, grace: timedelta, order: OrderPolicy | None = None) -> None:
        self._database = database
        self._rules = rules
        self._grace = grace
        self._order = order or OrderPolicy()

    async def tell_lateness(self, *, now: datetime) -> int:
        """Tell customers whose window will end without a call, while it still lasts; returns how many were told."""
        late = await self._late(now=now)
        for callback in late:
            async with self._database.write() as tx:
                try:
                    told = await callbacks.change(tx, callback, now=now, event="late", attention=LATE)
                except StaleCallback:
                    continue
                await plan_notice(tx, told, "late", now=now)
        return len(late)

    async def expire(self, *, now: datetime) -> int:
        """Give up what nobody waits for any more, and offer its customers new times; returns how many."""
        async with self._database.read() as tx:
            found = await callbacks.left_behind(tx, now=now, kept_since=now - self._grace, limit=BATCH)
        await self._expire(found, now=now)
        return len(found)

    async def put_off(self, tx: Transaction, callback: Callback, *, now: datetime) -> None:
        """Nothing is dialled outside hours: what is owed then waits for the next opening within its grace, its customer
        told; what cannot be dialled in time any more is given up at once, and new times are offered."""
        opening = self._rules.calling_hours(callback.topic, callback.next_number).next_open(now)
        if opening is None or opening > max(callback.window.end, callback.due_at) + self._grace:
            await self._give_up(tx, callback, now=now)
            return
        moved = await callbacks.change(tx, callback, now=now, due_at=opening, attention=callback.attention or LATE)
        if callback.status == Status.BOOKED and callback.attention is None:
            await plan_notice(tx, moved, "late", now=now)

    async def _late(self, *, now: datetime) -> list[Callback]:
        async with self._database.read() as tx:
            waiting = await order.line(tx, policy=self._order, now=now)
            on_duty = await agents.skills_on_duty(tx)
            waits = waits_of([(place.topic, place.language) for place in waiting], on_duty, policy=self._order)
            late = [
                place.callback_id
                for place, wait in zip(waiting, waits, strict=True)
                if place.is_untold and will_be_late(wait, place.window, now=now)
            ]
            return await callbacks.of_ids(tx, late[:BATCH])

    async def _expire(self, left: Iterable[Callback], *, now: datetime) -> None:
        for callback in left:
            with contextlib.suppress(StaleCallback):
                async with self._database.write() as tx:
                    await self._give_up(tx, callback, now=now)

    async def _give_up(self, tx: Transaction, callback: Callback, *, now: datetime) -> None:
        over = await callbacks.change(
            tx, callback, now=now, status=Status.EXPIRED, attention=callback.attention or LATE
        )
        is_told = callback.attention == HOURS_CHANGED and await notices.is_told(tx, callback.id, "hours_changed")
        if not is_told:  # whoever heard that there would be no call was offered new times then
            await plan_notice(tx, over, "expired", now=now)
        log.error("promise_not_kept", reference=callback.reference)
