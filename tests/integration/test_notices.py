"""What customers are told, and that they are told it once."""

import asyncio
from collections import deque
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.booking.callback import Status
from bot.booking.window import Window
from bot.channels.channel import MaybeSent, NotSent
from bot.store import callbacks, conversations, ledger, notices
from bot.store.database import Database
from bot.store.schema import notices as table
from bot.usecases.notices import LEFT_AFTER, TRY_AGAIN_AFTER
from tests.support.carriers import sid_of
from tests.support.clocks import TUESDAY, tokyo
from tests.support.products import NUMBER, SLOT, World

MINUTE = timedelta(minutes=1)
NEXT = Window(start=SLOT.end, end=SLOT.end + 30 * MINUTE)
REMINDER = "まもなく"


async def states(database: Database) -> dict[str, str]:
    from sqlalchemy import select

    from bot.store.schema import notices as table

    async with database.read() as tx:
        rows = await tx.execute(select(table.c.kind, table.c.state).order_by(table.c.due_at))
        return {row.kind: row.state for row in rows}


async def test_a_booking_is_confirmed_at_once_and_once(database: Database, second_database: Database) -> None:
    world, other = World(database), World(second_database)
    other.sms = world.sms
    other.notices._sms = world.sms  # two processes, one carrier
    made = await world.book()
    await asyncio.gather(world.send_notices(), other.send_notices(), world.send_notices())
    ((to, text),) = world.sms.texts
    assert to == NUMBER
    assert made.reference in text
    assert "11月24日(火) 15:00" in text


async def test_the_reminder_comes_an_hour_before_the_window(database: Database) -> None:
    world = World(database)
    await world.book()
    await world.send_notices()
    world.clock.moment = SLOT.start - 60 * MINUTE - timedelta(seconds=1)
    assert await world.send_notices() == []
    world.clock.moment = SLOT.start - 60 * MINUTE
    (text,) = await world.send_notices()
    assert REMINDER in text
    assert await world.send_notices() == []


@pytest.mark.parametrize(("minutes_before", "reminded"), [(69, 0), (70, 0), (71, 1)])
async def test_a_reminder_just_after_the_confirmation_is_left_out(
    sqlite: Database, minutes_before: int, reminded: int
) -> None:
    world = World(sqlite)
    world.clock.moment = SLOT.start - minutes_before * MINUTE
    await world.book()
    await world.send_notices()
    world.clock.moment = SLOT.start - 45 * MINUTE
    assert len(await world.send_notices()) == reminded


async def test_a_reminder_that_was_held_up_until_the_window_began_is_not_sent(database: Database) -> None:
    world = World(database)
    await world.book()
    await world.send_notices()
    world.clock.moment = SLOT.start
    assert await world.send_notices() == []


async def test_a_cancelled_call_is_not_reminded_of(database: Database) -> None:
    world = World(database)
    made = await world.book()
    await world.bookings.cancel(made.reference, now=world.now)
    (text,) = await world.send_notices()
    assert "取り消しました" in text
    world.clock.moment = SLOT.start - 50 * MINUTE
    assert await world.send_notices() == []


async def test_a_moved_call_is_reminded_of_at_its_new_time_only(database: Database) -> None:
    world = World(database)
    made = await world.book()
    await world.bookings.move(made.reference, NEXT, now=world.now)
    (text,) = await world.send_notices()
    assert "15:30" in text
    world.clock.moment = SLOT.start - 60 * MINUTE
    assert await world.send_notices() == []
    world.clock.moment = NEXT.start - 60 * MINUTE
    assert len(await world.send_notices()) == 1


async def test_who_was_not_reached_is_told_once_and_at_the_end_once(database: Database) -> None:
    world = await World(database).with_agents()
    await world.book()
    await world.send_notices()
    told: list[list[str]] = []
    for pause in (0, 5, 35):
        await world.at(SLOT.start + pause * MINUTE)
        await world.report(await world.the_dial(), "no-answer")
        told.append([text for text in await world.send_notices() if REMINDER not in text])
    (missed,), second, (unreached,) = told
    assert "つながりませんでした" in missed
    assert "15:05" in missed
    assert second == []
    assert "改めて時間をお選びください" in unreached


async def test_who_was_not_reached_by_our_own_fault_is_not_told_that_they_were_missed(sqlite: Database) -> None:
    world = await World(sqlite).with_agents()
    await world.book()
    world.clock.moment = SLOT.start
    await world.send_notices()
    await world.at(SLOT.start)
    await world.report(await world.the_dial(), "canceled")
    assert await world.send_notices() == []


@pytest.mark.parametrize("number", ["+81312345678", "+815031234567"])
async def test_nothing_is_written_to_a_number_without_an_inbox(sqlite: Database, number: str) -> None:
    world = World(sqlite)
    await world.book(phone_number=number)
    assert await world.send_notices() == []
    assert (await states(sqlite))["confirmation"] == "skipped"


