"""Who is dialled, when, and how often: the dispatcher against a scripted carrier, on both databases."""

import asyncio
from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.booking.breaker import LONGEST_PAUSE
from bot.booking.callback import SET_ASIDE, Callback, Outcome, Status
from bot.booking.errors import CallbackNotOpen
from bot.booking.matching import Skills
from bot.booking.window import Window
from bot.store import agents, attempts, callbacks, ledger
from bot.store.database import Database
from bot.store.schema import callbacks as table
from bot.usecases.foreseen import Foreseen, Judged
from tests.support.carriers import BUSY_CARRIER, LOST, REFUSING_CARRIER, WRONG_NUMBER, ScriptedDialer, sid_of, slow
from tests.support.clocks import TUESDAY, tokyo
from tests.support.products import LINE, NUMBER, SLOT, World, number, office_hours

MINUTE = timedelta(minutes=1)
NEXT = Window(start=SLOT.start + 30 * MINUTE, end=SLOT.end + 30 * MINUTE)


async def test_a_callback_is_dialled_when_its_window_starts_and_not_before(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    assert await world.at(SLOT.start - timedelta(seconds=1)) == 0
    assert await world.at(SLOT.start) == 1
    assert [dial.to for dial in world.dialer.dials] == [NUMBER]
    assert (await world.read(made)).status == Status.DIALING
    assert await world.at(SLOT.start + MINUTE) == 0


async def test_the_attempt_is_written_down_before_the_carrier_is_asked(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    seen: list[tuple[str, str | None]] = []

    async def look(attempt_id: str) -> None:
        async with database.read() as tx:
            dial = await attempts.get(tx, attempt_id)
            assert dial is not None
            assert (await callbacks.get(tx, made.id)).status == Status.DIALING
            seen.append((dial.carrier_state, dial.call_sid))

    world.dialer.before = look
    await world.at(SLOT.start)
    assert seen == [("posting", None)]
    assert (await world.the_dial()).call_sid == sid_of(world.dialer.dials[0].attempt_id)


async def test_two_dispatchers_at_once_dial_each_callback_once(database: Database, second_database: Database) -> None:
    carrier = ScriptedDialer()
    first = await World(database, dialer=carrier).with_agents(9)
    second = World(second_database, dialer=carrier)
    windows = [SLOT, NEXT, Window(start=NEXT.end, end=NEXT.end + 30 * MINUTE)]
    for index in range(9):
        await first.book(windows[index % 3], phone_number=number(index))
    for _ in range(6):
        await asyncio.gather(first.at(NEXT.end), second.at(NEXT.end))
    called = [dial.to for dial in carrier.dials]
    assert sorted(called) == sorted({number(index) for index in range(9)})
    assert len(await first.live()) == 9


async def test_no_more_calls_than_ready_agents(database: Database) -> None:
    world = await World(database).with_agents(2)
    for index in range(3):
        await world.book(phone_number=number(index))
    assert await world.at(SLOT.start) == 2
    assert await world.at(SLOT.start) == 0
    await world.report((await world.live())[0], "no-answer")
    assert await world.at(SLOT.start) == 1


@pytest.mark.parametrize("presence", ["break", "offline"])
async def test_nobody_is_dialled_for_an_agent_who_is_away(sqlite: Database, presence: str) -> None:
    world = await World(sqlite).with_agents(1, presence=presence)
    await world.book()
    assert await world.at(SLOT.start) == 0
    assert world.dialer.dials == []


async def test_one_person_is_not_called_twice_at_the_same_time(database: Database) -> None:
    world = await World(database).with_agents(3)
    await world.book()
    await world.book()
    assert await world.at(SLOT.start) == 1
    assert await world.at(SLOT.start) == 0
    await world.report(await world.the_dial(), "no-answer")
    assert await world.at(SLOT.start) == 1


async def test_the_agent_who_waited_longest_takes_the_call(sqlite: Database) -> None:
    world = await World(sqlite).with_agents(2)
    takers = []
    for index in range(4):
        await world.book((SLOT, NEXT)[index // 2], phone_number=number(index))
    for minute in range(4):
        await world.at(NEXT.start + minute * MINUTE)
        for dial in sorted(await world.live(), key=lambda dial: dial.number):
            takers.append(dial.agent_phone_number)
            await world.report(dial, "ringing", "busy")
    assert set(takers[:2]) == set(takers[2:4])


async def test_the_call_promised_first_is_made_first_and_priority_decides_among_equals(sqlite: Database) -> None:
    world = await World(sqlite).with_agents(1)
    await world.book(NEXT, phone_number=number(3), priority=9)
    await world.book(SLOT, phone_number=number(1))
    await world.book(SLOT, phone_number=number(2), priority=5)
    for _ in range(3):
        await world.at(NEXT.start)
        await world.report(await world.the_dial(), "no-answer")
    assert [dial.to for dial in world.dialer.dials] == [number(2), number(1), number(3)]


@pytest.mark.parametrize("moment", ["2026-11-24 18:00", "2026-11-25 08:59", "2026-11-28 12:00", "2026-12-30 03:00"])
async def test_nobody_is_dialled_outside_hours(sqlite: Database, moment: str) -> None:
    world = await World(sqlite, grace=timedelta(days=90)).with_agents()
    made = await world.book()
    assert await world.at(tokyo(moment)) == 0
    assert world.dialer.dials == []
    waiting = await world.read(made)
    assert (waiting.status, waiting.attention) == (Status.BOOKED, "late")
    assert world.hours.is_open(waiting.due_at)
    assert await world.at(waiting.due_at) == 1


async def test_what_cannot_be_dialled_within_its_grace_is_given_up_and_new_times_are_offered(
    database: Database,
) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    await world.send_notices()
    assert await world.at(SLOT.end + timedelta(hours=1, seconds=1)) == 0
    assert (await world.read(made)).status == Status.EXPIRED
    assert [text for text in await world.send_notices() if "お電話できず" in text]


async def test_what_is_late_by_less_than_its_grace_is_dialled_in_promise_order(database: Database) -> None:
    world = await World(database).with_agents()
    for index, window in enumerate((NEXT, SLOT)):
        await world.book(window, phone_number=number(index))
    assert await world.at(NEXT.end) == 1
    assert [dial.to for dial in world.dialer.dials] == [number(1)]


async def test_a_row_that_cannot_be_read_is_set_aside_and_the_others_are_dialled(database: Database) -> None:
    world = await World(database).with_agents(3)
    made = [await world.book(phone_number=number(index)) for index in range(3)]
    async with database.write() as tx:
        await tx.execute(update(table).where(table.c.id == made[0].id).values(kind="nonsense"))
    await world.at(SLOT.start)
    assert await world.at(SLOT.start) == 0
    assert {dial.to for dial in world.dialer.dials} == {number(1), number(2)}
    async with database.read() as tx:
        spoilt = (await tx.execute(select(table.c.status, table.c.attention).where(table.c.id == made[0].id))).one()
    assert tuple(spoilt) == (Status.BOOKED, SET_ASIDE)


async def test_an_agent_whom_another_call_keeps_busy_holds_up_nobody(database: Database) -> None:
    world = await World(database).with_agents(2)
    await world.book(phone_number=number(0))
    await world.at(SLOT.start)
    for index in range(1, 4):
        await world.book(NEXT, phone_number=number(index))
    assert await world.at(NEXT.start) == 1
    taken = await world.live()
    assert len({dial.agent_id for dial in taken}) == 2


async def test_who_asked_not_to_be_called_is_not_called(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    async with database.write() as tx:
        await ledger.set_consent(tx, NUMBER, do_not_call_at=TUESDAY)
    assert await world.at(SLOT.start) == 0
    assert world.dialer.dials == []
    assert (await world.read(made)).status == Status.CANCELLED


@pytest.mark.parametrize("refused", ["+81110", "+81119", "+819901234567", "+18765550123", "+815701234567"])
async def test_a_number_that_must_not_be_called_is_refused_again_at_the_dial(sqlite: Database, refused: str) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()
    async with sqlite.write() as tx:
        made = await callbacks.change(tx, made, now=world.now, phone_number=refused)
    assert await world.at(SLOT.start) == 0
    assert world.dialer.dials == []
    assert ((await world.read(made)).status, (await world.read(made)).attention) == (Status.EXPIRED, SET_ASIDE)


async def test_cancelled_just_in_time_is_not_dialled_and_dialled_is_not_cancelled(database: Database) -> None:
    world = await World(database).with_agents(20)
    made = [await world.book((SLOT, NEXT)[index % 2], phone_number=number(index)) for index in range(6)]

    async def cancel(callback: Callback) -> bool:
        try:
            await world.bookings.cancel(callback.reference, now=world.now)
        except CallbackNotOpen:
            return False
        return True

    world.clock.moment = NEXT.start
    _, *cancelled = await asyncio.gather(world.at(NEXT.start), *(cancel(callback) for callback in made))
    called = {dial.to for dial in world.dialer.dials}
    kept = {callback.phone_number for callback, gone in zip(made, cancelled, strict=True) if not gone}
    assert called == kept


async def test_a_carrier_that_refuses_uses_up_no_attempt_of_the_customer(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    world.dialer.script = deque([REFUSING_CARRIER])
    await world.at(SLOT.start)
    waiting = await world.read(made)
    assert (waiting.status, waiting.due_at) == (Status.RETRY_WAIT, SLOT.start + 2 * MINUTE)
    assert [attempt.outcome for attempt in waiting.attempts] == [Outcome.CARRIER_FAILED]
    world.dialer.script = deque([BUSY_CARRIER])
    assert await world.at(SLOT.start + 2 * MINUTE) == 1
    handed_back = await world.read(made)
    assert (handed_back.status, len(handed_back.attempts)) == (Status.RETRY_WAIT, 1)
    world.real += LONGEST_PAUSE
    for pause in (2, 7, 37):
        assert await world.at(SLOT.start + pause * MINUTE) == 1
        await world.report(await world.the_dial(), "no-answer")
    assert (await world.read(made)).status == Status.UNREACHED


async def test_a_number_that_does_not_exist_is_an_attempt(sqlite: Database) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()
    world.dialer.script = deque([WRONG_NUMBER])
    await world.at(SLOT.start)
    assert (await world.read(made)).attempts[0].outcome == Outcome.INVALID


async def test_a_dial_whose_answer_is_lost_is_never_repeated_by_the_dispatcher(database: Database) -> None:
    world = await World(database).with_agents(2)
    made = await world.book()
    world.dialer.script = deque([LOST])
    await world.at(SLOT.start)
    for minute in range(1, 30):
        assert await world.at(SLOT.start + minute * MINUTE) == 0
    assert len(world.dialer.dials) == 1
    assert ((await world.the_dial()).carrier_state, (await world.read(made)).status) == ("unknown", Status.DIALING)


async def test_a_slow_carrier_keeps_nobody_else_from_being_dialled(sqlite: Database) -> None:
    world = await World(sqlite).with_agents(2)
    release = asyncio.Event()
    await world.book(phone_number=number(1))
    asked = asyncio.Event()
    world.dialer.before = slow(release, asked=asked)
    first = asyncio.create_task(world.at(SLOT.start))
    await asked.wait()
    await world.book(NEXT, phone_number=number(2))
    world.dialer.before = None
    assert await world.at(NEXT.start) == 1
    release.set()
    assert await first == 1


async def test_a_dial_that_fails_in_an_unknown_way_does_not_hold_up_the_others(database: Database) -> None:
    world = await World(database).with_agents(3)
    for index in range(3):
        await world.book(phone_number=number(index))
    world.dialer.script = deque([RuntimeError("boom")])
    assert await world.at(SLOT.start) == 3
    assert len(world.dialer.dials) == 3
    live = await world.live()
    assert sorted(dial.call_sid is None for dial in live) == [False, False, True]


async def test_a_callback_that_cannot_be_claimed_is_set_aside_and_the_others_are_dialled(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await World(database).with_agents(3)
    made = [await world.book(phone_number=number(index)) for index in range(3)]
    judge = Foreseen._judge

    def choke(foreseen: Foreseen, callback: Callback) -> Judged:
        if callback.id == made[1].id:
            raise RuntimeError("boom")
        return judge(foreseen, callback)

    monkeypatch.setattr(Foreseen, "_judge", choke)
    assert await world.dispatch.look_ahead(now=SLOT.start - MINUTE) == 2
    assert await world.at(SLOT.start) == 2
    assert {dial.to for dial in world.dialer.dials} == {number(0), number(2)}
    poisoned = await world.read(made[1])
    assert (poisoned.status, poisoned.attention, poisoned.attempts) == (Status.BOOKED, SET_ASIDE, ())
    monkeypatch.undo()
    assert await world.at(SLOT.start + MINUTE) == 0
    moved = await world.bookings.move(made[1].reference, NEXT, now=SLOT.start - 60 * MINUTE)
    assert await world.at(moved.due_at) == 1


async def test_a_database_that_is_away_for_a_moment_sets_nothing_aside(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()

    def away(*_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(Foreseen, "_judge", away)
    assert await world.at(SLOT.start) == 0
    monkeypatch.undo()
    assert (await world.read(made)).attention is None
    assert await world.at(SLOT.start) == 1


async def test_who_waits_too_long_is_told_once_while_the_window_lasts(database: Database) -> None:
    world = await World(database).with_agents()  # somebody is ready: the line is short until the end
    await world.book()
    await world.send_notices()
    for before_end, told in ((6, 0), (5, 1), (4, 0)):
        world.clock.moment = SLOT.end - before_end * MINUTE
        assert await world.overdue.tell_lateness(now=world.now) == told
        texts = [text for text in await world.send_notices() if "遅れ" in text]
        assert len(texts) == told


async def test_a_retry_waits_for_the_next_opening(sqlite: Database) -> None:
    world = await World(sqlite, hours=office_hours(end="15:32")).with_agents()
    await world.bookings.slots(now=world.now)
    made = await world.book(Window(start=SLOT.start, end=SLOT.end))
    await world.at(SLOT.start + 29 * MINUTE)
    await world.report(await world.the_dial(), "no-answer")
    assert (await world.read(made)).due_at == tokyo("2026-11-25 09:00")


async def test_only_whoever_can_answer_is_rung_and_what_nobody_can_holds_up_nobody(database: Database) -> None:
    world = await World(database).with_agents(1, skills=Skills(languages=frozenset({"ja"})))
    english = await world.book(language="en", phone_number=number(1))
    japanese = await world.book(language="ja", phone_number=number(2))
    assert await world.at(SLOT.start) == 1
    assert (await world.the_dial()).callback_id == japanese.id
    await world.with_agents(2, skills=Skills(languages=frozenset({"en"}), topics=frozenset({"sales"})))
    assert await world.at(SLOT.start) == 0
    await world.with_agents(3, skills=Skills(topics=frozenset({"general"})))
    assert await world.at(SLOT.start) == 1
    assert (await world.read(english)).status == Status.DIALING


async def test_with_one_free_line_the_one_who_has_the_skill_is_found(database: Database) -> None:
    world = await World(database, line=replace(LINE, lines=1)).with_agents(5, skills=Skills(topics=frozenset({"x"})))
    await world.with_agents(6)
    await world.book()
    assert await world.at(SLOT.start) == 1


async def test_a_callback_goes_to_the_agent_it_is_meant_for_and_to_another_who_is_ready_where_they_are_not(
    database: Database,
) -> None:
    world = await World(database).with_agents(3)
    made = [await world.book(phone_number=number(index)) for index in range(2)]
    async with database.write() as tx:
        people = [agent.id for agent in await agents.ready(tx)]
        await callbacks.change(tx, made[1], now=world.clock.now(), meant_for=people[2])
        await callbacks.change(tx, made[0], now=world.clock.now(), meant_for="somebody who left")
    await world.at(SLOT.start)
    await world.at(SLOT.start)
    taken = {dial.callback_id: dial.agent_id for dial in await world.live()}
    assert taken == {made[0].id: people[0], made[1].id: people[2]}
