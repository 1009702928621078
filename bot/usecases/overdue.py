"""Promises that are about to be late, or that an outage has left behind: their customers are told, never left alone."""

import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.booking.callback import LATE, Callback, Status
from bot.booking.forecast import Taker, begins, will_be_late
from bot.booking.rules import Rules
from bot.store import agents, callbacks
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction
from bot.usecases.promises import plan_notice
from bot.usecases.seats import Seats

BATCH = 500
LATE_NOTICE_BEFORE_END = timedelta(minutes=5)
"""Whoever has not been called by then is told, whatever the forecast says: it may be wrong."""
HANDLE_TIME = timedelta(minutes=15)
"""How long a call keeps an agent, until enough were made to measure it."""

log = structlog.get_logger(__name__)


class Overdue:
    """`grace` is how long after its window, or after the retry's time, a callback is still dialled; `tell_before_end`
    is how long before the window's end a forecast is believed."""

    def __init__(
        self, database: Database, *, rules: Rules, grace: timedelta, seats: Seats, tell_before_end: timedelta
    ) -> None:
        self._database = database
        self._rules = rules
        self._grace = grace
        self._seats = seats
        self._tell_before_end = tell_before_end

    async def tell_lateness(self, *, now: datetime) -> int:
        """Tell customers whose window will end without a call, before it does; returns how many were told."""
        late = await self._to_be_told(now=now)
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
        moved = await callbacks.change(tx, callback, now=now, due_at=opening, attention=LATE)
        if callback.status == Status.BOOKED and callback.attention is None:
            await plan_notice(tx, moved, "late", now=now)

    async def _to_be_told(self, *, now: datetime) -> list[Callback]:
        async with self._database.read() as tx:
            line = await callbacks.due(tx, now=now, limit=BATCH)
            near = [
                callback for callback in line
                if not callback.attempts and callback.attention is None
                and now >= callback.window.end - max(self._tell_before_end, LATE_NOTICE_BEFORE_END)
            ]  # fmt: skip
            if not near:
                return []
            told = await self._forecast(tx, line, now=now)
        return [
            callback
            for callback in near
            if now >= callback.window.end - LATE_NOTICE_BEFORE_END or will_be_late(callback, told[callback.id])
        ]

    async def _forecast(self, tx: Transaction, line: list[Callback], *, now: datetime) -> dict[str, datetime | None]:
        """When everybody who waits is likely to be called by the agents who are there, topics taken together."""
        measured = await self._seats.handle_time(tx, line[0].topic, now=now)
        handle_time = measured or HANDLE_TIME
        ready = [Taker(skills=agent.skills, free_at=now) for agent in await agents.ready(tx)]
        busy = [Taker(skills=agent.skills, free_at=began + handle_time) for agent, began in await agents.on_a_call(tx)]
        return begins(line, [*ready, *busy], handle_time=handle_time, now=now)

    async def _expire(self, left: Iterable[Callback], *, now: datetime) -> None:
        for callback in left:
            with contextlib.suppress(StaleCallback):
                async with self._database.write() as tx:
                    await self._give_up(tx, callback, now=now)

    async def _give_up(self, tx: Transaction, callback: Callback, *, now: datetime) -> None:
        over = await callbacks.change(tx, callback, now=now, status=Status.EXPIRED, attention=LATE)
        await plan_notice(tx, over, "expired", now=now)
        log.error("promise_not_kept", reference=callback.reference)