async def test_who_opted_out_is_written_nothing_until_they_opt_in_again(database: Database) -> None:
    world = World(database)
    await world.text("停止", key="SM-in-1")
    made = await world.book()
    assert await world.send_notices() == []
    await world.text("再開", key="SM-in-2")
    await world.bookings.move(made.reference, NEXT, now=world.now)
    assert len(await world.send_notices()) == 1


async def test_a_message_that_was_surely_not_sent_is_tried_again(database: Database) -> None:
    world = World(database)
    await world.book()
    world.sms.script = deque([NotSent(code=20429, try_later=True)])
    await world.send_notices()
    assert await world.send_notices() == []
    world.clock.moment += TRY_AGAIN_AFTER
    assert len(await world.send_notices()) == 1
    assert (await states(database))["confirmation"] == "sent"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (NotSent(code=21610, try_later=False), "refused"),
        (MaybeSent(cause="ReadTimeout"), "unknown"),
        (RuntimeError("boom"), "failed"),
    ],
)
async def test_a_message_that_may_have_been_sent_is_never_sent_again(
    sqlite: Database, answer: NotSent | MaybeSent | Exception, state: str
) -> None:
    world = World(sqlite)
    await world.book()
    world.sms.script = deque([answer])
    assert len(await world.send_notices()) == 1
    world.clock.moment += timedelta(minutes=10)
    assert await world.send_notices() == []
    assert (await states(sqlite))["confirmation"] == state


async def test_a_notice_whose_sender_died_is_settled_as_unknown_and_never_sent_again(database: Database) -> None:
    world = World(database)
    made = await world.book()
    async with database.write() as tx:  # the process that took it dies here
        (taken,) = [notice for notice in await notices.due(tx, now=world.now, limit=9) if notice.kind == "confirmation"]
        assert await notices.claim(tx, taken.id, real_now=world.real)
    world.real += LEFT_AFTER - timedelta(seconds=1)
    assert await world.send_notices() == []
    assert await state_of(database, taken.id) == "sending"
    world.real += timedelta(seconds=1)
    assert await world.send_notices() == []
    assert await state_of(database, taken.id) == "unknown"
    world.clock.moment = SLOT.start - 60 * MINUTE
    assert [made.reference in text for text in await world.send_notices()] == [True]  # the reminder, and only it


async def state_of(database: Database, notice_id: str) -> str:
    async with database.read() as tx:
        return str((await tx.execute(select(table.c.state).where(table.c.id == notice_id))).scalar_one())


async def test_one_notice_that_fails_keeps_no_other_from_being_sent(database: Database) -> None:
    world = World(database)
    await world.book()
    await world.book(NEXT)
    world.sms.script = deque([RuntimeError("boom")])
    await world.send_notices()
    assert len(world.sms.texts) == 2


async def test_the_carriers_last_word_on_a_message_stands(sqlite: Database) -> None:
    world = World(sqlite)
    await world.book()
    await world.send_notices()
    await world.notices.delivery_reported("SM1", "sent", "")
    assert (await states(sqlite))["confirmation"] == "sent"
    await world.notices.delivery_reported("SM1", "undelivered", "30005")
    await world.notices.delivery_reported("SM1", "delivered", "")
    assert (await states(sqlite))["confirmation"] == "undelivered"


async def test_notices_after_the_talk_are_said_in_the_chat_too(sqlite: Database) -> None:
    world = World(sqlite)
    async with sqlite.write() as tx:
        await conversations.open_talk(tx, "talk", channel="web", language="en", now=TUESDAY)
    made = await world.book(conversation_id="talk", language="en")
    await world.send_notices()
    assert await world.conversations.transcript("talk") == []
    world.clock.moment = SLOT.start - 60 * MINUTE
    await world.send_notices()
    (said,) = await world.conversations.transcript("talk")
    assert (said.sender, made.reference in said.text) == ("system", True)
    assert await world.conversations.said_later(0) == [said]


async def test_a_notice_planned_twice_for_one_occasion_is_one(database: Database) -> None:
    world = World(database)
    made = await world.book()

    async def plan(notice_id: str) -> None:
        async with database.write() as tx:
            await notices.plan(tx, notice_id, callback_id=made.id, kind="late", occasion="1", due_at=world.now)

    await asyncio.gather(*(plan(str(index)) for index in range(5)))
    assert len([text for text in await world.send_notices() if "遅れて" in text]) == 1


async def test_who_is_called_late_because_the_shop_closed_is_told_so(sqlite: Database) -> None:
    world = await World(sqlite, grace=timedelta(days=1)).with_agents()
    await world.book()
    await world.send_notices()
    await world.at(tokyo("2026-11-24 18:30"))
    (text,) = [text for text in await world.send_notices() if REMINDER not in text]
    assert "遅れて" in text
    await world.overdue.tell_lateness(now=world.now)
    assert await world.send_notices() == []


