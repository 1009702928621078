"""What happens when everybody wants the same thing at once, by the number of the fault. On both databases."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.booking.callback import Callback
from bot.booking.errors import CallbackNotOpen, IdempotencyConflict, SlotFull
from bot.booking.hours import BusinessHours, Period
from bot.booking.window import Window
from bot.store import callbacks
from bot.store.database import Database
from bot.store.together import MOST_AT_ONCE
from bot.usecases.bookings import IdempotencyKey
from tests.support import races
from tests.support.clocks import NEW_YORK, tokyo
from tests.support.databases import PostgresServer
from tests.support.plain_http import Answer, Connection
from tests.support.ports import free_port
from tests.support.products import ROOT, SLOT, SLOTS, World, a_request, number, settings_of
from tests.support.races import PLACES, wrong_counters

TRIALS = 300
HALF_HOUR = timedelta(minutes=30)
NEXT = Window(start=SLOT.end, end=SLOT.end + (SLOT.end - SLOT.start))
API_KEY = "a-key-for-many-who-book-at-once"


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


@pytest.mark.parametrize("level", races.LEVELS)
async def test_row_16_is_kept_whatever_isolation_level_the_server_begins_transactions_at(
    postgres_server: PostgresServer, tmp_path: Path, level: str
) -> None:
    url = await postgres_server.fresh(tmp_path)
    await races.at_level(url, level)
    processes = Database(url), Database(url)
    ends = await asyncio.gather(
        *(races.rush(database, requests=200, first=200 * place) for place, database in enumerate(processes))
    )
    assert sum(ends, Counter()) == {"booked": PLACES, "full": 400 - PLACES}
    assert await wrong_counters(processes[0]) == []
    for database in processes:
        await database.close()


async def test_row_19_a_yes_at_the_moment_the_hold_lapses_sells_the_place_to_exactly_one(
    database: Database, second_database: Database
) -> None:
    """`make races` runs ten thousand of these."""
    seen = await races.hold_expiry(database, second_database, trials=TRIALS)
    assert seen.wrong == []
    assert seen.ends.total() == TRIALS
    assert min(seen.ends["the holder"], seen.ends["the stranger"]) > 0  # it was a race
    assert await wrong_counters(database) == []


async def test_row_20_nothing_is_dialled_after_a_cancellation_was_acknowledged(
    database: Database, second_database: Database
) -> None:
    """At the moment of the claim either the dispatcher is first, and the answer says so, or no dial begins.

    `make races` runs ten thousand of these.
    """
    seen = await races.cancel_and_dial(database, second_database, trials=TRIALS)
    assert seen.wrong == []
    assert seen.ends.total() == TRIALS
    assert min(seen.ends["cancelled"], seen.ends["dialled"]) > 0
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
async def three_gateways(database_url: str, tmp_path: Path) -> AsyncIterator[list[int]]:
    """Three gateway processes that start together over one fresh database; returns their ports."""
    settings = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
    path = tmp_path / "shop.toml"
    path.write_text(settings.replace("capacity = 0 ", f"capacity = {PLACES} "), encoding="utf-8")
    processes: list[subprocess.Popen[bytes]] = []
    ports = [free_port() for _ in range(3)]
    try:
        for index, port in enumerate(ports):
            told = settings_of(
                tmp_path / f"var{index}", ORIKAESHI_SETTINGS=str(path), DATABASE_URL=database_url, PORT=str(port),
                ORIKAESHI_DEMO_API_KEY=API_KEY, LOG_LEVEL="error",
            )  # fmt: skip
            command = [sys.executable, "-m", "bot.gateway"]
            processes.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}))  # noqa: ASYNC220 (returns at once)
        for port, process in zip(ports, processes, strict=True):
            await _until_it_answers(port, process)
        yield ports
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


async def _until_it_answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        try:
            async with Connection(port, API_KEY) as connection:
                await connection.get("/healthz")
        except OSError:
            assert process.poll() is None
            await asyncio.sleep(0.1)  # a real process starts in real time
        else:
            return
    raise TimeoutError(port)


async def books(port: int, customers: Iterator[int], window: dict[str, str]) -> list[Answer]:
    """One client of many who all want the same time."""
    async with Connection(port, API_KEY) as connection:
        return [
            await connection.post(
                "/api/v1/callbacks", {"phone_number": number(index), "reason": "load", "window": window}
            )
            for index in customers
        ]


async def changes_its_mind(port: int, customers: Iterator[int], windows: list[dict[str, str]]) -> None:
    """One client of many whose customers book, move and cancel while the others do."""
    chance = random.Random(port)
    async with Connection(port, API_KEY) as connection:
        for index in customers:
            body = {"phone_number": number(index), "reason": "load", "window": chance.choice(windows)}
            answer = await connection.post("/api/v1/callbacks", body)
            while answer.status != 409 and answer.body["status"] == "booked" and chance.random() < 0.7:
                path = f"/api/v1/callbacks/{answer.body['reference']}"
                if chance.random() < 0.6:
                    answer = await connection.post(f"{path}/reschedule", {"window": chance.choice(windows)})
                else:
                    answer = await connection.post(f"{path}/cancel", {})
                assert answer.status in (200, 409), answer.body


async def test_row_16_three_gateways_sell_exactly_what_there_is_to_1000_at_once_and_to_1000_who_move_and_cancel(
    three_gateways: list[int], database: Database
) -> None:
    async with Connection(three_gateways[0], API_KEY) as connection:
        offered = (await connection.get("/api/v1/slots")).body["slots"]
    hot, *others = ({name: slot[name] for name in ("start", "end")} for slot in offered[20:23])
    ports, customers = [three_gateways[client % 3] for client in range(64)], iter(range(1000))
    answers = [
        answer for told in await asyncio.gather(*(books(port, customers, hot) for port in ports)) for answer in told
    ]
    assert Counter(answer.status for answer in answers) == {201: PLACES, 409: 1000 - PLACES}
    full = [answer.body for answer in answers if answer.status == 409]
    assert {problem["type"] for problem in full} == {"slot-full"}
    assert all(problem["alternatives"] for problem in full)
    assert await wrong_counters(database) == []

    customers = iter(range(1000, 2000))
    await asyncio.gather(*(changes_its_mind(port, customers, [hot, *others]) for port in ports))
    assert await wrong_counters(database) == []
    customers = iter(range(2000, 2000 + 3 * PLACES))
    for window in (hot, *others):  # what was given back is sold again, to the last place
        await asyncio.gather(*(books(port, islice(customers, 1), window) for port in ports[:PLACES]))
    assert await wrong_counters(database) == []
    async with database.read() as tx:
        sold = [row.booked for row in await tx.execute(text("SELECT booked FROM slots WHERE booked > 0"))]
    assert sold == [PLACES] * 3


@pytest.mark.parametrize("change", ["move", "cancel"])
async def test_row_21_a_process_killed_in_the_middle_of_a_change_leaves_the_counters_as_they_were(
    database: Database, database_url: str, change: str
) -> None:
    world = World(database)
    made = await world.book()
    # The new place is taken, the old one given back and the callback rewritten: then the process is gone.
    steps = f"""
