"""What happens when everybody wants the same thing at once, by the number of the fault. On both databases."""

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot.booking.callback import Callback, Status
from bot.booking.errors import CallbackNotOpen, IdempotencyConflict, SlotFull
from bot.booking.window import Window
from bot.store import callbacks
from bot.store.database import Database
from bot.store.together import MOST_AT_ONCE
from bot.usecases.bookings import IdempotencyKey
from tests.support.clocks import tokyo
from tests.support.ports import free_port
from tests.support.products import ROOT, SLOT, SLOTS, World, a_request, number, settings_of

PLACES = 48
NEXT = Window(start=SLOT.end, end=SLOT.end + (SLOT.end - SLOT.start))
API_KEY = "a-key-for-many-who-book-at-once"
IN_ONE_PERSONS_HANDS = """
SELECT s.topic, s.starts_at, s.booked FROM slots s WHERE s.booked <>
  (SELECT count(*) FROM callbacks c WHERE c.topic = s.topic AND c.slot_start = s.starts_at AND c.status <> 'cancelled')
  + (SELECT count(*) FROM holds h WHERE h.topic = s.topic AND h.slot_start = s.starts_at)
"""
"""Slots whose counter is not what was really sold and held: there must be none, ever."""


async def wrong_counters(database: Database) -> list[tuple[object, ...]]:
    """What the invariant finds."""
    async with database.read() as tx:
        return [tuple(row) for row in await tx.execute(text(IN_ONE_PERSONS_HANDS))]


async def book(world: World, index: int, window: Window = SLOT) -> Callback | None:
    """A booking, or None when there is no place left."""
    try:
        return await world.book(window, phone_number=number(index))
    except SlotFull:
        return None


async def test_row_16_a_slot_of_48_is_sold_48_times_to_1000_who_ask_at_once(
    database: Database, second_database: Database
) -> None:
    policy = replace(SLOTS, capacity=PLACES)
    worlds = [World(database, slots=policy), World(second_database, slots=policy)]
    made = await asyncio.gather(*(book(worlds[index % 2], index) for index in range(1000)))
    assert sum(callback is not None for callback in made) == PLACES
    assert len(await worlds[0].bookings.listing(limit=200)) == PLACES
    assert await wrong_counters(database) == []


async def test_row_16_with_moves_and_cancellations_in_between_no_slot_is_sold_twice_and_every_counter_is_right(
    database: Database, second_database: Database
) -> None:
    policy = replace(SLOTS, capacity=10)
    worlds = [World(database, slots=policy), World(second_database, slots=policy)]
    chance = random.Random(16)

    async def one_customer(index: int) -> None:
        world = worlds[index % 2]
        made = await book(world, index, chance.choice((SLOT, NEXT)))
        for _ in range(2):
            if made is None:
                return
            try:
                if chance.random() < 0.6:
                    made = await world.bookings.move(made.reference, chance.choice((SLOT, NEXT)), now=world.now)
                else:
                    made = await world.bookings.cancel(made.reference, now=world.now)
            except SlotFull:
                continue
            except CallbackNotOpen:
                return

    await asyncio.gather(*(one_customer(index) for index in range(150)))
    assert await wrong_counters(database) == []
    for slot in await worlds[0].bookings.slots(now=worlds[0].now, start=SLOT.start, end=NEXT.end):
        assert 0 <= slot.booked <= 10


async def test_row_17_one_key_50_times_is_one_booking_and_the_same_key_for_another_is_refused(
    database: Database, second_database: Database
) -> None:
    worlds = [World(database), World(second_database)]
    key = IdempotencyKey(scope="api", key="order-17")
    made = await asyncio.gather(
        *(worlds[index % 2].bookings.book(a_request(), now=worlds[0].now, idempotency=key) for index in range(50))
    )
    assert len({callback.id for callback in made}) == 1
    with pytest.raises(IdempotencyConflict):
        await worlds[0].bookings.book(a_request(reason="別の用件"), now=worlds[0].now, idempotency=key)
    assert await wrong_counters(database) == []


async def test_row_18_a_yes_that_arrives_twice_books_once(database: Database, second_database: Database) -> None:
    """A double click, a page that was gone back to, a yes sent again: the talk's own key is the same."""
    worlds = [World(database), World(second_database)]
    key = IdempotencyKey(scope="chat", key="talk-1:0")
    said_twice = (world.bookings.book(a_request(held_by="talk-1"), now=world.now, idempotency=key) for world in worlds)
    first, again = await asyncio.gather(*said_twice)
    assert first == again
    assert len(await worlds[0].bookings.listing()) == 1


