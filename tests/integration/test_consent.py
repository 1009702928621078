"""Who says stop is obeyed."""

import pytest

from bot.store import ledger
from bot.store.database import Database
from tests.support.products import NUMBER, World


async def no_sms(world: World) -> bool:
    async with world.database.read() as tx:
        return (await ledger.opted_out(tx, NUMBER))[0]


@pytest.mark.parametrize(
    ("text", "stopped", "answer"),
    [
        ("停止", True, "停止しました"),
        ("　停止。", True, "停止しました"),
        ("STOP", True, "停止しました"),
        ("ｓｔｏｐ", True, "停止しました"),
        ("Unsubscribe", True, "停止しました"),
        ("配信停止", True, "停止しました"),
        ("ヘルプ", False, "変更"),
        ("", False, "変更"),
    ],
)
async def test_what_people_write_to_us(sqlite: Database, text: str, stopped: bool, answer: str) -> None:
    world = World(sqlite)
    words = await world.text(text, key="SM1")
    assert words is not None
    assert answer in words
    assert await no_sms(world) == stopped


async def test_start_takes_stop_back(database: Database) -> None:
    world = World(database)
    await world.text("STOP", key="SM1")
    words = await world.text("START", key="SM2")
    assert words is not None
    assert "再開しました" in words
    assert not await no_sms(world)


async def test_a_message_delivered_twice_is_answered_once_and_obeyed_once(database: Database) -> None:
    world = World(database)
    await world.text("STOP", key="SM1")
    await world.text("START", key="SM2")
    assert await world.text("STOP", key="SM1") is None
    assert not await no_sms(world)


async def test_the_answer_is_in_the_customers_language(sqlite: Database) -> None:
    world = World(sqlite)
    await world.book(language="en")
    words = await world.text("STOP", key="SM1")
    assert words is not None
    assert words.startswith("Minato Home Support: text messages are off")


@pytest.mark.parametrize("text", ["停止線はどこですか", "don't stop", "やめて"])
async def test_a_word_in_a_sentence_is_no_command_but_said_in_the_talk(sqlite: Database, text: str) -> None:
    world = World(sqlite)
    assert await world.text(text) is None
    assert world.sms.texts == [(NUMBER, f"heard: {text}")]
    assert not await no_sms(world)
