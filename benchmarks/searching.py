"""The next five free slots in 14 days, with more and more callbacks stored: the product's search beside a bare query.

A tenth of the callbacks lies in the 14 days ahead, where the first three days are sold out; the others lie behind.
"""

import asyncio
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it publishes no types

from bot.booking.slots import open_windows
from bot.booking.window import Window
from bot.store.database import Database
from tests.support.clocks import TUESDAY
from tests.support.products import SLOTS, World, a_callback, number, office_hours

SEARCHES = 301
COUNTS = 11
FULL_SLOTS = 54
BATCH = 20_000
HALF_HOUR = timedelta(minutes=30)
PAST_SLOTS = 9_000
COUNTERS = """SELECT starts_at FROM slots
WHERE topic = 'general' AND booked < capacity AND starts_at >= {now} AND starts_at < {end} ORDER BY starts_at LIMIT 5"""
COUNTING = """SELECT window_start, count(*) FROM callbacks
WHERE window_start >= {now} AND window_start < {end} AND status <> 'cancelled' GROUP BY window_start"""
CALLBACK = (
    "id", "reference", "status", "kind", "topic", "window_start", "window_end", "slot_start", "due_at", "phone_number",
    "reason", "language", "channel", "priority", "version", "created_at", "updated_at",
)  # fmt: skip
SLOT_ROW = ("topic", "starts_at", "ends_at", "capacity", "booked")
AHEAD = [
    window.start
    for window in open_windows(office_hours(), SLOTS, now=TUESDAY, start=TUESDAY, end=TUESDAY + SLOTS.horizon)
]
Ask = Callable[[], Awaitable[object]]


def starts(size: int) -> Iterator[datetime]:
    """When each of so many callbacks is promised."""
    for index in range(size):
        if index % 10:
            yield TUESDAY - HALF_HOUR * (index % PAST_SLOTS + 1)
        elif index // 10 < FULL_SLOTS * (size // 1000):
            yield AHEAD[index // 10 % FULL_SLOTS]
        else:
            yield AHEAD[FULL_SLOTS + index // 10 % (len(AHEAD) - FULL_SLOTS)]


def tables(size: int) -> tuple[Iterator[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Rows of the callbacks, and of the slots that they are counted in."""
    made = a_callback()

    def rows() -> Iterator[tuple[Any, ...]]:
        for index, start in enumerate(starts(size)):
            yield (
                f"{index:032d}", f"R{index:09d}", "booked" if start > TUESDAY else "completed", made.kind, made.topic,
                start, start + HALF_HOUR, start, start, number(index), made.reason, made.language, made.channel, 0, 1,
                TUESDAY, TUESDAY,
            )  # fmt: skip

    capacity = size // 1000
    counters = [
        ("general", start, start + HALF_HOUR, max(capacity, booked), booked)
        for start, booked in Counter(starts(size)).items()
    ]
    return rows(), counters


def fill_sqlite(path: str, size: int) -> None:
    """As fast as the driver can."""

    def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(for_sqlite(value) if isinstance(value, datetime) else value for value in row)

    rows, counters = tables(size)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.executemany(insert_into("callbacks", CALLBACK), map(plain, rows))
    connection.executemany(insert_into("slots", SLOT_ROW), map(plain, counters))
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


async def fill_postgresql(url: str, size: int) -> None:
    """By COPY."""
    rows, counters = tables(size)
    connection = await asyncpg.connect(url)
    await connection.copy_records_to_table("callbacks", records=rows, columns=CALLBACK)
    await connection.copy_records_to_table("slots", records=counters, columns=SLOT_ROW)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One filled database: the product's search, the bare query of counters, counting callbacks; each is asked."""

    size: int
    product: Ask
    counters: Ask
    counting: Ask
    close: Ask


async def opened(url: str, size: int) -> Stored:
    """Ready to be asked."""
    database = Database(url)
    world = World(database, slots=replace(SLOTS, capacity=size // 1000))

    async def product() -> None:
        found = await world.bookings.next_free(now=world.now, limit=5)
        if [slot.window for slot in found] != [Window(start=start, end=start + HALF_HOUR) for start in _first_free()]:
            raise RuntimeError(f"these are not the next five: {found}")

    now, end = TUESDAY, TUESDAY + SLOTS.horizon
    if database.is_sqlite:
        plain = sqlite3.connect(url.removeprefix("sqlite:///"))
        moments = {"now": f"'{for_sqlite(now)}'", "end": f"'{for_sqlite(end)}'"}

        async def bare(query: str) -> None:
            plain.execute(query.format(**moments)).fetchall()

        async def close() -> None:
            plain.close()
            await database.close()
    else:
        connection = await asyncpg.connect(url)

        async def bare(query: str) -> None:
            await connection.fetch(query.format(now="$1", end="$2"), now, end)

        async def close() -> None:
            await connection.close()
            await database.close()

    return Stored(
        size=size, product=product, counters=lambda: bare(COUNTERS), counting=lambda: bare(COUNTING), close=close
    )


async def in_turns(every: Sequence[Stored]) -> list[tuple[float, float, float]]:
    """Medians in ms of (product, counters, counting) for each: all sizes take turns, so that what else the machine does
    meets all alike. The third, which may read a whole table, comes after the others."""
    taken: dict[Ask, list[float]] = {ask: [] for one in every for ask in (one.product, one.counters, one.counting)}
    quick = [ask for one in every for ask in (one.product, one.counters)]
    for ask in (*quick * SEARCHES, *[one.counting for one in every] * COUNTS):
        began = time.perf_counter()
        await ask()
        taken[ask].append((time.perf_counter() - began) * 1000)
    times = {ask: statistics.median(each[1:]) for ask, each in taken.items()}
    return [(times[one.product], times[one.counters], times[one.counting]) for one in every]


def _first_free() -> list[datetime]:
    return AHEAD[FULL_SLOTS : FULL_SLOTS + 5]


def insert_into(table: str, columns: tuple[str, ...]) -> str:
    """An INSERT in SQLite's way."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 (names of our own)


def for_sqlite(moment: datetime) -> str:
    """A moment as the product stores it there."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def report(name: str, fresh: Callable[[], str], sizes: tuple[int, ...]) -> None:
    """One line of the table for each size."""
    urls = {size: fresh() for size in sizes}

    async def measure() -> list[tuple[float, float, float]]:
        for size, url in urls.items():
            if name == "SQLite":
                fill_sqlite(url.removeprefix("sqlite:///"), size)
            else:
                await fill_postgresql(url, size)
        every = [await opened(url, size) for size, url in urls.items()]
        told = await in_turns(every)
        for one in every:
            await one.close()
        return told

    for size, (product, counters, counting) in zip(sizes, asyncio.run(measure()), strict=True):
        print(f"| {name} | {size:,} | {product:.2f} ms | {counters:.3f} ms | {counting:.2f} ms |", flush=True)