async def test_row_20_nothing_is_dialled_after_a_cancellation_was_acknowledged(
    database: Database, second_database: Database
) -> None:
    """At the moment of the claim either the dispatcher is first, and the answer says so, or no dial begins."""
    customers = World(database, slots=replace(SLOTS, capacity=100))
    dispatcher = await World(second_database, slots=replace(SLOTS, capacity=100)).with_agents(60)
    made = [await customers.book(phone_number=number(index)) for index in range(60)]

    async def cancel(callback: Callback) -> bool:
        try:
            await customers.bookings.cancel(callback.reference, now=SLOT.start)
        except CallbackNotOpen as refused:
            return refused.status not in (Status.DIALING, Status.IN_CALL)
        return True

    cancelled, _ = await asyncio.gather(
        asyncio.gather(*(cancel(callback) for callback in made)), dispatcher.at(SLOT.start)
    )
    await dispatcher.at(SLOT.start)
    dialled = {dial.callback_id for dial in await dispatcher.live()}
    for callback, acknowledged in zip(made, cancelled, strict=True):
        assert (callback.id in dialled) != acknowledged
    assert await wrong_counters(database) == []


async def test_row_21_a_move_that_dies_half_way_leaves_both_counters_as_they_were(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(database)
    made = await world.book()

    async def dies(*_args: object, **_facts: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("bot.usecases.bookings.plan_notices", dies)
    for _ in range(5):
        with pytest.raises(ConnectionError):
            await world.bookings.move(made.reference, NEXT, now=world.now)
    assert await world.read(made) == made
    assert await wrong_counters(database) == []
    slots = await world.bookings.slots(now=world.now, start=SLOT.start, end=NEXT.end)
    assert [slot.booked for slot in slots] == [1, 0]


async def test_one_booking_that_fails_takes_nobody_else_of_its_commit_with_it(sqlite: Database) -> None:
    world = World(sqlite, slots=replace(SLOTS, capacity=1000))
    made = await asyncio.gather(
        *(world.book(phone_number=number(index) if index % 3 else "119") for index in range(MOST_AT_ONCE * 2)),
        *(world.bookings.book(a_request(topic="nobody"), now=world.now) for _ in range(5)),
        return_exceptions=True,
    )
    kept = [answer for answer in made if isinstance(answer, Callback)]
    assert len(kept) == sum(1 for index in range(MOST_AT_ONCE * 2) if index % 3)
    async with sqlite.read() as tx:
        for callback in kept:
            assert await callbacks.get(tx, callback.id) == callback
    assert await wrong_counters(sqlite) == []


@pytest.fixture
async def three_gateways(database_url: str, tmp_path: Path) -> AsyncIterator[list[str]]:
    """Three gateway processes that start together over one fresh database; returns their addresses."""
    settings = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
    path = tmp_path / "shop.toml"
    path.write_text(settings.replace("capacity = 0 ", f"capacity = {PLACES} "), encoding="utf-8")
    processes: list[subprocess.Popen[bytes]] = []
    addresses: list[str] = []
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            for index in range(3):
                port = free_port()
                told = settings_of(
                    tmp_path / f"var{index}", ORIKAESHI_SETTINGS=str(path), DATABASE_URL=database_url, PORT=str(port),
                    ORIKAESHI_DEMO_API_KEY=API_KEY, LOG_LEVEL="error",
                )  # fmt: skip
                command = [sys.executable, "-m", "bot.gateway"]
                process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told})  # noqa: ASYNC220 (returns at once)
                processes.append(process)
                addresses.append(f"http://127.0.0.1:{port}")
            for address, process in zip(addresses, processes, strict=True):
                await _until_it_answers(client, address, process)
        yield addresses
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


async def _until_it_answers(client: httpx.AsyncClient, address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        try:
            await client.get(f"{address}/healthz")
        except httpx.TransportError:
            assert process.poll() is None
            await asyncio.sleep(0.1)  # a real process starts in real time
        else:
            return
    raise TimeoutError(address)


async def test_row_16_three_gateways_together_sell_exactly_what_there_is_to_1000_bookings_through_the_api(
    three_gateways: list[str], database: Database
) -> None:
    limits = httpx.Limits(max_connections=64)
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with httpx.AsyncClient(trust_env=False, timeout=120, limits=limits, headers=headers) as client:
        offered = (await client.get(f"{three_gateways[0]}/api/v1/slots")).json()["slots"]
        window = {name: offered[20][name] for name in ("start", "end")}

        async def post(index: int) -> httpx.Response:
            body = {"phone_number": number(index), "reason": "load", "window": window}
            return await client.post(f"{three_gateways[index % 3]}/api/v1/callbacks", json=body)

        answers = await asyncio.gather(*(post(index) for index in range(1000)))
    assert Counter(answer.status_code for answer in answers) == {201: PLACES, 409: 1000 - PLACES}
    full = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["type"] for problem in full} == {"slot-full"}
    assert all(problem["alternatives"] for problem in full)
    assert await wrong_counters(database) == []


async def test_row_22_capacity_lowered_and_a_holiday_added_over_bookings_sell_no_more_and_crash_nothing(
    database: Database,
) -> None:
    world = World(database)
    for index in range(3):
        await world.book(phone_number=number(index))
    lowered = World(database, slots=replace(SLOTS, capacity=1))
    assert await book(lowered, 7) is None
    closed = World(database, hours=replace(world.hours, exceptions={tokyo("2026-11-24").date(): ()}))
    assert await closed.bookings.slots(now=world.now, start=SLOT.start, end=SLOT.end) == []
    assert await wrong_counters(database) == []
