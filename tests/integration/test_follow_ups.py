"""What follows what an agent records, on the real databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.booking.callback import Callback, Kind, Status
from bot.booking.errors import NumberRefused, SlotFull, WindowNotOffered
from bot.booking.window import Window
from bot.store import callbacks, slots
from bot.store.database import Database
from bot.usecases.agent import AlreadyRecorded, MovedOn, OutcomeNotPossible
from bot.usecases.followups import NotNow
from tests.support.clocks import tokyo
from tests.support.desk import Office
from tests.support.products import NUMBER, SLOT, a_request, number, office_hours, rules_of

LATER = Window(start=SLOT.start + timedelta(hours=1), end=SLOT.end + timedelta(hours=1))

ONE_TOPIC = rules_of(office_hours())
TWO_TOPICS = replace(ONE_TOPIC, topics=dict.fromkeys(("general", "repairs"), ONE_TOPIC.topics["general"]))


@pytest.fixture
async def office(database: Database) -> Office:
    """The demo's people at their desk."""
    return await Office(database).open()


async def spoken(office: Office, *, is_over: bool = False) -> Callback:
    """A booked callback that Sakura speaks about, or has just spoken about."""
    booked = await office.world.book(SLOT)
    attempt = await office.dials(booked)
    await office.talks(attempt)
    if is_over:
        await office.hangs_up(attempt, duration_s=60)
    return await office.read(booked)


async def sold(office: Office, window: Window) -> int:
    async with office.world.database.read() as tx:
        [slot] = await slots.read(tx, "general", [window], capacity=lambda _window: 3, now=office.now)
    return slot.booked


async def of_number(office: Office) -> list[Callback]:
    async with office.world.database.read() as tx:
        return await callbacks.of_number(tx, NUMBER)


@pytest.mark.parametrize("is_over", [False, True])
async def test_another_call_is_promised_by_the_same_rules_and_the_hang_up_changes_nothing(
    office: Office, is_over: bool
) -> None:
    callback, sakura = await spoken(office, is_over=is_over), await office.agent()
    again = await office.follow_ups.call_again(callback.reference, sakura, LATER, seen=Status.IN_CALL, now=office.now)
    assert (again.status, again.window, again.kind) == (Status.BOOKED, LATER, Kind.SCHEDULED)
    assert (again.phone_number, again.reason, again.name) == (NUMBER, callback.reason, callback.name)
    assert again.id != callback.id
    if not is_over:
        for dial in await office.world.live():
            await office.hangs_up(dial.id, duration_s=60)
    read = await office.read(callback)
    assert (read.status, read.resolution) == (Status.COMPLETED, "call_again")
    assert await sold(office, LATER) == 1
    assert len(await of_number(office)) == 2


async def test_before_the_call_the_promise_itself_is_moved(office: Office) -> None:
    booked, sakura = await office.world.book(SLOT), await office.agent()
    moved = await office.follow_ups.call_again(booked.reference, sakura, LATER, seen=Status.BOOKED, now=office.now)
    assert (moved.id, moved.window, moved.resolution) == (booked.id, LATER, None)
    assert (await sold(office, SLOT), await sold(office, LATER)) == (0, 1)


async def test_a_time_that_cannot_be_promised_records_nothing(office: Office) -> None:
    callback, sakura = await spoken(office), await office.agent()
    night = Window(start=tokyo("2026-11-24 22:00"), end=tokyo("2026-11-24 22:30")).in_utc()
    with pytest.raises(WindowNotOffered):
        await office.follow_ups.call_again(callback.reference, sakura, night, seen=Status.IN_CALL, now=office.now)
    for index in range(3):
        await office.world.bookings.book(a_request(LATER, phone_number=number(index)), now=office.now)
    with pytest.raises(SlotFull):
        await office.follow_ups.call_again(callback.reference, sakura, LATER, seen=Status.IN_CALL, now=office.now)
    read = await office.read(callback)
    assert (read.status, read.resolution) == (Status.IN_CALL, None)


