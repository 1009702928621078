"""A talk with the assistant, and what happens to it while the assistant is away."""

import asyncio
from collections import deque

import pytest

from bot.assistant import AssistantUnavailable, Reply, Utterance
from bot.booking.errors import IdempotencyConflict
from bot.store import conversations
from bot.store.database import Database
from bot.usecases.conversation import ConversationNotFound
from tests.support.products import World

SAFE = "お預かりしました"
AGAIN = "もう一度お送りください"


async def a_talk(world: World) -> str:
    conversation_id, _ = await world.conversations.open(channel="web", language="ja", now=world.now)
    return conversation_id


async def said(world: World, conversation_id: str) -> list[tuple[str, str]]:
    return [(line.sender, line.text) for line in await world.conversations.transcript(conversation_id)]


async def test_a_talk_is_kept_as_it_was_said(database: Database) -> None:
    world = World(database)
    talk = await a_talk(world)
    turn = await world.conversations.say(talk, "修理です", now=world.now)
    assert [utterance.text for utterance in turn.utterances] == ["heard: 修理です"]
    assert await said(world, talk) == [
        ("assistant", "ご用件をお聞かせください。"),
        ("customer", "修理です"),
        ("assistant", "heard: 修理です"),
    ]


async def test_ids_of_talks_cannot_be_guessed(sqlite: Database) -> None:
    world = World(sqlite)
    ids = {await a_talk(world) for _ in range(20)}
    assert len(ids) == 20
    assert min(len(one) for one in ids) >= 43  # 256 bits in base 64


async def test_an_unknown_talk_is_not_found(sqlite: Database) -> None:
    world = World(sqlite)
    with pytest.raises(ConversationNotFound):
        await world.conversations.say("nobody", "もしもし", now=world.now)
    with pytest.raises(ConversationNotFound):
        await world.conversations.transcript("nobody")
    assert world.assistant.heard == []


async def test_while_the_assistant_is_away_the_message_is_kept_and_the_customer_told(database: Database) -> None:
    world = World(database)
    talk = await a_talk(world)
    world.assistant.is_down = True
    turn = await world.conversations.say(talk, "修理です", now=world.now)
    assert SAFE in turn.utterances[0].text
    assert turn.expects == "reason"
    assert (await said(world, talk))[1:] == [("customer", "修理です"), ("system", turn.utterances[0].text)]


async def test_what_was_written_meanwhile_is_answered_once_and_in_order(database: Database) -> None:
    world = World(database)
    talk = await a_talk(world)
    world.assistant.is_down = True
    for text in ("一", "二", "三"):
        await world.conversations.say(talk, text, now=world.now)
    assert await world.conversations.catch_up(now=world.now) == 0
    world.assistant.is_down = False
    await asyncio.gather(*(world.conversations.catch_up(now=world.now) for _ in range(3)))
    assert world.assistant.heard == [(talk, "一"), (talk, "二"), (talk, "三")]
    told = await world.conversations.said_later(0)
    assert [line.text for line in told] == ["heard: 一", "heard: 二", "heard: 三"]
    assert await world.conversations.catch_up(now=world.now) == 0


async def test_the_next_message_brings_the_earlier_ones_along(database: Database) -> None:
    world = World(database)
    talk = await a_talk(world)
    world.assistant.is_down = True
    await world.conversations.say(talk, "一", now=world.now)
    world.assistant.is_down = False
    turn = await world.conversations.say(talk, "二", now=world.now)
    assert [utterance.text for utterance in turn.utterances] == ["heard: 二"]
    assert [text for _, text in world.assistant.heard] == ["一", "二"]
    assert [line.text for line in await world.conversations.said_later(0)] == ["heard: 一"]


async def test_a_message_that_may_have_been_read_is_not_read_twice_and_the_customer_is_asked_again(
    database: Database,
) -> None:
    world = World(database)
    talk = await a_talk(world)
    world.assistant.script = deque([AssistantUnavailable(was_sent=True)])
    turn = await world.conversations.say(talk, "修理です", now=world.now)
    assert AGAIN in turn.utterances[0].text
    assert SAFE not in turn.utterances[0].text
    assert await world.conversations.catch_up(now=world.now) == 0
    assert world.assistant.heard == []


