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
        ("停止線はどこですか", False, "変更"),
        ("don't stop", False, "変更"),
        ("", False, "変更"),
    ],
)
async def test_what_people_write_to_us(sqlite: Database, text: str, stopped: bool, answer: str) -> None:
    world = World(sqlite)
    words = await world.consent.text_received(NUMBER, text, "SM1", now=world.now)
    assert words is not None
    assert answer in words
    assert await no_sms(world) == stopped


async def test_start_takes_stop_back(database: Database) -> None:
    world = World(database)
    await world.consent.text_received(NUMBER, "STOP", "SM1", now=world.now)
    words = await world.consent.text_received(NUMBER, "START", "SM2", now=world.now)
    assert words is not None
    assert "再開しました" in words
    assert not await no_sms(world)


async def test_a_message_delivered_twice_is_answered_once_and_obeyed_once(database: Database) -> None:
    world = World(database)
    await world.consent.text_received(NUMBER, "STOP", "SM1", now=world.now)
    await world.consent.text_received(NUMBER, "START", "SM2", now=world.now)
    assert await world.consent.text_received(NUMBER, "STOP", "SM1", now=world.now) is None
    assert not await no_sms(world)


async def test_the_answer_is_in_the_customers_language(sqlite: Database) -> None:
    world = World(sqlite)
    await world.book(language="en")
    words = await world.consent.text_received(NUMBER, "STOP", "SM1", now=world.now)
    assert words is not None
    assert words.startswith("Minato Home Support: text messages are off")
