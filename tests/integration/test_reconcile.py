"""The watchdog: no attempt stays open, and none is dialled anew before it is known that nobody was called."""

from collections import deque
from datetime import timedelta

from bot.booking.callback import Outcome, Status
from bot.store.database import Database
from bot.usecases.reconcile import NEVER_PLACED_AFTER, QUIET
from tests.support.carriers import LOST, call, sid_of
from tests.support.products import SLOT, World, number

SECOND = timedelta(seconds=1)


async def a_lost_dial(database: Database) -> World:
    """The carrier was asked, and its answer never came."""
    world = await World(database).with_agents()
    await world.book()
    world.dialer.script = deque([LOST])
    await world.at(SLOT.start)
    return world


async def test_a_quiet_call_is_asked_about_and_a_fresh_one_is_not(database: Database) -> None:
    world = await World(database).with_agents()
    await world.book()
    await world.at(SLOT.start)
    assert await world.check_quiet(seconds=QUIET.total_seconds() - 1) == 0
    assert await world.check_quiet(seconds=1) == 1
    assert await world.check_quiet(seconds=1) == 0


async def test_a_call_whose_last_report_was_lost_is_ended_by_asking(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    sid = sid_of((await world.the_dial()).id)
    world.dialer.known[sid] = call(sid, "no-answer")
    await world.check_quiet(seconds=20)
    assert (await world.read(made)).attempts[0].outcome == Outcome.NO_ANSWER
    assert await world.live() == []


async def test_a_lost_dial_is_adopted_by_its_first_webhook(database: Database) -> None:
    world = await a_lost_dial(database)
    dial = await world.the_dial()
    await world.report(dial, "ringing", sid="CAfound")
    assert (await world.the_dial()).call_sid == "CAfound"
    await world.check_quiet(seconds=NEVER_PLACED_AFTER.total_seconds())
    assert len(await world.live()) == 0  # the carrier does not know CAfound any more
    assert len(world.dialer.dials) == 1


async def test_a_lost_dial_is_adopted_from_the_carriers_list(database: Database) -> None:
    world = await a_lost_dial(database)
    world.dialer.listed = [
        call("CAearlier", "completed", created_at=SLOT.start - timedelta(hours=1)),
        call("CAfound", "ringing", created_at=SLOT.start + SECOND),
    ]
    await world.check_quiet(seconds=20)
    assert (await world.the_dial()).call_sid == "CAfound"
    assert await world.at(SLOT.start + timedelta(minutes=5)) == 0
    assert len(world.dialer.dials) == 1


async def test_a_call_that_belongs_to_an_earlier_attempt_is_not_adopted_again(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    first = await world.the_dial()
    await world.report(first, "no-answer")
    world.dialer.script = deque([LOST])
    await world.at(SLOT.start + timedelta(minutes=5))
    world.dialer.listed = [call(sid_of(first.id), "no-answer", created_at=SLOT.start + timedelta(minutes=5))]
    await world.check_quiet(seconds=20)
    assert (await world.the_dial()).call_sid is None
    assert len((await world.read(made)).attempts) == 2


async def test_a_dial_that_was_never_placed_ends_after_a_minute_of_real_time_and_is_made_anew(
    database: Database,
) -> None:
    world = await a_lost_dial(database)
    (made,) = await world.bookings.listing()
    for _ in range(3):
        await world.check_quiet(seconds=19)
        assert len(await world.live()) == 1
    await world.check_quiet(seconds=16)
    waiting = await world.read(made)
    assert [attempt.outcome for attempt in waiting.attempts] == [Outcome.CARRIER_FAILED]
    assert await world.at(waiting.due_at) == 1
    dial = await world.the_dial()
    assert (dial.number, dial.call_sid) == (2, sid_of(dial.id))


async def test_a_call_that_turns_up_after_its_attempt_was_given_up_is_stopped(database: Database) -> None:
    world = await a_lost_dial(database)
    (made,) = await world.bookings.listing()
    given_up = await world.the_dial()
    await world.check_quiet(seconds=75)
    assert await world.at((await world.read(made)).due_at) == 1
    await world.report(given_up, "ringing", sid="CAlate")
    await world.report(given_up, "completed", sid="CAlate")
    assert world.dialer.ended == ["CAlate"]
    assert [dial.number for dial in await world.live()] == [2]


async def test_an_answer_that_comes_after_the_attempt_was_given_up_stops_its_call(database: Database) -> None:
    world = await World(database).with_agents()
    await world.book()

    async def give_up(_attempt_id: str) -> None:
        await world.check_quiet(seconds=75)

    world.dialer.before = give_up
    await world.at(SLOT.start)
    assert world.dialer.ended == [sid_of(world.dialer.dials[0].attempt_id)]
    assert await world.live() == []


async def test_the_business_clock_makes_no_call_look_silent(database: Database) -> None:
    world = await a_lost_dial(database)
    world.clock.pass_by(hours=1)
    assert await world.check_quiet(seconds=1) == 0
    assert len(await world.live()) == 1


async def test_a_carrier_that_does_not_answer_ends_nothing(database: Database) -> None:
    world = await a_lost_dial(database)
    world.dialer.is_down = True
    for _ in range(10):
        await world.check_quiet(seconds=60)
    assert len(await world.live()) == 1


async def test_one_call_that_cannot_be_judged_keeps_no_other_waiting(sqlite: Database) -> None:
    world = await World(sqlite).with_agents(2)
    made = [await world.book(phone_number=number(index)) for index in range(2)]
    await world.at(SLOT.start)
    bad, good = [sid_of(dial.id) for dial in await world.live()]
    world.dialer.known = {good: call(good, "busy")}
    fetch = world.dialer.fetch

    async def choke(call_sid: str) -> object:
        if call_sid == bad:
            raise RuntimeError("boom")
        return await fetch(call_sid)

    world.dialer.fetch = choke  # type: ignore[method-assign, assignment]  # a carrier with one broken answer
    await world.check_quiet(seconds=20)
    statuses = sorted([(await world.read(callback)).status for callback in made])
    assert statuses == [Status.DIALING, Status.RETRY_WAIT]
