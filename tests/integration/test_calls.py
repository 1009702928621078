"""One call, step by step, and what the carrier's reports make of it."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.booking.callback import Callback, Outcome, Status
from bot.store import callbacks
from bot.store.attempts import Dial
from bot.store.database import Database
from bot.usecases.call_steps import AskKey, EnterRoom, HangUp, SayAndHangUp
from tests.support.carriers import sid_of
from tests.support.products import SLOT, SLOTS, World, number

AGENT = "CAagent1"
FINAL = ("completed", "busy", "no-answer", "failed", "canceled")
MEANING = {
    "completed": Outcome.NOT_CONFIRMED,
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "failed": Outcome.UNREACHABLE,
    "canceled": Outcome.CARRIER_FAILED,
}


async def ringing(database: Database, **booking: Any) -> tuple[World, Dial]:
    """A call that rings at the customer's."""
    world = await World(database).with_agents()
    await world.book(**booking)
    await world.at(SLOT.start)
    return world, await world.the_dial()


async def speaking(world: World, dial: Dial) -> None:
    """Customer and agent have both pressed the key."""
    sid = sid_of(dial.id)
    await world.calls.answered(dial.id, sid, now=world.now)
    await world.calls.key_pressed(dial.id, sid, "1", now=world.now)
    await world.calls.agent_pressed(dial.id, "1", call_sid=AGENT, now=world.now)


async def only_callback(world: World) -> Callback:
    async with world.database.read() as tx:
        (found,) = await callbacks.listing(tx)
    return found


async def test_a_call_goes_from_the_greeting_to_the_talk_to_completed(database: Database) -> None:
    world, dial = await ringing(database, name="山田", reason="冷蔵庫が冷えない")
    sid = sid_of(dial.id)
    greeting = await world.calls.answered(dial.id, sid, now=world.now)
    assert isinstance(greeting, AskKey)
    assert "みなと家電サポート" in greeting.text
    connect = await world.calls.key_pressed(dial.id, sid, "1", now=world.now)
    assert isinstance(connect, EnterRoom)
    assert (connect.who, connect.opens) == ("customer", False)
    assert world.dialer.rung == [dial.agent_phone_number]
    whisper = await world.calls.agent_answered(dial.id, AGENT)
    assert isinstance(whisper, AskKey)
    assert "山田" in whisper.text
    assert "冷蔵庫が冷えない" in whisper.text
    assert (await only_callback(world)).status == Status.DIALING
    joins = await world.calls.agent_pressed(dial.id, "1", call_sid=AGENT, now=world.now)
    assert isinstance(joins, EnterRoom)
    assert (joins.who, joins.opens) == ("agent", True)
    assert (await only_callback(world)).status == Status.IN_CALL
    assert await world.calls.room_closed(dial.id) == HangUp()
    await world.report(dial, "completed", duration_s=95)
    over = await only_callback(world)
    (attempt,) = over.attempts
    assert over.status == Status.COMPLETED
    assert (attempt.outcome, attempt.answered_by, attempt.duration_s) == (Outcome.CONNECTED, "human", 95)


async def test_every_step_may_come_twice(database: Database) -> None:
    world, dial = await ringing(database)
    sid = sid_of(dial.id)
    for _ in range(2):
        assert isinstance(await world.calls.answered(dial.id, sid, now=world.now), AskKey)
    for _ in range(2):
        assert isinstance(await world.calls.key_pressed(dial.id, sid, "1", now=world.now), EnterRoom)
    for _ in range(2):
        joins = await world.calls.agent_pressed(dial.id, "1", call_sid=AGENT, now=world.now)
        assert isinstance(joins, EnterRoom)
    assert len(world.dialer.rung) == 1
    await world.report(dial, "completed", "completed")
    assert [attempt.outcome for attempt in (await only_callback(world)).attempts] == [Outcome.CONNECTED]


@pytest.mark.parametrize("digits", ["", "5", "#", "11", "１"])
async def test_another_key_asks_again(sqlite: Database, digits: str) -> None:
    world, dial = await ringing(sqlite)
    again = await world.calls.key_pressed(dial.id, sid_of(dial.id), digits, now=world.now)
    assert isinstance(again, AskKey)
    await world.report(dial, "completed")
    assert (await only_callback(world)).attempts[0].outcome == Outcome.NOT_CONFIRMED


@pytest.mark.parametrize("digits", ["", "2"])
async def test_an_agents_voicemail_never_takes_a_call(sqlite: Database, digits: str) -> None:
    world, dial = await ringing(sqlite)
    await world.calls.key_pressed(dial.id, sid_of(dial.id), "1", now=world.now)
    assert await world.calls.agent_pressed(dial.id, digits, call_sid=AGENT, now=world.now) == HangUp()


async def test_an_agent_who_does_not_come_uses_up_no_attempt_of_the_customer(database: Database) -> None:
    world, dial = await ringing(database)
    await world.calls.key_pressed(dial.id, sid_of(dial.id), "1", now=world.now)
    sorry = await world.calls.room_closed(dial.id)
    assert isinstance(sorry, SayAndHangUp)
    await world.report(dial, "completed")
    waiting = await only_callback(world)
    assert [attempt.outcome for attempt in waiting.attempts] == [Outcome.AGENT_MISSED]
    minutes = [2, 7, 37]
    for pause in minutes:
        assert await world.at(SLOT.start + timedelta(minutes=pause)) == 1
        await world.report(await world.the_dial(), "no-answer")
    assert (await only_callback(world)).status == Status.UNREACHED


