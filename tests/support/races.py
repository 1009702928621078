"""Races of the fault list as trials of which any number can be run: the tests run some, `make races` all of them.

python -m tests.support.races sqlite:///some/file.db 1250 0     # a process that asks for 1,250 places
"""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Protocol

import asyncpg  # type: ignore[import-untyped]  # it publishes no types
from sqlalchemy import text

from bot.booking.callback import Callback, Status
from bot.booking.errors import CallbackNotOpen, SlotFull
from bot.booking.hours import Period
from bot.booking.slots import SlotPolicy
from bot.booking.window import Window
from bot.store import holds, slots
from bot.store.database import Database
from bot.usecases.seats import Customer
from tests.support.products import LINE, SLOT, SLOTS, World, a_request, number, office_hours

LEVELS = ("read committed", "repeatable read", "serializable")
PLACES = 48
CLIENTS = 64
AT_ONCE, FEW = 100, 10
"""Trials that run beside each other, each about a place of its own."""
HOLD = timedelta(minutes=3)
AROUND = tuple(timedelta(milliseconds=away) for away in (-1, 0, 1))
SLOTS_A_DAY = 13 * 12
"""Of five minutes, within the lawful hours."""
EVERY_HOUR = office_hours(weekly=dict.fromkeys(range(7), (Period(start=time(8), end=time(21)),)), holidays_country=None)
IN_ONE_PERSONS_HANDS = """
SELECT s.topic, s.starts_at, s.booked FROM slots s WHERE s.booked <>
  (SELECT count(*) FROM callbacks c WHERE c.topic = s.topic AND c.slot_start = s.starts_at AND c.status <> 'cancelled')
  + (SELECT count(*) FROM holds h WHERE h.topic = s.topic AND h.slot_start = s.starts_at)
"""
"""Slots whose counter is not what was really sold and held: there must be none, ever."""
END_EVERY_CALL = (
    "UPDATE attempts SET ended_at = started_at, outcome = 'connected' WHERE ended_at IS NULL",
    "UPDATE callbacks SET status = 'completed' WHERE status = 'dialing'",
)


@dataclass(kw_only=True)
class Seen:
    """How the trials ended, and what must not have been."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Race(Protocol):
    """Two processes that race over one database."""

    async def __call__(self, one: Database, other: Database, /, *, trials: int) -> Seen:
        """How the trials ended."""


async def wrong_counters(database: Database) -> list[tuple[object, ...]]:
    """What the invariant finds."""
    async with database.read() as tx:
        return [tuple(row) for row in await tx.execute(text(IN_ONE_PERSONS_HANDS))]


async def at_level(url: str, level: str) -> None:
    """Every connection to this PostgreSQL database begins its transactions at this isolation level by itself."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        f"ALTER DATABASE \"{url.rsplit('/', 1)[1]}\" SET default_transaction_isolation TO '{level}'"
    )
    await connection.close()


async def rush(database: Database, *, requests: int, first: int = 0, clients: int = CLIENTS) -> Counter[str]:
    """Row 16: many clients want one slot with 48 places. How many booked, heard "full", or anything else."""
    world, ends, customers = (
        World(database, slots=replace(SLOTS, capacity=PLACES)),
        Counter[str](),
        iter(range(requests)),
    )

    async def client() -> None:
        for index in customers:
            try:
                await world.book(phone_number=number(first + index))
            except Exception as error:  # whatever it is, it is told and counted
                ends["full" if isinstance(error, SlotFull) else type(error).__name__] += 1
            else:
                ends["booked"] += 1

    await asyncio.gather(*(client() for _ in range(clients)))
    return ends


