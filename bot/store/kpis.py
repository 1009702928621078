"""Figures in the database: which callbacks changed, what each counts for, and the sums of every day.

Sums are made from facts alone, facts from the raw log alone: whatever is counted anew comes out the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)

from bot.booking.kpi_facts import Fact, Judged
from bot.booking.kpi_sums import Sums, in_few_runs, packed, unpacked
from bot.booking.kpis import COUNTS, WAITS, Figure, Grouping, Unit
from bot.store import kpi_months
from bot.store.database import Transaction, one_at_a_time, upsert
from bot.store.kpi_schema import kpi_changes, kpi_facts, kpi_stale_days, kpi_state, kpi_sums
from bot.store.presence_schema import presence_spells
from bot.store.schema import callbacks, conversations

CALLBACK, CHAT, SPELL = "callback", "chat", "spell"
DIMENSIONS: dict[Grouping, ColumnElement[str]] = {
    Grouping.DAY: literal(""),
    Grouping.HOUR: kpi_facts.c.hour,
    Grouping.CHANNEL: kpi_facts.c.channel,
    Grouping.TOPIC: kpi_facts.c.topic,
    Grouping.AGENT: kpi_facts.c.agent,
}
NOBODYS = (Grouping.CHANNEL, Grouping.TOPIC, Grouping.AGENT)
"""Where an empty value means that a fact belongs to no group."""
WHOLE_DAY = "whole_day"
KEY = ("subject", "unit", "number")


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What changed and is now ours to count anew."""

    callback_ids: frozenset[str]
    chat_ids: frozenset[str]
    spell_ids: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.callback_ids or self.chat_ids or self.spell_ids)


async def lock(tx: Transaction) -> None:
    """One process counts at a time; the others wait for what it found."""
    await one_at_a_time(tx, "kpis")


async def as_of(tx: Transaction, signature: str) -> datetime | None:
    """When figures were counted last; None when that was never, or by other definitions."""
    found = await tx.execute(select(kpi_state.c.as_of).where(kpi_state.c.signature == signature))
    return found.scalar_one_or_none()


async def set_as_of(tx: Transaction, signature: str, now: datetime) -> None:
    """Remember when figures were counted, and by which definitions."""
    told = {"signature": signature, "as_of": now}
    await tx.execute(upsert(tx, kpi_state).values(id=1, **told).on_conflict_do_update(index_elements=["id"], set_=told))


async def count_everything_anew(tx: Transaction) -> None:
    """Forget what was counted, and take every callback and talk for changed."""
    for table in (kpi_facts, kpi_sums, kpi_stale_days, kpi_changes):
        await tx.execute(delete(table))
    for unit, table in ((CALLBACK, callbacks), (CHAT, conversations)):
        await tx.execute(insert(kpi_changes).from_select(["unit", "subject"], select(literal(unit), table.c.id)))
    spells = select(literal(SPELL), cast(presence_spells.c.id, String))
    await tx.execute(insert(kpi_changes).from_select(["unit", "subject"], spells))


async def has_come_due(tx: Transaction, *, now: datetime) -> bool:
    """Whether time alone has changed what a callback counts for."""
    found = await tx.execute(select(kpi_facts.c.subject).where(kpi_facts.c.check_at <= now).limit(1))
    return found.first() is not None


async def mark_what_time_changed(tx: Transaction, *, now: datetime) -> None:
    """Take for changed what counts for something else from now on, because its time has come."""
    due = kpi_facts.c.check_at <= now
    await tx.execute(
        insert(kpi_changes).from_select(
            ["unit", "subject"], select(literal(CALLBACK), kpi_facts.c.subject).where(due).distinct()
        )
    )
    await tx.execute(update(kpi_facts).where(due).values(check_at=None))


async def waiting(tx: Transaction) -> int:
    """How many changes are not counted yet."""
    counted = await tx.execute(select(func.count()).select_from(kpi_changes))
    return int(counted.scalar_one())


async def take(tx: Transaction, *, limit: int) -> Taken:
    """The oldest changes, taken out of the queue: counted in this same transaction, or there again."""
    oldest = select(kpi_changes.c.id).order_by(kpi_changes.c.id).limit(limit)
    rows = (
        await tx.execute(
            delete(kpi_changes).where(kpi_changes.c.id.in_(oldest)).returning(kpi_changes.c.unit, kpi_changes.c.subject)
        )
    ).all()
    return Taken(
        callback_ids=frozenset(row.subject for row in rows if row.unit == CALLBACK),
        chat_ids=frozenset(row.subject for row in rows if row.unit == CHAT),
        spell_ids=frozenset(row.subject for row in rows if row.unit == SPELL),
    )


