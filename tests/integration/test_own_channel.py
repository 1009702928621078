"""Notices go to the customer's own channel: LINE where somebody can be reached there, else SMS; each is told once."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.booking.callback import Callback, Status
from bot.channels.channel import Heard, MaybeSent, NotSent
from bot.store import contacts, conversations, ledger
from bot.store.contacts import Contact
from bot.store.database import Database
from bot.store.schema import callbacks as callback_table
from bot.store.schema import notices
from bot.usecases.promises import plan_instead, plan_notice
from tests.support.products import NUMBER, SLOT, World

PERSON = "U" + "1" * 32
LANDLINE = "+81312345678"
QUOTA_GONE = NotSent(code=429, try_later=False)


async def on_line(world: World, **changes: Any) -> Contact:
    """Somebody who has proved their number on LINE, unless told otherwise."""
    talk = secrets.token_urlsafe(32)
    contact = Contact(
        channel="line", address=PERSON, conversation_id=talk, phone_number=NUMBER, proved_at=world.now,
        created_at=world.now,
    )  # fmt: skip
    contact = replace(contact, **changes)
    async with world.database.write() as tx:
        await conversations.open_talk(tx, talk, channel="line", language="ja", now=world.now)
        await contacts.add(tx, contact)
    return contact


async def told(world: World) -> tuple[list[str], list[str]]:
    """What is told when the bell rings: on LINE, and by SMS."""
    before = len(world.talks.said)
    texts = await world.send_notices()
    return [text for _, answer, _ in world.talks.said[before:] for text in answer.texts], texts


async def ends(world: World) -> list[tuple[str, str | None]]:
    async with world.database.read() as tx:
        rows = await tx.execute(select(notices.c.state, notices.c.detail).where(notices.c.state != "pending"))
        return [(row.state, row.detail) for row in rows]


async def says(world: World, text: str) -> None:
    heard = Heard(channel="line", key=secrets.token_hex(8), sender=PERSON, text=text, at=world.now, reply="token")
    await world.correspondence.keep([heard], now=world.now)
    await world.correspondence.answer_due(now=world.now, real_now=world.real)


async def test_whoever_has_linked_their_number_is_told_on_line_and_pays_no_text_message(database: Database) -> None:
    world = World(database)
    await on_line(world)
    booked = await world.book()
    on, by = await told(world)
    assert booked.reference in on[0]
    assert by == []
    assert world.talks.said[-1][2] is None
    assert await ends(world) == [("sent", "line")]
    assert await told(world) == ([], [])


async def test_what_was_booked_on_line_is_told_there_though_the_number_is_not_proved(database: Database) -> None:
    world = World(database)
    contact = await on_line(world, phone_number=None, proved_at=None)
    await world.book(conversation_id=contact.conversation_id)
    on, by = await told(world)
    assert (len(on), by) == (1, [])
    await world.book(phone_number="+819011112222")
    assert [len(each) for each in await told(world)] == [0, 1]


@pytest.mark.parametrize("why", ["blocked_at", "stopped_at", "unlinked", "other number"])
async def test_who_cannot_or_does_not_want_to_be_told_on_line_gets_a_text_message(sqlite: Database, why: str) -> None:
    world = World(sqlite)
    changes: dict[str, Any] = {"unlinked": {"phone_number": None}, "other number": {"phone_number": "+819011112222"}}
    await on_line(world, **changes.get(why, {why: world.now}))
    await world.book()
    assert [len(each) for each in await told(world)] == [0, 1]


async def test_what_line_refuses_follows_by_text_message_at_once(database: Database) -> None:
    world = World(database)
    await on_line(world)
    world.talks.script.append(QUOTA_GONE)
    await world.book()
    assert [len(each) for each in await told(world)] == [1, 1]
    assert [state for state, _ in await ends(world)] == ["sent"]
    assert await told(world) == ([], [])


async def test_what_may_have_been_read_on_line_is_not_told_again(sqlite: Database) -> None:
    world = World(sqlite)
    await on_line(world)
    world.talks.script.append(MaybeSent(cause="silence"))
    await world.book()
    assert [len(each) for each in await told(world)] == [1, 0]
    assert await ends(world) == [("unknown", "silence")]


async def test_a_landline_is_told_on_line_or_not_at_all(sqlite: Database) -> None:
    world = World(sqlite)
    contact = await on_line(world, phone_number=None)
    await world.book(phone_number=LANDLINE, conversation_id=contact.conversation_id)
    assert [len(each) for each in await told(world)] == [1, 0]
    world.talks.script.append(QUOTA_GONE)
    await world.book(replace(SLOT, start=SLOT.end, end=SLOT.end + timedelta(minutes=30)), phone_number=LANDLINE,
                     conversation_id=contact.conversation_id)  # fmt: skip
    assert [len(each) for each in await told(world)] == [1, 0]
    assert await ends(world) == [("sent", "line"), ("refused", "line; not a mobile number")]


async def test_who_wants_nothing_of_us_is_told_nothing_anywhere(sqlite: Database) -> None:
    world = World(sqlite)
    await on_line(world)
    await world.book()
    async with sqlite.write() as tx:
        await ledger.set_consent(tx, NUMBER, do_not_call_at=world.now, sms_opted_out_at=world.now)
    assert await told(world) == ([], [])


async def test_what_the_talk_has_just_said_is_not_pushed_as_well(sqlite: Database) -> None:
    world = World(sqlite)
    contact = await on_line(world)
    booked = await world.book(conversation_id=contact.conversation_id)
    async with sqlite.write() as tx:
        text = f"ご予約を承りました。受付番号は {booked.reference} です。"
        await conversations.add_message(tx, contact.conversation_id or "", sender="assistant", text=text, now=world.now)
    assert await told(world) == ([], [])
    assert await ends(world) == [("skipped", "told in the talk")]
    moved = replace(SLOT, start=SLOT.start + timedelta(days=1), end=SLOT.end + timedelta(days=1))
    await world.bookings.move(booked.reference, moved, now=world.now)  # by an agent: the talk says nothing of it
    assert [len(each) for each in await told(world)] == [1, 0]


async def completed(world: World) -> Callback:
    booked = await world.book()
    await told(world)
    async with world.database.write() as tx:
        await tx.execute(callback_table.update().values(status="completed", updated_at=world.now))
        await plan_notice(tx, booked, "thanks", now=world.now)
        await plan_notice(tx, booked, "survey", now=world.now)
    return booked


async def test_a_score_is_asked_for_with_stars_once_and_kept(sqlite: Database) -> None:
    world = World(sqlite)
    await on_line(world)
    booked = await completed(world)
    on, by = await told(world)
    assert (len(on), by) == (1, [])
    assert [choice.value for choice in world.talks.last.choices] == ["5", "4", "3", "2", "1"]
    await says(world, "2")
    assert "評価" in world.talks.last.texts[0]
    assert await world.ratings.of(booked) == 2


async def test_a_new_time_is_offered_as_buttons_for_that_very_callback(sqlite: Database) -> None:
    world = World(sqlite)
    await on_line(world)
    booked = await world.book()
    await told(world)
    async with sqlite.write() as tx:
        await tx.execute(callback_table.update().values(attention="hours_changed"))
        await plan_instead(tx, booked, "hours_changed", now=world.now)
    await told(world)
    answer = world.talks.last
    assert answer.reference == booked.reference
    start = answer.choices[1].window
    assert start
    await says(world, "2")
    moved = await world.read(booked)
    assert (moved.window.start, moved.status) == (start.start, Status.BOOKED)
    assert world.assistant.heard == []


async def test_a_delay_is_answered_with_one_tap(sqlite: Database) -> None:
    world = World(sqlite)
    await on_line(world)
    booked = await world.book()
    await told(world)
    async with sqlite.write() as tx:
        await plan_notice(tx, booked, "late", now=world.now)
    await told(world)
    assert [choice.title for choice in world.talks.last.choices] == ["このまま待つ", "時間を変更する", "取り消す"]
