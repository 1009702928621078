"""What the page of figures costs over a million callbacks on PostgreSQL, and what keeping the figures up costs.

    python -m benchmarks.kpis                      # a year with a million callbacks, about three minutes
    python -m benchmarks.kpis --callbacks 100000

A year of callbacks and of what they count for is written by the database itself; the sums are the product's own work.
Each page is fetched over HTTP by a supervisor who is logged in; before each, one callback changes, so that its day is
stale. Percentiles are compared with PostgreSQL's own. Counting from the raw log is measured on made-up history.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import text

from bot.booking.kpis import Grouping
from bot.booking.slots import cut
from bot.store import kpis as store
from bot.store.database import Database
from bot.usecases.kpis import Kpis, Period
from tests.support.clocks import TOKYO, TUESDAY
from tests.support.databases import PostgresServer, postgres_binaries
from tests.support.desk import Office, Visitor, serving
from tests.support.histories import AGENTS, add_agents
from tests.support.products import SLOTS, office_hours
from tools.demo_data import write
from tools.demo_past import Past, Setting

YEAR = Period(start=date(2025, 11, 24), end=date(2026, 11, 24))
# The days that the rows below are spread over.
ROUNDS = 7
PLACE = """
    DATE '2025-11-24' + n % 365 AS day, lpad((9 + n % 10)::text, 2, '0') AS hour,
    (ARRAY['web','line','form','api','sms'])[1 + n % 5] AS channel,
    (ARRAY['general','repair','billing'])[1 + n % 3] AS topic, lpad((n % 64)::text, 32, 'a') AS agent
"""
WRITE = (
    """INSERT INTO callbacks (id, reference, status, kind, topic, window_start, window_end, slot_start, due_at,
         phone_number, reason, language, channel, created_at, updated_at)
       SELECT lpad(n::text, 32, '0'), 'B' || n, 'completed', 'scheduled', topic, at, at + interval '30 minutes', at, at,
         '+8190' || 10000000 + n, 'x', 'ja', channel, at - interval '1 hour', at
       FROM (SELECT n, day + (hour || ' hours')::interval - interval '9 hours' AS at, channel, topic
             FROM (SELECT n, PLACE FROM generate_series(1, :many) AS n) AS placed) AS timed""",
    """INSERT INTO kpi_facts (subject, unit, number, day, hour, channel, topic, agent, wait_promise, wait_asked,
         callbacks, dialled, dials, spoken, kept, broken, told, moved, cancelled, surveys, ratings, rating_sum)
       SELECT lpad(n::text, 32, '0'), 'promise', 1, day, hour, channel, topic, agent,
         (random() ^ 4 * 3000)::int, (random() * 200000)::int, 1, 1, 1 + n % 2, (n % 20 > 0)::int, (n % 11 > 0)::int,
         (n % 11 = 0)::int, (n % 22 = 0)::int, (n % 13 = 0)::int, (n % 17 = 0)::int, 1, n % 2, n % 2 * (1 + n % 5)
       FROM (SELECT n, PLACE FROM generate_series(1, :many) AS n) AS placed""",
    """INSERT INTO kpi_facts (subject, unit, number, day, hour, channel, topic, agent, rung, answered, talk_s,
         reserved_s)
       SELECT lpad(n::text, 32, '0'), 'dial', 1, day, hour, channel, topic, agent, 1, (n % 4 > 0)::int, 300, 360
       FROM (SELECT n, PLACE FROM generate_series(1, :many) AS n) AS placed""",
    "INSERT INTO kpi_stale_days SELECT DISTINCT day FROM kpi_facts",
    "ANALYZE",
)
EXACT = """
    SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY wait_promise),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY wait_asked)
    FROM kpi_facts WHERE unit = 'promise'
