"""What a page of the callback manager costs over many callbacks, on both databases.

    python -m benchmarks.manager                         # 20,000 and 1,000,000 callbacks, some minutes
    python -m benchmarks.manager --rows 20000 --on SQLite

A year of callbacks is written by the database itself, a tenth of it still to come. Each page is fetched over HTTP by a
supervisor who is logged in: as it opens, in each order, and searched by name and by the last digits of a number.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from bot.store.database import Database
from tests.support.databases import PostgresServer, SqliteFiles, postgres_binaries
from tests.support.desk import Office, Visitor, serving

ROUNDS = 7
SIZES = (20_000, 1_000_000)
PAGES = {
    "as it opens": "",
    "the latest promise first": "sort=latest",
    "what changed last first": "sort=updated",
    "what changed last, all year": "sort=updated&from=2025-11-24",
    "one status and topic": "status=completed&topic=general&from=2025-11-24",
    "a number's last four digits": "q=4321",
    "a part of a name": "q=佐藤",
    "a name that nobody has": "q=すずきさん",
    "a reference": "q=B4321",
}
PLACES = {
    "PostgreSQL": """timestamptz '2025-12-31 00:00+00' + (n % 525600) * interval '1 minute' AS at,
        (ARRAY['佐藤 由美','高橋 誠','Emily Carter','山田 花子','伊藤 健'])[1 + n % 5] AS name,
        lpad((n::bigint * 7919 % 100000000)::text, 8, '0') AS digits FROM generate_series(1, :many) AS n""",
    "SQLite": """datetime('2025-12-31', '+' || (n % 525600) || ' minutes') || '.000000' AS at,
        json_extract('["佐藤 由美","高橋 誠","Emily Carter","山田 花子","伊藤 健"]', '$[' || (n % 5) || ']') AS name,
        printf('%08d', n * 7919 % 100000000) AS digits
        FROM (WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < :many)
              SELECT n FROM count)""",
}
"""A callback every minute of the year, over and over; the office's Tuesday is 2026-11-24."""
WRITE = """
    INSERT INTO callbacks (id, reference, status, kind, topic, window_start, window_end, slot_start, due_at,
        phone_number, name, reason, language, channel, priority, version, created_at, updated_at)
    SELECT substr('00000000000000000000000000000000' || n, -32), 'B' || n,
        CASE WHEN at > '2026-11-24' THEN 'booked' ELSE 'completed' END, 'scheduled',
        CASE n % 3 WHEN 0 THEN 'general' WHEN 1 THEN 'repair' ELSE 'billing' END, at, at, at, at,
        '+8190' || digits, name, '洗濯機の修理', 'ja', 'web', 0, 1, at, at
    FROM (SELECT n, PLACE) AS placed
"""


async def fill(database: Database, *, on: str, many: int) -> None:
    """Write so many callbacks."""
    statement = WRITE.replace("PLACE", PLACES[on])
    if on == "PostgreSQL":  # there a text ends where it is told to: from its right
        statement = statement.replace("substr('00000000000000000000000000000000' || n, -32)", "lpad(n::text, 32, '0')")
    async with database.write() as tx:
        await tx.execute(text(statement), {"many": many})
        await tx.execute(text("DELETE FROM kpi_changes"))
    async with database.write() as tx:
        await tx.execute(text("ANALYZE"))


async def measure(url: str, folder: Path, *, on: str, many: int) -> None:
    """Fetch every page some times, and print a row of a table for each."""
    database = Database(url)
    office = await Office(database).open()
    await fill(database, on=on, many=many)
    async with serving(office, folder) as server:
        visitor = Visitor(server.url)
        await visitor.log_in("hana")
        for name, query in PAGES.items():
            taken = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                answer = await visitor.get(f"/desk/callbacks?{query}", timeout=120)
                taken.append((time.perf_counter() - began) * 1000)
                answer.raise_for_status()
            told = f"{statistics.median(taken):.0f} ms, at most {max(taken):.0f} ms"
            print(f"| {on}, {many:,} | {name} | {told} |", flush=True)
        await visitor.http.aclose()
    await database.close()


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, choices=SIZES, help="only so many")
    parser.add_argument("--on", choices=tuple(PLACES), help="only on this database")
    told = parser.parse_args()
    sizes = (told.rows,) if told.rows else SIZES
    print("| on | page | median of seven |\n|---|---|---|")
    if told.on != "PostgreSQL":
        with tempfile.TemporaryDirectory() as template:
            files = SqliteFiles(Path(template))
            for many in sizes:
                with tempfile.TemporaryDirectory() as folder:
                    url = asyncio.run(files.fresh(Path(folder)))
                    asyncio.run(measure(url, Path(folder), on="SQLite", many=many))
    binaries = postgres_binaries()
    if told.on == "SQLite" or binaries is None:
        return
    server = PostgresServer(binaries)
    try:
        for many in sizes:
            with tempfile.TemporaryDirectory() as folder:
                url = asyncio.run(server.fresh(Path(folder)))
                asyncio.run(measure(url, Path(folder), on="PostgreSQL", many=many))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
