"""How a call was is asked once, in the chat where it was booked; and a booked call may go to another number."""

from datetime import timedelta

import pytest

from bot.booking.callback import Callback, Outcome
from bot.booking.errors import CallbackNotOpen, NumberRefused, TooManyOpenCallbacks
from bot.store import callbacks, conversations
from bot.store.database import Database
from bot.usecases.ratings import Ratings
from bot.usecases.seats import Customer
from tests.support.products import SLOT, World, number

OTHER = "+819087654321"


async def a_talk_that_was_called(world: World) -> tuple[str, Callback]:
    """A booking of a talk, dialled and spoken."""
    await world.with_agents()
    talk, _ = await world.conversations.open(channel="web", language="ja", now=world.now)
    async with world.database.write() as tx:
        await conversations.change(tx, talk, now=world.now, expects=None)  # the booking was the last question
    callback = await world.book(conversation_id=talk)
    await world.at(SLOT.start)
    await world.outcomes.end(await world.the_dial(), Outcome.CONNECTED, now=world.now, duration_s=60)
    await world.send_notices()
    return talk, callback


async def events(world: World, callback: Callback) -> list[tuple[str, dict[str, object]]]:
    async with world.database.read() as tx:
        return [(kind, facts) for _, kind, facts in await callbacks.history(tx, callback.id)]


async def test_how_the_call_was_is_asked_in_the_chat_and_by_no_text_message(database: Database) -> None:
    world = World(database)
    talk, _ = await a_talk_that_was_called(world)
    assert (await world.conversations.standing(talk)).expects == "rating"
    (asked,) = [line for line in await world.conversations.said_later(0) if line.buttons]
    assert [button["value"] for button in asked.buttons] == ["5", "4", "3", "2", "1"]
    assert not [text for _, text in world.sms.texts if "いかがでしたか" in text]


async def test_the_answer_is_written_into_the_history_once(database: Database) -> None:
    world = World(database)
    talk, callback = await a_talk_that_was_called(world)
    ratings = Ratings(database)
    assert await ratings.is_asked(talk)
    assert await ratings.give(talk, 4, comment="親切でした", now=world.now)
    assert not await ratings.give(talk, 1, comment=None, now=world.now)
    assert not await ratings.is_asked(talk)
    assert ("rated", {"score": 4, "comment": "親切でした"}) in await events(world, callback)


async def test_whoever_is_being_asked_something_else_is_left_alone(sqlite: Database) -> None:
    world = World(sqlite)
    await world.with_agents()
    talk, _ = await world.conversations.open(channel="web", language="ja", now=world.now)  # asked for the reason
    await world.book(conversation_id=talk)
    await world.at(SLOT.start)
    await world.outcomes.end(await world.the_dial(), Outcome.CONNECTED, now=world.now, duration_s=60)
    await world.send_notices()
    assert (await world.conversations.standing(talk)).expects == "reason"


async def test_nobody_is_asked_about_a_call_that_reached_nobody(sqlite: Database) -> None:
    world = World(sqlite)
    await world.with_agents()
    talk, _ = await world.conversations.open(channel="web", language="ja", now=world.now)
    callback = await world.book(conversation_id=talk)
    await world.at(SLOT.start)
    await world.outcomes.end(await world.the_dial(), Outcome.NO_ANSWER, now=world.now)
    await world.send_notices()
    assert "rating_asked" not in dict(await events(world, callback))


async def test_a_booked_call_goes_to_another_number_and_its_confirmation_too(database: Database) -> None:
    world = World(database)
    callback = await world.book()
    changed = await world.bookings.change_number(callback.reference, "090-8765-4321", now=world.now)
    assert (changed.phone_number, changed.window) == (OTHER, callback.window)
    assert "number_changed" in dict(await events(world, callback))
    await world.send_notices()
    assert [to for to, _ in world.sms.texts] == [OTHER]


async def test_it_goes_to_no_number_that_may_not_be_called(sqlite: Database) -> None:
    world = World(sqlite)
    callback = await world.book()
    await world.consent.stop(OTHER, calls=True, now=world.now)
    for refused in (OTHER, "110", "+44 20 7946 0958", "0120-444-444"):
        with pytest.raises(NumberRefused):
            await world.bookings.change_number(callback.reference, refused, now=world.now)


async def test_a_number_with_as_many_calls_as_it_may_have_gets_no_more(sqlite: Database) -> None:
    world = World(sqlite)
    for hours in range(3):
        shift = timedelta(hours=hours - 1)
        later = type(SLOT)(start=SLOT.start + shift, end=SLOT.end + shift)
        await world.book(later, phone_number=OTHER)
    callback = await world.book(phone_number=number(7))
    with pytest.raises(TooManyOpenCallbacks):
        await world.bookings.change_number(callback.reference, OTHER, now=world.now)


async def test_what_is_settled_is_not_changed(sqlite: Database) -> None:
    world = World(sqlite)
    callback = await world.book()
    await world.bookings.cancel(callback.reference, now=world.now)
    with pytest.raises(CallbackNotOpen):
        await world.bookings.change_number(callback.reference, OTHER, now=world.now)


async def test_a_place_that_is_no_longer_wanted_is_free_again(sqlite: Database) -> None:
    world = World(sqlite)
    await world.bookings.hold(SLOT, customer=Customer(holder="talk-1"), now=world.now)
    await world.bookings.release("talk-1")
    (slot,) = await world.bookings.slots(now=world.now, start=SLOT.start, end=SLOT.end)
    assert slot.booked == 0
