"""Text messages are answered behind the webhook: once, in their order, and whatever dies in between."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.assistant import Reply, Utterance
from bot.booking.callback import Channel, Status
from bot.channels.channel import MaybeSent, NotSent
from bot.channels.sms import heard
from bot.store import arrivals
from bot.store.contact_schema import inbox
from bot.store.database import Database
from bot.store.schema import callbacks as callback_table
from bot.usecases.arriving import arrival_of
from bot.usecases.correspondence import LEFT_AFTER, MOST_AN_HOUR, TRY_AGAIN_AFTER
from bot.usecases.promises import plan_instead
from tests.support.products import NOTICES, NUMBER, SLOT, World, number

YES_OR_NO = Reply(
    utterances=(Utterance(text="よろしいですか？", buttons=(("はい", "はい"), ("変更する", "変更する"))),),
    expects="confirmation",
)


async def states(world: World) -> list[tuple[str, object]]:
    async with world.database.read() as tx:
        return [(row.state, row.content) for row in await tx.execute(select(inbox).order_by(inbox.c.received_at))]


def read(world: World, to: str = NUMBER) -> list[str]:
    return [text for receiver, text in world.sms.texts if receiver == to]


async def test_a_message_is_answered_once_however_often_it_is_delivered(database: Database) -> None:
    world = World(database)
    for _ in range(3):
        assert await world.text("もしもし", key="SM1") is None
    assert read(world) == ["heard: もしもし"]
    assert await states(world) == [("done", None)]


async def test_the_messages_of_one_person_are_answered_in_their_order_and_those_of_others_beside(
    database: Database,
) -> None:
    world = World(database)
    for index, (sender, text) in enumerate([(NUMBER, "一"), (number(2), "甲"), (NUMBER, "二"), (NUMBER, "三")]):
        fields = {"From": sender, "Body": text, "MessageSid": f"SM{9 - index}"}
        world.clock.moment += timedelta(seconds=1)
        await world.consent.text_received(heard(fields, now=world.now), now=world.now)
    taken = await world.correspondence.take(real_now=world.real)
    assert {message.text for message in taken} == {"一", "甲"}
    assert await world.correspondence.take(real_now=world.real) == []
    for message in taken:
        await world.correspondence.answer(message, now=world.now, real_now=world.real)
    await world.correspondence.answer_due(now=world.now, real_now=world.real)
    assert read(world) == ["heard: 一", "heard: 二", "heard: 三"]
    assert read(world, number(2)) == ["heard: 甲"]


async def test_what_a_dead_process_left_is_answered_by_the_next_one_and_said_once(database: Database) -> None:
    world = World(database)
    fields = {"From": NUMBER, "Body": "もしもし", "MessageSid": "SM1"}
    await world.consent.text_received(heard(fields, now=world.now), now=world.now)
    (taken,) = await world.correspondence.take(real_now=world.real)
    await world.conversations.say(await a_talk(world), "ほか", now=world.now)
    after = World(database)
    assert await after.correspondence.answer_due(now=world.now, real_now=world.real) == 0
    late = world.real + LEFT_AFTER + timedelta(seconds=1)
    assert await after.correspondence.answer_due(now=world.now, real_now=late) == 1
    assert read(after) == ["heard: もしもし"]
    await world.correspondence.answer(taken, now=world.now, real_now=late)  # the dead one was only slow
    assert read(world) == []


async def test_who_was_too_slow_leaves_the_message_to_whoever_took_it_over(database: Database) -> None:
    world, other = World(database), World(database)
    fields = {"From": NUMBER, "Body": "もしもし", "MessageSid": "SM1"}
    await world.consent.text_received(heard(fields, now=world.now), now=world.now)
    (taken,) = await world.correspondence.take(real_now=world.real)
    late = world.real + LEFT_AFTER + timedelta(seconds=1)
    (again,) = await other.correspondence.take(real_now=late)
    async with database.write() as tx:
        assert await arrivals.answering(tx, arrival_of(again), real_now=late)
    await world.correspondence.answer(taken, now=world.now, real_now=late)
    assert read(world) == []
    assert [state for state, _ in await states(world)] == ["answering"]


async def a_talk(world: World) -> str:
    return await world.conversations.begin(channel="web", language="ja", is_new=False, now=world.now)


async def test_an_answer_that_may_have_left_is_not_sent_again(sqlite: Database) -> None:
    world = World(sqlite)
    world.sms.script.append(MaybeSent(cause="ReadTimeout"))
    await world.text("もしもし")
    world.real += timedelta(hours=1)
    await world.correspondence.answer_due(now=world.now, real_now=world.real)
    assert len(read(world)) == 1
    assert await states(world) == [("unknown", None)]


async def test_an_answer_that_surely_has_not_left_is_sent_again_and_the_assistant_is_asked_once(
    sqlite: Database,
) -> None:
    world = World(sqlite)
    world.sms.script.append(NotSent(code=20429, try_later=True))
    await world.text("もしもし")
    assert await world.correspondence.answer_due(now=world.now, real_now=world.real) == 0
    world.real += TRY_AGAIN_AFTER
    assert await world.correspondence.answer_due(now=world.now, real_now=world.real) == 1
    assert read(world) == ["heard: もしもし"] * 2
    assert len(world.assistant.heard) == 1
    world.sms.script.append(NotSent(code=21610, try_later=False))
    await world.text("ねえ")
    assert [state for state, _ in await states(world)] == ["done", "refused"]


async def test_a_message_that_cannot_be_answered_does_not_stop_the_others(sqlite: Database) -> None:
    world = World(sqlite)
    world.sms.script.append(RuntimeError("bad luck"))
    await world.text("一")
    await world.text("二")
    assert [state for state, _ in await states(world)] == ["failed", "done"]


async def test_who_has_stopped_messages_is_heard_and_not_written_to(sqlite: Database) -> None:
    world = World(sqlite)
    await world.text("停止")
    await world.text("予約を取り消して")
    assert world.assistant.heard[-1][1] == "予約を取り消して"
    assert read(world) == []


async def test_what_is_answered_when_the_assistant_is_back_is_sent_once(database: Database) -> None:
    world = World(database)
    world.assistant.is_down = True
    await world.text("もしもし")
    assert "応答できません" in read(world)[-1]
    world.assistant.is_down = False
    assert await world.conversations.catch_up(now=world.now) == 1
    assert await world.correspondence.tell_later(now=world.now) == 1
    assert await world.correspondence.tell_later(now=world.now) == 0
    assert read(world)[1:] == ["heard: もしもし"]


async def test_nobody_is_told_later_what_they_no_longer_want(sqlite: Database) -> None:
    world = World(sqlite)
    world.assistant.is_down = True
    await world.text("もしもし")
    await world.text("停止")
    world.assistant.is_down = False
    assert await world.conversations.catch_up(now=world.now) == 1
    assert await world.correspondence.tell_later(now=world.now) == 0
    assert len(read(world)) == 1


@pytest.mark.parametrize(
    ("reply", "means"),
    [("1", "はい"), ("２", "変更する"), ("1番で", "はい"), ("3", "3"), ("12", "12"), ("はい", "はい"), ("1時", "1時")],
)
async def test_a_number_says_what_stands_behind_it(sqlite: Database, reply: str, means: str) -> None:
    world = World(sqlite)
    world.assistant.script.append(Reply(utterances=(Utterance(text="?"),), expects=None))  # the talk is opened
    world.assistant.script.append(YES_OR_NO)
    await world.text("予約したい")
    assert read(world) == ["よろしいですか？\n1 はい\n2 変更する"]
    await world.text(reply)
    assert world.assistant.heard[-1][1] == means


async def test_who_comes_back_the_next_day_begins_anew_unless_something_is_booked(sqlite: Database) -> None:
    world = World(sqlite)
    await world.text("一")
    await world.text("二")
    world.clock.moment += timedelta(hours=7)
    await world.text("三")
    talks = [talk for talk, _ in world.assistant.heard]
    assert talks[0] == talks[1] != talks[2]


async def test_a_time_that_a_notice_offers_is_chosen_by_its_number(database: Database) -> None:
    world = World(database)
    booked = await world.book()
    async with database.write() as tx:
        await tx.execute(callback_table.update().values(attention="hours_changed"))
        await plan_instead(tx, booked, "hours_changed", now=world.now)
    (text,) = await world.send_notices()
    assert "番号で返信: 1 11/24" in text
    await world.text("2")
    moved = await world.read(booked)
    assert moved.window != booked.window
    assert booked.reference in read(world)[-1]
    assert world.assistant.heard == []
    assert await world.send_notices() == []  # the move was answered in the talk: nothing is told twice


async def test_a_promise_that_was_not_kept_is_made_anew_by_a_number(sqlite: Database) -> None:
    world = World(sqlite)
    booked = await world.book(name="山田", channel=Channel.WEB)
    await world.send_notices()
    world.clock.moment = SLOT.end + timedelta(hours=1, seconds=1)
    await world.at(world.now)
    assert (await world.read(booked)).status == Status.EXPIRED
    (text,) = await world.send_notices()
    assert "1 11/24" in text
    await world.text("1")
    await world.text("1")  # nothing is asked any more
    anew = [callback for callback in await world.bookings.listing() if callback.is_open]
    assert [(callback.name, callback.reason, callback.channel) for callback in anew] == [
        ("山田", booked.reason, Channel.SMS)
    ]
    assert world.assistant.heard[-1][1] == "1"


async def test_a_time_that_is_gone_meanwhile_is_answered_with_others(sqlite: Database) -> None:
    world = World(sqlite)
    booked = await world.book()
    world.clock.moment = SLOT.end + timedelta(hours=1, seconds=1)
    await world.at(world.now)
    await world.send_notices()
    world.clock.moment += timedelta(days=2)
    await world.text("1")
    assert "埋まりました" in read(world)[-1]
    assert "\n1 11/26" in read(world)[-1]
    await world.text("2")
    anew = [callback for callback in await world.bookings.listing() if callback.is_open]
    assert len(anew) == 1
    assert anew[0].reason == booked.reason


async def test_a_score_is_a_score_only_while_nothing_else_is_asked(sqlite: Database) -> None:
    world = World(sqlite)
    booked = await world.book()
    async with sqlite.write() as tx:
        await tx.execute(callback_table.update().values(status="completed", updated_at=world.now))
    world.assistant.script.extend([Reply(utterances=(Utterance(text="?"),), expects=None), YES_OR_NO])
    await world.text("また予約したい")
    assert await world.text("2") is None
    assert await world.ratings.of(booked) is None
    world.assistant.script.append(Reply(utterances=(Utterance(text="承りました"),), expects=None))
    await world.text("1")
    assert "評価" in str(await world.text("4"))
    assert await world.ratings.of(booked) == 4


async def test_who_writes_without_end_is_not_answered_without_end(sqlite: Database) -> None:
    world = World(sqlite)
    for index in range(MOST_AN_HOUR + 3):
        await world.text(f"もしもし{index}")
    assert len(read(world)) == MOST_AN_HOUR
    assert {state for state, _ in await states(world)} == {"done", "limited"}
    world.clock.moment += timedelta(hours=1, seconds=1)
    await world.text("もしもし")
    assert len(read(world)) == MOST_AN_HOUR + 1


async def test_no_notice_asks_for_a_reply_where_none_reaches_us(sqlite: Database) -> None:
    world = World(sqlite, notices=replace(NOTICES, replies=False))
    booked = await world.book()
    async with sqlite.write() as tx:
        await tx.execute(callback_table.update().values(attention="hours_changed"))
        await plan_instead(tx, booked, "hours_changed", now=world.now)
    (text,) = await world.send_notices()
    assert "返信" not in text
    assert "空き 11/24" in text