async def test_of_two_agents_one_promises_and_the_other_is_told(office: Office, second_database: Database) -> None:
    callback = await spoken(office, is_over=True)
    both = (office, Office(second_database))
    people = (await office.agent("sakura"), await office.agent("ken"))
    answers = await asyncio.gather(
        *(
            place.follow_ups.call_again(callback.reference, agent, LATER, seen=Status.COMPLETED, now=office.now)
            for place, agent in zip(both, people, strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyRecorded", "Callback"]
    assert len(await of_number(office)) == 2


async def test_a_second_click_of_the_same_agent_promises_nothing_more(office: Office) -> None:
    callback, sakura = await spoken(office, is_over=True), await office.agent()
    for _ in range(2):
        await office.follow_ups.call_again(callback.reference, sakura, LATER, seen=Status.COMPLETED, now=office.now)
    assert len(await of_number(office)) == 2
    with pytest.raises(AlreadyRecorded):
        await office.follow_ups.wrong_number(
            callback.reference, await office.agent("ken"), seen=Status.COMPLETED, now=office.now
        )


@pytest.mark.parametrize(
    ("is_spoken", "status"), [(True, Status.UNREACHED), (False, Status.CANCELLED)], ids=["in the call", "before it"]
)
async def test_a_wrong_number_is_dialled_no_more_and_put_before_a_supervisor(
    office: Office, is_spoken: bool, status: Status
) -> None:
    callback = await spoken(office) if is_spoken else await office.world.book(SLOT)
    other = await office.world.book(LATER)
    await office.follow_ups.wrong_number(callback.reference, await office.agent(), seen=callback.status, now=office.now)
    for dial in await office.world.live():
        await office.hangs_up(dial.id, duration_s=5)
    read = await office.read(callback)
    assert (read.status, read.resolution, read.attention) == (status, "wrong_number", "wrong_number")
    assert await office.world.at(LATER.start) == 0
    marked = {entry.callback.id for entry in await office.desk.marked(now=office.now)}
    assert marked == {callback.id, other.id}
    await office.desk.settle(callback.reference, await office.agent("hana"), "no_contact", now=office.now)
    assert {entry.callback.id for entry in await office.desk.marked(now=office.now)} == {other.id}


@pytest.mark.parametrize("is_spoken", [True, False])
async def test_who_wants_no_calls_gets_none_and_every_promise_ends(office: Office, is_spoken: bool) -> None:
    callback = await spoken(office) if is_spoken else await office.world.book(SLOT)
    other = await office.world.book(LATER)
    await office.follow_ups.do_not_call(callback.reference, await office.agent(), seen=callback.status, now=office.now)
    assert (await office.read(callback)).resolution == "do_not_call"
    assert (await office.read(other)).status == Status.CANCELLED
    assert await sold(office, LATER) == 0
    with pytest.raises(NumberRefused):
        await office.world.book(LATER)
    assert [entry.action for entry in await office.audit.listing(limit=1)] == ["outcome_recorded"]


async def test_an_outcome_on_an_outdated_page_is_not_recorded(office: Office) -> None:
    callback = await spoken(office)
    with pytest.raises(MovedOn):
        await office.follow_ups.do_not_call(
            callback.reference, await office.agent(), seen=Status.BOOKED, now=office.now
        )
    assert (await office.read(callback)).resolution is None


async def test_a_call_at_once_is_made_within_hours_only(office: Office) -> None:
    booked, sakura = await office.world.book(LATER), await office.agent()
    due = await office.follow_ups.dial_now(booked.reference, sakura, now=office.now)
    assert due.due_at == office.now
    assert await office.world.at(office.now) == 1
    with pytest.raises(OutcomeNotPossible):
        await office.follow_ups.dial_now(booked.reference, sakura, now=office.now)


async def test_no_call_at_once_at_night_or_against_a_wish(office: Office) -> None:
    sakura = await office.agent()
    booked = await office.world.book(LATER)
    with pytest.raises(NotNow) as refused:
        await office.follow_ups.dial_now(booked.reference, sakura, now=tokyo("2026-11-24 18:30"))
    assert refused.value.reason == "closed"
    aside = await office.has("C", attention="set_aside", phone_number=number(3))
    with pytest.raises(NotNow) as refused:
        await office.follow_ups.dial_now(aside.reference, sakura, now=office.now)
    assert refused.value.reason == "set_aside"
    await office.world.consent.stop(NUMBER, calls=True, now=office.now)
    with pytest.raises(NotNow) as refused:
        await office.follow_ups.dial_now(booked.reference, sakura, now=office.now)
    assert refused.value.reason == "opted_out"


async def test_into_another_queue_before_the_call_and_after_it(database: Database) -> None:
    office = await Office(database, rules=TWO_TOPICS).open()
    sakura = await office.agent()
    booked = await office.world.book(SLOT)
    moved = await office.follow_ups.other_topic(booked.reference, sakura, "repairs", seen=Status.BOOKED, now=office.now)
    assert (moved.id, moved.topic, moved.window) == (booked.id, "repairs", SLOT)
    assert await sold(office, SLOT) == 0
    attempt = await office.dials(moved)
    await office.talks(attempt)
    back = await office.follow_ups.other_topic(moved.reference, sakura, "general", seen=Status.IN_CALL, now=office.now)
    assert (back.topic, back.status, back.kind) == ("general", Status.BOOKED, Kind.ASAP)
    assert (await office.read(moved)).resolution == "other_topic"
