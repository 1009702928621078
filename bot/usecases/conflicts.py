"""Promises that the settings no longer allow: found after a change, told to their customers, put before supervisors.

Nothing is moved or cancelled over anybody's head: the customer chooses, and until then a call that may still be made
is made. What lies outside hours is never dialled; the dispatcher puts it off or gives it up as any late promise.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import structlog

from bot.booking.callback import HOURS_CHANGED, SET_ASIDE, Callback, Status
from bot.booking.conflict import Conflict, beyond, is_outside_hours
from bot.booking.rules import Rules
from bot.booking.slots import window_at
from bot.booking.window import Window
from bot.store import callbacks, slots
from bot.store.callbacks import StaleCallback
from bot.store.database import Database
from bot.usecases.promises import plan_instead, plan_notices
from bot.usecases.seats import Seats

BATCH = 500
LONGEST_WINDOW = timedelta(hours=2)
RESTORED = "hours_restored"
"""The history's word for a promise that a later change allows again."""

log = structlog.get_logger(__name__)


class Conflicts:
    """Holds every open promise against the rules in force."""

    def __init__(self, database: Database, *, rules: Rules, seats: Seats, reminders: Sequence[timedelta]) -> None:
        self._database = database
        self._rules = rules
        self._seats = seats
        self._reminders = tuple(reminders)

    async def look(self, *, now: datetime, settings_changed: bool = True) -> int:
        """Tell whoever cannot be called as promised any more; returns how many were told something.

        Capacity also moves with the measured time of a call, which is no reason to worry anybody: it is looked at only
        when the settings changed. Then promises that are allowed again are confirmed anew, too.
        """
        crowded = await self._without_a_place(now=now) if settings_changed else frozenset()
        told = 0
        async for callback in self._promised(now=now):
            conflict = self._conflict(callback, crowded, now=now)
            if conflict and callback.attention not in (HOURS_CHANGED, SET_ASIDE):
                told += await self._tell(callback, conflict, now=now)
            elif settings_changed and not conflict and callback.attention == HOURS_CHANGED:
                told += await self._restore(callback, now=now)
        return told

    def _conflict(self, callback: Callback, crowded: frozenset[str], *, now: datetime) -> Conflict | None:
        if is_outside_hours(callback, self._rules, now=now):
            return "hours_changed"
        return "capacity_changed" if callback.id in crowded else None

    async def _promised(self, *, now: datetime) -> AsyncIterator[Callback]:
        """Every booked callback whose window is not over, by its start."""
        after = None
        while True:
            async with self._database.read() as tx:
                page = await callbacks.listing(
                    tx, statuses=(Status.BOOKED,), start=now - LONGEST_WINDOW, after=after, limit=BATCH
                )
            for callback in page:
                if callback.window.end > now:
                    yield callback
            if len(page) < BATCH:
                return
            after = (page[-1].window.start, page[-1].id)

    async def _without_a_place(self, *, now: datetime) -> frozenset[str]:
        """Ids of callbacks in slots that have sold more than they hold now.

        Slots may have been cut otherwise when they were sold: what counts is the slot of today in which each began.
        """
        crowded: set[str] = set()
        async with self._database.read() as tx:
            cut_anew: dict[tuple[str, Window], set[tuple[str, datetime]]] = defaultdict(set)
            for topic, start in await slots.with_sales(tx, since=now):
                known = self._rules.known(topic)
                rules = self._rules.of(known)
                if slot := window_at(rules.hours, rules.policy, start):
                    cut_anew[known, slot].add((topic, start))
            for (topic, slot), sold in cut_anew.items():
                handle_time = await self._seats.handle_time(tx, topic, now=now)
                capacity = self._rules.of(topic).capacity(topic, slot, handle_time=handle_time)
                topics, starts = {name for name, _ in sold}, {start for _, start in sold}
                promised = await callbacks.open_at(tx, topics, starts)
                crowded |= {callback.id for callback in beyond(promised, capacity)}
        return frozenset(crowded)

    async def _tell(self, callback: Callback, conflict: Conflict, *, now: datetime) -> bool:
        try:
            async with self._database.write() as tx:
                marked = await callbacks.change(tx, callback, now=now, event=conflict, attention=HOURS_CHANGED)
                await plan_instead(tx, marked, conflict, now=now)
        except StaleCallback:  # it moves just now: whatever it becomes is looked at the next time
            return False
        log.warning("promise_in_conflict", reference=callback.reference, conflict=conflict)
        return True

    async def _restore(self, callback: Callback, *, now: datetime) -> bool:
        try:
            async with self._database.write() as tx:
                allowed = await callbacks.change(tx, callback, now=now, event=RESTORED, attention=None)
                await plan_notices(tx, allowed, "confirmation", now=now, leads=self._reminders)
        except StaleCallback:
            return False
        return True
