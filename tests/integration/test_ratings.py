"""What customers thought of their call."""

import asyncio

import pytest

from bot.booking.callback import Callback
from bot.booking.errors import CallbackNotFound, NotRateable, ScoreOutOfRange
from bot.store import callbacks
from bot.store.database import Database
from tests.support.carriers import sid_of
from tests.support.products import SLOT, World


async def spoken(database: Database) -> tuple[World, Callback]:
    """A callback whose customer has spoken with an agent."""
    world = await World(database).with_agents()
    made = await world.book()
    await world.at(SLOT.start)
    dial = await world.the_dial()
    await world.calls.key_pressed(dial.id, sid_of(dial.id), "1", now=world.now)
    await world.calls.agent_pressed(dial.id, "1", call_sid="CAagent1", now=world.now)
    await world.report(dial, "completed")
    return world, await world.read(made)


async def test_a_call_is_rated_once_and_a_second_thought_replaces_the_first(database: Database) -> None:
    world, callback = await spoken(database)
    assert await world.ratings.of(callback) is None
    await asyncio.gather(*(world.ratings.rate(callback.reference, 4, now=world.now) for _ in range(3)))
    assert await world.ratings.of(callback) == 4
    await world.ratings.rate(callback.reference, 2, now=world.now)
    assert await world.ratings.of(callback) == 2
    async with database.read() as tx:
        history = await callbacks.history(tx, callback.id)
    assert [facts["score"] for _, kind, facts in history if kind == "rated"] == [4, 2]


@pytest.mark.parametrize("score", [0, 6, -1, 10])
async def test_a_score_lies_between_one_and_five(sqlite: Database, score: int) -> None:
    world, callback = await spoken(sqlite)
    with pytest.raises(ScoreOutOfRange):
        await world.ratings.rate(callback.reference, score, now=world.now)


async def test_only_a_call_that_took_place_is_rated(sqlite: Database) -> None:
    world = World(sqlite)
    made = await world.book()
    with pytest.raises(NotRateable):
        await world.ratings.rate(made.reference, 5, now=world.now)
    with pytest.raises(CallbackNotFound):
        await world.ratings.rate("NOBODY", 5, now=world.now)
