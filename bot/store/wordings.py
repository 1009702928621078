"""How a business words its notices: every version of every sentence, the newest in force."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from bot.store.database import Transaction
from bot.store.schema import wordings


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A sentence from `at` on; `text` is None where it was put back to what it is by default."""

    number: int
    name: str
    language: str
    text: str | None
    who: str
    at: datetime


async def newest(tx: Transaction, name: str, language: str) -> Version | None:
    """The version in force, None for a sentence that was never touched."""
    found = await versions(tx, name, language, limit=1)
    return found[0] if found else None


async def versions(tx: Transaction, name: str, language: str, *, limit: int) -> list[Version]:
    """The last versions of a sentence, the newest first."""
    mine = (wordings.c.name == name, wordings.c.language == language)
    rows = await tx.execute(select(wordings).where(*mine).order_by(wordings.c.number.desc()).limit(limit))
    return [_version(row) for row in rows]


async def in_force(tx: Transaction) -> dict[tuple[str, str], Version]:
    """The newest version of every sentence that was ever touched, by (name, language)."""
    last = select(func.max(wordings.c.number)).group_by(wordings.c.name, wordings.c.language)
    rows = await tx.execute(select(wordings).where(wordings.c.number.in_(last)))
    return {(row.name, row.language): _version(row) for row in rows}


async def add(tx: Transaction, name: str, language: str, text: str | None, *, who: str, now: datetime) -> Version:
    """A new version, in force from now on."""
    values = {"name": name, "language": language, "text": text, "who": who, "at": now}
    added = await tx.execute(insert(wordings).values(**values).returning(wordings.c.number))
    return Version(number=added.scalar_one(), name=name, language=language, text=text, who=who, at=now)


def _version(row: Row[Any]) -> Version:
    return Version(**{name: getattr(row, name) for name in Version.__dataclass_fields__})