import asyncio, os, signal
from bot.store.database import Database
from bot.usecases import bookings
from tests.integration.test_promises_under_load import NEXT
from tests.support.products import World

async def dies(*_args, **_facts):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    world = World(Database({database_url!r}))
    bookings.plan_notices = dies
    change = {{"move": lambda: world.bookings.move({made.reference!r}, NEXT, now=world.now),
               "cancel": lambda: world.bookings.cancel({made.reference!r}, now=world.now)}}
    await change[{change!r}]()

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", steps, cwd=ROOT)
    assert await process.wait() == -signal.SIGKILL
    assert await wrong_counters(database) == []
    assert await world.read(made) == made
    moved = await world.bookings.move(made.reference, NEXT, now=world.now)
    assert moved.window == NEXT
    assert await wrong_counters(database) == []


async def test_a_slot_whose_capacity_was_lowered_below_what_is_sold_sells_no_more_and_lets_customers_go(
    database: Database,
) -> None:
    world = World(database)
    made = []
    for index in range(3):
        made.append(await world.book(phone_number=number(index)))
        world.clock.pass_by(seconds=1)
    await world.bookings.cancel(made[0].reference, now=world.now)
    await world.book(NEXT, phone_number=number(5))
    lowered = World(database, slots=replace(SLOTS, capacity=1))
    with pytest.raises(SlotFull):
        await lowered.book(phone_number=number(9))
    await lowered.bookings.move(made[2].reference, Window(start=NEXT.end, end=NEXT.end + HALF_HOUR), now=world.now)
    with pytest.raises(SlotFull):
        await lowered.book(phone_number=number(9))
    assert await wrong_counters(database) == []


