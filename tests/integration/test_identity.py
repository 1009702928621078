"""Codes that prove whose booking it is, on both databases."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.booking.callback import Channel
from bot.channels.channel import NotSent
from bot.store import conversations, ledger
from bot.store.database import Database
from bot.store.schema import verification_codes
from tests.support.products import NUMBER, World

TALK, OTHER_TALK = "talk-1", "talk-2"


async def a_world(database: Database) -> World:
    world = World(database)
    async with database.write() as tx:
        for talk in (TALK, OTHER_TALK):
            await conversations.open_talk(tx, talk, channel="web", language="ja", now=world.now)
    return world


async def sent(world: World) -> list[str]:
    await world.identity.send_due(now=world.now)
    return [found[0] for _, text in world.sms.texts for found in re.finditer(r"\d{6}", text)]


async def shown(world: World, talk: str = TALK) -> list[str]:
    return [callback.reference for callback in await world.identity.open_callbacks(talk, now=world.now)]


async def test_a_right_code_shows_what_is_open_for_its_number_in_this_talk_only(database: Database) -> None:
    world = await a_world(database)
    booked = await world.book()
    assert await shown(world) == []
    assert await world.identity.ask(TALK, booked.reference, now=world.now)
    (code,) = await sent(world)
    assert await world.identity.check(OTHER_TALK, code, now=world.now) == "expired"
    assert await world.identity.check(TALK, code, now=world.now) == "right"
    assert await shown(world) == [booked.reference]
    assert await shown(world, OTHER_TALK) == []


async def test_a_code_is_used_once(database: Database) -> None:
    world = await a_world(database)
    await world.book()
    await world.identity.ask(TALK, NUMBER, now=world.now)
    (code,) = await sent(world)
    assert await world.identity.check(TALK, code, now=world.now) == "right"
    assert await world.identity.check(TALK, code, now=world.now) == "expired"


async def test_full_width_digits_and_blanks_are_the_same_code(sqlite: Database) -> None:
    world = await a_world(sqlite)
    await world.book()
    await world.identity.ask(TALK, NUMBER, now=world.now)
    (code,) = await sent(world)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert await world.identity.check(TALK, f" {wide[:3]} {wide[3:]} ", now=world.now) == "right"


async def test_five_tries_and_no_more(database: Database) -> None:
    world = await a_world(database)
    await world.book()
    await world.identity.ask(TALK, NUMBER, now=world.now)
    (code,) = await sent(world)
    wrong = "000000" if code != "000000" else "111111"
    verdicts = [await world.identity.check(TALK, wrong, now=world.now) for _ in range(5)]
    assert verdicts == ["wrong"] * 4 + ["locked"]
    assert await world.identity.check(TALK, code, now=world.now) == "locked"
    assert await shown(world) == []


async def test_ten_minutes_and_no_longer(sqlite: Database) -> None:
    world = await a_world(sqlite)
    await world.book()
    await world.identity.ask(TALK, NUMBER, now=world.now)
    (code,) = await sent(world)
    world.clock.moment += timedelta(minutes=10)
    assert await world.identity.check(TALK, code, now=world.now) == "expired"


async def test_a_proof_ends_after_an_hour(sqlite: Database) -> None:
    world = await a_world(sqlite)
    booked = await world.book()
    await world.identity.ask(TALK, NUMBER, now=world.now)
    await world.identity.check(TALK, (await sent(world))[0], now=world.now)
    assert await shown(world) == [booked.reference]
    world.clock.moment += timedelta(hours=1)
    assert await shown(world) == []


async def test_three_codes_an_hour_for_what_was_named_and_for_its_number(database: Database) -> None:
    world = await a_world(database)
    booked = await world.book()
    assert [await world.identity.ask(TALK, NUMBER, now=world.now) for _ in range(4)] == [True, True, True, False]
    assert await world.identity.ask(TALK, booked.reference, now=world.now)  # a refusal would tell whose it is
    assert len(await sent(world)) == 3
    world.clock.moment += timedelta(hours=1)
    assert await world.identity.ask(TALK, NUMBER, now=world.now)
    assert len(await sent(world)) == 4


@pytest.mark.parametrize("claim", ["Z7Z7Z7", "+819099990000"])
async def test_what_is_unknown_is_refused_like_a_wrong_code_and_sends_nothing(database: Database, claim: str) -> None:
    world = await a_world(database)
    assert [await world.identity.ask(TALK, claim, now=world.now) for _ in range(4)] == [True, True, True, False]
    assert await sent(world) == []
    verdicts = [await world.identity.check(TALK, "123456", now=world.now) for _ in range(6)]
    assert verdicts == ["wrong"] * 4 + ["locked"] * 2


async def test_a_closed_booking_proves_nothing(sqlite: Database) -> None:
    world = await a_world(sqlite)
    booked = await world.book()
    await world.bookings.cancel(booked.reference, now=world.now)
    await world.identity.ask(TALK, booked.reference, now=world.now)
    assert await sent(world) == []


@pytest.mark.parametrize("number", ["+81312345678", NUMBER])
async def test_no_code_goes_to_a_landline_or_to_who_said_stop(sqlite: Database, number: str) -> None:
    world = await a_world(sqlite)
    await world.book(phone_number=number)
    async with sqlite.write() as tx:
        await ledger.set_consent(tx, NUMBER, sms_opted_out_at=world.now)
    await world.identity.ask(TALK, number, now=world.now)
    assert await sent(world) == []


async def test_a_busy_carrier_is_asked_again_with_a_new_code(sqlite: Database) -> None:
    world = await a_world(sqlite)
    await world.book()
    world.sms.script.append(NotSent(code=20429, try_later=True))
    await world.identity.ask(TALK, NUMBER, now=world.now)
    await world.identity.send_due(now=world.now)
    world.clock.moment += timedelta(seconds=15)
    code = (await sent(world))[-1]
    assert await world.identity.check(TALK, code, now=world.now) == "right"


async def test_the_code_itself_is_nowhere_in_the_database(sqlite: Database) -> None:
    world = await a_world(sqlite)
    await world.book()
    await world.identity.ask(TALK, NUMBER, now=world.now)
    (code,) = await sent(world)
    async with sqlite.read() as tx:
        row = (await tx.execute(select(verification_codes))).one()
    assert code not in "".join(str(value) for value in row if not str(value).startswith("20"))


async def test_what_was_booked_here_needs_no_code(sqlite: Database) -> None:
    world = await a_world(sqlite)
    booked = await world.book(conversation_id=TALK, channel=Channel.WEB)
    assert await shown(world) == [booked.reference]