async def write_facts(
    tx: Transaction, taken: Taken, judged: Iterable[Judged], others: Iterable[Fact], *, tz: ZoneInfo
) -> None:
    """Put what these subjects count for in the place of what they counted for; the days concerned become stale."""
    subjects = taken.callback_ids | taken.chat_ids | taken.spell_ids
    known = {
        (row.subject, row.unit, row.number): dict(row._mapping)
        for row in await tx.execute(select(kpi_facts).where(kpi_facts.c.subject.in_(subjects)))
    }
    rows = [_row(fact, tz, check_at=one.check_at) for one in judged for fact in one.facts]
    rows += [_row(fact, tz, check_at=None) for fact in others]
    fresh = {tuple(row[name] for name in KEY): row for row in rows}
    changed = [key for key in known.keys() | fresh.keys() if known.get(key) != fresh.get(key)]
    if not changed:
        return
    gone = {key[0] for key in changed if key in known}
    if gone:
        await tx.execute(delete(kpi_facts).where(kpi_facts.c.subject.in_(gone)))
    if new := [row for key, row in fresh.items() if key[0] in gone or key not in known]:
        await tx.execute(insert(kpi_facts), new)
    days = {facts[key]["day"] for key in changed for facts in (known, fresh) if key in facts}
    await tx.execute(upsert(tx, kpi_stale_days).on_conflict_do_nothing(), [{"day": day} for day in sorted(days)])


async def stale_days(tx: Transaction) -> list[date]:
    """Days whose sums are behind their facts."""
    return list((await tx.execute(select(kpi_stale_days.c.day).order_by(kpi_stale_days.c.day))).scalars())


async def sum_up(tx: Transaction, day: date) -> None:
    """Make the sums of a day from its facts."""
    waits = await _waits_of(tx, day)
    rows = await _counts_of(tx, day, waits)
    days = [str(grouping) for grouping in Grouping]
    await tx.execute(delete(kpi_sums).where(kpi_sums.c.day == day, kpi_sums.c.dimension.in_(days)))
    await kpi_months.forget(tx, day)
    if rows:
        await tx.execute(insert(kpi_sums), rows)
    await tx.execute(delete(kpi_stale_days).where(kpi_stale_days.c.day == day))


async def hold_still(tx: Transaction) -> None:
    """Let everything that is read from here on be of one moment."""
    steady = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ" if tx.dialect.name == "postgresql" else "BEGIN"
    await tx.execute(text(steady))


