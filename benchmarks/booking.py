"""What booking costs beside a bare loop on the same database, and what searching costs with many callbacks stored.

    python -m benchmarks.booking                         # everything
    python -m benchmarks.booking --only slot --only api  # one hot slot; the same through the HTTP API
    python -m benchmarks.booking --only search --rows 100000

Bare is the same promise to the disk with nothing around it: one conditional update of the slot and one insert a
booking, in a transaction of its own, straight through the driver. Product and bare take turns. Both databases wait for
the disk: SQLite with synchronous=FULL, PostgreSQL as it comes.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it publishes no types

from benchmarks import posting, searching
from benchmarks.searching import CALLBACK, SLOT_ROW, for_sqlite, insert_into
from bot.store.database import Database
from bot.store.migrations import upgrade
from tests.support.clocks import TUESDAY
from tests.support.databases import AS_IT_COMES, PostgresServer, postgres_binaries
from tests.support.products import SLOTS, World, number

CLIENTS = 64
CONNECTIONS = 20
"""PostgreSQL's bare loop is faster over so many connections than over one for each client."""
BOOKINGS = 1_000
ROUNDS = 5
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PARTS = ("slot", "api", "search")
TAKE = "UPDATE slots SET booked = booked + 1 WHERE topic = 'bare' AND booked < capacity"
ADD = insert_into("callbacks", CALLBACK)
ADD_NUMBERED = f"INSERT INTO callbacks ({', '.join(CALLBACK)}) VALUES ({', '.join(f'${n + 1}' for n in range(17))})"  # noqa: S608 (names of our own)
BARE_SLOT = ("bare", TUESDAY, TUESDAY, 1_000_000, 0)

Fresh = Callable[[], str]
Loop = Callable[[Iterator[int]], Awaitable[None]]


async def rate(loop: Loop, first: int) -> float:
    """Bookings a second."""
    indices = iter(range(first, first + BOOKINGS))
    began = time.perf_counter()
    await loop(indices)
    return BOOKINGS / (time.perf_counter() - began)


async def one_hot_slot(url: str) -> dict[str, float]:
    """Bookings a second on one slot that does not fill: each kind of loop takes its turns."""
    database = Database(url)
    world = World(database, slots=replace(SLOTS, capacity=1_000_000))

    async def product(indices: Iterator[int]) -> None:
        async def client() -> None:
            for index in indices:
                await world.book(phone_number=number(index))

        await asyncio.gather(*(client() for _ in range(CLIENTS)))

    loops: dict[str, Loop] = {"product": product}
    if database.is_sqlite:
        path = url.removeprefix("sqlite:///")
        with sqlite3.connect(path) as connection:
            connection.execute(insert_into("slots", SLOT_ROW), _plain(BARE_SLOT))
        loops |= {
            "64 connections": lambda indices: asyncio.to_thread(_threads, path, indices, CLIENTS),
            "one connection": lambda indices: asyncio.to_thread(_threads, path, indices, 1),
        }
    else:
        pool = await asyncpg.create_pool(url, min_size=CLIENTS, max_size=CLIENTS)
        await pool.copy_records_to_table("slots", records=[BARE_SLOT], columns=SLOT_ROW)
        loops |= {
            f"{connections} connections": lambda indices, connections=connections: _tasks(pool, indices, connections)  # type: ignore[misc]  # bound now
            for connections in (CLIENTS, CONNECTIONS)
        }
    taken: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(ROUNDS):
        for place, (name, loop) in enumerate(loops.items()):
            taken[name].append(await rate(loop, (place * ROUNDS + turn) * BOOKINGS))
    await database.close()
    if not database.is_sqlite:
        await pool.close()
    return {name: statistics.median(rates) for name, rates in taken.items()}


def _threads(path: str, indices: Iterator[int], clients: int) -> None:
    one_at_a_time = threading.Lock()

    def work() -> None:
        connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        while True:
            with one_at_a_time:
                index = next(indices, None)
            if index is None:
                break
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(TAKE)
            connection.execute(ADD, _plain(_callback(index)))
            connection.execute("COMMIT")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def _tasks(pool: Any, indices: Iterator[int], connections: int) -> None:
    async def work() -> None:
        async with pool.acquire() as connection:
            for index in indices:
                async with connection.transaction():
                    await connection.execute(TAKE)
                    await connection.execute(ADD_NUMBERED, *_callback(index))

    await asyncio.gather(*(work() for _ in range(connections)))


PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_references = count()


def _callback(index: int) -> tuple[Any, ...]:
    name = f"{next(_references):012d}"
    return (
        f"bare{name}", name, "booked", "scheduled", "bare", TUESDAY, TUESDAY, TUESDAY, TUESDAY, number(index), "load",
        "ja", "api", 0, 1, TUESDAY, TUESDAY,
    )  # fmt: skip


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(for_sqlite(value) if value is TUESDAY else value for value in row)


async def through_the_api(folder: Path, url: str) -> float:
    """Bookings a second of a real gateway process."""
    async with posting.gateway(folder, url) as port:
        rates = [
            await posting.rate(port, clients=CLIENTS, bookings=BOOKINGS, first=turn * BOOKINGS)
            for turn in range(ROUNDS)
        ]
    return statistics.median(rates)


@contextmanager
def databases() -> Iterator[tuple[Path, dict[str, Fresh]]]:
    """A folder, and where a new database of each kind comes from."""
    binaries = postgres_binaries()
    server = PostgresServer(binaries, settings=AS_IT_COMES) if binaries else None
    numbers = count()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)

            def sqlite() -> str:
                url = f"sqlite:///{folder / f'{next(numbers)}.db'}"
                upgrade(url)
                return url

            kinds: dict[str, Fresh] = {"SQLite": sqlite}
            if server:
                kinds["PostgreSQL"] = lambda: asyncio.run(server.fresh(folder))
            yield folder, kinds
    finally:
        if server:
            server.stop()


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=SIZES[-1], help="the most callbacks to store for the search")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part of it; may be repeated")
    parser.add_argument("--on", choices=("SQLite", "PostgreSQL"), help="one database")
    arguments = parser.parse_args()
    parts, sizes = arguments.only or PARTS, tuple(size for size in SIZES if size <= arguments.rows)
    with databases() as (folder, every_kind):
        kinds = {name: fresh for name, fresh in every_kind.items() if arguments.on in (None, name)}
        if "slot" in parts:
            print(f"| one hot slot, {CLIENTS} clients | bookings/s | bare loop/s | ratio |\n|---|---|---|---|")
            for name, fresh in kinds.items():
                found = asyncio.run(one_hot_slot(fresh()))
                product = found.pop("product")
                for bare, loop in found.items():
                    print(
                        f"| {name}, bare over {bare} | {product:.0f} | {loop:.0f} | {product / loop:.2f} |", flush=True
                    )
        if "api" in parts:
            print("\n| through the HTTP API | bookings/s |\n|---|---|")
            for name, fresh in kinds.items():
                (folder / name).mkdir()
                print(f"| {name} | {asyncio.run(through_the_api(folder / name, fresh())):.0f} |", flush=True)
        if "search" in parts:
            print("\n| next five free | callbacks | product | bare, counters | bare, counting |\n|---|---|---|---|---|")
            for name, fresh in kinds.items():
                searching.report(name, fresh, sizes)


if __name__ == "__main__":
    main()