async def hold_expiry(mine: Database, strangers: Database, *, trials: int, seed: int = 19) -> Seen:
    """Row 19: the holder's yes and a stranger race around the millisecond at which the hold lapses, each in a process
    with a clock of its own. The place goes to exactly one, the other hears that it is taken."""
    chance, seen = random.Random(seed), Seen()
    policy = SlotPolicy(
        length=timedelta(minutes=5), lead=timedelta(), capacity=1, horizon=timedelta(days=2 + trials // SLOTS_A_DAY)
    )
    ours, theirs = (World(database, hours=EVERY_HOUR, slots=policy) for database in (mine, strangers))
    now = ours.now
    offered = await ours.bookings.slots(now=now, start=now + 2 * HOLD, customer=Customer(number=number(0)))
    windows = [slot.window for slot in offered][:trials]
    if len(windows) < trials:
        raise ValueError(f"there are only {len(windows)} slots to race for")

    async def buys(world: World, window: Window, at: datetime, index: int, holder: str | None) -> bool:
        try:
            await world.bookings.book(a_request(window, phone_number=number(index), held_by=holder), now=at)
        except SlotFull:
            return False
        return True

    async def trial(place: int, window: Window, *, is_turned: bool) -> None:
        holder = f"talk-{place}"
        mine_at, theirs_at = (now + HOLD + chance.choice(AROUND) for _ in range(2))
        answers = [
            buys(ours, window, mine_at, place, holder),
            buys(theirs, window, theirs_at, trials + place, None),
        ]
        sold = await asyncio.gather(*(reversed(answers) if is_turned else answers))
        by_holder, by_stranger = reversed(sold) if is_turned else sold
        seen.ends["the holder" if by_holder else "the stranger"] += 1
        if by_holder == by_stranger:
            seen.wrong.append(f"{window}: {by_holder=} at {mine_at}, {by_stranger=} at {theirs_at}")
        if by_stranger and max(mine_at, theirs_at) < now + HOLD:
            seen.wrong.append(f"{window}: taken from its holder while it was held")

    for first in range(0, trials, FEW):
        batch = list(enumerate(windows[first : first + FEW], start=first))
        async with mine.write() as tx:
            for place, window in batch:
                await slots.take(tx, "general", window, capacity=1)
                await holds.keep(tx, f"talk-{place}", "general", window.start, now=now, until=now + HOLD)
        is_turned = chance.random() < 0.5  # who asks first is often first in all of them: they share a commit
        await asyncio.gather(*(trial(place, window, is_turned=is_turned) for place, window in batch))
    return seen


async def cancel_and_dial(desk: Database, scheduler: Database, *, trials: int, seed: int = 20) -> Seen:
    """Row 20: customers cancel while a dispatcher in another process claims. Whoever was told "cancelled" is not
    dialled; whoever was not is, and heard so."""
    chance, seen, policy = random.Random(seed), Seen(), replace(SLOTS, capacity=1_000_000)
    customers = World(desk, slots=policy)
    dispatcher = await World(scheduler, slots=policy, line=replace(LINE, lines=AT_ONCE)).with_agents(AT_ONCE)
    for first in range(0, trials, AT_ONCE):
        count = min(AT_ONCE, trials - first)
        made = await asyncio.gather(*(customers.book(phone_number=number(first + index)) for index in range(count)))
        acknowledged = await _cancelled(
            customers, dispatcher, made, claim_after=chance.randrange(1 + count // 2), clients=chance.choice((1, 1, 4))
        )
        await dispatcher.at(SLOT.start)
        dialled = {dial.to for dial in dispatcher.dialer.dials}
        dispatcher.dialer.dials.clear()
        for callback in made:
            is_dialled, is_cancelled = callback.phone_number in dialled, callback.id in acknowledged
            seen.ends["cancelled" if is_cancelled else "dialled"] += 1
            if is_dialled == is_cancelled:
                seen.wrong.append(f"{callback.reference}: {is_dialled=}, {is_cancelled=}")
        async with scheduler.write() as tx:
            for statement in END_EVERY_CALL:
                await tx.execute(text(statement))
    return seen


async def _cancelled(
    customers: World, dispatcher: World, made: Sequence[Callback], *, claim_after: int, clients: int
) -> frozenset[str]:
    """Cancel everything, and claim as soon as so many cancellations were acknowledged; the ids of those that were."""
    waiting, acknowledged, may_claim = iter(made), set[str](), asyncio.Event()

    async def cancels() -> None:
        for callback in waiting:
            if len(acknowledged) >= claim_after:
                may_claim.set()
            try:
                await customers.bookings.cancel(callback.reference, now=SLOT.start)
            except CallbackNotOpen as refused:
                if refused.status not in (Status.DIALING, Status.IN_CALL):
                    raise
            else:
                acknowledged.add(callback.id)
        may_claim.set()

    async def claims() -> None:
        await may_claim.wait()
        await dispatcher.at(SLOT.start)

    await asyncio.gather(claims(), *(cancels() for _ in range(clients)))
    return frozenset(acknowledged)


async def _main(url: str, requests: int, first: int) -> None:
    database = Database(url)
    ends = await rush(database, requests=requests, first=first, clients=CLIENTS // 4)
    await database.close()
    sys.stdout.write(json.dumps(ends))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
