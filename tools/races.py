"""`make races`: the races of booking in full, on both databases: rows 16, 19 and 20 of the fault list.

make races                                # about ten minutes on two cores
make races ARGS='--trials 500 --on SQLite'
"""

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import structlog

from bot.store.database import Database
from tests.support import races
from tests.support.databases import AS_IT_COMES, MISSING, PostgresServer, SqliteFiles, postgres_binaries
from tools.terminal import Terminal

PROCESSES = 4
REQUESTS = 5_000


def main() -> None:
    """Run and tell; the exit code says whether all was well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--on", choices=("SQLite", "PostgreSQL"), help="one database")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    terminal, wrong = Terminal(sys.stdout), 0
    with tempfile.TemporaryDirectory() as folder:
        if asked.on != "PostgreSQL":
            wrong += _all(terminal, "SQLite", SqliteFiles(Path(folder)), asked)
        if asked.on != "SQLite":
            binaries = postgres_binaries()
            if binaries is None:
                sys.exit(MISSING)
            server = PostgresServer(binaries, settings=AS_IT_COMES)
            try:
                wrong += _all(terminal, "PostgreSQL", server, asked)
            finally:
                server.stop()
    sys.exit(int(wrong > 0))


def _all(terminal: Terminal, name: str, databases: SqliteFiles | PostgresServer, asked: argparse.Namespace) -> int:
    """How many things were wrong."""
    wrong = 0
    for level in races.LEVELS if isinstance(databases, PostgresServer) else ("",):
        ends, found = asyncio.run(_rush(_fresh(databases), level=level, requests=asked.requests))
        terminal.say(f"{name} {level}: row 16, {PROCESSES} processes: {_told(ends)}; {len(found)} wrong")
        wrong += len(found)
    for row, race in ((19, races.hold_expiry), (20, races.cancel_and_dial)):
        seen = asyncio.run(_race(race, _fresh(databases), trials=asked.trials))
        terminal.say(f"{name}: row {row}: {_told(seen.ends)}; {len(seen.wrong)} wrong")
        for fault in seen.wrong[:10]:
            terminal.say(f"  {fault}")
        wrong += len(seen.wrong)
    return wrong


def _fresh(databases: SqliteFiles | PostgresServer) -> str:
    return asyncio.run(databases.fresh(Path(tempfile.mkdtemp(prefix="orikaeshi-races-"))))


async def _rush(url: str, *, level: str, requests: int) -> tuple[Counter[str], list[str]]:
    if level:
        await races.at_level(url, level)
    each = requests // PROCESSES
    commands = [
        [sys.executable, "-m", "tests.support.races", url, str(each), str(place * each)] for place in range(PROCESSES)
    ]
    running = [
        await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    ends = Counter[str]()
    for process in running:
        said, _ = await process.communicate()
        ends += Counter(json.loads(said or '{"a process died": 1}'))
    expected = {"booked": races.PLACES, "full": each * PROCESSES - races.PLACES}
    database = Database(url)
    found = [f"{counter}" for counter in await races.wrong_counters(database)]
    await database.close()
    return ends, found if ends == expected else [*found, f"{_told(ends)} instead of {expected}"]


async def _race(race: races.Race, url: str, *, trials: int) -> races.Seen:
    one, other = Database(url), Database(url)
    seen = await race(one, other, trials=trials)
    seen.wrong += [f"counter: {counter}" for counter in await races.wrong_counters(one)]
    for database in (one, other):
        await database.close()
    return seen


def _told(ends: Counter[str]) -> str:
    return ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))


if __name__ == "__main__":
    main()