"""


async def a_year(office: Office, *, many: int) -> None:
    """Fill the year, and let the product sum it up."""
    database, kpis = office.world.database, Kpis(office.world.database, timezone=TOKYO)
    began = time.perf_counter()
    for statement in WRITE:
        async with database.write() as tx:
            await tx.execute(text(statement.replace("PLACE", PLACE)), {"many": many} if ":many" in statement else {})
    print(
        f"{many:,} callbacks written in {time.perf_counter() - began:.0f} s\n\n| what | time |\n|---|---|", flush=True
    )
    async with database.write() as tx:
        await store.set_as_of(tx, kpis.signature, office.now)
    began = time.perf_counter()
    await kpis.catch_up(now=office.now)
    await kpis.sum_up_months(now=office.now)
    print(f"| summing up {len(YEAR.days)} days, and their months | {time.perf_counter() - began:.1f} s |", flush=True)


async def pages(office: Office, folder: Path) -> None:
    """How long each page takes when a callback of a day that was summed up has just changed."""
    async with serving(office, folder) as server:
        visitor = Visitor(server.url)
        await visitor.log_in("hana")
        for place, grouping in enumerate(Grouping):
            query = f"from={YEAR.start}&until={YEAR.days[-1]}&by={grouping}"
            taken = []
            await visitor.http.get(f"/desk/kpis?{query}", timeout=60)  # templates and statements are compiled once
            for turn in range(ROUNDS):
                await office.has(
                    f"{place}{turn}", phone_number=f"+8170{place}{turn}000000", window_shift=timedelta(days=-1)
                )
                began = time.perf_counter()
                answer = await visitor.http.get(f"/desk/kpis?{query}", timeout=60)
                taken.append((time.perf_counter() - began) * 1000)
                answer.raise_for_status()
            days = "100 days" if grouping == Grouping.DAY else f"{len(YEAR.days)} days"
            print(f"| page by {grouping}, {days} | {_told(taken)} |", flush=True)
        await visitor.http.aclose()


async def reports(office: Office) -> None:
    """The same figures without a page, and whether percentiles are those that the database finds by sorting."""
    kpis = Kpis(office.world.database, timezone=TOKYO)
    for grouping in (Grouping.DAY, Grouping.HOUR):
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            report = await kpis.report(YEAR, grouping, now=office.now)
            taken.append((time.perf_counter() - began) * 1000)
        print(f"| figures by {grouping} | {_told(taken)} |", flush=True)
    async with office.world.database.read() as tx:
        began = time.perf_counter()
        sorted_out = tuple((await tx.execute(text(EXACT))).one())
        spent = time.perf_counter() - began
    told = tuple(report.total[name].value for name in ("wait_promise_p90", "wait_asked_median"))
    print(
        f"| two percentiles by sorting, in PostgreSQL | {spent:.1f} s, {'the same' if told == sorted_out else told} |"
    )


async def raw_log(database: Database) -> None:
    """How fast changed callbacks are counted from the raw log."""
    await add_agents(database)
    past = Past(Setting(seed=1, topics=("general",), agent_ids=AGENTS[:3]))
    hours = office_hours()
    days = [date(2026, 10, 1) + timedelta(days=number) for number in range(30)]
    openings = [[slot for opening in hours.windows(day) for slot in cut(opening, SLOTS)] for day in days]
    made = await write(database, [past.day(windows) for windows in openings if windows])
    kpis = Kpis(database, timezone=TOKYO)
    began = time.perf_counter()
    await kpis.catch_up(now=TUESDAY)
    spent = time.perf_counter() - began
    print(f"| counting {made:,} callbacks from the raw log | {spent:.1f} s, {made / spent:.0f} a second |", flush=True)


def _told(taken: Sequence[float]) -> str:
    return f"{statistics.median(taken):.0f} ms, at most {max(taken):.0f} ms"


async def _measure(server: PostgresServer, folder: Path, *, many: int) -> None:
    database = Database(await server.fresh(folder))
    office = await Office(database).open()
    await a_year(office, many=many)
    await pages(office, folder)
    await reports(office)
    await database.close()
    other = Database(await server.fresh(folder))
    await raw_log(other)
    await other.close()


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callbacks", type=int, default=1_000_000)
    many = parser.parse_args().callbacks
    binaries = postgres_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: `make system` installs it.")
    server = PostgresServer(binaries)
    try:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_measure(server, Path(folder), many=many))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
