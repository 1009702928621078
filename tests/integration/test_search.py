"""Finding times on the real databases: the next, the nearest, and those that are worth recommending."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.booking.answering import Tries
from bot.booking.callback import Outcome, Status
from bot.booking.errors import SlotFull
from bot.booking.slots import nearest
from bot.booking.window import Window
from bot.store import agents, attempts, callbacks, holds
from bot.store.database import Database
from bot.store.schema import slots as slot_rows
from bot.usecases.seats import Customer
from tests.support.clocks import TOKYO, TUESDAY, tokyo
from tests.support.products import SLOT, SLOTS, World, a_callback, number

HALF_HOUR = timedelta(minutes=30)


async def sell_out(database: Database, world: World, *, days: int) -> list[Window]:
    """Nothing is left of the first days; returns every slot behind them."""
    offered = [slot.window for slot in await world.bookings.slots(now=world.now)]
    until = TUESDAY + timedelta(days=days)
    rows = [
        {"topic": "general", "starts_at": window.start, "ends_at": window.end, "capacity": 3, "booked": 3}
        for window in offered
        if window.start < until
    ]
    if rows:
        async with database.write() as tx:
            await tx.execute(insert(slot_rows), rows)
    return [window for window in offered if window.start >= until]


@pytest.mark.parametrize("days", [0, 1, 8, 13, 20])
async def test_the_next_free_slots_are_those_behind_what_is_sold_out(database: Database, days: int) -> None:
    world = World(database)
    left = await sell_out(database, world, days=days)
    found = await world.bookings.next_free(now=world.now, limit=5)
    assert [slot.window for slot in found] == left[:5]
    assert all(slot.free == 3 for slot in found)


async def test_the_next_free_slots_count_what_is_held_by_others_but_not_what_has_lapsed(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=1))
    world.clock.moment = tokyo("2026-11-24 09:40")
    first, second, third = [slot.window for slot in await world.bookings.next_free(now=world.now, limit=3)]
    me = Customer(holder="talk-me")
    await world.bookings.hold(first, customer=me, now=world.now)
    await world.bookings.hold(second, customer=Customer(holder="talk-else"), now=world.now)
    for customer, free in ((me, [first, third]), (Customer(), [third])):
        found = await world.bookings.next_free(now=world.now, limit=2, customer=customer)
        assert [slot.window for slot in found][: len(free)] == free
    world.clock.pass_by(minutes=4)
    found = await world.bookings.next_free(now=world.now, limit=3)
    assert [slot.window for slot in found] == [first, second, third]
    async with database.read() as tx:
        assert await holds.count(tx) == 2  # nothing was written for it


async def test_what_is_sold_by_more_than_one_read_is_seen_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.seats.COUNTERS_AT_FIRST", 3)
    world = World(database)
    left = await sell_out(database, world, days=9)
    assert [slot.window for slot in await world.bookings.next_free(now=world.now, limit=4)] == left[:4]


@pytest.mark.parametrize("days", [0, 1, 5, 13])
async def test_a_full_slot_is_answered_with_the_nearest_that_fit_however_far_they_are(
    database: Database, days: int
) -> None:
    world = World(database)
    await sell_out(database, world, days=days)
    offered = await world.bookings.slots(now=world.now)
    for place, slot in enumerate((offered[0], offered[len(offered) // 2], offered[-1])):
        wanted = slot.window
        for index in range(slot.free):
            await world.book(wanted, phone_number=number(10 * place + index))
        with pytest.raises(SlotFull) as refused:
            await world.book(wanted, phone_number=number(10 * place + 9))
        everything = await world.bookings.slots(now=world.now)
        assert refused.value.alternatives == nearest(wanted, everything)


async def a_call(database: Database, index: int, at: str, outcome: Outcome) -> None:
    """Somebody was called then."""
    made = replace(a_callback(), id=secrets.token_hex(16), reference=f"R{index:05d}", status=Status.COMPLETED)
    async with database.write() as tx:
        await callbacks.add(tx, replace(made, phone_number=number(index)))
        await attempts.begin(
            tx, made.id, callback_id=made.id, number=1, to_number=number(index),
            agent_id=next(iter(await agents.names(tx))), now=tokyo(at), real_now=tokyo(at),
        )  # fmt: skip
        await attempts.end(tx, made.id, outcome=outcome, now=tokyo(at))


async def test_calls_are_counted_by_the_hour_at_which_they_were_placed(database: Database) -> None:
    await World(database).with_agents(1)
    outcomes = [
        ("2026-11-20 18:00", Outcome.CONNECTED), ("2026-11-20 18:59", Outcome.NO_ANSWER),
        ("2026-11-20 18:30", Outcome.AGENT_MISSED), ("2026-11-20 18:30", Outcome.CARRIER_FAILED),
        ("2026-11-20 19:00", Outcome.VOICEMAIL), ("2026-06-01 10:00", Outcome.CONNECTED),
    ]  # fmt: skip
    for index, (at, outcome) in enumerate(outcomes):
        await a_call(database, index, at, outcome)
    async with database.read() as tx:
        found = await attempts.answered_by_hour(tx, since=tokyo("2026-10-01 00:00"))
    assert sorted(found, key=lambda tries: tries.at) == [
        Tries(at=tokyo("2026-11-20 18:00"), placed=3, answered=2),
        Tries(at=tokyo("2026-11-20 19:00"), placed=1, answered=0),
    ]


async def test_the_time_at_which_people_answer_is_recommended_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = [
        Tries(at=tokyo(f"2026-11-20 {hour:02d}:00"), placed=100, answered=90 if hour == 16 else 40)
        for hour in range(9, 18)
    ]

    async def by_hour(*_args: object, **_facts: object) -> list[Tries]:
        return hours

    monkeypatch.setattr("bot.store.attempts.answered_by_hour", by_hour)
    world = World(database)
    offer = await world.bookings.propose("明日の午後", language="ja", now=world.now)
    assert offer.options[0].start == tokyo("2026-11-25 16:00")
    assert all(12 <= window.start.astimezone(TOKYO).hour < 18 for window in offer.options)
    soonest = await world.bookings.soonest(now=world.now)
    assert soonest[0].start == tokyo("2026-11-24 16:00")
    assert soonest[0].start > SLOT.start