async def test_who_waits_is_asked_again_too_when_the_assistant_fails_while_catching_up(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    world.assistant.is_down = True
    for text in ("一", "二"):
        await world.conversations.say(talk, text, now=world.now)
    world.assistant.is_down = False
    world.assistant.script = deque([AssistantUnavailable(was_sent=True)])
    assert [await world.conversations.catch_up(now=world.now) for _ in range(3)] == [0, 1, 0]
    assert [text for _, text in world.assistant.heard] == ["二"]
    told = [line.text for line in await world.conversations.said_later(0)]
    assert [AGAIN in text for text in told] == [True, False]


async def test_one_talk_is_answered_one_message_at_a_time(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    texts = [str(number) for number in range(8)]
    await asyncio.gather(*(world.conversations.say(talk, text, now=world.now) for text in texts))
    assert [text for _, text in world.assistant.heard] == texts
    senders = [sender for sender, _ in (await said(world, talk))[1:]]
    assert senders == ["customer", "assistant"] * 8


async def test_a_talk_begun_while_the_assistant_is_away_tells_so(sqlite: Database) -> None:
    world = World(sqlite)
    world.assistant.is_down = True
    _, turn = await world.conversations.open(channel="web", language="en", now=world.now)
    assert "getting ready" in turn.utterances[0].text
    assert "0120-000-000" in turn.utterances[0].text


async def test_the_language_follows_the_customer(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    assert (await world.conversations.say(talk, "Can you call me tomorrow?", now=world.now)).language == "en"
    assert (await world.conversations.say(talk, "090-1234-5678", now=world.now)).language == "en"
    assert (await world.conversations.say(talk, "やっぱり日本語で", now=world.now)).language == "ja"


async def test_a_turn_carries_the_booking_that_the_talk_is_about(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    made = await world.book(conversation_id=talk)
    assert (await world.conversations.say(talk, "ありがとう", now=world.now)).callback == made
    assert await world.bookings.open_in_conversation(talk) == (made,)


async def test_buttons_are_kept_with_what_was_said(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    asked = Utterance(text="よろしいですか", buttons=(("はい", "はい"),))
    world.assistant.script = deque([Reply(utterances=(asked,), expects="confirmation")])
    turn = await world.conversations.say(talk, "明日15時", now=world.now)
    assert (turn.utterances, turn.expects) == ((asked,), "confirmation")
    async with sqlite.read() as tx:
        assert (await conversations.transcript(tx, talk))[-1].buttons == ({"title": "はい", "value": "はい"},)


async def test_a_message_that_arrives_twice_is_answered_once_and_told_the_same_again(database: Database) -> None:
    world = World(database)
    talk = await a_talk(world)
    asked = Utterance(text="よろしいですか", buttons=(("はい", "はい"),))
    world.assistant.script = deque([Reply(utterances=(asked,), expects="confirmation")])
    first = await world.conversations.say(talk, "明日15時", now=world.now, key="one")
    again = await world.conversations.say(talk, "明日15時", now=world.now, key="one")
    assert again == first
    assert [text for _, text in world.assistant.heard] == ["明日15時"]
    assert [text for sender, text in await said(world, talk) if sender == "customer"] == ["明日15時"]


async def test_two_requests_for_one_message_at_the_same_time_are_one_message(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    turns = await asyncio.gather(
        *(world.conversations.say(talk, "はい", now=world.now, key="one") for _ in range(4)),
    )
    assert len(world.assistant.heard) == 1
    assert {turn.utterances for turn in turns} == {turns[0].utterances}


async def test_the_same_words_under_another_name_are_another_message(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    for key in ("one", "two", None, None):
        await world.conversations.say(talk, "はい", now=world.now, key=key)
    assert len(world.assistant.heard) == 4


async def test_one_name_does_not_stand_for_two_messages(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    await world.conversations.say(talk, "はい", now=world.now, key="one")
    with pytest.raises(IdempotencyConflict):
        await world.conversations.say(talk, "いいえ", now=world.now, key="one")


async def test_a_message_kept_while_the_assistant_was_away_is_answered_when_it_is_sent_again(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    world.assistant.is_down = True
    await world.conversations.say(talk, "一", now=world.now, key="one")
    world.assistant.is_down = False
    turn = await world.conversations.say(talk, "一", now=world.now, key="one")
    assert [utterance.text for utterance in turn.utterances] == ["heard: 一"]
    assert await world.conversations.catch_up(now=world.now) == 0


async def test_nothing_is_said_twice_in_a_row(sqlite: Database) -> None:
    world = World(sqlite)
    talk = await a_talk(world)
    told = []
    for _ in range(3):
        world.assistant.script = deque([Reply(utterances=(Utterance(text="無料です。"),), expects=None)])
        told.append((await world.conversations.say(talk, "料金は？", now=world.now)).utterances[0].text)
    assert told == ["無料です。", "繰り返しになりますが、無料です。", "無料です。"]