async def read(
    tx: Transaction, grouping: Grouping, *, start: date, end: date, each_day: bool = False
) -> dict[str, Sums]:
    """The sums of the days from `start` until just before `end`, by group; with `each_day` by ISO date."""
    months = [] if each_day else await kpi_months.summed_up(tx, start=start, end=end)
    in_no_month = [(kpi_sums.c.day < month) | (kpi_sums.c.day >= kpi_months.month_after(month)) for month in months]
    by_day = and_(kpi_sums.c.dimension == str(grouping), kpi_sums.c.day >= start, kpi_sums.c.day < end, *in_no_month)
    by_month = and_(kpi_sums.c.dimension == kpi_months.dimension(grouping), kpi_sums.c.day.in_(months))
    group = (kpi_sums.c.day if each_day else kpi_sums.c.value).label("key")
    runs: dict[str, dict[str, list[Sequence[int]]]] = defaultdict(lambda: {name: [] for name in WAITS})
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for part in (by_day, by_month) if months else (by_day,):
        for row in await tx.execute(select(group, *(kpi_sums.c[name] for name in WAITS)).where(part)):
            for name in WAITS:
                if waits := getattr(row, name):
                    runs[str(row.key)][name].append(unpacked(waits))
        summed = select(group, *(func.sum(kpi_sums.c[name]).label(name) for name in COUNTS)).where(part)
        for row in await tx.execute(summed.group_by(group)):
            for name in COUNTS:
                counts[str(row.key)][name] += int(getattr(row, name))
    return {
        key: Sums(counts=found, waits={name: in_few_runs(waits) for name, waits in runs[key].items()})
        for key, found in counts.items()
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """Which callbacks are asked for: those that a figure was counted from, in a group or in all.

    `missed` are those that count for the figure's whole and not for its part.
    """

    figure: Figure
    start: date
    end: date
    grouping: Grouping | None = None
    value: str = ""
    missed: bool = False


async def behind(tx: Transaction, wanted: Behind, *, limit: int, offset: int) -> list[str]:
    """Ids of the callbacks behind a figure, the newest first; by their wait, the longest first."""
    subject = kpi_facts.c.subject
    facts: Select[Any] = select(func.max(kpi_facts.c.day), subject)
    if wanted.figure.unit == Unit.CHAT:  # a talk that asked for nothing has no callback to show
        facts = select(func.max(kpi_facts.c.day), callbacks.c.id).join(
            callbacks, callbacks.c.conversation_id == subject
        )
        subject = callbacks.c.id
    order: Any = func.max(kpi_facts.c.day).desc()
    if wanted.figure.wait:
        order = func.max(kpi_facts.c[wanted.figure.wait]).desc()
    rows = await tx.execute(
        facts.where(*_conditions(wanted)).group_by(subject).order_by(order, subject).limit(limit).offset(offset)
    )
    return [row[1] for row in rows]


def _conditions(wanted: Behind) -> list[ColumnElement[bool]]:
    figure = wanted.figure
    conditions = [kpi_facts.c.day >= wanted.start, kpi_facts.c.day < wanted.end, kpi_facts.c.unit == figure.unit]
    if wanted.grouping == Grouping.DAY:
        conditions.append(kpi_facts.c.day == date.fromisoformat(wanted.value))
    elif wanted.grouping:
        conditions.append(DIMENSIONS[wanted.grouping] == wanted.value)
    if figure.wait:
        conditions.append(kpi_facts.c[figure.wait].is_not(None))
    elif wanted.missed:
        whole = sum((kpi_facts.c[name] for name in figure.whole), literal(0))
        conditions += [whole > 0, kpi_facts.c[figure.part or ""] == 0]
    else:
        conditions.append(kpi_facts.c[figure.part or ""] > 0)
    return conditions


def _row(fact: Fact, tz: ZoneInfo, *, check_at: datetime | None) -> dict[str, Any]:
    local = fact.at.astimezone(tz)
    is_first_promise = fact.unit == Unit.PROMISE and fact.number == 1
    return {
        "subject": fact.subject, "unit": str(fact.unit), "number": fact.number, "day": local.date(),
        "hour": f"{local.hour:02d}", "channel": fact.channel, "topic": fact.topic, "agent": fact.agent_id,
        "wait_promise": fact.wait_promise, "wait_asked": fact.wait_asked,
        "check_at": check_at if is_first_promise else None,
        **dict.fromkeys(COUNTS, 0), **fact.counts,
    }  # fmt: skip


async def _waits_of(tx: Transaction, day: date) -> dict[tuple[Grouping, str, str], list[int]]:
    """Every wait of a day by (grouping, value, kind of wait)."""
    found: dict[tuple[Grouping, str, str], list[int]] = defaultdict(list)
    waited = [kpi_facts.c[name].is_not(None) for name in WAITS]
    columns = [column.label(str(grouping)) for grouping, column in DIMENSIONS.items()]
    rows = await tx.execute(
        select(*columns, *(kpi_facts.c[name] for name in WAITS)).where(kpi_facts.c.day == day, waited[0] | waited[1])
    )
    for row in rows:
        for name in WAITS:
            if (wait := getattr(row, name)) is not None:
                for grouping in Grouping:
                    found[grouping, getattr(row, grouping), name].append(wait)
    return found


async def _counts_of(
    tx: Transaction, day: date, waits: dict[tuple[Grouping, str, str], list[int]]
) -> list[dict[str, Any]]:
    """The rows of a day by every grouping. Its facts are looked up once: they lie scattered."""
    facts = select(kpi_facts, literal("").label(WHOLE_DAY)).where(kpi_facts.c.day == day).cte("facts")
    summed = [func.sum(facts.c[name]).label(name) for name in COUNTS]
    rows = await tx.execute(
        union_all(
            *(
                select(literal(str(grouping)).label("grouping"), _group(facts, grouping), *summed).group_by(
                    _group(facts, grouping)
                )
                for grouping in Grouping
            )
        )
    )
    return [
        {
            "dimension": row.grouping, "day": day, "value": row.value,
            **{name: packed(waits.get((Grouping(row.grouping), row.value, name), ())) for name in WAITS},
            **{name: int(getattr(row, name)) for name in COUNTS},
        }
        for row in rows
        if row.value or row.grouping not in NOBODYS
    ]  # fmt: skip


def _group(facts: FromClause, grouping: Grouping) -> ColumnElement[str]:
    """The column that tells groups apart; the same empty value everywhere for whole days."""
    return facts.c[WHOLE_DAY if grouping == Grouping.DAY else str(grouping)].label("value")