@pytest.mark.parametrize(
    ("since", "starts"),
    [
        ("2026-10-31 12:00", ["2026-11-01 00:30-04:00", "2026-11-01 01:30-04:00", "2026-11-01 01:30-05:00"]),
        ("2026-03-07 12:00", ["2026-03-08 01:30-05:00", "2026-03-08 03:00-04:00", "2026-03-08 03:30-04:00"]),
    ],
)
async def test_row_12_where_the_clock_is_changed_every_booking_is_called_once_at_the_time_it_was_told(
    database: Database, since: str, starts: list[str]
) -> None:
    """New York at night: an hour that comes twice holds two slots that read alike, one that is skipped holds none."""
    every_night = dict.fromkeys(range(7), (Period(start=time(0), end=time(6)),))
    world = await World(database, hours=BusinessHours(timezone=NEW_YORK, weekly=every_night)).with_agents(3)
    world.clock.moment = datetime.fromisoformat(since).replace(tzinfo=NEW_YORK)
    moments = [datetime.fromisoformat(start) for start in starts]
    offered = {slot.window.start: slot.window for slot in await world.bookings.slots(now=world.now)}
    made = [await world.book(offered[at], phone_number=number(index)) for index, at in enumerate(moments)]
    called: dict[str, datetime] = {}
    moment = min(moments) - timedelta(hours=1)
    while moment < max(moments) + timedelta(hours=1):
        await world.at(moment)
        live = await world.live()
        called |= {dial.callback_id: moment for dial in live if dial.callback_id not in called}
        moment += timedelta(minutes=5)
    assert len(live) == len(made)
    assert [called[callback.id] for callback in made] == moments


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


async def test_two_who_draw_the_same_reference_at_once_get_one_each(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["AAAAAA", "AAAAAA", "BBBBBB", *(f"CCCCC{letter}" for letter in "DEFGHJKM")])
    monkeypatch.setattr("bot.booking.reference.drawn", lambda _choice: next(drawn))
    world = World(database)
    made = await asyncio.gather(*(world.book(phone_number=number(index)) for index in range(3)))
    assert len({callback.reference for callback in made}) == 3
    assert await wrong_counters(database) == []


async def test_the_same_key_for_two_numbers_at_once_books_one_of_them(database: Database) -> None:
    world, key = World(database), IdempotencyKey(scope="api", key="order-1")
    requests = [a_request(phone_number=number(index)) for index in range(2)]
    answers = await asyncio.gather(
        *(world.bookings.book(request, now=world.now, idempotency=key) for request in requests), return_exceptions=True
    )
    assert [type(answer) for answer in answers].count(IdempotencyConflict) == 1
    assert len(await world.bookings.listing()) == 1
    assert await wrong_counters(database) == []


async def test_a_booking_of_a_talk_that_is_gone_fails_alone(database: Database) -> None:
    world = World(database)
    answers = await asyncio.gather(
        *(world.book(phone_number=number(index)) for index in range(2)),
        world.book(phone_number=number(3), conversation_id="gone"),
        return_exceptions=True,
    )
    assert [isinstance(answer, Callback) for answer in answers] == [True, True, False]
    assert await wrong_counters(database) == []


async def test_what_the_database_refuses_is_told_without_what_was_to_be_stored(database: Database) -> None:
    world = World(database)
    with pytest.raises(Exception) as refused:  # noqa: PT011 (whatever it is, it must not quote)
        await world.book(phone_number=number(3), conversation_id="gone", reason="ひみつ")
    told = f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r}"
    assert number(3) not in told
    assert "ひみつ" not in told
