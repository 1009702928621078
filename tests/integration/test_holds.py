"""Places kept while a customer is asked for a yes. On both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.booking.errors import SlotFull, TooManyOpenCallbacks
from bot.booking.window import Window
from bot.store import holds
from bot.store.database import Database
from bot.usecases.seats import Customer
from tests.support.clocks import tokyo
from tests.support.products import SLOT, SLOTS, World, number

HALF_HOUR = timedelta(minutes=30)
NEXT = Window(start=SLOT.start + HALF_HOUR, end=SLOT.end + HALF_HOUR)
AFTER_NEXT = Window(start=NEXT.start + HALF_HOUR, end=NEXT.end + HALF_HOUR)
ONE_PLACE = replace(SLOTS, capacity=1)
THREE_MINUTES = timedelta(minutes=3)


def a_customer(index: int = 1) -> Customer:
    """Somebody in a talk of their own."""
    return Customer(number=number(index), language="ja", holder=f"talk-{index}")


async def free(world: World, window: Window = SLOT, *, customer: Customer | None = None) -> int:
    """Places that are left for anybody, or for this customer."""
    (slot,) = await world.bookings.slots(
        now=world.now, start=window.start, end=window.end, customer=customer or Customer()
    )
    return slot.free


async def keep(world: World, window: Window = SLOT, index: int = 1) -> Window:
    """Hold a place for a customer."""
    return await world.bookings.hold(window, customer=a_customer(index), now=world.now)


async def test_what_was_offered_is_still_there_on_yes(database: Database) -> None:
    world = World(database, slots=ONE_PLACE)
    await keep(world)
    with pytest.raises(SlotFull) as refused:
        await world.book(phone_number=number(2))
    assert refused.value.alternatives
    made = await world.book(phone_number=number(1), held_by="talk-1")
    assert made.window == SLOT
    async with database.read() as tx:
        assert await holds.count(tx) == 0


async def test_a_hold_is_no_callback_and_leaves_the_place_by_itself_after_three_minutes(database: Database) -> None:
    world = World(database, slots=ONE_PLACE)
    await keep(world)
    assert (await free(world), await world.bookings.listing()) == (0, [])
    assert await free(world, customer=a_customer()) == 1
    world.clock.pass_by(seconds=179)
    assert await free(world) == 0
    world.clock.pass_by(seconds=1)
    assert await free(world) == 1
    await world.book(phone_number=number(2))
    assert await free(world) == 0


async def test_a_yes_after_the_hold_lapsed_books_what_is_still_free_and_else_is_told(database: Database) -> None:
    world = World(database, slots=ONE_PLACE)
    await keep(world)
    world.clock.pass_by(minutes=4)
    await world.book(phone_number=number(1), held_by="talk-1")
    with pytest.raises(SlotFull):
        await keep(world, index=2)


async def test_a_customer_who_thinks_again_keeps_two_places_at_most(database: Database) -> None:
    world = World(database, slots=ONE_PLACE)
    for window in (SLOT, NEXT, AFTER_NEXT):
        await keep(world, window)
        world.clock.pass_by(seconds=1)
    assert [await free(world, window) for window in (SLOT, NEXT, AFTER_NEXT)] == [1, 0, 0]
    await world.book(AFTER_NEXT, phone_number=number(1), held_by="talk-1")
    assert [await free(world, window) for window in (SLOT, NEXT, AFTER_NEXT)] == [1, 1, 0]


async def test_holding_the_same_time_again_takes_no_second_place_and_counts_anew(database: Database) -> None:
    world = World(database)
    await keep(world)
    world.clock.pass_by(minutes=2)
    await keep(world)
    world.clock.pass_by(minutes=2)
    assert await free(world) == SLOTS.capacity - 1


async def test_a_place_held_in_time_is_booked_although_the_lead_has_passed_meanwhile(database: Database) -> None:
    world = World(database)
    world.clock.moment = tokyo("2026-11-24 14:30")
    await keep(world)
    world.clock.pass_by(minutes=2)
    assert (await world.book(phone_number=number(1), held_by="talk-1")).window == SLOT


async def test_a_refused_booking_leaves_the_hold_as_it_was(database: Database) -> None:
    world = World(database, slots=replace(ONE_PLACE, open_per_number=1))
    await world.book(NEXT, phone_number=number(1))
    await keep(world)
    with pytest.raises(TooManyOpenCallbacks):
        await world.book(phone_number=number(1), held_by="talk-1")
    assert await free(world) == 0
    world.clock.pass_by(minutes=3)
    assert await free(world) == 1


async def test_a_clock_that_was_put_back_keeps_no_place_for_ever(database: Database) -> None:
    world = World(database, slots=ONE_PLACE)
    await keep(world)
    world.clock.pass_by(hours=-1)
    assert await free(world) == 1


async def test_many_who_hold_one_slot_at_once_get_no_more_places_than_there_are(
    database: Database, second_database: Database
) -> None:
    worlds = [World(database), World(second_database)]

    async def attempt(index: int) -> bool:
        try:
            await keep(worlds[index % 2], index=index)
        except SlotFull:
            return False
        return True

    assert sum(await asyncio.gather(*(attempt(index) for index in range(32)))) == SLOTS.capacity
