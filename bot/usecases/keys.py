"""API keys: who may use the business API. Only hashes are stored, so a lookup compares no secret byte by byte."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from bot.store import ledger
from bot.store.database import Database


class Scope(StrEnum):
    """What a key may do."""

    CALLBACKS = "callbacks"  # slots and callbacks, read and written
    KPIS = "kpis"  # figures, which name no customer


EVERYTHING = frozenset(Scope)


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """Whom a key belongs to, and what it may do."""

    label: str
    scopes: frozenset[str]


class ApiKeys:
    """Keys of the business API."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def access(self, key: str) -> Access | None:
        """What this key opens, or None."""
        async with self._database.read() as tx:
            found = await ledger.api_key(tx, _hashed(key))
        return Access(label=found[0], scopes=frozenset(found[1].split())) if found else None

    async def owner(self, key: str) -> str | None:
        """The label under which this key was let in, or None."""
        access = await self.access(key)
        return access.label if access else None

    async def let_in(self, key: str, *, label: str, now: datetime, scopes: Collection[Scope] = EVERYTHING) -> None:
        """Make `key` the only one of its label."""
        async with self._database.write() as tx:
            await ledger.drop_api_keys(tx, label=label)
            await ledger.put_api_key(tx, _hashed(key), label=label, scopes=" ".join(sorted(scopes)), now=now)

    async def issue(self, *, label: str, now: datetime, scopes: Collection[Scope] = EVERYTHING) -> str:
        """Make a new key for this label; it is shown once and never again."""
        key = secrets.token_urlsafe(32)
        await self.let_in(key, label=label, now=now, scopes=scopes)
        return key


def _hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()