async def test_a_callback_closed_by_consent_is_not_written_about(sqlite: Database) -> None:
    world = await World(sqlite).with_agents()
    made = await world.book()
    await world.send_notices()
    async with sqlite.write() as tx:
        await ledger.set_consent(tx, NUMBER, do_not_call_at=world.now, sms_opted_out_at=world.now)
    await world.at(SLOT.start)
    assert (await world.read(made)).status == Status.CANCELLED
    assert await world.send_notices() == []
    async with sqlite.read() as tx:
        assert "set_aside" not in [kind for _, kind, _ in await callbacks.history(tx, made.id)]


THREE = tuple(minutes * MINUTE for minutes in (1440, 60, 10))


async def test_a_customer_is_reminded_the_day_before_an_hour_and_ten_minutes_before(database: Database) -> None:
    world = World(database, leads=THREE)
    world.clock.moment = SLOT.start - 2000 * MINUTE
    await world.book()
    await world.send_notices()
    told = []
    for lead in THREE:
        world.clock.moment = SLOT.start - lead - timedelta(seconds=1)
        assert await world.send_notices() == []
        world.clock.moment = SLOT.start - lead
        told += await world.send_notices()
    assert ["ご確認" in told[0], "まもなく" in told[1], "このあと" in told[2]] == [True] * 3


async def test_after_a_long_silence_only_the_reminder_that_still_makes_sense_is_sent(sqlite: Database) -> None:
    world = World(sqlite, leads=THREE)
    world.clock.moment = SLOT.start - 2000 * MINUTE
    await world.book()
    await world.send_notices()
    world.clock.moment = SLOT.start - 9 * MINUTE  # nobody sent anything for a day
    (text,) = await world.send_notices()
    assert "このあと" in text


async def test_nothing_is_written_at_night_but_the_answer_to_what_somebody_just_did(sqlite: Database) -> None:
    world = World(sqlite, leads=(17 * 60 * MINUTE,))
    world.clock.moment = tokyo("2026-11-23 21:30")
    await world.book()
    assert len(await world.send_notices()) == 1  # they booked a moment ago
    world.clock.moment = tokyo("2026-11-23 22:00")  # seventeen hours before
    assert await world.send_notices() == []
    world.clock.moment = tokyo("2026-11-24 07:59")
    assert await world.send_notices() == []
    world.clock.moment = tokyo("2026-11-24 08:00")
    assert len(await world.send_notices()) == 1


async def test_who_will_be_called_late_is_told_how_to_keep_move_or_cancel(database: Database) -> None:
    world = World(database)  # nobody is there to take a call
    async with database.write() as tx:
        await conversations.open_talk(tx, "talk", channel="web", language="ja", now=TUESDAY)
    made = await world.book(conversation_id="talk")
    await world.send_notices()
    world.clock.moment = SLOT.end - 5 * MINUTE
    assert await world.overdue.tell_lateness(now=world.now) == 1
    (text,) = [text for text in await world.send_notices() if "遅れて" in text]
    assert "https://call.example.jp" in text
    (said,) = [said for said in await world.conversations.transcript("talk") if "遅れて" in said.text]
    assert [button["title"] for button in said.buttons] == ["このまま待つ", "時間を変更する", "取り消す"]
    assert (await world.read(made)).attention == "late"


async def test_after_the_talk_the_customer_is_thanked_and_rates_with_a_digit(database: Database) -> None:
    world = await World(database).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    dial = await world.the_dial()
    await world.calls.key_pressed(dial.id, sid_of(dial.id), "1", now=world.now)
    await world.calls.agent_pressed(dial.id, "1", call_sid="CAagent1", now=world.now)
    await world.report(dial, "completed")
    await world.send_notices()
    world.clock.moment += MINUTE
    (thanks,) = await world.send_notices()
    assert "ありがとうございました" in thanks
    for sid in ("SM-in-1", "SM-in-1", "SM-in-2"):
        await world.text("４ ", key=sid)
    assert await world.ratings.of(made) == 4
    assert "評価" in str(await world.text("5", key="SM-in-3"))


async def test_a_digit_from_somebody_who_had_no_call_lately_is_no_rating(sqlite: Database) -> None:
    world = World(sqlite)
    await world.book()
    assert "評価" not in str(await world.text("5", key="SM-in-1"))


async def test_what_a_message_cost_is_kept(sqlite: Database) -> None:
    world = World(sqlite)
    await world.book()
    await world.send_notices()
    async with sqlite.read() as tx:
        costs = (await tx.execute(select(table.c.segments).where(table.c.kind == "confirmation"))).scalars().all()
    assert costs == [2]
