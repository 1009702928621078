"""What booking costs beside a bare loop on the same database, and what searching costs with many callbacks stored.

    python -m benchmarks.booking                 # both tables
    python -m benchmarks.booking --rows 100000   # the search up to this many callbacks

Bare is what nobody can be faster than with the same promise to the disk: one conditional update of the slot and one
insert a booking, each in a transaction of its own, from as many clients. Product and bare take turns. The PostgreSQL
server is the tests' own, which does not wait for the disk; SQLite does (synchronous=FULL).
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, text

from bot.booking.errors import SlotFull
from bot.store.database import Database
from bot.store.migrations import upgrade
from bot.store.schema import callbacks, slots
from tests.support.clocks import TUESDAY
from tests.support.databases import PostgresServer, postgres_binaries
from tests.support.products import SLOT, SLOTS, World, a_callback, number

CLIENTS = 64
BOOKINGS = 1_000
ROUNDS = 3
SEARCHES = 101
SIZES = (1_000, 10_000, 100_000, 1_000_000)
BATCH = 5_000
FIVE_FREE = "SELECT starts_at FROM slots WHERE topic = 'general' AND booked < capacity ORDER BY starts_at LIMIT 5"


async def rate(book: Callable[[int], Awaitable[object]], *, first: int) -> float:
    """Bookings a second from many clients at once."""
    indices = iter(range(first, first + BOOKINGS))

    async def client() -> None:
        for index in indices:
            await book(index)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return BOOKINGS / (time.perf_counter() - began)


async def one_hot_slot(url: str) -> dict[str, float]:
    """Bookings a second on one slot that does not fill: the product's and the bare loop's, in turns."""
    database = Database(url)
    world = World(database, slots=replace(SLOTS, capacity=1_000_000))
    bare_slot = SLOT.start + timedelta(days=400)

    async def product(index: int) -> None:
        await world.book(phone_number=number(index))

    async def bare(index: int) -> None:
        async with database.write() as tx:
            await tx.execute(text("UPDATE slots SET booked = booked + 1 WHERE topic = 'bare' AND booked < capacity"))
            await tx.execute(insert(callbacks).values(**_row(index, "bare")))

    async with database.write() as tx:
        await tx.execute(
            insert(slots).values(topic="bare", starts_at=bare_slot, ends_at=bare_slot, capacity=1_000_000, booked=0)
        )
    taken: dict[str, list[float]] = {"product": [], "bare": []}
    for turn in range(ROUNDS):
        taken["bare"].append(await rate(bare, first=turn * BOOKINGS))
        taken["product"].append(await rate(product, first=turn * BOOKINGS))
    await database.close()
    return {name: statistics.median(rates) for name, rates in taken.items()}


async def next_five(url: str, sizes: tuple[int, ...]) -> list[tuple[int, float, float]]:
    """(callbacks stored, the product's median in ms, the bare query's) for each size, on one growing database."""
    database = Database(url)
    world = World(database)
    stored, told = 0, []
    for index in range(40):
        try:
            await world.book(SLOT, phone_number=number(index))
        except SlotFull:
            break
    for size in sizes:
        while stored < size:
            rows = [_row(index, "history") for index in range(stored, stored + min(BATCH, size - stored))]
            async with database.write() as tx:
                await tx.execute(insert(callbacks), rows)
            stored += len(rows)
        product = [await _timed(lambda: world.bookings.next_free(now=world.now, limit=5)) for _ in range(SEARCHES)]
        bare = [await _timed(lambda: _five_free(database)) for _ in range(SEARCHES)]
        told.append((stored, statistics.median(product), statistics.median(bare)))
    await database.close()
    return told


async def _five_free(database: Database) -> None:
    async with database.read() as tx:
        (await tx.execute(text(FIVE_FREE))).all()


async def _timed(call: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await call()
    return (time.perf_counter() - began) * 1000


def _row(index: int, kind: str) -> dict[str, object]:
    """A stored callback that was settled long ago."""
    made = a_callback()
    start = TUESDAY - timedelta(minutes=30 * (index % 100_000) + 60)
    columns = {column.name for column in callbacks.columns} - {"id", "reference", "window_start", "window_end"}
    return {name: getattr(made, name) for name in columns} | {
        "id": f"{kind}{made.id}"[:32], "reference": f"{kind[0]}{index:011d}", "status": "completed",
        "phone_number": number(index), "window_start": start, "window_end": start + timedelta(minutes=30),
        "slot_start": start, "due_at": start,
    }  # fmt: skip


def _databases(folder: Path, server: PostgresServer | None) -> dict[str, Callable[[], str]]:
    def sqlite() -> str:
        url = f"sqlite:///{folder / str(time.monotonic_ns())}.db"
        upgrade(url)
        return url

    def postgresql() -> str:
        if server is None:
            raise RuntimeError("PostgreSQL is not installed")
        return asyncio.run(server.fresh(folder))

    return {"SQLite": sqlite} | ({"PostgreSQL": postgresql} if server else {})


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=SIZES[-1], help="the most callbacks to store for the search")
    sizes = tuple(size for size in SIZES if size <= parser.parse_args().rows)
    binaries = postgres_binaries()
    server = PostgresServer(binaries) if binaries else None
    try:
        with tempfile.TemporaryDirectory() as folder:
            databases = _databases(Path(folder), server)
            print(f"| one hot slot, {CLIENTS} clients | bookings/s | bare loop/s | ratio |\n|---|---|---|---|")
            for name, fresh in databases.items():
                found = asyncio.run(one_hot_slot(fresh()))
                ratio = found["product"] / found["bare"]
                print(f"| {name} | {found['product']:.0f} | {found['bare']:.0f} | {ratio:.2f} |", flush=True)
            print("\n| next five free slots | callbacks stored | product | bare query |\n|---|---|---|---|")
            for name, fresh in databases.items():
                for stored, product, bare in asyncio.run(next_five(fresh(), sizes)):
                    print(f"| {name} | {stored:,} | {product:.2f} ms | {bare:.2f} ms |", flush=True)
    finally:
        if server:
            server.stop()


if __name__ == "__main__":
    main()
