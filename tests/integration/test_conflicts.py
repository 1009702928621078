"""Hours, holidays or the roster change after people have booked: nobody is left in the dark. On both databases."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import text

from bot.booking.callback import HOURS_CHANGED, SET_ASIDE, Callback, Status
from bot.booking.errors import SlotFull, WindowNotOffered
from bot.booking.hours import Period
from bot.booking.slots import SlotPolicy
from bot.booking.window import Window
from bot.store import callbacks, conversations
from bot.store.database import Database
from tests.support.clocks import TUESDAY, tokyo
from tests.support.products import SLOT, SLOTS, World, number, office_hours, rules_of

CLOSED_ON_THE_DAY = office_hours(exceptions={date(2026, 11, 24): ()})
MORNING_ONLY = office_hours(closures={date(2026, 11, 24): (Period(start=time(13), end=time.max),)})
HALF_HOUR = timedelta(minutes=30)
ONE_PLACE = replace(SLOTS, capacity=1)
TALK = "t" * 43


async def after_a_restart(before: World, **changes: object) -> World:
    """The same database under other settings, looked through as a scheduler does at its start."""
    world = await World(before.database, **changes).with_agents(3)  # type: ignore[arg-type]  # tests name what they change
    world.sms = before.sms
    world.notices._sms = before.sms
    world.clock = before.clock
    await world.conflicts.look(now=world.now)
    return world


async def marks(world: World, made: list[Callback]) -> list[str | None]:
    return [(await world.read(callback)).attention for callback in made]


async def history(world: World, callback: Callback) -> list[str]:
    async with world.database.read() as tx:
        return [kind for _, kind, _ in await callbacks.history(tx, callback.id)]


async def booked(world: World, count: int, window: Window = SLOT) -> list[Callback]:
    made = []
    for index in range(count):
        world.clock.pass_by(seconds=1)
        made.append(await world.book(window, phone_number=number(index)))
    await world.send_notices()
    return made


async def test_row_22_capacity_lowered_below_what_is_sold_and_a_holiday_over_bookings(database: Database) -> None:
    """No new sales; those affected are listed and told, with other times; nothing crashes."""
    before = World(database)
    tight, other_day = SLOT, Window(start=tokyo("2026-11-25 10:00"), end=tokyo("2026-11-25 10:30"))
    first, second, third = await booked(before, 3, tight)
    over_holiday = await before.book(other_day, phone_number=number(7), language="en")
    await before.send_notices()
    world = await after_a_restart(before, hours=office_hours(exceptions={date(2026, 11, 25): ()}), slots=ONE_PLACE)
    assert await marks(world, [first, second, third, over_holiday]) == [None, *[HOURS_CHANGED] * 3]
    with pytest.raises(SlotFull):
        await world.book(tight, phone_number=number(8))
    with pytest.raises(WindowNotOffered):
        await world.book(other_day, phone_number=number(8))
    async with database.read() as tx:
        listed = {
            callback.reference for callback in await callbacks.for_supervisor(tx, promised_since=TUESDAY, limit=10)
        }
    assert listed == {second.reference, third.reference, over_holiday.reference}
    texts = await world.send_notices()
    assert len(texts) == 3
    assert sum("お電話が遅れそうです" in text and "1 11/24" in text for text in texts) == 2
    assert sum("we can no longer call you Nov 25 10:00 AM" in text and "1 Nov 24" in text for text in texts)
    assert await world.conflicts.look(now=world.now) == 0
    assert await world.send_notices() == []


async def test_nothing_is_dialled_outside_the_new_hours_and_nobody_is_told_twice(database: Database) -> None:
    before = World(database)
    (made,) = await booked(before, 1)
    world = await after_a_restart(before, hours=CLOSED_ON_THE_DAY)
    (text,) = await world.send_notices()
    assert "お電話ができず" in text
    for moment in (SLOT.start, SLOT.end, SLOT.end + timedelta(hours=1, seconds=1)):
        assert await world.at(moment) == 0
        await world.overdue.tell_lateness(now=world.now)
    over = await world.read(made)
    assert (over.status, over.attention) == (Status.EXPIRED, HOURS_CHANGED)
    assert await world.send_notices() == []
    assert world.dialer.dials == []


async def test_whoever_has_no_place_any_more_is_called_all_the_same_if_an_agent_is_free(database: Database) -> None:
    before = World(database)
    made = await booked(before, 2)
    world = await after_a_restart(before, slots=ONE_PLACE)
    assert await marks(world, made) == [None, HOURS_CHANGED]
    assert await world.at(SLOT.start) == 2


async def test_whoever_has_no_place_and_was_not_called_is_offered_new_times_when_it_is_too_late(
    database: Database,
) -> None:
    before = World(database)
    made = await booked(before, 2)
    world = await after_a_restart(before, slots=ONE_PLACE)
    await world.send_notices()
    await world.at(SLOT.end + timedelta(hours=1, seconds=1))
    assert (await world.read(made[1])).status == Status.EXPIRED
    assert len([text for text in await world.send_notices() if "申し訳ありません。番号で返信: 1 11/24" in text]) == 2


async def test_moving_settles_it(database: Database) -> None:
    before = World(database)
    (made,) = await booked(before, 1)
    world = await after_a_restart(before, hours=MORNING_ONLY)
    other = Window(start=tokyo("2026-11-25 10:00"), end=tokyo("2026-11-25 10:30"))
    moved = await world.bookings.move(made.reference, other, now=world.now)
    assert moved.attention is None
    assert [text for text in await world.send_notices() if "お電話ができず" in text] == []
    assert await world.conflicts.look(now=world.now) == 0


async def test_hours_that_come_back_are_told_to_whoever_had_heard_otherwise(database: Database) -> None:
    before = World(database)
    (made,) = await booked(before, 1)
    closed = await after_a_restart(before, hours=CLOSED_ON_THE_DAY)
    await closed.send_notices()
    open_again = await after_a_restart(closed)
    assert (await open_again.read(made)).attention is None
    (text,) = await open_again.send_notices()
    assert "11月24日(火) 15:00〜15:30にお電話します" in text
    assert (await history(open_again, made))[-2:] == ["hours_changed", "hours_restored"]
    assert await open_again.at(SLOT.start) == 1


async def test_a_later_look_without_a_change_of_settings_leaves_capacity_alone(database: Database) -> None:
    before = World(database)
    made = await booked(before, 3)
    other = World(database, slots=ONE_PLACE)
    assert await other.conflicts.look(now=other.now, settings_changed=False) == 0
    assert await marks(other, made) == [None] * 3


async def test_who_waits_for_a_supervisor_already_is_not_worried(database: Database) -> None:
    before = World(database)
    (made,) = await booked(before, 1)
    async with database.write() as tx:
        await callbacks.change(tx, await callbacks.get(tx, made.id), now=before.now, attention=SET_ASIDE)
    world = await after_a_restart(before, hours=CLOSED_ON_THE_DAY)
    assert await marks(world, [made]) == [SET_ASIDE]


async def test_slots_cut_anew_hold_no_more_than_before(database: Database) -> None:
    """Two half hours of one place each are one hour of one place: one of the two has none."""
    before = World(database, slots=ONE_PLACE)
    first = await before.book(SLOT, phone_number=number(0))
    before.clock.pass_by(seconds=1)
    second = await before.book(Window(start=SLOT.end, end=SLOT.end + SLOT.length), phone_number=number(1))
    hourly = SlotPolicy(length=timedelta(hours=1), lead=SLOTS.lead, horizon=SLOTS.horizon, capacity=1)
    world = await after_a_restart(before, slots=hourly)
    assert await marks(world, [first, second]) == [None, HOURS_CHANGED]


async def test_a_topic_that_is_gone_follows_the_first_one(database: Database) -> None:
    rules = rules_of(office_hours())
    before = World(database, rules=replace(rules, topics={"general": rules.of("general"), "old": rules.of("general")}))
    made = await before.book(SLOT, topic="old")
    world = await after_a_restart(before)
    assert await marks(world, [made]) == [None]


async def test_a_call_about_a_topic_that_is_gone_is_moved_into_the_places_of_the_first_one(database: Database) -> None:
    rules = rules_of(office_hours(), ONE_PLACE)
    before = World(database, rules=replace(rules, topics={"general": rules.of("general"), "old": rules.of("general")}))
    made, later = await before.book(SLOT, topic="old"), Window(start=SLOT.end, end=SLOT.end + HALF_HOUR)
    world = await after_a_restart(before, rules=rules)
    taken = await world.book(later, phone_number=number(1))
    with pytest.raises(SlotFull):
        await world.bookings.move(made.reference, later, now=world.now)
    await world.bookings.cancel(taken.reference, now=world.now)
    assert (await world.bookings.move(made.reference, later, now=world.now)).topic == "general"
    with pytest.raises(SlotFull):
        await world.book(later, phone_number=number(2))
    async with database.read() as tx:
        rows = await tx.execute(text("SELECT topic, SUM(booked) FROM slots GROUP BY topic ORDER BY topic"))
        assert [tuple(row) for row in rows] == [("general", 1), ("old", 0)]


async def test_the_talk_in_which_it_was_booked_hears_of_it_too(sqlite: Database) -> None:
    before = World(sqlite)
    async with sqlite.write() as tx:
        await conversations.open_talk(tx, TALK, channel="web", language="ja", now=before.now)
    await before.book(SLOT, conversation_id=TALK, phone_number="+81312345678")  # a fixed line takes no SMS
    world = await after_a_restart(before, hours=CLOSED_ON_THE_DAY)
    await world.send_notices()
    said = await world.conversations.transcript(TALK)
    assert [line.text for line in said if "お電話できなくなりました" in line.text]


async def test_a_text_that_the_carrier_took_is_not_sent_again(sqlite: Database) -> None:
    before = World(sqlite)
    await booked(before, 1)
    world = await after_a_restart(before, hours=CLOSED_ON_THE_DAY)
    for _ in range(3):
        await world.conflicts.look(now=world.now)
        await world.send_notices()
    assert len([text for _, text in world.sms.texts if "お電話ができず" in text]) == 1
