"""What the desk's boards cost on a large day: python -m benchmarks.desk [SQLite] [PostgreSQL]

500 agents, 20,000 callbacks of the day of which half have been dialled, 300 calls under way, 100 people in the line of
the soonest calls. Each page is fetched over HTTP from a real server by a supervisor who is logged in; then a real
browser opens it, until the page is drawn and its script has put the first countdown there.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright
from sqlalchemy import insert, text

from bot.booking.callback import Kind, Outcome, Status
from bot.store.database import Database
from bot.store.migrations import upgrade
from bot.store.schema import agents, attempts, callbacks
from tests.support.browser import FLAGS, executable
from tests.support.clocks import tokyo
from tests.support.databases import PostgresServer, postgres_binaries
from tests.support.desk import Office, Visitor, enter, serving
from tests.support.products import a_callback, number

PEOPLE, PROMISES, UNDER_WAY, IN_LINE = 500, 20_000, 300, 100
ROUNDS, OPENED = 30, 10
PAGES = ("/desk/today", "/desk/today/people", "/desk")
NOW = tokyo("2026-11-24 13:30")
OPENS, WINDOWS = tokyo("2026-11-24 09:00"), 18


def _promise(index: int, plain: dict[str, Any]) -> dict[str, Any]:
    start = OPENS + timedelta(minutes=30 * (index % WINDOWS))
    is_past = start < NOW - timedelta(minutes=30)
    soonest = index < IN_LINE
    start = NOW if soonest else start
    status = Status.COMPLETED if is_past and not soonest else Status.BOOKED
    return plain | {
        "id": f"{index:032x}", "reference": f"B{index:06d}", "phone_number": number(index), "status": status,
        "kind": Kind.ASAP if soonest else Kind.SCHEDULED, "window_start": start, "slot_start": start, "due_at": start,
        "window_end": start + timedelta(minutes=30), "topic": ("general", "repair")[index % 2],
    }  # fmt: skip


def _attempt(index: int, row: dict[str, Any], *, live: bool) -> dict[str, Any]:
    at = NOW - timedelta(minutes=3) if live else row["window_start"] + timedelta(minutes=index % 40)
    return {
        "id": f"{index:032x}", "callback_id": row["id"], "number": 1, "to_number": row["phone_number"],
        "agent_id": f"{index % PEOPLE:032x}", "carrier_state": "in-progress" if live else "completed",
        "started_at": at, "begun_at": at, "answered_at": at, "confirmed_at": at, "agent_confirmed_at": at,
        "ended_at": None if live else at + timedelta(minutes=4), "outcome": None if live else Outcome.CONNECTED,
    }  # fmt: skip


async def fill(database: Database) -> None:
    """A large day at half past one."""
    plain = a_callback()
    taken = ("window_start", "window_end")
    facts = {column.name: getattr(plain, column.name) for column in callbacks.c if column.name not in taken}
    rows = [_promise(index, facts) for index in range(PROMISES)]
    waiting = [index for index, row in enumerate(rows) if row["status"] == Status.BOOKED and index >= IN_LINE]
    for index in waiting[:UNDER_WAY]:
        rows[index] |= {"status": Status.IN_CALL}
    tried = [_attempt(index, row, live=False) for index, row in enumerate(rows) if row["status"] == Status.COMPLETED]
    people = [
        {
            "id": f"{index:032x}", "login": f"a{index}", "name": f"担当 {index}", "password_hash": "-", "role": "agent",
            "phone_number": f"+813{index:08d}", "presence": ("ready", "ready", "break", "offline")[index % 4],
            "created_at": NOW,
        }
        for index in range(PEOPLE)
    ]  # fmt: skip
    live = [
        _attempt(index, rows[index], live=True) | {"agent_id": f"{place:032x}"}
        for place, index in enumerate(waiting[:UNDER_WAY])
    ]
    async with database.write() as tx:
        await tx.execute(insert(agents), people)
        for first in range(0, PROMISES, 2000):
            await tx.execute(insert(callbacks), rows[first : first + 2000])
        for first in range(0, len(tried), 2000):
            await tx.execute(insert(attempts), tried[first : first + 2000])
        await tx.execute(insert(attempts), live)
        await tx.execute(text("ANALYZE"))


async def measure(name: str, database: Database, folder: Path) -> None:
    """Print a line for each page."""
    office = await Office(database).open()
    await fill(database)
    office.clock.moment = NOW
    async with serving(office, folder) as server:
        visitor = Visitor(server.url)
        await visitor.log_in("hana")
        for path in PAGES:
            taken, size = [], 0
            await visitor.http.get(path, timeout=60)  # templates and statements are compiled once
            for _ in range(ROUNDS):
                began = time.perf_counter()
                answer = await visitor.http.get(path, timeout=60)
                taken.append((time.perf_counter() - began) * 1000)
                answer.raise_for_status()
                size = len(answer.content)
            opened = await _opened(server.url, path)
            slow = statistics.quantiles(taken, n=20)[-1]
            told = [statistics.median(taken), slow, statistics.median(opened)]
            print(f"| {name} | {path} | {' | '.join(f'{ms:.0f} ms' for ms in told)} | {size // 1024} KB |", flush=True)
        await visitor.http.aclose()


async def _opened(url: str, path: str) -> list[float]:
    """Milliseconds until a browser has drawn the page and its script counts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await browser.new_page()
        await enter(page, url)
        taken = []
        for _ in range(OPENED):
            began = time.perf_counter()
            await page.goto(f"{url}{path}", wait_until="load")
            # The script says since when a call lasts, or how long a promise has left, once it runs.
            await page.locator("[data-since]:not(:empty), [data-countdown]:not(:empty)").first.wait_for()
            taken.append((time.perf_counter() - began) * 1000)
        await browser.close()
    return taken


async def main(names: list[str]) -> None:
    """Measure and print Markdown."""
    print(f"{PEOPLE} agents, {PROMISES:,} callbacks, {UNDER_WAY} calls under way; load {os.getloadavg()[0]:.1f}\n")
    print("| database | page | render, median | render, 95 % | until interactive | size |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "SQLite" in names:
            url = f"sqlite:///{folder / 'desk.db'}"
            await asyncio.to_thread(upgrade, url)
            database = Database(url)
            await measure("SQLite", database, folder)
            await database.close()
        binaries = postgres_binaries()
        if "PostgreSQL" in names and binaries:
            server = await asyncio.to_thread(PostgresServer, binaries)
            try:
                database = Database(await server.fresh(folder))
                await measure("PostgreSQL", database, folder)
                await database.close()
            finally:
                server.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["SQLite", "PostgreSQL"]))
