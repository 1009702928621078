"""Which settings were in force since when, and who changed them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from bot.store.database import Transaction
from bot.store.schema import settings_history


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """The settings from `at` on. `changes` are {"setting", "before", "after"} against the version before; `checked_at`
    is when the open promises were held against them; `from_file` is what the file said, None for just these."""

    number: int
    at: datetime
    who: str
    settings: Mapping[str, Any]
    changes: Sequence[Mapping[str, Any]]
    checked_at: datetime | None
    from_file: Mapping[str, Any] | None

    @property
    def said(self) -> Mapping[str, Any]:
        """What the file said when this version was written down."""
        return self.settings if self.from_file is None else self.from_file


async def newest(tx: Transaction) -> Version | None:
    """The settings that were last seen."""
    found = await listing(tx, limit=1)
    return found[0] if found else None


async def newest_number(tx: Transaction) -> int | None:
    """Its number alone: looked up all the time by everybody."""
    number: int | None = await tx.scalar(select(func.max(settings_history.c.number)))
    return number


async def add(
    tx: Transaction,
    *,
    who: str,
    settings: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    now: datetime,
    from_file: Mapping[str, Any] | None = None,
) -> Version:
    """Write down a new version; `from_file` where the file says something else."""
    told = [dict(one) for one in changes]
    rows = await tx.execute(
        insert(settings_history)
        .values(at=now, who=who, settings=dict(settings), changes=told, from_file=from_file)
        .returning(*settings_history.c)
    )
    return _version(rows.one())


async def get(tx: Transaction, number: int) -> Version | None:
    """One version."""
    rows = await tx.execute(select(settings_history).where(settings_history.c.number == number))
    row = rows.one_or_none()
    return _version(row) if row else None


async def mark_checked(tx: Transaction, number: int, *, now: datetime) -> None:
    """The open promises were held against this version."""
    await tx.execute(update(settings_history).where(settings_history.c.number == number).values(checked_at=now))


async def listing(tx: Transaction, *, limit: int) -> list[Version]:
    """The last versions, the newest first."""
    rows = await tx.execute(select(settings_history).order_by(settings_history.c.number.desc()).limit(limit))
    return [_version(row) for row in rows]


def _version(row: Row[Any]) -> Version:
    return Version(**{name: getattr(row, name) for name in Version.__dataclass_fields__})
