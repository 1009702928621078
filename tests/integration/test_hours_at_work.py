"""Hours in every layer where it counts: offering, booking, dialling. On both databases."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.booking.callback import Kind, Outcome, Status
from bot.booking.errors import WindowNotOffered
from bot.booking.hours import Period
from bot.booking.window import Window
from bot.store.database import Database
from bot.usecases.seats import Customer
from tests.support.clocks import NEW_YORK, tokyo
from tests.support.products import NUMBERS, SLOT, World, number, office_hours, rules_of

ABROAD = replace(NUMBERS, countries=frozenset({"JP", "US", "GB"}))
IN_NEW_YORK = "+12125550123"
ROUND_THE_CLOCK = office_hours(
    weekly=dict.fromkeys(range(7), (Period(start=time(0), end=time.max),)), holidays_country=None
)


def abroad(database: Database) -> World:
    """A business that calls at any hour, in three countries."""
    return World(database, hours=ROUND_THE_CLOCK, numbers=ABROAD, grace=timedelta(days=1))


async def test_only_times_are_offered_at_which_that_number_may_be_called(database: Database) -> None:
    world = abroad(database)
    offered = await world.bookings.slots(now=world.now, customer=Customer(number=IN_NEW_YORK))
    hours = {slot.window.start.astimezone(NEW_YORK).hour for slot in offered}
    assert (min(hours), max(hours)) == (8, 20)
    assert len(await world.bookings.slots(now=world.now)) > len(offered)


async def test_a_time_outside_the_lawful_hours_is_not_booked_and_lawful_ones_are_named(database: Database) -> None:
    world = abroad(database)
    with pytest.raises(WindowNotOffered) as refused:
        await world.book(SLOT, phone_number=IN_NEW_YORK)  # one in the morning there
    assert refused.value.reason == "unlawful"
    for window in refused.value.alternatives:
        assert 8 <= window.start.astimezone(NEW_YORK).hour < 21
    await world.book(refused.value.alternatives[0], phone_number=IN_NEW_YORK)


async def test_a_move_obeys_the_same_hours(database: Database) -> None:
    world = abroad(database)
    evening = Window(start=tokyo("2026-11-25 00:00"), end=tokyo("2026-11-25 00:30"))
    made = await world.book(evening, phone_number=IN_NEW_YORK)
    with pytest.raises(WindowNotOffered, match="unlawful"):
        await world.bookings.move(made.reference, SLOT, now=world.now)
    assert (await world.read(made)).window == evening.in_utc()


async def test_the_soonest_call_abroad_waits_for_the_morning_there(database: Database) -> None:
    world = abroad(database)
    world.clock.moment = tokyo("2026-11-24 15:00")
    made = await world.book(None, phone_number=IN_NEW_YORK)
    assert (made.kind, made.window.start.astimezone(NEW_YORK).hour) == (Kind.AFTER_HOURS, 8)


async def test_a_wish_at_night_there_is_answered_with_the_reason(sqlite: Database) -> None:
    world = abroad(sqlite)
    found = await world.bookings.propose(
        "明日の15時でお願いします", language="ja", now=world.now, customer=Customer(number=IN_NEW_YORK)
    )
    assert found.because == "unlawful"
    assert found.options


async def test_nothing_is_dialled_outside_any_layer_however_it_came_to_be_due(database: Database) -> None:
    world = await abroad(database).with_agents(2)
    made = await world.book(
        Window(start=tokyo("2026-11-25 10:30"), end=tokyo("2026-11-25 11:00")), phone_number=IN_NEW_YORK
    )
    here = await world.book(
        Window(start=tokyo("2026-11-25 10:30"), end=tokyo("2026-11-25 11:00")), phone_number=number(1)
    )
    assert await world.at(tokyo("2026-11-25 11:00")) == 1  # 21:00 in New York: only the Japanese number
    waiting = await world.read(made)
    assert (waiting.status, waiting.attention) == (Status.BOOKED, "late")
    assert waiting.due_at == tokyo("2026-11-25 22:00")
    assert (await world.read(here)).status == Status.DIALING
    assert await world.at(tokyo("2026-11-25 21:59:59")) == 0
    assert await world.at(tokyo("2026-11-25 22:00")) == 1


async def test_a_retry_that_would_ring_after_nine_in_the_evening_waits_for_the_morning(database: Database) -> None:
    """The last dial starts before 21:00:00 on the clock of whoever is called."""
    world = await abroad(database).with_agents()
    made = await world.book(
        Window(start=tokyo("2026-11-25 10:30"), end=tokyo("2026-11-25 11:00")), phone_number=IN_NEW_YORK
    )
    assert await world.at(tokyo("2026-11-25 10:59:58")) == 1
    dial = await world.the_dial()
    world.clock.pass_by(seconds=30)
    await world.outcomes.end(dial, Outcome.NO_ANSWER, now=world.now)
    assert (await world.read(made)).due_at == tokyo("2026-11-25 22:00")


@pytest.mark.parametrize(
    ("day", "now", "due"),
    [
        (date(2027, 3, 14), "2027-03-13 12:00:00-05:00", "2027-03-14 09:00:00-04:00"),  # 02:30 does not exist
        (date(2027, 11, 7), "2027-11-06 12:00:00-04:00", "2027-11-07 09:00:00-05:00"),  # 01:30 comes twice
    ],
)
async def test_row_12_each_booking_is_called_once_at_its_local_time_on_the_day_of_a_clock_change(
    database: Database, day: date, now: str, due: str
) -> None:
    week = dict.fromkeys(range(7), (Period(start=time(9), end=time(18)),))
    hours = office_hours(weekly=week, holidays_country=None, timezone=NEW_YORK)
    world = await World(database, rules=rules_of(hours), numbers=ABROAD).with_agents()
    world.clock.moment = world.clock.moment.fromisoformat(now)
    start = world.clock.moment.fromisoformat(due)
    made = await world.book(Window(start=start, end=start + timedelta(minutes=30)), phone_number=IN_NEW_YORK)
    assert made.window.start.astimezone(NEW_YORK).date() == day
    assert await world.at(start - timedelta(seconds=1)) == 0
    assert [await world.at(start) for _ in range(3)] == [1, 0, 0]
