"""Places in slots under every rule: which are free, taking one, changing one for another."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.booking.callback import Kind
from bot.booking.errors import SlotFull, WindowNotOffered
from bot.booking.rules import Rules
from bot.booking.slots import Slot, SlotPolicy, open_windows, why_not, window_at
from bot.booking.window import Window
from bot.store import slots
from bot.store.database import Transaction


class Seats:
    """What may be sold to whom. Everything happens in the transaction of whoever books."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def read(
        self, tx: Transaction, topic: str, *, now: datetime, start: datetime, end: datetime, number: str | None = None
    ) -> list[Slot]:
        """Every slot that may be promised at `now` (to this number) and starts in [start, end), full ones too."""
        windows = list(self._windows(topic, self._rules.of(topic).policy, now=now, start=start, end=end, number=number))
        return await slots.read(tx, topic, windows, capacity=self._rules.of(topic).capacity)

    async def take(self, tx: Transaction, topic: str, window: Window, *, number: str, now: datetime) -> Window:
        """Take a place in this very slot. Raises WindowNotOffered, SlotFull."""
        rules, window = self._rules.of(topic), window.in_utc()
        if reason := why_not(window, rules.hours, rules.policy, now=now):
            raise WindowNotOffered(window, reason)
        if not self._rules.calling_hours(topic, number).covers(window):
            raise WindowNotOffered(window, "unlawful")
        if not await slots.take(tx, topic, window, capacity=rules.capacity(window)):
            raise SlotFull(window)
        return window

    async def change(
        self, tx: Transaction, topic: str, old: datetime, new: Window, *, number: str, now: datetime
    ) -> None:
        """Always the earlier slot first: two customers who swap places would else wait for each other for ever."""
        if old < new.start:
            await slots.give_back(tx, topic, old)
            await self.take(tx, topic, new, number=number, now=now)
        else:
            await self.take(tx, topic, new, number=number, now=now)
            await slots.give_back(tx, topic, old)

    async def take_soonest(
        self, tx: Transaction, topic: str, *, number: str, now: datetime
    ) -> tuple[Kind, Window, Window]:
        """A place in the running slot when open, else in the first free one: (kind, slot, promised window)."""
        rules, hours = self._rules.of(topic), self._rules.calling_hours(topic, number)
        kind = Kind.ASAP if hours.is_open(now) else Kind.AFTER_HOURS
        running = window_at(rules.hours, rules.policy, now) if kind == Kind.ASAP else None
        if running and await slots.take(tx, topic, running, capacity=rules.capacity(running)):
            return kind, running, Window(start=now, end=min(now + rules.policy.length, hours.closing(now))).in_utc()
        at_once = replace(rules.policy, lead=timedelta())
        for window in self._windows(topic, at_once, now=now, start=now, end=now + at_once.horizon, number=number):
            if await slots.take(tx, topic, window, capacity=rules.capacity(window)):
                return kind, window, window
        raise SlotFull(Window(start=now, end=now + rules.policy.length))

    def _windows(
        self, topic: str, policy: SlotPolicy, *, now: datetime, start: datetime, end: datetime, number: str | None
    ) -> Iterator[Window]:
        windows = open_windows(self._rules.of(topic).hours, policy, now=now, start=start, end=end)
        if number is None:
            return windows
        lawful = self._rules.calling_hours(topic, number)
        return (window for window in windows if lawful.covers(window))
