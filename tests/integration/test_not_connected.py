"""What follows when a call does not connect: another time, another number, a message, and the end of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.booking.callback import Outcome, Status
from bot.booking.retry import RetryPolicy
from bot.settings_calls import RetrySection
from bot.store.database import Database
from bot.store.schema import slots
from tests.support.databases import SqliteFiles
from tests.support.products import NUMBER, SLOT, SLOTS, World
from tests.support.telephone import Telephone, ringing, telephone

OTHER = "+819087654321"
MINUTE = timedelta(minutes=1)
SAFE = RetrySection().value()


@pytest.fixture
async def phone(tmp_path: Path, sqlite_files: SqliteFiles) -> AsyncIterator[Telephone]:
    """A business with one agent, and the simulated carrier."""
    async with telephone(tmp_path, await sqlite_files.fresh(tmp_path)) as phone:
        yield phone


async def missed(world: World, *reports: str, **facts: Any) -> None:
    """The call that rings now ends so."""
    await world.report(await world.the_dial(), *reports, **facts)


async def test_the_other_number_is_dialled_next_and_only_then(database: Database) -> None:
    world = await World(database, retries=SAFE).with_agents()
    made = await world.book(alternate_phone_number=OTHER)
    for minute in (0, 5, 10):
        assert await world.at(SLOT.start + minute * MINUTE) == 1
        await missed(world, "no-answer")
    assert [dialled.to for dialled in world.dialer.dials] == [NUMBER, OTHER, NUMBER]
    assert (await world.read(made)).status == Status.UNREACHED


@pytest.mark.parametrize(
    ("status", "sip_code", "outcome"),
    [
        ("busy", 486, Outcome.BUSY),
        ("busy", 603, Outcome.DECLINED),
        ("failed", 480, Outcome.UNREACHABLE),
        ("failed", 404, Outcome.INVALID),
    ],
)
async def test_the_lines_own_code_tells_more_than_the_status(
    sqlite: Database, status: str, sip_code: int, outcome: Outcome
) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    await missed(world, status, sip_code=sip_code)
    assert (await world.read(made)).attempts[0].outcome == outcome


async def test_a_number_that_does_not_exist_ends_the_promise_with_a_word(sqlite: Database) -> None:
    world = await World(sqlite, retries=SAFE).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    await missed(world, "failed", sip_code=404)
    assert (await world.read(made)).status == Status.UNREACHED
    assert [text for text in await world.send_notices() if "正しい番号" in text]


def declining() -> RetryPolicy:
    """Every attempt is tried again half an hour later: outside its window."""
    return replace(SAFE, rules={**SAFE.rules, Outcome.NO_ANSWER: SAFE.rules[Outcome.DECLINED]})


async def booked(database: Database) -> dict[int, int]:
    """Places sold by the minutes that their slot begins after SLOT."""
    async with database.read() as tx:
        rows = await tx.execute(select(slots.c.starts_at, slots.c.booked))
        return {round((row.starts_at - SLOT.start) / MINUTE): row.booked for row in rows if row.booked}


async def test_a_retry_after_its_window_takes_a_place_where_one_is_left(database: Database) -> None:
    world = await World(database, retries=declining(), slots=replace(SLOTS, capacity=1)).with_agents()
    made = await world.book()
    (next_slot,) = await world.bookings.slots(now=world.now, start=SLOT.end, end=SLOT.end + MINUTE)
    await world.book(next_slot.window, phone_number=OTHER)
    await world.at(SLOT.start)
    await missed(world, "no-answer")
    waiting = await world.read(made)
    assert (waiting.due_at, waiting.slot_start) == (next_slot.window.end, next_slot.window.end)
    assert await booked(database) == {30: 1, 60: 1}


async def test_a_moved_call_goes_to_the_customers_own_number_again(sqlite: Database) -> None:
    world = await World(sqlite, retries=SAFE).with_agents()
    made = await world.book(alternate_phone_number=OTHER)
    await world.at(SLOT.start)
    await missed(world, "no-answer")
    assert (await world.read(made)).next_number == OTHER
    (later,) = await world.bookings.slots(now=world.now, start=SLOT.end, end=SLOT.end + MINUTE)
    moved = await world.bookings.move(made.reference, later.window, now=world.now - 10 * MINUTE)
    assert moved.next_number == NUMBER


async def test_a_machine_is_left_a_message_without_name_or_subject(phone: Telephone) -> None:
    phone.behave(NUMBER, "voicemail")
    made = await ringing(phone, name="山田", reason="冷蔵庫の修理")
    await phone.hears(NUMBER, "ご不在")
    over = await phone.over(made)
    (attempt,) = over.attempts
    assert (attempt.outcome, over.status) == (Outcome.VOICEMAIL, Status.RETRY_WAIT)
    assert attempt.answered_by == "machine_end_beep"
    assert not any("山田" in said or "冷蔵庫" in said for said in phone.heard(NUMBER))


async def test_whoever_presses_a_key_is_a_person_whatever_the_carrier_takes_them_for(sqlite: Database) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    dial = await world.the_dial()
    sid = dial.call_sid or ""
    await world.calls.key_pressed(dial.id, sid, "1", now=world.now)
    await world.calls.machine_detected(dial.id, sid, "machine_end_beep")
    assert world.dialer.redirected == []
    await world.calls.agent_pressed(dial.id, "1", call_sid="CAagent1", now=world.now)
    await world.report(dial, "completed")
    assert (await world.read(made)).attempts[0].answered_by == "human"


@pytest.mark.parametrize(
    ("behaviour", "outcome"), [("busy", "busy"), ("unreachable", "unreachable"), ("no_answer", "no_answer")]
)
async def test_what_the_simulated_line_does_is_what_is_written_down(
    phone: Telephone, behaviour: str, outcome: str
) -> None:
    phone.behave(NUMBER, behaviour)
    made = await phone.book()
    phone.carrier.set_clock({"now": SLOT.start.isoformat()})
    await phone.ring_bell()
    assert (await phone.over(made)).attempts[0].outcome == outcome


async def test_who_declines_is_left_alone_for_a_while(phone: Telephone) -> None:
    made = await ringing(phone)
    await phone.act(NUMBER, "decline")
    over = await phone.over(made)
    assert over.attempts[0].outcome == Outcome.DECLINED
    assert over.due_at >= SLOT.start + 30 * MINUTE
