"""Figures that are kept up step by step are those that a plain recount of the raw log finds, to the last digit."""

import asyncio
from datetime import date, datetime, timedelta

from bot.booking.kpis import FIGURES, Grouping
from bot.store.database import Database
from bot.store.kpi_months import summed_up
from bot.usecases.kpis import Kpis, Period
from tests.support.clocks import TOKYO, tokyo
from tests.support.histories import DAYS, FIRST_DAY, add_agents, happen, pasts
from tools.recount import read_log, recount

Figures = dict[str, dict[str, float | None]]
EVERYTHING = Period(start=date(2026, 8, 1), end=date(2026, 11, 1))
A_WEEK = Period(start=date(2026, 9, 7), end=date(2026, 9, 14))


async def counted(kpis: Kpis, period: Period, grouping: Grouping | None, *, now: datetime) -> Figures:
    """What the product says, without groups in which there is nothing."""
    report = await kpis.report(period, grouping, now=now)
    assert report.pending == 0
    told = {"": report.total, **report.groups}
    figures: Figures = {key: {name: value.value for name, value in values.items()} for key, values in told.items()}
    return {key: values for key, values in figures.items() if key == "" or any(v is not None for v in values.values())}


async def assert_exact(database: Database, kpis: Kpis, *, now: datetime) -> None:
    """Every figure, grouping and period is what the recount says."""
    log = await read_log(database)
    for period, grouping in (*((EVERYTHING, grouping) for grouping in Grouping), (A_WEEK, None)):
        expected = recount(log, start=period.start, end=period.end, tz=TOKYO, now=now, by=grouping)
        assert await counted(kpis, period, grouping, now=now) == expected, grouping


async def test_a_recount_of_the_raw_log_finds_the_same_at_every_moment(database: Database) -> None:
    await add_agents(database)
    kpis = Kpis(database, timezone=TOKYO)
    past = pasts(1, many=60)
    for moment in (FIRST_DAY + timedelta(days=days) for days in (2.3, 11.5, DAYS, DAYS + 40)):
        happened = [write for write in past if write.at <= moment]
        await happen(database, happened)
        await kpis.sum_up_months(now=moment)  # of what was counted before: what happened just now is not
        past = past[len(happened) :]
        await assert_exact(database, kpis, now=moment)
    final = await counted(kpis, EVERYTHING, None, now=FIRST_DAY + timedelta(days=DAYS + 40))
    assert [name for name, value in final[""].items() if value is None] == []
    # Nothing new was written, and yet: a clock that was set back judges promises as they stood then.
    await assert_exact(database, kpis, now=FIRST_DAY + timedelta(days=12))


async def test_a_month_that_was_summed_up_is_read_as_one_and_forgotten_when_a_day_of_it_changes(
    database: Database,
) -> None:
    await add_agents(database)
    kpis, past, now = Kpis(database, timezone=TOKYO), pasts(4, many=40), FIRST_DAY + timedelta(days=60)
    await happen(database, past[:-60])
    await kpis.catch_up(now=now)
    await kpis.sum_up_months(now=now)
    async with database.read() as tx:
        assert date(2026, 9, 1) in await summed_up(tx, start=EVERYTHING.start, end=EVERYTHING.end)
    await assert_exact(database, kpis, now=now)
    await happen(database, past[-60:])
    await assert_exact(database, kpis, now=now)
    async with database.read() as tx:
        assert date(2026, 9, 1) not in await summed_up(tx, start=EVERYTHING.start, end=EVERYTHING.end)


async def test_figures_without_data_are_told_as_such_and_never_as_nought(database: Database) -> None:
    report = await Kpis(database, timezone=TOKYO).report(A_WEEK, Grouping.DAY, now=tokyo("2026-09-10 12:00"))
    assert {name: value.value for name, value in report.total.items()} == {figure.name: None for figure in FIGURES}
    assert list(report.groups) == [day.isoformat() for day in A_WEEK.days]


async def test_two_processes_that_count_at_once_count_nothing_twice(
    database: Database, second_database: Database
) -> None:
    await add_agents(database)
    now = FIRST_DAY + timedelta(days=DAYS + 40)
    await happen(database, pasts(3, many=30))
    both = (Kpis(database, timezone=TOKYO), Kpis(second_database, timezone=TOKYO))
    await asyncio.gather(*(kpis.catch_up(now=now) for kpis in both))
    await assert_exact(database, both[0], now=now)
