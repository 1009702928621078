"""`make demo-data`: three months of believable history, so that a newcomer sees living pages. The same every time.

    python -m tools.demo_data --days 92 --seed 1

Only where the simulated carrier is configured: made-up history has no place beside real customers'. Done twice, it
changes nothing; it may be run while the product runs.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from bot import wiring
from bot.booking.slots import cut
from bot.booking.window import Window
from bot.gateway import demo
from bot.settings import SettingsError, load
from bot.store import agents
from bot.store.database import Database
from bot.store.migrations import upgrade
from bot.store.schema import callbacks, metadata
from bot.usecases.people import DEMO_AGENTS
from bot.wiring import Product
from tools.demo_past import MARK, TABLES, Past, Rows, Setting
from tools.terminal import CannotGoOn, Terminal, one_sentence

DAYS = 92
SEED = 1
DAYS_AT_ONCE = 4
"""So many days in one transaction: the product may be running, and SQLite has one writer."""


async def fill(product: Product, terminal: Terminal, *, days: int = DAYS, seed: int = SEED) -> int:
    """Write the history of so many days until yesterday; returns how many callbacks were made, 0 if it is there."""
    now = product.clock.now()
    if await _is_there(product.database):
        return 0
    await demo.prepare(product, now=now)
    setting = Setting(seed=seed, topics=tuple(product.rules.topics), agent_ids=await _agent_ids(product.database))
    past, made = Past(setting), 0
    days_open = list(openings(product, days=days, now=now))
    for begin in range(0, len(days_open), DAYS_AT_ONCE):
        told = [past.day(windows) for windows in days_open[begin : begin + DAYS_AT_ONCE]]
        made += await write(product.database, told)
        terminal.progress("writing the history:", f"{begin + len(told)} of {len(days_open)} days, {made} callbacks")
    while left := await product.kpis.catch_up(now=now, most=1500):
        terminal.progress("counting the figures:", f"{left} changes left")
    return made


async def _is_there(database: Database) -> bool:
    async with database.read() as tx:
        found = await tx.execute(select(func.count()).where(callbacks.c.id.startswith(MARK)).select_from(callbacks))
    return bool(found.scalar_one())


async def _agent_ids(database: Database) -> Sequence[str]:
    async with database.read() as tx:
        found = [await agents.by_login(tx, agent.login) for agent in DEMO_AGENTS]
    return [agent.id for agent in found if agent]


def openings(product: Product, *, days: int, now: datetime) -> Iterator[Sequence[Window]]:
    """The slots of every open day until yesterday."""
    rules = product.rules.of(product.rules.topic(None))
    today = now.astimezone(product.business.timezone).date()
    for back in range(days, 0, -1):
        day = today - timedelta(days=back)
        if windows := [slot for opening in rules.hours.windows(day) for slot in cut(opening, rules.policy)]:
            yield windows


async def write(database: Database, told: list[Rows]) -> int:
    """Keep these days; returns how many callbacks they hold."""
    async with database.write() as tx:
        for name in TABLES:
            rows: list[dict[str, Any]] = [row for day in told for row in day[name]]
            if rows:
                await tx.execute(insert(metadata.tables[name]), rows)
    return sum(len(day["callbacks"]) for day in told)


async def _main(arguments: argparse.Namespace, terminal: Terminal) -> None:
    try:
        settings = load()
    except SettingsError as error:
        raise CannotGoOn(str(error)) from error
    if not settings.is_simulated:
        raise CannotGoOn("demo data is made only where the simulated carrier is configured: real customers live here.")
    await asyncio.to_thread(upgrade, settings.database_url)
    product = wiring.connect(settings)
    try:
        made = await fill(product, terminal, days=arguments.days, seed=arguments.seed)
    finally:
        await product.close()
    if made:
        terminal.say(f"{made} callbacks of {arguments.days} days are there: see the desk's figures as a supervisor.")
    else:
        terminal.say("The made-up history is there already; nothing was changed.")


def main() -> None:
    """Fill the database that the settings name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=DAYS, help="how far back it reaches")
    parser.add_argument("--seed", type=int, default=SEED)
    terminal = Terminal(sys.stdout)
    with one_sentence(terminal):
        asyncio.run(_main(parser.parse_args(), terminal))


if __name__ == "__main__":
    main()
