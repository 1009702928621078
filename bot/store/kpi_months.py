"""Sums of whole months, made from those of their days: what a year of figures is read from.

A month is summed up once it lies back and nothing in it is stale, and forgotten as soon as one of its days changes:
its days alone are then read, until it is summed up anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, exists, insert, select

from bot.booking.kpi_sums import packed, unpacked
from bot.booking.kpis import COUNTS, WAITS, Grouping
from bot.store.database import Transaction
from bot.store.kpi_schema import kpi_stale_days, kpi_sums


def dimension(grouping: Grouping) -> str:
    """Under which name the months of a grouping are kept."""
    return f"m_{grouping}"


MONTHS = tuple(dimension(grouping) for grouping in Grouping)


def month_of(day: date) -> date:
    """Its first day."""
    return day.replace(day=1)


def month_after(day: date) -> date:
    """The first day of the next month."""
    return month_of(month_of(day) + timedelta(days=31))


async def forget(tx: Transaction, day: date) -> None:
    """One of the month's days has changed."""
    await tx.execute(delete(kpi_sums).where(kpi_sums.c.dimension.in_(MONTHS), kpi_sums.c.day == month_of(day)))


async def summed_up(tx: Transaction, *, start: date, end: date) -> list[date]:
    """Months that lie wholly in the days from `start` until just before `end`, and are summed up."""
    found = await tx.execute(
        select(kpi_sums.c.day).where(
            kpi_sums.c.dimension == dimension(Grouping.DAY), kpi_sums.c.day >= start, kpi_sums.c.day < end
        )
    )
    return [month for month in found.scalars() if month_after(month) <= end]


async def not_summed_up(tx: Transaction, *, before: date) -> list[date]:
    """Months that ended by then and are not summed up, the oldest first."""
    days = await tx.execute(
        select(kpi_sums.c.day).where(kpi_sums.c.dimension == str(Grouping.DAY), kpi_sums.c.day < before)
    )
    known = set(await summed_up(tx, start=date.min, end=date.max))
    return sorted({month_of(day) for day in days.scalars() if month_after(day) <= before} - known)


async def sum_up(tx: Transaction, month: date) -> None:
    """Make a month's sums from those of its days; nothing while one of them is stale."""
    end = month_after(month)
    stale = exists().where(kpi_stale_days.c.day >= month, kpi_stale_days.c.day < end)
    if (await tx.execute(select(stale))).scalar_one():
        return
    await forget(tx, month)
    days = await tx.execute(
        select(kpi_sums).where(
            kpi_sums.c.dimension.in_([str(grouping) for grouping in Grouping]),
            kpi_sums.c.day >= month,
            kpi_sums.c.day < end,
        )
    )
    groups: dict[tuple[Grouping, str], list[Any]] = defaultdict(list)
    for row in days:
        groups[Grouping(row.dimension), row.value].append(row)
    if groups:
        await tx.execute(insert(kpi_sums), [_together(*key, month, rows) for key, rows in groups.items()])


def _together(grouping: Grouping, value: str, month: date, rows: Sequence[Any]) -> dict[str, Any]:
    return {
        "dimension": dimension(grouping), "day": month, "value": value,
        **{name: sum(getattr(row, name) for row in rows) for name in COUNTS},
        **{name: packed([wait for row in rows for wait in unpacked(getattr(row, name))]) for name in WAITS},
    }  # fmt: skip
