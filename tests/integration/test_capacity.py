"""Capacity from the roster, where it is sold. On both databases."""

import secrets
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.booking.callback import Kind, Outcome, Status
from bot.booking.errors import SlotFull, WindowNotOffered
from bot.booking.hours import Period
from bot.booking.roster import Roster, Shift
from bot.booking.rules import TopicRules
from bot.settings import load
from bot.store import agents, attempts, callbacks
from bot.store.database import Database
from bot.usecases.seats import Customer
from tests.support.clocks import REAL, TOKYO, tokyo
from tests.support.products import SLOT, SLOTS, World, a_callback, number, office_hours, rules_of, settings_of

WHOLE_DAY = ((Period(start=time(0), end=time.max),),) * 7


def staffed(database: Database, *shifts: Shift, **changes: object) -> World:
    """A business whose capacity comes from these shifts."""
    roster = Roster(
        timezone=TOKYO, shifts=shifts or (Shift(agents=3, weekly=WHOLE_DAY),), inbound_share=0.5,
        handle_times={"general": timedelta(minutes=15)},
    )  # fmt: skip
    roster = replace(roster, **changes)  # type: ignore[arg-type]  # tests name what they change
    topics = {"general": TopicRules(hours=office_hours(), policy=SLOTS, roster=roster)}
    return World(database, rules=rules_of(office_hours(), topics=topics))


async def test_a_slot_sells_what_the_agents_on_shift_can_call(database: Database) -> None:
    world = staffed(database)
    for index in range(3):
        await world.book(phone_number=number(index))
    with pytest.raises(SlotFull):
        await world.book(phone_number=number(3))


async def test_the_soonest_call_and_a_scheduled_one_draw_from_the_same_places(database: Database) -> None:
    world = staffed(database)
    world.clock.moment = tokyo("2026-11-24 14:30")
    for index in range(2):
        await world.book(phone_number=number(index))
    world.clock.moment = tokyo("2026-11-24 15:05")
    first = await world.book(None, phone_number=number(2))
    second = await world.book(None, phone_number=number(3))
    assert (first.kind, first.slot_start, second.slot_start) == (Kind.ASAP, SLOT.start, SLOT.end)


async def test_capacity_lowered_below_what_is_sold_sells_no_more_and_breaks_nothing(database: Database) -> None:
    """What is sold stays sold; the slot is full until enough of it is given back."""
    world = staffed(database)
    made = [await world.book(phone_number=number(index)) for index in range(3)]
    lowered = staffed(database, Shift(agents=1, weekly=WHOLE_DAY), inbound_share=0.4)
    (slot,) = await lowered.bookings.slots(now=world.now, start=SLOT.start, end=SLOT.end)
    assert (slot.capacity, slot.booked, slot.free) == (1, 3, 0)
    with pytest.raises(SlotFull):
        await lowered.book(phone_number=number(9))
    for callback in made[:2]:
        await lowered.bookings.cancel(callback.reference, now=world.now)
        with pytest.raises(SlotFull):
            await lowered.book(phone_number=number(9))
    await lowered.bookings.cancel(made[2].reference, now=world.now)
    await lowered.book(phone_number=number(9))


async def test_a_slot_in_which_nobody_speaks_the_language_is_not_offered_in_it(database: Database) -> None:
    until_noon = ((Period(start=time(9), end=time(12)),),) * 7
    japanese = Shift(agents=3, weekly=WHOLE_DAY, languages=frozenset({"ja"}))
    english = Shift(agents=3, weekly=until_noon, languages=frozenset({"en"}))
    world = staffed(database, japanese, english)
    offered = await world.bookings.slots(now=world.now, customer=Customer(language="en"))
    assert {slot.window.start.astimezone(TOKYO).hour for slot in offered} == {9, 10, 11}
    with pytest.raises((SlotFull, WindowNotOffered)):
        await world.book(SLOT, language="en")
    await world.book(SLOT, language="ja")


async def test_measured_handle_times_decide_once_there_are_enough_calls(database: Database) -> None:
    world = await staffed(database).with_agents()
    async with database.write() as tx:
        for index in range(30):
            made = a_callback(reference=secrets.token_hex(6), phone_number=number(index))
            made = replace(made, id=secrets.token_hex(16), status=Status.COMPLETED)
            await callbacks.add(tx, made)
            (agent,) = await agents.names(tx)
            await attempts.begin(
                tx, made.id, callback_id=made.id, number=1, to_number=made.phone_number, agent_id=agent,
                now=world.now - timedelta(days=1), real_now=REAL,
            )  # fmt: skip
            await attempts.end(
                tx, made.id, outcome=Outcome.CONNECTED, now=world.now, answered_by="human", duration_s=180
            )
    (slot,) = await world.bookings.slots(now=world.now, start=SLOT.start, end=SLOT.end)
    assert slot.capacity == 9  # 45 minutes ÷ (3 + 2)


@pytest.mark.parametrize("now", ["2026-11-24 10:00", "2027-05-11 08:00", "2031-02-03 12:00"])
async def test_the_demos_default_slots_have_three_places_at_any_date(
    sqlite: Database, tmp_path: Path, now: str
) -> None:
    world = World(sqlite, rules=load(settings_of(tmp_path)).for_rules())
    world.clock.moment = tokyo(now)
    offered = await world.bookings.slots(now=world.now)
    assert len(offered) > 100
    assert {slot.capacity for slot in offered} == {3}
