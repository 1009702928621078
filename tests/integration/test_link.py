"""The page behind the link of a notice: what its holder sees, moves and cancels, and what nobody else may."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.booking.callback import LATE, Callback, Status
from bot.booking.window import Window
from bot.gateway.link.pages import texts
from bot.store import callbacks
from bot.store.database import Database
from tests.support.asking import asking
from tests.support.clocks import tokyo
from tests.support.link_page import Holder
from tests.support.products import LINKS, NUMBER, SLOT, World, number

NEXT = Window(start=SLOT.end, end=SLOT.end + timedelta(minutes=30))
STRANGER = ("203.0.113.7", 50_000)


@pytest.fixture
async def world(sqlite: Database) -> World:
    return World(sqlite)


@pytest.fixture
async def http(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(world, tmp_path) as client:
        yield client


async def become(world: World, callback: Callback, *statuses: Status, **changes: Any) -> Callback:
    """Bring a callback to where it is to be looked at."""
    async with world.database.write() as tx:
        for status in statuses:
            callback = await callbacks.change(tx, callback, now=world.now, status=status)
        return await callbacks.change(tx, callback, now=world.now, **changes) if changes else callback


def told_in(text: str) -> str:
    """The path of the link that a message carries."""
    found = re.search(r"https://call\.example\.jp(/c/\S{28})", text)
    assert found is not None, text
    return found[1]


async def test_the_link_in_the_confirmation_shows_the_promise_and_nothing_that_is_not_needed(
    world: World, http: httpx.AsyncClient
) -> None:
    made = await world.book(name="佐藤 由美")
    (text,) = await world.send_notices()
    page = await http.get(told_in(text))
    assert page.status_code == 200
    for told in ("お電話のお約束", "11月24日(火) 15:00〜15:30", "•••••••5678", made.reference):
        assert told in page.text
    for kept in (NUMBER, "012345678", "洗濯機", "佐藤", made.id):
        assert kept not in page.text


async def test_every_notice_that_a_customer_gets_about_a_booking_carries_the_link(world: World) -> None:
    made = await world.book()
    await world.send_notices()
    await world.bookings.move(made.reference, NEXT, now=world.now)
    (moved,) = await world.send_notices()
    world.clock.moment = NEXT.start - timedelta(minutes=60)
    (reminded,) = await world.send_notices()
    await world.bookings.cancel(made.reference, now=world.now)
    (cancelled,) = await world.send_notices()
    assert {told_in(text) for text in (moved, reminded, cancelled)} == {LINKS.path(made)}


async def test_both_languages_have_the_same_sentences() -> None:
    said = [{(section, name) for section, table in texts(lang).items() for name in table} for lang in ("ja", "en")]
    assert said[0] == said[1]


async def test_the_page_speaks_the_language_of_the_booking_and_can_be_switched(
    world: World, http: httpx.AsyncClient
) -> None:
    made = await world.book(language="en")
    path = LINKS.path(made)
    english = (await http.get(path)).text
    assert "Tue, Nov 24, 3:00 PM–3:30 PM" in english
    assert f'href="{path}?lang=ja"' in english
    assert "11月24日(火) 15:00〜15:30" in (await http.get(f"{path}?lang=ja")).text


async def test_who_asked_for_the_soonest_call_sees_the_place_in_the_line(world: World, http: httpx.AsyncClient) -> None:
    await world.with_agents()
    await world.book(None, phone_number=number(1))
    world.clock.pass_by(seconds=1)
    second = await world.book(None)
    page = (await Holder(http, second).look()).text
    assert re.search(r"2番目（目安は\d+:\d\dごろ）", page)


@pytest.mark.parametrize(
    ("path", "changes", "told", "may_change"),
    [
        ((), {"attention": LATE}, "お電話が遅れています", True),
        ((Status.DIALING,), {}, "ただいまお電話しています", False),
        ((Status.DIALING, Status.IN_CALL), {}, "ただいまお話し中です", False),
        ((Status.DIALING, Status.RETRY_WAIT), {}, "もう一度お電話します", True),
        ((Status.DIALING, Status.IN_CALL, Status.COMPLETED), {}, "お電話ありがとうございました", False),
        ((Status.DIALING, Status.UNREACHED), {}, "つながりませんでした", False),
        ((Status.EXPIRED,), {}, "お電話できませんでした", False),
        ((Status.CANCELLED,), {}, "このお約束は取り消されています", False),
    ],
)
async def test_every_status_is_told_and_only_what_may_be_changed_offers_it(
    world: World, http: httpx.AsyncClient, path: tuple[Status, ...], changes: dict[str, object], told: str,
    may_change: bool,
) -> None:  # fmt: skip
    made = await become(world, await world.book(), *path, **changes)
    holder = Holder(http, made)
    page = (await holder.look()).text
    assert told in page
    assert ("/cancel?" in page) is may_change
    assert (await holder.press("cancel")).status_code == (303 if may_change or path == (Status.CANCELLED,) else 409)


async def test_a_call_is_moved_to_a_time_that_is_really_free(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    for index in range(3):
        await world.book(NEXT, phone_number=number(index))
    holder = Holder(http, made)
    page = (await holder.look("/move")).text
    assert "いまのお約束: 11月24日(火) 15:00〜15:30" in page
    assert NEXT.start.isoformat() not in page
    later = Window(start=NEXT.end, end=NEXT.end + timedelta(minutes=30))
    assert later.start.isoformat() in page
    shown = await holder.pressed("move", time=later.start.isoformat())
    assert "お電話の時間を変更しました。" in shown
    assert "11月24日(火) 16:00〜16:30" in shown
    assert (await world.read(made)).window == later
    assert any("16:00" in text for text in await world.send_notices())


async def test_a_time_that_was_taken_meanwhile_is_answered_with_others(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    page = (await holder.look("/move")).text
    for index in range(3):
        await world.book(NEXT, phone_number=number(index))
    answer = await holder.press("move", page=page, time=NEXT.start.isoformat())
    assert answer.status_code == 409
    assert "その時間は埋まりました" in answer.text
    assert "近い空き時間" in answer.text
    assert (await world.read(made)).window == SLOT


@pytest.mark.parametrize(
    ("time", "status"),
    [
        ("", 422),
        ("soon", 422),
        ("2026-11-24T03:00:00+09:00", 409),
        ("9999-12-31T23:59:59+00:00", 422),
        ("2999-12-31T23:00:00+00:00", 409),
    ],
)
async def test_a_time_that_is_none_or_is_not_offered_changes_nothing(
    world: World, http: httpx.AsyncClient, time: str, status: int
) -> None:
    made = await world.book()
    assert (await Holder(http, made).press("move", time=time)).status_code == status
    assert await world.read(made) == made


async def test_a_call_is_cancelled_after_one_question(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    assert "お電話を取り消しますか？" in (await holder.look("/cancel")).text
    assert (await world.read(made)).status == Status.BOOKED
    assert "お電話を取り消しました。" in await holder.pressed("cancel")
    assert (await world.read(made)).status == Status.CANCELLED
    assert (await holder.press("cancel", page="")).status_code == 303  # sent twice


async def test_a_form_from_before_a_change_does_nothing(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    page = (await holder.look("/cancel")).text
    moved = await world.bookings.move(made.reference, NEXT, now=world.now)
    answer = await holder.press("cancel", page=page)
    assert answer.status_code == 409
    assert "内容が変わったため" in answer.text
    assert "15:30〜16:00" in answer.text
    assert await world.read(made) == moved


async def test_a_form_that_is_sent_twice_moves_once(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    page = (await holder.look("/move")).text
    for _ in range(2):
        answer = await holder.press("move", page=page, time=NEXT.start.isoformat())
        assert answer.headers["location"].endswith("done=moved")
    assert (await world.read(made)).version == made.version + 1


async def test_while_it_rings_nothing_can_be_changed_and_the_page_says_so(
    world: World, http: httpx.AsyncClient
) -> None:
    await world.with_agents()
    made = await world.book()
    holder = Holder(http, made)
    page = (await holder.look("/cancel")).text
    await world.at(SLOT.start)
    assert (await holder.press("cancel", page=page)).status_code == 409
    assert "変更できませんでした" in (await holder.look("/move")).text
    assert (await world.read(made)).status == Status.DIALING


async def test_who_is_told_of_a_delay_keeps_moves_or_cancels_from_the_first_page(
    world: World, http: httpx.AsyncClient
) -> None:
    made = await become(world, await world.book(), attention=LATE)
    holder = Holder(http, made)
    page = (await holder.look()).text
    assert all(way in page for way in ("このまま待つ", "時間を変更する", "取り消す"))
    assert "このままお待ちください。" in await holder.pressed("keep")
    async with world.database.read() as tx:
        assert "kept_waiting" in [kind for _, kind, _ in await callbacks.history(tx, made.id)]
    assert (await world.read(made)).status == Status.BOOKED


@pytest.mark.parametrize("path", [(Status.DIALING, Status.UNREACHED), (Status.EXPIRED,), (Status.CANCELLED,)])
async def test_who_was_not_called_chooses_a_new_time_on_the_same_page(
    world: World, http: httpx.AsyncClient, path: tuple[Status, ...]
) -> None:
    made = await become(world, await world.book(name="佐藤"), *path)
    holder = Holder(http, made)
    assert "改めて時間を選ぶ" in (await holder.look()).text
    page = (await holder.look("/move")).text
    first = await holder.press("move", page=page, time=NEXT.start.isoformat())
    again = await holder.press("move", page=page, time=NEXT.start.isoformat())
    assert first.headers["location"] == again.headers["location"]
    assert "ご予約を承りました。" in (await http.get(first.headers["location"])).text
    (new,) = [callback for callback in await world.bookings.listing() if callback.id != made.id]
    assert (new.phone_number, new.reason, new.name, new.window) == (NUMBER, made.reason, "佐藤", NEXT)
    other = await holder.press("move", page=page, time=tokyo("2026-11-24 17:00").isoformat())
    assert other.headers["location"] == first.headers["location"]
    assert len(await world.bookings.listing()) == 2
