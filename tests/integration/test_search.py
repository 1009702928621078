"""Finding times on the real databases: the next, the nearest, and those that are worth recommending."""

import random
import secrets
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import insert, text

from bot.booking.answering import Tries
from bot.booking.callback import Outcome, Status
from bot.booking.errors import CallbackNotOpen, SlotFull
from bot.booking.hours import Period
from bot.booking.slots import nearest
from bot.booking.window import Window
from bot.store import agents, attempts, callbacks, holds
from bot.store.database import Database
from bot.store.schema import slots as slot_rows
from bot.usecases.seats import ANYBODY, Customer
from tests.support.clocks import TOKYO, TUESDAY, tokyo
from tests.support.products import NUMBERS, SLOT, SLOTS, World, a_callback, number, office_hours

HALF_HOUR = timedelta(minutes=30)
ROUND_THE_CLOCK = office_hours(
    weekly=dict.fromkeys(range(7), (Period(start=time(0), end=time.max),)), holidays_country=None
)
ABROAD = replace(NUMBERS, countries=frozenset({"JP", "US"}))


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


async def test_what_fits_is_found_behind_any_number_of_free_slots_that_do_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in more than one piece: what is free here is the middle of the night there."""
    monkeypatch.setattr("bot.usecases.seats.ROWS_AT_FIRST", 1)
    world = World(database, hours=ROUND_THE_CLOCK, numbers=ABROAD)
    customer = Customer(number="+12125550123")
    found = await world.bookings.next_free(now=world.now, limit=3, customer=customer)
    fitting = await world.bookings.slots(now=world.now, customer=customer)
    assert [slot.window for slot in found] == [slot.window for slot in fitting[:3]]


async def the_same(world: World, *, limit: int = 4, customer: Customer = ANYBODY) -> None:
    """The index finds exactly what is free of everything that may be promised."""
    found = await world.bookings.next_free(now=world.now, limit=limit, customer=customer)
    every = await world.bookings.slots(now=world.now, customer=customer)
    assert found == [slot for slot in every if slot.free][:limit]


@pytest.mark.parametrize("seed", range(4))
async def test_the_next_free_slots_are_right_after_anything_that_may_happen(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    world, booked, told = World(database), list[str](), list[tuple[tuple[Window, ...], tuple[Window, ...]]]()
    for step in range(60):
        window = chance.choice((await world.bookings.slots(now=world.now))[:4]).window
        holder = Customer(holder=f"talk-{chance.randrange(3)}")
        done = chance.choice(("book", "hold", "cancel", "move", "wait", "settings"))
        try:
            match done:
                case "book":
                    booked.append((await world.book(window, phone_number=number(step))).reference)
                case "hold":
                    await world.bookings.hold(window, customer=holder, now=world.now)
                case "cancel" if booked:
                    await world.bookings.cancel(chance.choice(booked), now=world.now)
                case "move" if booked:
                    await world.bookings.move(chance.choice(booked), window, now=world.now)
                case "wait":
                    world.clock.pass_by(minutes=chance.choice((1, 4, 40, -20)))
                case "settings":  # the product is started again with others
                    policy = replace(SLOTS, capacity=chance.choice((1, 2, 5)), length=HALF_HOUR * chance.choice((1, 2)))
                    hours = office_hours("10:00") if chance.random() < 0.3 else office_hours()
                    now, world = world.now, World(database, hours=hours, slots=policy)
                    world.clock.moment = now
        except SlotFull as full:
            every = await world.bookings.slots(now=world.now, customer=holder if done == "hold" else ANYBODY)
            told.append((full.alternatives, nearest(window, every)))
        except CallbackNotOpen:
            pass
        await the_same(world)
        await the_same(world, customer=Customer(holder="talk-1", language="ja"))
    assert told
    assert [alternatives for alternatives, _ in told] == [expected for _, expected in told]


async def test_free_slots_are_found_by_their_own_index_on_both_databases(database: Database) -> None:
    world = World(database)
    await sell_out(database, world, days=9)
    await world.bookings.next_free(now=world.now)
    query = """SELECT starts_at FROM slots WHERE topic = 'general' AND booked < capacity
        AND starts_at >= '2026-11-24' AND starts_at < '2027-11-24' ORDER BY starts_at LIMIT 20"""
    async with database.write() as tx:
        await tx.execute(text("ANALYZE"))
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = " ".join(str(row) for row in await tx.execute(text(f"{explain} {query}")))
    assert "ix_slots_free" in plan, plan


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


@pytest.mark.parametrize("days", [1, 9, 15])
async def test_the_soonest_call_is_promised_behind_everything_that_is_sold_out(database: Database, days: int) -> None:
    world = World(database, slots=replace(SLOTS, horizon=timedelta(days=15)))
    world.clock.moment = tokyo("2026-11-24 08:00")
    left = await sell_out(database, world, days=days)
    for index in range(3 * len(left[:2])):
        soonest = await world.bookings.earliest(now=world.now)
        made = await world.book(None, phone_number=number(index))
        assert soonest
        assert made.window == soonest.window == left[index // 3]
    if not left:
        with pytest.raises(SlotFull):
            await world.book(None, phone_number=number(7))
        assert await world.bookings.earliest(now=world.now) is None


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
