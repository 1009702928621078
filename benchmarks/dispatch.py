"""What the dispatcher costs, beside APScheduler with one stored job a callback, in one run on one PostgreSQL.

    python -m benchmarks.dispatch               # all three tables, about two minutes
    python -m benchmarks.dispatch burst dials empty

burst: so many callbacks due at one instant, enough agents, the dial a no-op: how late are claim and attempt committed?
dials: the real Twilio client against a local carrier that answers in 200 ms, in a process of its own.
empty: one tick with nothing due among a million future callbacks.
"""

import argparse
import asyncio
import logging
import os
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import insert, text

from bot.booking.pacing import Line, Pace
from bot.store.database import Database
from bot.store.schema import agents, callbacks
from bot.telephony.twilio import CallUrls, TwilioDialer
from bot.vendors.twilio import TwilioClient
from scheduler import collector
from tests.support.carriers import ScriptedDialer
from tests.support.databases import AS_IT_COMES, PostgresServer, postgres_binaries
from tests.support.ports import free_port
from tests.support.products import ROOT, SLOT, World, a_callback, number

BURST = 10_000
ROUNDS = 3
DIALS = 5_000
FUTURE = 1_000_000
WIDE = Line(number="+815031234567", lines=1_000_000, pace=Pace(per_second=1e6, ahead=timedelta(seconds=1)))
PATIENCE_S = 300.0
_rang: list[float] = []


@dataclass(frozen=True, kw_only=True)
class Burst:
    """How late each of them was, and the processor time of all, the database's counted in; both in seconds."""

    late: list[float]
    processor: float

    @property
    def throughput(self) -> float:
        """Starts a second."""
        return len(self.late) / max(self.late)

    def row(self, name: str) -> str:
        """A line of the table."""
        return (
            f"| {name} | {len(self.late)} | {self.throughput:.0f} | {p99(self.late):.2f} s | {self.processor:.2f} s |"
        )


async def fill(database: Database, count: int, *, people: int, shift: timedelta = timedelta()) -> None:
    """So many callbacks for one instant, and so many agents."""
    plain = a_callback(window_shift=shift)
    row = {
        column.name: getattr(plain, column.name) for column in callbacks.c
        if column.name not in ("window_start", "window_end")
    } | {"window_start": plain.window.start, "window_end": plain.window.end}  # fmt: skip
    async with database.write() as tx:
        for index in range(people):
            await tx.execute(
                insert(agents).values(
                    id=f"{index:032x}", login=f"a{index}", name="A", password_hash="-", role="agent",
                    phone_number=f"+813{index:08d}", presence="ready", created_at=SLOT.start,
                )
            )  # fmt: skip
        for first in range(0, count, 1000):
            rows = [
                row | {"id": secrets.token_hex(16), "reference": f"B{index:08d}", "phone_number": number(index)}
                for index in range(first, min(first + 1000, count))
            ]
            await tx.execute(insert(callbacks), rows)
        await tx.execute(text("ANALYZE"))


async def burst(url: str, server: PostgresServer) -> Burst:
    """The product's claims until nothing is due."""
    database = Database(url)
    await fill(database, BURST, people=BURST)
    world = World(database, dialer=ScriptedDialer(), line=WIDE)
    collector.rarely()  # as the scheduler does when it starts
    while await world.dispatch.look_ahead(now=SLOT.start - timedelta(minutes=1)):
        pass  # as the scheduler does every three seconds: they were booked before they fell due
    late: list[float] = []
    used, began = processor_seconds(server), time.perf_counter()
    while claimed := await world.dispatch.claim(now=SLOT.start, real_now=datetime.now(UTC)):
        late += [time.perf_counter() - began] * len(claimed)
    found = Burst(late=late, processor=processor_seconds(server) - used)
    await database.close()
    return found


def ring(_number: str) -> None:
    """APScheduler's no-op dial."""
    _rang.append(time.time())


def burst_with_apscheduler(url: str, server: PostgresServer) -> Burst:
    """The same with one stored job each; nothing may be dropped."""
    store = SQLAlchemyJobStore(url=url)
    scheduler = BackgroundScheduler(jobstores={"default": store}, timezone="UTC")
    scheduler.start(paused=True)
    due = datetime.now(UTC) + timedelta(seconds=1)
    for index in range(BURST):
        scheduler.add_job(ring, "date", run_date=due, args=(number(index),), misfire_grace_time=None, max_instances=9)
    time.sleep(max(0.0, due.timestamp() - time.time()))
    _rang.clear()
    used, started = processor_seconds(server), time.time()
    scheduler.resume()
    while len(_rang) < BURST and time.time() - started < PATIENCE_S:
        time.sleep(0.05)
    found = Burst(late=[moment - started for moment in _rang], processor=processor_seconds(server) - used)
    scheduler.shutdown()
    return found


