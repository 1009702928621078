"""The link in wrong hands: guessed, foreign, over, opened by scanners, sent from other sites."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.booking.callback import Callback, Status
from bot.store.database import Database
from tests.support.asking import asking
from tests.support.link_page import Holder
from tests.support.products import LINKS, SLOT, World, number

STRANGER = ("203.0.113.7", 50_000)
PAGES = ("", "/move", "/cancel", "/number", "/code", "/stop", "/callback.ics")
FORMS = ("move", "cancel", "keep", "number", "code", "stop", "rate")


@pytest.fixture
async def world(sqlite: Database) -> World:
    return World(sqlite)


@pytest.fixture
async def http(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(world, tmp_path) as client:
        yield client


async def everything(world: World) -> list[tuple[Any, ...]]:
    """Every row that a customer could change."""
    async with world.database.read() as tx:
        tables = ("callbacks", "callback_events", "consent", "ratings", "verification_codes", "notices")
        return [tuple(row) for table in tables for row in await tx.exec_driver_sql(f"SELECT * FROM {table}")]  # noqa: S608  # names from here


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_scanner_that_opens_every_page_changes_nothing(
    world: World, http: httpx.AsyncClient, method: str
) -> None:
    made = await world.book()
    before = await everything(world)
    for _ in range(2):
        for page in PAGES:
            answer = await http.request(method, LINKS.path(made) + page)
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-robots-tag"] == "noindex, nofollow"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert await everything(world) == before


@pytest.mark.parametrize("name", ["keep", "rate"])
async def test_what_only_a_form_may_do_is_not_done_by_opening_its_address(
    world: World, http: httpx.AsyncClient, name: str
) -> None:
    made = await world.book()
    assert (await http.get(f"{LINKS.path(made)}/{name}")).status_code == 405


async def test_a_guessed_a_foreign_an_outdated_and_a_broken_link_are_answered_alike(
    world: World, http: httpx.AsyncClient
) -> None:
    made = await world.book()
    token = LINKS.path(made).removeprefix("/c/")
    closed = await world.bookings.cancel((await world.book(phone_number=number(1))).reference, now=world.now)
    moved_on = await world.book(phone_number=number(2))
    await world.bookings.change_number(moved_on.reference, number(3), now=world.now)
    world.clock.pass_by(days=15)
    wrong = [
        "x" * 22 + made.reference,
        "x" * 22 + "ZZZZ99",
        token[:22] + closed.reference,
        token[:-1],
        token.lower(),
        "%00",
        LINKS.path(closed).removeprefix("/c/"),
        LINKS.path(moved_on).removeprefix("/c/"),
    ]
    answers = [await http.get(f"/c/{told}{page}") for told in wrong for page in PAGES]
    answers += [await http.post(f"/c/{told}/{name}", data={"mark": "x"}) for told in wrong for name in FORMS]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "このリンクは使えません" in answers[0].text
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    english = await http.get("/c/x", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "This link does not work" in english.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("name", FORMS)
async def test_another_site_cannot_send_a_form_even_with_its_mark(
    world: World, http: httpx.AsyncClient, headers: dict[str, str], name: str
) -> None:
    made = await world.book()
    before = await everything(world)
    fields = {"mark": LINKS.mark(made, name), "time": SLOT.end.isoformat()}
    answer = await http.post(f"{LINKS.path(made)}/{name}", data=fields, headers=headers)
    assert answer.status_code == 403
    assert await everything(world) == before


@pytest.mark.parametrize("name", FORMS)
async def test_nobody_changes_anything_without_having_seen_the_page(
    world: World, http: httpx.AsyncClient, name: str
) -> None:
    made, other = await world.book(), await world.book(phone_number=number(1))
    before = await everything(world)
    for mark in ("", "x" * 22, LINKS.mark(other, name), LINKS.mark(made, "another")):
        fields = {"mark": mark, "time": SLOT.end.isoformat()}
        assert (await http.post(f"{LINKS.path(made)}/{name}", data=fields)).status_code == 409
    assert await everything(world) == before


async def test_the_mark_of_one_booking_does_nothing_to_another(world: World, http: httpx.AsyncClient) -> None:
    mine, theirs = await world.book(), await world.book(phone_number=number(1))
    page = (await Holder(http, mine).look("/cancel")).text
    assert (await Holder(http, theirs).press("cancel", page=page)).status_code == 409
    assert (await world.read(theirs)).status == Status.BOOKED


async def test_a_browser_that_tells_no_origin_because_the_page_asked_it_to_is_believed(
    world: World, http: httpx.AsyncClient
) -> None:
    made = await world.book()
    http.headers["Origin"] = "null"
    assert (await Holder(http, made).press("cancel")).status_code == 303


async def test_two_who_hold_the_same_page_change_it_once(world: World, http: httpx.AsyncClient) -> None:
    made = await world.book()
    holder = Holder(http, made)
    page = (await holder.look("/move")).text
    times = [SLOT.end + timedelta(minutes=30 * index) for index in range(4)]
    answers = await asyncio.gather(
        *(holder.press("move", page=page, time=time.isoformat()) for time in times), return_exceptions=False
    )
    moved: Callback = await world.read(made)
    assert moved.window.start in times
    assert moved.version - made.version == [answer.status_code for answer in answers].count(303)


async def test_who_asks_too_often_waits(world: World, tmp_path: Path, http: httpx.AsyncClient) -> None:
    made = await world.book()
    transport: Any = http._transport
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(transport.app, client=STRANGER), base_url="http://gateway"
    ) as stranger:
        answers = [await stranger.get("/c/" + "x" * 22 + made.reference) for _ in range(61)]
        sent = [await stranger.post("/c/" + "x" * 28 + "/cancel") for _ in range(21)]
    assert answers[-1].status_code == sent[-1].status_code == 429
    assert "もう一度お試しください" in answers[-1].text
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