async def test_three_times_no_answer_at_0_5_and_35_minutes_is_unreached(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    dialled = []
    for minute in range(120):
        if await world.at(SLOT.start + timedelta(minutes=minute)):
            dialled.append(minute)
            await world.report(await world.the_dial(), "initiated", "ringing", "no-answer")
    over = await world.read(made)
    assert dialled == [0, 5, 35]
    assert (over.status, len(over.attempts)) == (Status.UNREACHED, 3)


@pytest.mark.parametrize("status", FINAL)
async def test_what_a_final_status_means_before_anybody_pressed_a_key(sqlite: Database, status: str) -> None:
    world, dial = await ringing(sqlite)
    await world.report(dial, status)
    assert (await only_callback(world)).attempts[0].outcome == MEANING[status]


async def test_an_answering_machine_is_voicemail(sqlite: Database) -> None:
    world, dial = await ringing(sqlite)
    await world.report(dial, "completed", answered_by="machine_start")
    attempt = (await only_callback(world)).attempts[0]
    assert (attempt.outcome, attempt.answered_by) == (Outcome.VOICEMAIL, "machine_start")


async def test_a_status_that_nobody_knows_changes_nothing(sqlite: Database) -> None:
    world, dial = await ringing(sqlite)
    await world.report(dial, "teleported")
    assert await world.the_dial() == dial


async def test_late_reports_do_not_wake_a_call_that_is_over(database: Database) -> None:
    world, dial = await ringing(database)
    await world.report(dial, "no-answer")
    before = await only_callback(world)
    await world.report(dial, "ringing", "in-progress", "completed", "busy")
    assert await world.calls.answered(dial.id, sid_of(dial.id), now=world.now) == HangUp()
    assert await world.calls.key_pressed(dial.id, sid_of(dial.id), "1", now=world.now) == HangUp()
    assert isinstance(await world.calls.agent_answered(dial.id, AGENT), SayAndHangUp)
    assert isinstance(await world.calls.agent_pressed(dial.id, "1", call_sid=AGENT, now=world.now), SayAndHangUp)
    assert await only_callback(world) == before
    assert world.dialer.ended == []


async def test_reports_for_an_unknown_attempt_change_nothing(sqlite: Database) -> None:
    world = World(sqlite)
    await world.calls.status_changed("0" * 32, "CA1", "completed", now=world.now)
    assert await world.calls.answered("0" * 32, "CA1", now=world.now) == HangUp()


async def test_a_second_call_for_one_attempt_is_stopped_and_changes_nothing(database: Database) -> None:
    world, dial = await ringing(database)
    assert await world.calls.answered(dial.id, "CAother", now=world.now) == HangUp()
    await world.report(dial, "ringing", sid="CAother")
    await world.report(dial, "completed", sid="CAother")
    assert world.dialer.ended == ["CAother", "CAother"]
    assert (await world.the_dial()).call_sid == sid_of(dial.id)


async def test_a_second_call_that_cannot_be_stopped_is_stopped_at_its_next_report(sqlite: Database) -> None:
    world, dial = await ringing(sqlite)
    world.dialer.is_down = True
    await world.report(dial, "initiated", sid="CAother")
    world.dialer.is_down = False
    await world.report(dial, "ringing", sid="CAother")
    assert world.dialer.ended == ["CAother"]


async def test_the_call_of_another_attempt_is_not_taken_over(database: Database) -> None:
    world = await World(database).with_agents(2)
    for index in range(2):
        await world.book(phone_number=number(index))
    world.dialer.script.extend([RuntimeError("lost"), RuntimeError("lost")])
    await world.at(SLOT.start)
    first, second = await world.live()
    await world.report(first, "ringing", sid="CA1")
    await world.report(second, "ringing", sid="CA1")
    assert [dial.call_sid for dial in await world.live()] == ["CA1", None]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), final=st.sampled_from(FINAL))
async def test_reports_in_any_order_and_doubled_end_the_same(sqlite: Database, data: st.DataObject, final: str) -> None:
    reports = ["initiated", "ringing", "in-progress", final]
    order = data.draw(
        st.lists(st.sampled_from(reports), max_size=8).flatmap(lambda more: st.permutations(reports + more))
    )
    world = World(sqlite, slots=replace(SLOTS, capacity=1000))
    async with sqlite.write() as tx:
        already = len(await callbacks.listing(tx, limit=1000))
    await world.with_agents(already + 1)
    made = await world.book(SLOT, phone_number=number(already))
    await world.at(SLOT.start)
    (dial,) = [dial for dial in await world.live() if dial.to_number == number(already)]
    await world.report(dial, *order)
    (attempt,) = (await world.read(made)).attempts
    assert attempt.outcome == MEANING[final]
    assert (await world.read(made)).status == Status.RETRY_WAIT


@pytest.mark.parametrize("order", list(itertools.permutations(["ringing", "in-progress", "completed"])))
async def test_a_talk_is_connected_whatever_order_its_reports_come_in(sqlite: Database, order: tuple[str, ...]) -> None:
    world, dial = await ringing(sqlite)
    await speaking(world, dial)
    await world.report(dial, *order)
    assert (await only_callback(world)).status == Status.COMPLETED


async def test_the_agents_own_word_stands_when_the_call_ends_afterwards(database: Database) -> None:
    world, dial = await ringing(database)
    await speaking(world, dial)
    async with database.write() as tx:
        seen = await callbacks.get(tx, dial.callback_id)
        await callbacks.change(tx, seen, now=world.now, status=Status.COMPLETED, resolution="resolved")
    await world.report(dial, "completed")
    over = await only_callback(world)
    assert (over.status, over.resolution, over.attempts[0].outcome) == (
        Status.COMPLETED, "resolved", Outcome.CONNECTED,
    )  # fmt: skip
