"""Places in slots under every rule: which are free, taking one, changing one for another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.booking.callback import Callback, Kind
from bot.booking.errors import SlotFull, WindowNotOffered
from bot.booking.measured import MeasurePolicy
from bot.booking.rules import Rules, TopicRules
from bot.booking.slots import Slot, SlotPolicy, every_window, nearest, open_windows, why_not, window_at
from bot.booking.window import Window
from bot.store import attempts, holds, slots
from bot.store.database import Transaction

MEASURED_ANEW_AFTER = timedelta(minutes=5)
MOST_HOLDS = 2
LOOKS_FOR_ROOM = timedelta(days=2)
"""How far ahead a retry looks for a slot with a place left."""
TRIED_AT_ONCE = 3
"""Free slots that are looked up for a sale: somebody else may be faster at the first."""
ROWS_AT_FIRST = 4
"""Free rows that are read for each slot that is wanted: some may lie outside what fits the customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """Who a place is for, as far as that decides which one: an E.164 number and a language, None for anybody's.

    `holder` is the name under which places are kept for them.
    """

    number: str | None = None
    language: str | None = None
    holder: str | None = None


ANYBODY = Customer()


class Seats:
    """What may be sold to whom. Everything happens in the transaction of whoever books."""

    def __init__(self, rules: Rules, *, measured: MeasurePolicy, hold_for: timedelta) -> None:
        self._rules = rules
        self._hold_for = hold_for
        self._measured = measured
        self._handle_times: dict[str, tuple[datetime, timedelta | None]] = {}
        self._laid_out: dict[str, tuple[datetime, timedelta | None, TopicRules | None]] = {}

    async def handle_time(self, tx: Transaction, topic: str, *, now: datetime) -> timedelta | None:
        """How long callbacks about this topic have lately kept an agent; None until enough of them were made."""
        at, known = self._handle_times.get(topic, (None, None))
        if at is None or abs(now - at) > MEASURED_ANEW_AFTER:
            talks = await attempts.recent_talks(tx, topic, since=now - self._measured.span, limit=self._measured.most)
            known = self._measured.handle_time(talks)
            self._handle_times[topic] = now, known
        return known

    async def read(
        self,
        tx: Transaction,
        topic: str,
        *,
        now: datetime,
        start: datetime,
        end: datetime,
        customer: Customer = ANYBODY,
    ) -> list[Slot]:
        """Every slot that may be promised at `now` (to this customer) and starts in [start, end), full ones too."""
        policy = self._rules.of(topic).policy
        windows = list(self._windows(topic, policy, now=now, start=start, end=end, customer=customer))
        return await slots.read(
            tx, topic, windows, capacity=await self._capacity(tx, topic, now=now), now=now, holder=customer.holder
        )

    def is_laid_out(self, topic: str, *, now: datetime) -> bool:
        """Whether every slot that may be promised at `now` surely has a row, with the capacity in force."""
        at, counted_with, laid_by = self._laid_out.get(topic, (None, None, None))
        _, measured = self._handle_times.get(topic, (None, None))
        if laid_by is not self._rules.of(topic):
            return False
        return at is not None and abs(now - at) <= MEASURED_ANEW_AFTER and counted_with == measured

    async def lay_out(self, tx: Transaction, topic: str, *, now: datetime) -> int:
        """Give them one; returns how many had none, or another capacity."""
        rules, capacity = self._rules.of(topic), await self._capacity(tx, topic, now=now)
        start, end = now - MEASURED_ANEW_AFTER, now + rules.policy.horizon + MEASURED_ANEW_AFTER
        windows = every_window(rules.hours, rules.policy, start=start, end=end)
        changed = await slots.lay_out(tx, topic, windows, capacity=capacity)
        self._laid_out[topic] = now, await self.handle_time(tx, topic, now=now), rules
        return changed

    async def next_free(
        self,
        tx: Transaction,
        topic: str,
        *,
        now: datetime,
        limit: int,
        start: datetime | None = None,
        customer: Customer = ANYBODY,
    ) -> list[Slot]:
        """The first free slots from `start` on that may be promised at `now`. They have to be laid out."""
        policy = self._rules.of(topic).policy
        span = max(start or now, now + policy.lead), now + policy.horizon
        return await self._free(tx, topic, span, now=now, limit=limit, customer=customer)

    async def nearest(
        self, tx: Transaction, topic: str, wanted: Window, *, customer: Customer, now: datetime, limit: int = 3
    ) -> tuple[Window, ...]:
        """The free windows closest to the wanted one, in order of time. They have to be laid out."""
        policy = self._rules.of(topic).policy
        first, last = now + policy.lead, now + policy.horizon
        center = min(max(wanted.start, first), last)  # whoever asks for the year 9999 is offered the last ones
        later = await self._free(tx, topic, (center, last), now=now, limit=limit, customer=customer)
        sooner = await self._free(tx, topic, (first, center), now=now, limit=limit, customer=customer, backwards=True)
        return nearest(wanted, [*sooner, *later], limit=limit)

    async def _free(
        self,
        tx: Transaction,
        topic: str,
        span: tuple[datetime, datetime],
        *,
        now: datetime,
        limit: int,
        customer: Customer,
        backwards: bool = False,
    ) -> list[Slot]:
        """So many free slots that start in the span and fit the customer, as the index of free slots names them."""
        rules, capacity = self._rules.of(topic), await self._capacity(tx, topic, now=now)
        fits, most = self._fits(topic, customer), ROWS_AT_FIRST * limit
        found: list[Slot] = []
        while span[0] < span[1]:
            rows, span = await slots.free(
                tx, topic, start=span[0], end=span[1], now=now, holder=customer.holder, limit=most, backwards=backwards
            )
            most *= 4  # what does not fit may be many
            for starts_at, booked in rows:
                window = Window(start=starts_at, end=starts_at + rules.policy.length)
                slot = Slot(window=window, capacity=capacity(window), booked=booked)
                # A row may be from before the hours or the slots were changed.
                if slot.free and fits(window) and window_at(rules.hours, rules.policy, starts_at) == window:
                    found.append(slot)
                if len(found) == limit:
                    return found
        return found

    async def take(self, tx: Transaction, topic: str, window: Window, *, customer: Customer, now: datetime) -> Window:
        """Take a place in this very slot, the one that is held for the customer if there is one.

        Raises WindowNotOffered, SlotFull.
        """
        rules, window = self._rules.of(topic), window.in_utc()
        too_soon = window.start < now + rules.policy.lead
        # Whoever was asked for a yes has a few minutes to say it: the lead was kept when the question was asked.
        policy = replace(rules.policy, lead=timedelta()) if too_soon and customer.holder else rules.policy
        if reason := why_not(window, rules.hours, policy, now=now):
            raise WindowNotOffered(window, reason)
        if customer.number and not self._rules.calling_hours(topic, customer.number).covers(window):
            raise WindowNotOffered(window, "unlawful")
        if customer.holder and await holds.use(tx, customer.holder, topic, window.start, now=now):
            return window
        if too_soon:
            raise WindowNotOffered(window, "too_soon")
        capacity = await self._capacity(tx, topic, now=now)
        if not self._is_understood(topic, window, customer) or not await self._sell(
            tx, topic, window, capacity(window), now=now
        ):
            raise SlotFull(window)
        return window

    async def hold(self, tx: Transaction, topic: str, window: Window, *, customer: Customer, now: datetime) -> Window:
        """Keep a place for the customer's holder for a while; their oldest one goes when they keep too many.

        Raises WindowNotOffered, SlotFull.
        """
        holder, until = customer.holder or "", now + self._hold_for
        if await holds.prolong(tx, holder, topic, window.in_utc().start, now=now, until=until):
            return window.in_utc()
        kept = await holds.of(tx, holder)
        for old_topic, old_start in kept[: max(0, len(kept) - MOST_HOLDS + 1)]:
            await holds.give_up(tx, holder, old_topic, old_start)
        window = await self.take(tx, topic, window, customer=customer, now=now)
        await holds.keep(tx, holder, topic, window.start, now=now, until=until)
        return window

    async def release(self, tx: Transaction, holder: str) -> None:
        """Give back everything that is kept for a holder."""
        for topic, start in await holds.of(tx, holder):
            await holds.give_up(tx, holder, topic, start)

    async def _sell(self, tx: Transaction, topic: str, window: Window, capacity: int, *, now: datetime) -> bool:
        if await slots.take(tx, topic, window, capacity=capacity):
            return True
        lapsed = await holds.release_lapsed(tx, topic, window.start, now=now)
        return bool(lapsed) and await slots.take(tx, topic, window, capacity=capacity)

    async def change(
        self, tx: Transaction, held: Callback, topic: str, new: Window, *, customer: Customer, now: datetime
    ) -> None:
        """Take a place in `new` for the one that the callback holds. Always the earlier slot first: two customers who
        swap places would else wait for each other for ever."""
        if (held.slot_start, held.topic) < (new.start, topic):
            await slots.give_back(tx, held.topic, held.slot_start)
            await self.take(tx, topic, new, customer=customer, now=now)
        else:
            await self.take(tx, topic, new, customer=customer, now=now)
            await slots.give_back(tx, held.topic, held.slot_start)

    async def full(
        self, tx: Transaction, topic: str, *, since: datetime, now: datetime, but: datetime
    ) -> tuple[Window, ...]:
        """Slots from the one that runs at `since` on in which no place is left, one after the other; not `but`."""
        rules = self._rules.of(topic)
        any_time = replace(rules.policy, lead=timedelta())
        begins = since - rules.policy.length
        windows = open_windows(rules.hours, any_time, now=begins, start=begins, end=since + LOOKS_FOR_ROOM)
        wanted = [window for window in windows if window.end > since]
        read = await slots.read(tx, topic, wanted, capacity=await self._capacity(tx, topic, now=now), now=now)
        return tuple(slot.window for slot in read if slot.free <= 0 and slot.window.start != but)

    async def take_for_retry(self, tx: Transaction, callback: Callback, *, at: datetime, now: datetime) -> datetime:
        """The slot whose place the callback holds from now on: a retry after its window is counted where it falls, so
        that nobody else is sold its time. Where no place is left it is made all the same, within agents at hand."""
        rules = self._rules.of(callback.topic)
        slot = None if callback.window.contains(at) else window_at(rules.hours, rules.policy, at)
        if slot is None or slot.in_utc().start == callback.slot_start:
            return callback.slot_start
        slot = slot.in_utc()
        capacity = (await self._capacity(tx, callback.topic, now=now))(slot)
        try:
            async with tx.begin_nested():  # the earlier slot first, as in `change`
                await slots.give_back(tx, callback.topic, callback.slot_start)
                if not await self._sell(tx, callback.topic, slot, capacity, now=now):
                    raise SlotFull(slot)
        except SlotFull:
            return callback.slot_start
        return slot.start

    async def take_soonest(
        self, tx: Transaction, topic: str, *, customer: Customer, now: datetime
    ) -> tuple[Kind, Window, Window]:
        """A place in the running slot when open, else in the first free one: (kind, slot, promised window). They have
        to be laid out. Raises SlotFull."""
        capacity = await self._capacity(tx, topic, now=now)
        is_open = self._rules.calling_hours(topic, customer.number).is_open(now)
        kind = Kind.ASAP if is_open else Kind.AFTER_HOURS
        for slot, window in self._running(topic, customer=customer, now=now):
            if await self._sell(tx, topic, slot, capacity(slot), now=now):
                return kind, slot, window
        start, end = now, now + self._rules.of(topic).policy.horizon
        while free := await self._free(tx, topic, (start, end), now=now, limit=TRIED_AT_ONCE, customer=customer):
            for slot in (one.window for one in free):
                if await self._sell(tx, topic, slot, capacity(slot), now=now):
                    return kind, slot, slot
            start = slot.start + timedelta.resolution
        raise SlotFull(Window(start=now, end=now + self._rules.of(topic).policy.length))

    async def soonest(self, tx: Transaction, topic: str, *, customer: Customer, now: datetime) -> Window | None:
        """What `take_soonest` would promise, None when nothing is free. They have to be laid out."""
        capacity = await self._capacity(tx, topic, now=now)
        for slot, window in self._running(topic, customer=customer, now=now):
            found = await slots.read(tx, topic, [slot], capacity=capacity, now=now, holder=customer.holder)
            if found[0].free:
                return window
        span = now, now + self._rules.of(topic).policy.horizon
        free = await self._free(tx, topic, span, now=now, limit=1, customer=customer)
        return free[0].window if free else None

    def _running(self, topic: str, *, customer: Customer, now: datetime) -> Iterator[tuple[Window, Window]]:
        """The slot that runs at `now`, if a call may begin in it, with the window that is then promised."""
        rules, hours = self._rules.of(topic), self._rules.calling_hours(topic, customer.number)
        running = window_at(rules.hours, rules.policy, now) if hours.is_open(now) else None
        if running and self._is_understood(topic, running, customer):
            yield running, Window(start=now, end=min(now + rules.policy.length, hours.closing(now))).in_utc()

    async def _capacity(self, tx: Transaction, topic: str, *, now: datetime) -> Callable[[Window], int]:
        rules, handle_time = self._rules.of(topic), await self.handle_time(tx, topic, now=now)
        return lambda window: rules.capacity(topic, window, handle_time=handle_time)

    def _is_understood(self, topic: str, window: Window, customer: Customer) -> bool:
        """Whether somebody on shift speaks the customer's language."""
        return self._rules.of(topic).capacity(topic, window, language=customer.language) > 0

    def _windows(
        self, topic: str, policy: SlotPolicy, *, now: datetime, start: datetime, end: datetime, customer: Customer
    ) -> Iterator[Window]:
        windows = open_windows(self._rules.of(topic).hours, policy, now=now, start=start, end=end)
        return filter(self._fits(topic, customer), windows)

    def _fits(self, topic: str, customer: Customer) -> Callable[[Window], bool]:
        """Whether a customer may be called at a time, by somebody who speaks their language."""
        lawful = self._rules.lawful.of(customer.number) if customer.number else ()
        return lambda window: (
            all(layer.covers(window) for layer in lawful) and self._is_understood(topic, window, customer)
        )
