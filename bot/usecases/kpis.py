"""Figures for supervisors: kept up with everything that happens, and exact whenever they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.booking.callback import Callback
from bot.booking.kpi_facts import judge
from bot.booking.kpi_spells import spell_facts
from bot.booking.kpi_sums import Sums, Value, value_of
from bot.booking.kpis import FIGURES, Grouping
from bot.store import agents, callbacks, kpi_months, kpi_raw, kpis
from bot.store.database import Database
from bot.store.kpis import Behind, Taken

USUAL_DAYS = 28
MOST_DAYS = 1100
"""Of one report: asked for by nobody in particular, and at the most."""
DEFINITIONS = 2
"""Raised with every change of what a figure means: everything is then counted anew."""
BATCH = 100
"""So many changes in one transaction: on SQLite everybody else waits for it."""
MOST_AT_A_READING = 500
"""A reader does not wait for more than so many; the rest is told as `pending`, and counted by the scheduler."""
QUIET_AFTER = timedelta(days=9)
"""After so long only late ratings and moved clocks change a day: a matter counts as settled after seven."""
NOTHING = Sums(counts={}, waits={})
SET_BACK = timedelta(minutes=1)
"""Clocks of several machines differ by less; one that is farther behind was set back."""
NOTED_EVERY = timedelta(seconds=30)
"""How often the time is written down up to which figures were counted: not each time that there is nothing to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Days in business time, from `start` until just before `end`."""

    start: date
    end: date

    @property
    def days(self) -> tuple[date, ...]:
        """Each of them."""
        return tuple(self.start + timedelta(days=number) for number in range((self.end - self.start).days))


Values = Mapping[str, Value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Every figure of a period, and of each group in it. `pending` changes are not counted yet."""

    period: Period
    total: Values
    groups: Mapping[str, Values]
    as_of: datetime
    pending: int


class Kpis:
    """Counts what changed, and reads the sums."""

    def __init__(self, database: Database, *, timezone: ZoneInfo) -> None:
        self._database = database
        self._tz = timezone
        self.signature = f"{DEFINITIONS} {timezone.key}"[:64]

    def today(self, now: datetime) -> date:
        """The business's day."""
        return now.astimezone(self._tz).date()

    async def catch_up(self, *, now: datetime, most: int | None = None) -> int:
        """Count what changed since the last time, at most about so many changes; returns how many are left."""
        await self._begin(now=now)
        counted = 0
        while most is None or counted < most:
            if not await self._count_some(now=now):
                break
            counted += BATCH
        async with self._database.read() as tx:
            stale = await kpis.stale_days(tx)
        for day in stale:
            async with self._database.write() as tx:
                await kpis.lock(tx)
                await kpis.sum_up(tx, day)
        async with self._database.read() as tx:
            return await kpis.waiting(tx)

    async def sum_up_months(self, *, now: datetime) -> None:
        """Sum up whole months, once they lie back far enough to be quiet."""
        async with self._database.read() as tx:
            months = await kpi_months.not_summed_up(tx, before=self.today(now) - QUIET_AFTER)
        for month in months:
            async with self._database.write() as tx:
                await kpis.lock(tx)
                await kpi_months.sum_up(tx, month)

    async def report(self, period: Period, grouping: Grouping | None = None, *, now: datetime) -> Report:
        """The figures as of now."""
        pending = await self.catch_up(now=now, most=MOST_AT_A_READING)
        groups: dict[str, Sums] = {}
        async with self._database.read() as tx:
            await kpis.hold_still(tx)
            total = await kpis.read(tx, Grouping.DAY, start=period.start, end=period.end)
            if grouping:
                is_day = grouping == Grouping.DAY
                groups = await kpis.read(tx, grouping, start=period.start, end=period.end, each_day=is_day)
        keys = (day.isoformat() for day in period.days) if grouping == Grouping.DAY else sorted(groups)
        return Report(
            period=period,
            total=_values(total.get("", NOTHING)),
            groups={key: _values(groups.get(key, NOTHING)) for key in keys},
            as_of=now,
            pending=pending,
        )

    async def behind(self, wanted: Behind, *, limit: int, offset: int = 0) -> list[Callback]:
        """The callbacks that a figure was counted from, in an order that tells most first."""
        async with self._database.read() as tx:
            ids = await kpis.behind(tx, wanted, limit=limit, offset=offset)
            found = {callback.id: callback for callback in await callbacks.of_ids(tx, ids)}
        return [found[callback_id] for callback_id in ids if callback_id in found]

    async def agent_names(self) -> dict[str, str]:
        """Everybody's name by id, for groups of agents."""
        async with self._database.read() as tx:
            return await agents.names(tx)

    async def _begin(self, *, now: datetime) -> None:
        async with self._database.read() as tx:
            last = await kpis.as_of(tx, self.signature)
            has_come_due = await kpis.has_come_due(tx, now=now)
        if last and not has_come_due and -SET_BACK <= now - last < NOTED_EVERY:
            return
        async with self._database.write() as tx:
            await kpis.lock(tx)
            if last is None or now < last - SET_BACK:  # other definitions, or a clock that was set back
                await kpis.count_everything_anew(tx)
            await kpis.mark_what_time_changed(tx, now=now)
            await kpis.set_as_of(tx, self.signature, now)

    async def _count_some(self, *, now: datetime) -> bool:
        async with self._database.write() as tx:
            await kpis.lock(tx)
            taken = await kpis.take(tx, limit=BATCH)
            if not taken:
                return False
            talks = await kpi_raw.talks_of(tx, taken.callback_ids)
            in_spells = await kpi_raw.spells_of(tx, taken.callback_ids)
            taken = Taken(
                callback_ids=taken.callback_ids, chat_ids=taken.chat_ids | talks, spell_ids=taken.spell_ids | in_spells
            )
            judged = [judge(history, now=now) for history in await kpi_raw.histories(tx, taken.callback_ids)]
            chats = await kpi_raw.chats(tx, taken.chat_ids)
            spells = await kpi_raw.spells(tx, taken.spell_ids)
            duty = [fact for spell in spells for fact in spell_facts(spell, tz=self._tz)]
            await kpis.write_facts(tx, taken, judged, [*chats, *duty], tz=self._tz)
            await kpis.set_as_of(tx, self.signature, now)
        return True


def _values(sums: Sums) -> Values:
    return {figure.name: value_of(figure, sums) for figure in FIGURES}
