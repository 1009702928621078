"""Promising, moving and cancelling a call, on both databases."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.booking.callback import Callback, Kind, Status
from bot.booking.errors import (
    CallbackNotFound,
    CallbackNotOpen,
    IdempotencyConflict,
    NumberRefused,
    SlotFull,
    TooManyOpenCallbacks,
    WindowNotOffered,
)
from bot.booking.window import Window
from bot.store import callbacks, ledger
from bot.store.database import Database
from bot.usecases.bookings import IdempotencyKey
from tests.support.clocks import TUESDAY, tokyo
from tests.support.products import NUMBER, SLOT, SLOTS, World, a_request, number

HALF_HOUR = timedelta(minutes=30)
NEXT = Window(start=SLOT.start + HALF_HOUR, end=SLOT.end + HALF_HOUR)
KEY = IdempotencyKey(scope="api", key="order-17")


async def booked(world: World, window: Window) -> int:
    (slot,) = await world.bookings.slots(now=world.now, start=window.start, end=window.end)
    return slot.booked


def a_window(start: str, *, minutes: int = 30) -> Window:
    return Window(start=tokyo(start), end=tokyo(start) + timedelta(minutes=minutes))


async def test_a_booking_takes_one_place_and_is_found_by_its_reference(database: Database) -> None:
    world = World(database)
    made = await world.book()
    assert (made.status, made.kind, made.window, made.due_at) == (Status.BOOKED, Kind.SCHEDULED, SLOT, SLOT.start)
    assert await world.bookings.find(made.reference) == made
    assert await booked(world, SLOT) == 1


async def test_of_64_bookings_in_parallel_a_slot_of_5_takes_5(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=5))

    async def book(index: int) -> bool:
        try:
            await world.book(phone_number=number(index))
        except SlotFull:
            return False
        return True

    assert sum(await asyncio.gather(*(book(index) for index in range(64)))) == 5
    assert await booked(world, SLOT) == 5
    assert len(await world.bookings.listing(limit=100)) == 5


async def test_two_processes_together_sell_no_more_than_there_is(database: Database, second_database: Database) -> None:
    worlds = [World(database), World(second_database)]

    async def book(index: int) -> bool:
        try:
            await worlds[index % 2].book(phone_number=number(index))
        except SlotFull:
            return False
        return True

    assert sum(await asyncio.gather(*(book(index) for index in range(24)))) == SLOTS.capacity


async def test_a_full_slot_names_the_nearest_free_ones(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=1))
    await world.book(phone_number=number(1))
    await world.book(NEXT, phone_number=number(2))
    with pytest.raises(SlotFull) as refused:
        await world.book(phone_number=number(3))
    told = [window.start.astimezone(tokyo("2026-11-24").tzinfo).strftime("%H:%M")
            for window in refused.value.alternatives]  # fmt: skip
    assert told == ["14:00", "14:30", "16:00"]
    assert all(window.start.date() == SLOT.start.date() for window in refused.value.alternatives)


async def test_the_same_idempotency_key_50_times_at_once_books_once(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=1, open_per_number=1))
    made = await asyncio.gather(*(world.bookings.book(a_request(), now=world.now, idempotency=KEY) for _ in range(50)))
    assert len({callback.reference for callback in made}) == 1
    assert await booked(world, SLOT) == 1


async def test_the_same_key_for_something_else_is_a_conflict(database: Database) -> None:
    world = World(database)
    await world.bookings.book(a_request(), now=world.now, idempotency=KEY)
    with pytest.raises(IdempotencyConflict):
        await world.bookings.book(a_request(reason="別の用件"), now=world.now, idempotency=KEY)
    assert len(await world.bookings.listing()) == 1


async def test_the_same_key_and_the_same_time_in_another_zone_is_the_same_request(database: Database) -> None:
    world = World(database)
    in_tokyo = Window(start=tokyo("2026-11-24 15:00"), end=tokyo("2026-11-24 15:30"))
    first = await world.bookings.book(a_request(SLOT), now=world.now, idempotency=KEY)
    assert await world.bookings.book(a_request(in_tokyo), now=world.now, idempotency=KEY) == first


async def test_a_key_of_another_scope_is_another_key(database: Database) -> None:
    world = World(database)
    await world.bookings.book(a_request(), now=world.now, idempotency=KEY)
    await world.bookings.book(a_request(), now=world.now, idempotency=replace(KEY, scope="other"))
    assert len(await world.bookings.listing()) == 2


async def test_a_number_has_no_more_open_callbacks_than_allowed_even_when_asked_at_once(
    database: Database, second_database: Database
) -> None:
    worlds = [World(database), World(second_database)]
    windows = [a_window(f"2026-11-{24 + day} 15:{minute}") for day in range(4) for minute in ("00", "30")]

    async def book(index: int) -> bool:
        try:
            await worlds[index % 2].book(windows[index])
        except TooManyOpenCallbacks:
            return False
        return True

    assert sum(await asyncio.gather(*(book(index) for index in range(len(windows))))) == 3


async def test_a_closed_callback_makes_room_for_another(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, open_per_number=1))
    first = await world.book()
    with pytest.raises(TooManyOpenCallbacks):
        await world.book(NEXT)
    await world.bookings.cancel(first.reference, now=world.now)
    await world.book(NEXT)


@pytest.mark.parametrize(
    ("start", "minutes", "reason"),
    [
        ("2026-11-24 15:10", 30, "off_grid"),
        ("2026-11-24 15:00", 60, "off_grid"),
        ("2026-11-24 08:30", 30, "past"),
        ("2026-11-24 10:00", 30, "too_soon"),
        ("2026-11-24 18:00", 30, "closed"),
        ("2026-11-28 15:00", 30, "closed"),
        ("2026-12-08 10:00", 30, "too_far"),
    ],
)
async def test_a_time_that_is_not_offered_is_refused_with_the_reason(
    sqlite: Database, start: str, minutes: int, reason: str
) -> None:
    world = World(sqlite)
    with pytest.raises(WindowNotOffered) as refused:
        await world.book(a_window(start, minutes=minutes))
    assert refused.value.reason == reason
    assert refused.value.alternatives


async def test_a_public_holiday_is_refused_as_one(sqlite: Database) -> None:
    world = World(sqlite)
    world.clock.moment = tokyo("2026-11-20 10:00")
    with pytest.raises(WindowNotOffered) as refused:
        await world.book(a_window("2026-11-23 15:00"))
    assert refused.value.reason == "holiday"


async def test_a_refused_number_books_nothing(database: Database) -> None:
    world = World(database)
    with pytest.raises(NumberRefused, match="emergency"):
        await world.book(phone_number="119")
    async with database.write() as tx:
        await ledger.set_consent(tx, NUMBER, do_not_call_at=TUESDAY)
    with pytest.raises(NumberRefused, match="opted out"):
        await world.book()
    assert await booked(world, SLOT) == 0


@pytest.mark.parametrize(
    ("now", "kind", "start", "end", "slot"),
    [
        ("2026-11-24 10:10", Kind.ASAP, "2026-11-24 10:10", "2026-11-24 10:40", "2026-11-24 10:00"),
        ("2026-11-24 17:45", Kind.ASAP, "2026-11-24 17:45", "2026-11-24 18:00", "2026-11-24 17:30"),
        ("2026-11-24 18:00", Kind.AFTER_HOURS, "2026-11-25 09:00", "2026-11-25 09:30", "2026-11-25 09:00"),
        ("2026-11-20 23:00", Kind.AFTER_HOURS, "2026-11-24 09:00", "2026-11-24 09:30", "2026-11-24 09:00"),
    ],
)
async def test_the_soonest_call_is_promised_at_once_inside_hours_and_at_the_opening_outside(
    sqlite: Database, now: str, kind: Kind, start: str, end: str, slot: str
) -> None:
    world = World(sqlite)
    world.clock.moment = tokyo(now)
    made = await world.book(None)
    assert (made.kind, made.window) == (kind, Window(start=tokyo(start), end=tokyo(end)))
    assert (made.slot_start, made.due_at) == (tokyo(slot), tokyo(start))


async def test_the_soonest_call_goes_to_the_next_slot_when_the_running_one_is_full(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=1))
    await world.book(None, phone_number=number(1))
    made = await world.book(None, phone_number=number(2))
    assert made.window.start == tokyo("2026-11-24 10:30")
    standing = await world.bookings.standing(made, now=world.now)
    assert (standing.queue_position, standing.estimated_start) == (2, made.window.start)


async def test_many_who_want_the_soonest_call_fill_the_slots_in_order(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=2))
    made = await asyncio.gather(*(world.book(None, phone_number=number(index)) for index in range(8)))
    starts = sorted(callback.slot_start for callback in made)
    assert starts == [TUESDAY + HALF_HOUR * (index // 2) for index in range(8)]


async def test_a_move_takes_the_new_place_and_frees_the_old(database: Database) -> None:
    world = World(database)
    made = await world.book()
    moved = await world.bookings.move(made.reference, NEXT, now=world.now)
    assert (moved.window, moved.due_at, moved.slot_start) == (NEXT, NEXT.start, NEXT.start)
    assert (await booked(world, SLOT), await booked(world, NEXT)) == (0, 1)


async def test_a_move_to_a_full_slot_changes_nothing(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=1))
    made = await world.book()
    await world.book(NEXT, phone_number=number(2))
    with pytest.raises(SlotFull) as refused:
        await world.bookings.move(made.reference, NEXT, now=world.now)
    assert refused.value.alternatives
    assert await world.bookings.find(made.reference) == made
    assert (await booked(world, SLOT), await booked(world, NEXT)) == (1, 1)


async def test_moves_that_cross_each_other_both_arrive(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=10))
    early = [await world.book(SLOT, phone_number=number(index)) for index in range(5)]
    late = [await world.book(NEXT, phone_number=number(index)) for index in range(5, 10)]
    await asyncio.gather(
        *(world.bookings.move(callback.reference, NEXT, now=world.now) for callback in early),
        *(world.bookings.move(callback.reference, SLOT, now=world.now) for callback in late),
    )
    assert (await booked(world, SLOT), await booked(world, NEXT)) == (5, 5)


async def test_a_move_to_where_it_is_changes_nothing(sqlite: Database) -> None:
    world = World(sqlite)
    made = await world.book()
    assert await world.bookings.move(made.reference, SLOT, now=world.now) == made


async def test_a_moved_callback_needs_nobodys_attention_any_more(sqlite: Database) -> None:
    world = World(sqlite)
    made = await world.book()
    async with sqlite.write() as tx:
        await callbacks.change(tx, made, now=world.now, attention="set_aside")
    assert (await world.bookings.move(made.reference, NEXT, now=world.now)).attention is None


async def test_cancelling_twice_frees_one_place(database: Database) -> None:
    world = World(database)
    made = await world.book()
    await world.book(phone_number=number(2))
    first = await world.bookings.cancel(made.reference, now=world.now, reason="解決しました")
    assert first.status == Status.CANCELLED
    assert await world.bookings.cancel(made.reference, now=world.now) == first
    assert await booked(world, SLOT) == 1


async def test_cancelling_at_once_from_many_sides_frees_one_place(database: Database) -> None:
    world = World(database)
    made = await world.book()
    await world.book(phone_number=number(2))
    answers = await asyncio.gather(*(world.bookings.cancel(made.reference, now=world.now) for _ in range(20)))
    assert {answer.status for answer in answers} == {Status.CANCELLED}
    assert await booked(world, SLOT) == 1


async def test_a_move_and_a_cancellation_at_once_leave_the_counts_right(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=10))
    made = [await world.book(phone_number=number(index)) for index in range(8)]

    async def move(callback: Callback) -> None:
        try:
            await world.bookings.move(callback.reference, NEXT, now=world.now)
        except CallbackNotOpen:
            assert (await world.read(callback)).status == Status.CANCELLED

    await asyncio.gather(
        *(move(callback) for callback in made),
        *(world.bookings.cancel(callback.reference, now=world.now) for callback in made),
    )
    assert (await booked(world, SLOT), await booked(world, NEXT)) == (0, 0)


@pytest.mark.parametrize("status", [Status.DIALING, Status.IN_CALL])
async def test_a_call_under_way_is_neither_moved_nor_cancelled(sqlite: Database, status: Status) -> None:
    world = World(sqlite)
    made = await world.book()
    async with sqlite.write() as tx:
        made = await callbacks.change(tx, made, now=world.now, status=Status.DIALING)
        if status == Status.IN_CALL:
            await callbacks.change(tx, made, now=world.now, status=status)
    with pytest.raises(CallbackNotOpen) as refused:
        await world.bookings.move(made.reference, NEXT, now=world.now)
    assert refused.value.status == status
    with pytest.raises(CallbackNotOpen):
        await world.bookings.cancel(made.reference, now=world.now)


async def test_an_unknown_reference_is_not_found(sqlite: Database) -> None:
    world = World(sqlite)
    for ask in (
        world.bookings.find("ZZZZZZ"),
        world.bookings.move("ZZZZZZ", NEXT, now=world.now),
        world.bookings.cancel("ZZZZZZ", now=world.now),
    ):
        with pytest.raises(CallbackNotFound):
            await ask


@pytest.mark.parametrize("full", [0, 1, 9, 40])
async def test_the_next_free_slots_are_the_first_of_all_that_are_free(database: Database, full: int) -> None:
    world = World(database, slots=replace(SLOTS, capacity=1))
    offered = await world.bookings.slots(now=world.now)
    for index, slot in enumerate(offered[:full]):
        await world.book(slot.window, phone_number=number(index))
    found = await world.bookings.next_free(now=world.now, limit=5)
    assert [slot.window for slot in found] == [slot.window for slot in offered[full : full + 5]]


async def test_slots_are_told_in_a_half_open_span_with_what_is_sold(sqlite: Database) -> None:
    world = World(sqlite)
    await world.book()

    async def told(start: datetime, end: datetime) -> list[tuple[datetime, int]]:
        found = await world.bookings.slots(now=world.now, start=start, end=end)
        return [(slot.window.start, slot.free) for slot in found]

    assert await told(SLOT.start, NEXT.end) == [(SLOT.start, 2), (NEXT.start, 3)]
    assert await told(SLOT.start, NEXT.start) == [(SLOT.start, 2)]
    assert await told(NEXT.start, SLOT.start) == []


async def test_an_hour_alone_is_meant_on_the_day_that_the_talk_is_about(sqlite: Database) -> None:
    world = World(sqlite)
    friday = a_window("2026-11-27 10:00")
    alone = await world.bookings.propose("16時で", language="ja", now=world.now)
    near = await world.bookings.propose("16時で", language="ja", now=world.now, near=friday)
    assert alone.window == a_window("2026-11-24 16:00")
    assert near.window == a_window("2026-11-27 16:00")