def processor_seconds(server: PostgresServer) -> float:
    """What this process and the database have used together."""
    return time.process_time() + server.processor_seconds()


async def dials(url: str) -> dict[str, float]:
    """Dials a second through the real client, and by how much memory grew."""
    database = Database(url)
    await fill(database, DIALS, people=DIALS)
    port = free_port()
    carrier = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.carrier_server", str(port), "0.2", cwd=ROOT
    )
    await asyncio.sleep(1.5)
    client = TwilioClient(account_sid="AC" + "0" * 32, auth_token="t", base_url=f"http://127.0.0.1:{port}")
    dialer = TwilioDialer(client, number="+815031234567", urls=CallUrls("https://x.example.jp"), ring_seconds=25)
    world = World(database, dialer=dialer, line=WIDE)  # type: ignore[arg-type]  # the real one
    began = time.perf_counter()
    made, before = 0, 0.0
    while count := await world.dispatch.dial_due(now=SLOT.start, real_now=datetime.now(UTC)):
        made += count
        before = before or _memory_mb()  # after the first thousand: threads, connections and statements are there
    took = time.perf_counter() - began
    grown = _memory_mb() - before
    client.close()
    carrier.terminate()
    await carrier.wait()
    await database.close()
    return {"dials a second": made / took, "dials": made, "memory grown after the first thousand, MB": grown}


def _memory_mb() -> float:
    """What this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def empty(url: str) -> dict[str, float]:
    """Milliseconds of a tick that finds nothing."""
    database = Database(url)
    await fill(database, 1, people=50, shift=timedelta(days=1))
    names = [column.name for column in callbacks.c]
    made = {"id": "md5(n::text)", "reference": "'F' || n", "due_at": "due_at + n * interval '1 second'"}
    values = ", ".join(made.get(name, name) for name in names)
    async with database.write() as tx:
        many = (
            f"INSERT INTO callbacks ({', '.join(names)}) SELECT {values} FROM callbacks, generate_series(1, {FUTURE}) n"  # noqa: S608 (our own columns)
        )
        await tx.execute(text(many))
        await tx.execute(text("ANALYZE"))
    world = World(database, dialer=ScriptedDialer(), line=WIDE)
    took = []
    for _ in range(200):
        began = time.perf_counter()
        if await world.dispatch.claim(now=SLOT.start, real_now=datetime.now(UTC)):
            sys.exit("Something was due: the measurement is void.")
        took.append((time.perf_counter() - began) * 1000)
    await database.close()
    return {"median, ms": statistics.median(took), "p99, ms": statistics.quantiles(took, n=100)[98]}


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(values, n=100)[98]


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["burst", "dials", "empty"])
    asked = parser.parse_args().what
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    binaries = postgres_binaries()
    if binaries is None:
        sys.exit("PostgreSQL is not installed.")
    server = PostgresServer(binaries, settings=AS_IT_COMES)
    try:
        run(asked, server)
    finally:
        server.stop()


def compare(server: PostgresServer) -> None:
    """Both ways in turn, as often as there are rounds; the machine's load is told, for it moves every figure."""
    print(f"{BURST} due at one instant, no call; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| | dialled | starts a second | lateness p99 | processor time |\n|---|---|---|---|---|")
    ratios = []
    for _ in range(ROUNDS):
        ours = asyncio.run(_on_a_fresh_one(server))
        print(ours.row("Orikaeshi"), flush=True)
        url = asyncio.run(server.empty()).replace("postgresql://", "postgresql+psycopg2://")
        theirs = burst_with_apscheduler(url, server)
        print(theirs.row("APScheduler 3.11, a stored job each"), flush=True)
        ratios.append((ours.throughput / theirs.throughput, theirs.processor / ours.processor))
    for index, what in enumerate(("throughputs", "processor times")):
        told = ", ".join(f"{ratio[index]:.1f}" for ratio in ratios)
        print(f"\nRatio of the {what}: {told}", flush=True)


async def _on_a_fresh_one(server: PostgresServer) -> Burst:
    return await burst(await server.fresh(Path(tempfile.gettempdir())), server)


def run(asked: list[str], server: PostgresServer) -> None:
    """Each measurement on a fresh database."""

    def fresh(measure: Callable[[str], Awaitable[Any]]) -> Any:
        async def on_its_own() -> Any:
            return await measure(await server.fresh(Path(tempfile.gettempdir())))

        return asyncio.run(on_its_own())

    if "burst" in asked:
        compare(server)
    for name, measure in (("dials", dials), ("empty", empty)):
        if name in asked:
            print(f"{name}: " + ", ".join(f"{key} {value:.2f}" for key, value in fresh(measure).items()), flush=True)


if __name__ == "__main__":
    main()
