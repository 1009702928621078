"""The dial order in SQL is the pure function's, on both databases; and what the dispatcher makes of it."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.booking.callback import LATE, Callback, Status
from bot.booking.matching import Skills
from bot.booking.priority import OrderPolicy, is_crowded, rank
from bot.booking.window import Window
from bot.store import callbacks, claims, ledger, order
from bot.store.database import Database
from tests.support.products import RETRIES, SLOT, World, a_callback, number

MINUTE = timedelta(minutes=1)
LONG_AGO = SLOT.start - timedelta(days=1)


def a_mixture(seed: int) -> list[Callback]:
    """Promises of every kind around SLOT.start, many of them equal in all but one thing."""
    chance = random.Random(seed)
    made = []
    for index in range(60):
        start = SLOT.start + chance.choice([-120, -75.5, -60, -30, -15, -1, 0]) * MINUTE
        window = Window(start=start, end=start + chance.choice([15, 30, 120]) * MINUTE)
        due = start + chance.choice([0, 0, 7, 33.25]) * MINUTE
        status = Status.RETRY_WAIT if due > start else Status.BOOKED
        made.append(
            a_callback(
                window=window, slot_start=start, due_at=due, status=status, reference=f"R{index:05d}",
                phone_number=number(index), priority=chance.choice([0, 0, 3]),
                created_at=LONG_AGO + chance.choice([0, 1]) * MINUTE,
            )
        )  # fmt: skip
    return made


@pytest.mark.parametrize("agents", [1, 500])
@pytest.mark.parametrize(
    "policy",
    [
        OrderPolicy(),
        OrderPolicy(vips=frozenset(number(index) for index in range(0, 60, 7)), priority_worth=10 * MINUTE),
    ],
    ids=["plain", "with weights"],
)
async def test_the_database_orders_as_the_pure_function_does(
    database: Database, policy: OrderPolicy, agents: int
) -> None:
    world = await World(database).with_agents(agents)
    made = a_mixture(seed=agents)
    async with database.write() as tx:
        for callback in made:
            await callbacks.add(tx, callback)
    due = [callback for callback in made if callback.due_at <= SLOT.start]
    async with database.write() as tx:
        load = await order.load(tx, policy=policy, now=SLOT.start)
        found = await claims.lock_due(tx, now=SLOT.start, kept_since=LONG_AGO, order=policy, limit=100)
    in_time = [callback for callback in due if callback.window.end > SLOT.start + policy.slack]
    assert (load.waiting, load.agents) == (len(in_time), agents)
    assert load.soonest_end == min(callback.window.end for callback in in_time)
    crowded = is_crowded(load, policy=policy, now=SLOT.start)
    assert crowded == (agents == 1)
    expected = sorted(due, key=lambda one: rank(one, policy=policy, now=SLOT.start, crowded=crowded))
    assert [one.id for one in found] == [callback.id for callback in expected]
    async with database.read() as tx:
        places = await order.line(tx, policy=policy, now=SLOT.start)
    assert [place.callback_id for place in places] == [callback.id for callback in expected]
    assert world.dialer.dials == []


async def test_a_broken_promise_waits_while_the_others_can_only_just_be_kept_but_not_past_the_cap(
    sqlite: Database,
) -> None:
    world = await World(sqlite, retries=replace(RETRIES, attempts=1)).with_agents(1)
    broken = a_callback(window_shift=-40 * MINUTE, phone_number=number(0), reference="B00000")
    async with sqlite.write() as tx:
        await callbacks.add(tx, broken)
        for index in range(1, 9):
            await callbacks.add(tx, a_callback(phone_number=number(index), reference=f"R{index:05d}"))
    for minute in range(9):
        await world.at(SLOT.start + minute * MINUTE)
        await world.report(await world.the_dial(), "no-answer")
    # With six dials made, the two that are left need ten of the 24 minutes left: less than half.
    assert [dial.to for dial in world.dialer.dials].index(number(0)) == 6


async def test_who_cannot_be_called_in_time_is_told_when_half_of_the_window_is_over(sqlite: Database) -> None:
    world = await World(sqlite).with_agents(2)
    async with sqlite.write() as tx:
        for index in range(10):
            made = a_callback(
                phone_number=number(index), reference=f"R{index:05d}", created_at=LONG_AGO + index * MINUTE
            )
            await callbacks.add(tx, made)
    assert await world.overdue.tell_lateness(now=SLOT.start + 14 * MINUTE) == 0
    # Ten dials of five minutes for two agents: whoever has seven before them begins after a quarter of an hour.
    assert await world.overdue.tell_lateness(now=SLOT.start + 15 * MINUTE) == 3
    assert await world.overdue.tell_lateness(now=SLOT.start + 16 * MINUTE) == 1
    assert await world.overdue.tell_lateness(now=SLOT.end - 5 * MINUTE) == 6


async def test_what_was_foreseen_is_dialled_as_it_is_by_then(database: Database) -> None:
    """A look ahead saves reading a callback again; whatever changed since is read anew."""
    world = await World(database).with_agents(3)
    made = [await world.book(phone_number=number(index)) for index in range(3)]
    assert await world.dispatch.look_ahead(now=SLOT.start - MINUTE) == 3
    assert await world.dispatch.look_ahead(now=SLOT.start - MINUTE) == 0
    async with database.write() as tx:
        await callbacks.change(tx, made[0], now=SLOT.start, dial_number=number(7))
        await callbacks.change(tx, made[1], now=SLOT.start, status=Status.CANCELLED)
        await ledger.set_consent(tx, number(2), do_not_call_at=SLOT.start)
    assert await world.at(SLOT.start) == 1
    assert [dial.to for dial in world.dialer.dials] == [number(7)]
    assert (await world.read(made[2])).status == Status.CANCELLED


async def test_who_can_be_answered_by_nobody_on_duty_is_told_early_however_many_others_there_are(
    database: Database,
) -> None:
    world = await World(database).with_agents(9, skills=Skills(languages=frozenset({"ja"})))
    await world.book(phone_number=number(0))
    english = await world.book(phone_number=number(1), language="en")
    assert await world.overdue.tell_lateness(now=SLOT.start + 14 * MINUTE) == 0
    assert await world.overdue.tell_lateness(now=SLOT.start + 15 * MINUTE) == 1
    assert (await world.read(english)).attention == LATE
