"""What is really offered and really dialled in a year of made-up hours, against rules told a second time on paper."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.rules import Rules, TopicRules
from bot.booking.slots import SlotPolicy
from bot.booking.window import Window
from bot.store import callbacks
from bot.store.database import Database
from bot.usecases.seats import Customer
from tests.support.databases import SqliteFiles
from tests.support.oracles import Paper, every
from tests.support.papers import days, minutes, papers, told
from tests.support.products import NUMBERS, SLOTS, World, a_callback

QUARTER = timedelta(minutes=15)
EVER = timedelta(days=800)
ANYWHERE = replace(NUMBERS, countries=frozenset({"JP", "US", "GB", "FR", "CL"}), kinds=frozenset({"mobile", "fixed"}))


@asynccontextmanager
async def a_world(
    files: SqliteFiles, folder: Path, paper: Paper, number: str, policy: SlotPolicy
) -> AsyncIterator[World]:
    """A business that follows the paper, on a fresh database."""
    business, lawful = told(paper, number)
    database = Database(await files.fresh(folder))
    rules = Rules(topics={"general": TopicRules(hours=business, policy=policy)}, lawful=lawful)
    try:
        yield World(database, rules=rules, numbers=ANYWHERE, grace=EVER)
    finally:
        await database.close()


@settings(max_examples=30)
@given(
    rules=papers(),
    first=days,
    length=st.sampled_from([15, 30, 45, 60, 120]),
    cutoff=st.sampled_from([0, 15, 60]),
)
def test_in_any_week_of_the_year_exactly_those_slots_are_offered_that_the_paper_allows(
    sqlite_files: SqliteFiles,
    tmp_path_factory: pytest.TempPathFactory,
    rules: tuple[Paper, str],
    first: date,
    length: int,
    cutoff: int,
) -> None:
    paper, number = rules
    start = datetime.combine(first, time(0), UTC) - timedelta(days=3)
    end = start + timedelta(days=7)
    policy = SlotPolicy(
        length=timedelta(minutes=length), cutoff=timedelta(minutes=cutoff), lead=timedelta(), capacity=1,
        horizon=timedelta(days=400),
    )  # fmt: skip

    async def offered() -> list[datetime]:
        async with a_world(sqlite_files, tmp_path_factory.mktemp("week"), paper, number, policy) as world:
            customer = Customer(number=number, language="ja")
            found = await world.bookings.slots(now=start - timedelta(days=1), start=start, end=end, customer=customer)
            return [slot.window.start for slot in found if slot.free]

    # A day before and after: an opening that runs over the edge is cut from its own beginning.
    day = timedelta(days=1)
    allowed = paper.slots(start=start - day, end=end + 2 * day, length=policy.length, cutoff=policy.cutoff)
    assert asyncio.run(offered()) == [begin for begin in allowed if start <= begin < end]


@settings(max_examples=15)
@given(rules=papers(), day=days, minute=minutes)
def test_what_is_owed_at_any_time_of_the_year_is_dialled_at_the_first_moment_that_the_paper_allows(
    sqlite_files: SqliteFiles,
    tmp_path_factory: pytest.TempPathFactory,
    rules: tuple[Paper, str],
    day: date,
    minute: int,
) -> None:
    paper, number = rules
    owed = datetime.combine(day, time(0), UTC) + timedelta(minutes=minute)
    allowed = next(
        (moment for moment in every(QUARTER, owed, owed + timedelta(days=40)) if paper.may_call(moment)), None
    )

    async def dialled() -> datetime | None:
        """Rung at every time to which the dispatcher puts it off, and just before."""
        folder = tmp_path_factory.mktemp("dial")
        async with a_world(sqlite_files, folder, paper, number, SLOTS) as world:
            await world.with_agents()
            window = Window(start=owed, end=owed + SLOTS.length)
            callback = a_callback(phone_number=number, due_at=owed, window=window, slot_start=owed)
            async with world.database.write() as tx:
                await callbacks.add(tx, callback)
            moment = owed
            for _ in range(3):
                if await world.at(moment):
                    return moment
                later = (await world.read(callback)).due_at
                if later == moment:
                    return None
                assert await world.at(later - timedelta(seconds=1)) == 0
                moment = later
        return None

    rung = asyncio.run(dialled())
    assert rung is None or paper.may_call(rung)
    if allowed:
        assert rung == allowed
