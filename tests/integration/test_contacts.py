"""One person, one proved number, whichever channels they write on; on both databases."""

import re
from datetime import timedelta

from bot.store import contacts, conversations
from bot.store.contacts import Contact
from bot.store.database import Database
from tests.support.products import NUMBER, World

SMS_TALK, LINE_TALK = "talk-sms", "talk-line"
PERSON = "U" + "1" * 32


async def a_world(database: Database) -> World:
    """Somebody who writes by SMS, and somebody on LINE who has proved nothing yet."""
    world = World(database)
    async with database.write() as tx:
        for talk, channel in ((SMS_TALK, "sms"), (LINE_TALK, "line")):
            await conversations.open_talk(tx, talk, channel=channel, language="ja", now=world.now)
        sms = Contact(
            channel="sms", address=NUMBER, phone_number=NUMBER, proved_at=world.now, conversation_id=SMS_TALK,
            created_at=world.now,
        )  # fmt: skip
        await contacts.add(tx, sms)
        await contacts.add(tx, Contact(channel="line", address=PERSON, conversation_id=LINE_TALK, created_at=world.now))
    return world


async def shown(world: World, talk: str) -> list[str]:
    return [callback.reference for callback in await world.identity.open_callbacks(talk, now=world.now)]


async def prove(world: World) -> None:
    assert await world.identity.ask(LINE_TALK, NUMBER, now=world.now)
    await world.identity.send_due(now=world.now)
    (code,) = re.findall(r"\d{6}", world.sms.texts[-1][1])
    assert await world.identity.check(LINE_TALK, code, now=world.now) == "right"


async def test_whoever_writes_from_a_number_may_change_what_is_booked_for_it(database: Database) -> None:
    world = await a_world(database)
    booked = await world.book()
    assert await shown(world, SMS_TALK) == [booked.reference]
    assert await shown(world, LINE_TALK) == []
    assert await world.identity.own_number(SMS_TALK) == NUMBER
    assert await world.identity.own_number(LINE_TALK) is None


async def test_a_number_that_was_proved_once_on_line_stays_linked_for_good(database: Database) -> None:
    world = await a_world(database)
    booked = await world.book()
    await prove(world)
    world.clock.moment += timedelta(days=30)
    again = await world.book(None)
    assert set(await shown(world, LINE_TALK)) == {booked.reference, again.reference}
    assert await world.identity.own_number(LINE_TALK) == NUMBER


async def test_whoever_unlinks_a_number_has_to_prove_it_again_at_once(database: Database) -> None:
    world = await a_world(database)
    await world.book()
    await prove(world)
    code = re.findall(r"\d{6}", world.sms.texts[-1][1])[0]
    assert await world.identity.unlink(LINE_TALK, now=world.now)
    assert await shown(world, LINE_TALK) == []
    assert await world.identity.check(LINE_TALK, code, now=world.now) == "expired"
    assert not await world.identity.unlink(LINE_TALK, now=world.now)
    assert await world.identity.unlink(SMS_TALK, now=world.now)


async def test_a_person_is_added_once_and_old_news_of_a_follow_change_nothing(database: Database) -> None:
    world = await a_world(database)
    later = world.now + timedelta(minutes=5)
    async with database.write() as tx:
        await contacts.add(tx, Contact(channel="line", address=PERSON, language="en", created_at=later))
        contact = await contacts.get(tx, "line", PERSON)
        assert contact is not None
        assert (contact.language, contact.conversation_id) == ("ja", LINE_TALK)
        assert await contacts.followed(tx, contact, blocked_at=later, at=later)
        assert not await contacts.followed(tx, contact, blocked_at=None, at=world.now)
        assert not await contacts.followed(tx, contact, blocked_at=None, at=later)
    async with database.read() as tx:
        contact = await contacts.get(tx, "line", PERSON)
    assert contact is not None
    assert not contact.takes_messages
