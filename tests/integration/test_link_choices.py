"""What else the holder of a link may do: calendar, another number, no more contact, a rating."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from bot.booking.callback import Callback, Status
from bot.booking.window import Window
from bot.store import callbacks, ratings
from bot.store.database import Database
from tests.support.asking import asking
from tests.support.clocks import tokyo
from tests.support.link_page import Holder
from tests.support.products import LINKS, NUMBER, SLOT, World

OTHER = "+819087654321"
NEXT = Window(start=tokyo("2026-11-25 10:00"), end=tokyo("2026-11-25 10:30")).in_utc()


@pytest.fixture
async def world(sqlite: Database) -> World:
    return World(sqlite)


@pytest.fixture
async def http(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(world, tmp_path) as client:
        yield client


async def entry(holder: Holder) -> tuple[Any, Any]:
    answer = await holder.look("/callback.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.text)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


async def completed(world: World) -> Callback:
    made = await world.book()
    async with world.database.write() as tx:
        for status in (Status.DIALING, Status.IN_CALL, Status.COMPLETED):
            made = await callbacks.change(tx, made, now=world.now, status=status)
    return made


async def code_sent(world: World, to: str) -> str:
    await world.identity.send_due(now=world.now)
    number, text = world.sms.texts[-1]
    assert number == to
    found = re.search(r"\d{6}", text)
    assert found is not None
    return found[0]


async def test_the_calendar_gets_the_right_moment_with_its_zone_and_nothing_that_others_need_not_read(
    world: World, http: httpx.AsyncClient
) -> None:
    made = await world.book(name="佐藤 由美")
    calendar, event = await entry(Holder(http, made))
    assert calendar["METHOD"] == "PUBLISH"
    assert event.decoded("dtstart").astimezone(UTC) == SLOT.start
    assert event.decoded("dtend").astimezone(UTC) == SLOT.end
    assert event["DTSTART"].params["TZID"] == "Asia/Tokyo"
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Tokyo"
    assert {rule["TZOFFSETTO"].to_ical() for rule in zone.walk("STANDARD")} == {"+0900"}
    assert (event["STATUS"], event["SEQUENCE"], event["CLASS"]) == ("CONFIRMED", 0, "PRIVATE")
    told = calendar.to_ical().decode()
    assert made.reference in told
    assert not any(secret in told for secret in (NUMBER, "洗濯機", "佐藤", "/c/", made.id))


async def test_moved_it_is_the_same_entry_and_cancelled_it_is_taken_out(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    _, first = await entry(holder)
    await world.bookings.move(made.reference, NEXT, now=world.now)
    _, moved = await entry(holder)
    await world.bookings.cancel(made.reference, now=world.now)
    calendar, cancelled = await entry(holder)
    assert first["UID"] == moved["UID"] == cancelled["UID"]
    assert first["SEQUENCE"] < moved["SEQUENCE"] < cancelled["SEQUENCE"]
    assert moved.decoded("dtstart").astimezone(UTC) == NEXT.start
    assert (calendar["METHOD"], cancelled["STATUS"]) == ("CANCEL", "CANCELLED")


async def test_the_number_is_changed_once_the_new_one_is_proved_and_the_old_link_is_dead(
    world: World, http: httpx.AsyncClient
) -> None:
    made = await world.book()
    holder = Holder(http, made)
    asked = await holder.press("number", phone_number="090-8765-4321")
    assert asked.headers["location"].startswith(f"{holder.path}/code")
    assert (await world.read(made)).phone_number == NUMBER
    digits = await code_sent(world, OTHER)
    wrong = await holder.press("code", code="000000" if digits != "000000" else "000001")
    assert wrong.status_code == 422
    assert "コードが違います" in wrong.text
    assert (await world.read(made)).phone_number == NUMBER
    page = await holder.pressed("code", code=digits)
    changed = await world.read(made)
    assert changed.phone_number == OTHER
    assert "電話番号を変更しました。" in page
    assert "•••••••4321" in page
    assert (await holder.look()).status_code == 404
    assert (await http.get(LINKS.path(changed))).status_code == 200


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "電話番号として確認できませんでした"),
        ("12345", "電話番号として確認できませんでした"),
        ("110", "緊急通報や公的窓口"),
        ("+1 212 555 0123", "その国や地域"),
        ("03-1234-5678", "SMSを受け取れません"),
        ("090-1234-5678", "いまと同じ番号です"),
    ],
)
async def test_a_number_that_cannot_be_proved_or_called_is_refused_with_the_reason(
    world: World, http: httpx.AsyncClient, typed: str, says: str
) -> None:
    made = await world.book()
    answer = await Holder(http, made).press("number", phone_number=typed)
    assert answer.status_code == 422
    assert says in answer.text
    await world.identity.send_due(now=world.now)
    assert world.sms.texts == []


async def test_nobody_is_flooded_with_codes_and_none_is_guessed(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    numbers = ["090-8765-4321"] * 4 + [f"090-8765-43{index}" for index in range(30, 34)]
    answers = [(await holder.press("number", phone_number=number)).status_code for number in numbers]
    assert answers == [303, 303, 303, 429, 303, 303, 429, 429]
    await world.identity.send_due(now=world.now)
    digits = re.search(r"\d{6}", world.sms.texts[-1][1])
    assert digits is not None
    wrong = str((int(digits[0]) + 1) % 10**6).zfill(6)
    guesses = [(await holder.press("code", code=wrong)).text for _ in range(5)]
    assert "コードを何度も間違えたため" in guesses[-1]
    assert (await holder.press("code", code=digits[0])).status_code == 422
    assert (await world.read(made)).phone_number == NUMBER


async def test_a_code_that_one_booking_asked_for_changes_no_other(world: World, http: httpx.AsyncClient) -> None:
    mine, theirs = await world.book(), await world.book(phone_number="+819011112222")
    await Holder(http, mine).press("number", phone_number="090-8765-4321")
    digits = await code_sent(world, OTHER)
    assert (await Holder(http, theirs).press("code", code=digits)).status_code == 422
    assert (await world.read(theirs)).phone_number == "+819011112222"


async def test_who_wants_no_messages_gets_none_from_that_moment_and_is_called_all_the_same(
    world: World, http: httpx.AsyncClient
) -> None:
    await world.with_agents()
    made = await world.book()
    holder = Holder(http, made)
    assert "お知らせを停止しました。" in await holder.pressed("stop", what="messages")
    assert await world.send_notices() == []
    assert (await world.read(made)).status == Status.BOOKED
    assert await world.at(SLOT.start) == 1
    assert "連絡を再開しました。" in await holder.pressed("stop", what="restart")
    await world.book(NEXT)
    assert len(await world.send_notices()) == 1


async def test_who_wants_no_calls_is_not_called_from_that_moment(world: World, http: httpx.AsyncClient) -> None:
    await world.with_agents()
    made, second = await world.book(), await world.book(NEXT)
    holder = Holder(http, made)
    page = (await holder.look("/stop")).text
    assert "連絡を停止しました。ご予約も取り消しました。" in await holder.pressed("stop", what="calls")
    assert (await holder.press("stop", page=page, what="calls")).status_code == 303  # sent twice
    assert (await world.read(made)).status == Status.CANCELLED
    assert await world.at(SLOT.start) == 0
    assert await world.at(NEXT.start) == 0, second
    assert await world.send_notices() == []
    again = await holder.press("move", time=NEXT.end.isoformat())
    assert again.status_code == 409
    assert "お電話を差し上げない設定" in again.text


async def test_a_call_is_rated_with_one_tap_and_a_comment_may_follow(world: World, http: httpx.AsyncClient) -> None:
    made = await completed(world)
    holder = Holder(http, made)
    assert "お電話はいかがでしたか？" in (await holder.look()).text
    page = await holder.pressed("rate", score="4")
    assert "ご評価: 4 / 5" in page
    for _ in range(2):
        await holder.pressed("rate", score="4", comment="  とても丁寧でした\x00 ")
    await holder.pressed("rate", score="5")
    async with world.database.read() as tx:
        assert await ratings.of(tx, made.id) == 5
        said = [facts for _, kind, facts in await callbacks.history(tx, made.id) if kind == "rated"]
    assert said == [{"score": 4}, {"score": 4, "comment": "とても丁寧でした"}, {"score": 5}]


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "five", "５"])
async def test_what_is_no_score_is_not_kept(world: World, http: httpx.AsyncClient, score: str) -> None:
    made = await completed(world)
    assert (await Holder(http, made).press("rate", score=score)).status_code == 409
    async with world.database.read() as tx:
        assert await ratings.of(tx, made.id) is None


async def test_a_call_that_was_not_made_cannot_be_rated(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    assert "rate-title" not in (await holder.look()).text
    answer = await http.post(f"{holder.path}/rate", data={"mark": LINKS.mark(made, "rate"), "score": "5"})
    assert answer.status_code == 409


def test_times_in_this_file_are_what_they_seem() -> None:
    assert NEXT.start == datetime(2026, 11, 25, 1, tzinfo=UTC)
