"""What a customer can press for instead of talking: another time, no call, never again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.booking.callback import SET_ASIDE, Callback, Outcome, Status
from bot.booking.errors import NumberRefused
from bot.booking.window import Window
from bot.store import ledger
from bot.store.attempts import Dial
from bot.store.database import Database
from bot.store.schema import slots
from bot.usecases.call_steps import AskKey, SayAndHangUp
from tests.support.carriers import sid_of
from tests.support.clocks import tokyo
from tests.support.databases import SqliteFiles
from tests.support.products import NUMBER, SLOT, SLOTS, World, a_request, office_hours, rules_of
from tests.support.telephone import Telephone, ringing, telephone

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def phone(tmp_path: Path, sqlite_files: SqliteFiles) -> AsyncIterator[Telephone]:
    """A business with one agent, and the simulated carrier."""
    async with telephone(tmp_path, await sqlite_files.fresh(tmp_path)) as phone:
        yield phone


class InCall:
    """A customer who hears the greeting."""

    def __init__(self, world: World, made: Callback, dial: Dial) -> None:
        self.world, self.made, self.dial = world, made, dial
        self.sid = sid_of(dial.id)
        self.step: AskKey | SayAndHangUp | None = None

    async def press(self, digits: str) -> str:
        """Press a key where the last answer led; returns what is heard."""
        calls, now = self.world.calls, self.world.now
        step = self.step.step if isinstance(self.step, AskKey) else "key"
        if isinstance(self.step, AskKey) and (step == "slot" or step == "cancel" or step == "refuse"):
            following = await calls.wish_pressed(
                self.dial.id, self.sid, digits, step=step, query=self.step.query, now=now
            )
        else:
            following = await calls.key_pressed(self.dial.id, self.sid, digits, now=now)
        assert isinstance(following, AskKey | SayAndHangUp)
        self.step = following
        return following.text

    async def hang_up(self) -> Callback:
        await self.world.report(self.dial, "completed")
        return await self.world.read(self.made)


async def greeted(world: World, **booking: Any) -> InCall:
    """The customer has answered."""
    await world.with_agents()
    made = await world.book(**booking)
    await world.at(SLOT.start)
    call = InCall(world, made, await world.the_dial())
    await world.calls.answered(call.dial.id, call.sid, now=world.now)
    return call


async def booked(database: Database) -> dict[int, int]:
    """Places sold, by the minutes that their slot begins after SLOT."""
    async with database.read() as tx:
        rows = await tx.execute(select(slots.c.starts_at, slots.c.booked))
        return {round((row.starts_at - SLOT.start) / MINUTE): row.booked for row in rows if row.booked}


async def test_a_customer_moves_the_call_by_keys_and_is_called_then(database: Database) -> None:
    world = World(database)
    call = await greeted(world)
    offered = await call.press("2")
    assert "11月24日火曜日15時30分は1" in offered
    assert "16時は2" in offered
    assert "15時30分に変更しました" in await call.press("1")
    moved = await call.hang_up()
    assert (moved.status, moved.window.start) == (Status.BOOKED, SLOT.end)
    assert [attempt.outcome for attempt in moved.attempts] == [Outcome.MOVED]
    assert await booked(database) == {30: 1}
    assert any("変更しました" in text for text in await world.send_notices())
    assert await world.at(SLOT.end) == 1


async def test_other_times_are_read_out_three_at_a_time_and_come_round_again(sqlite: Database) -> None:
    world = World(sqlite)
    world.clock.moment = tokyo("2026-11-24 10:00")
    call = await greeted(world)
    first = await call.press("2")
    second = await call.press("9")
    assert "17時は1" in second
    assert first != second
    again = [await call.press("9") for _ in range(200)]
    assert first in again
    assert await call.press("7") == again[-1]


async def test_other_times_are_offered_about_a_topic_that_the_settings_dropped(sqlite: Database) -> None:
    rules = rules_of(office_hours())
    before = World(sqlite, rules=replace(rules, topics={"general": rules.of("general"), "old": rules.of("general")}))
    made = await before.book(topic="old")
    world = await World(sqlite, rules=rules).with_agents()
    await world.at(SLOT.start)
    dial = await world.the_dial()
    call = InCall(world, made, dial)
    await world.calls.answered(dial.id, call.sid, now=world.now)
    assert "15時30分は1" in await call.press("2")
    assert "15時30分に変更しました" in await call.press("1")


async def test_a_time_that_was_taken_meanwhile_is_told_and_others_are_offered(database: Database) -> None:
    world = World(database, slots=replace(SLOTS, capacity=1))
    call = await greeted(world)
    await call.press("2")
    (free,) = await world.bookings.slots(now=world.now - 10 * MINUTE, start=SLOT.end, end=SLOT.end + MINUTE)
    await world.bookings.book(a_request(free.window, phone_number="+819087654321"), now=world.now - 10 * MINUTE)
    words = await call.press("1")
    assert "埋まってしまいました" in words
    assert "16時は1" in words
    assert (await call.hang_up()).status == Status.RETRY_WAIT


async def test_who_wants_to_choose_in_writing_is_sent_the_way(sqlite: Database) -> None:
    world = World(sqlite)
    call = await greeted(world)
    await call.press("2")
    assert "メッセージ" in await call.press("0")
    waiting = await call.hang_up()
    assert (waiting.status, waiting.attempts[0].outcome) == (Status.RETRY_WAIT, Outcome.DECLINED)
    assert any("https://call.example.jp" in text for text in await world.send_notices())


async def test_a_line_without_messages_is_told_where_to_write(sqlite: Database) -> None:
    world = World(sqlite)
    call = await greeted(world, phone_number="+81312345678")
    await call.press("2")
    assert "チャット" in await call.press("0")


async def test_a_customer_cancels_only_after_a_second_key(database: Database) -> None:
    world = World(database)
    call = await greeted(world)
    assert "よろしければ1" in await call.press("3")
    assert "1、別の時間" in await call.press("2")  # back at the start
    call.step = None
    await call.press("3")
    for _ in range(2):  # the carrier may ask twice
        assert "取り消しました" in await call.press("1")
        call.step = AskKey(text="", language="ja", step="cancel")
    over = await call.hang_up()
    assert (over.status, over.attempts[0].outcome) == (Status.CANCELLED, Outcome.CANCELLED)
    assert await booked(database) == {}


async def test_a_stranger_is_never_called_again_and_a_supervisor_sees_it(database: Database) -> None:
    world = World(database)
    call = await greeted(world)
    later = Window(start=SLOT.end, end=SLOT.end + 30 * MINUTE)
    other = await world.bookings.book(a_request(later), now=SLOT.start - 60 * MINUTE)
    await call.press("9")
    for _ in range(2):
        assert "お電話しません" in await call.press("1")
        call.step = AskKey(text="", language="ja", step="refuse")
    closed = await call.hang_up()
    assert (closed.status, closed.attention) == (Status.CANCELLED, SET_ASIDE)
    assert closed.attempts[0].outcome == Outcome.REFUSED
    async with database.read() as tx:
        assert await ledger.opted_out(tx, NUMBER) == (True, True)
    assert await world.send_notices() == []
    assert await world.at(other.window.start) == 0
    assert (await world.read(other)).status == Status.CANCELLED
    with pytest.raises(NumberRefused):
        await world.book()


async def test_after_a_move_by_key_the_customer_is_tried_as_often_as_anybody(sqlite: Database) -> None:
    world = World(sqlite)
    call = await greeted(world)
    await call.press("2")
    await call.press("1")
    await call.hang_up()
    now, dials = SLOT.end, 0
    while (await world.read(call.made)).is_open:
        assert await world.at(now) == 1
        dials += 1
        await world.report(await world.the_dial(), "no-answer")
        now = (await world.read(call.made)).due_at
    assert dials == 3


async def test_keys_on_the_simulated_line_reach_the_desk(phone: Telephone) -> None:
    made = await ringing(phone)
    await phone.pick_up(NUMBER)
    await phone.press(NUMBER, "2")
    await phone.hears(NUMBER, "ご希望の時間をお選びください")
    await phone.press(NUMBER, "9")
    await phone.hears(NUMBER, "17時30分は1")
    await phone.press(NUMBER, "1")
    await phone.hears(NUMBER, "17時30分に変更しました")
    moved = await phone.over(made)
    assert (moved.status, moved.window.start) == (Status.BOOKED, tokyo("2026-11-24 17:30"))
