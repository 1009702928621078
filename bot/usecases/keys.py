"""API keys: who may use the business API. Only hashes are stored, so a lookup compares no secret byte by byte."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from bot.store import audit, ledger
from bot.store.database import Database


class Scope(StrEnum):
    """What a key may do."""

    CALLBACKS = "callbacks"  # slots and callbacks, read and written
    READ = "read"  # slots and callbacks, read only
    KPIS = "kpis"  # figures, which name no customer


EVERYTHING = frozenset({Scope.CALLBACKS, Scope.KPIS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """Whom a key belongs to, and what it may do."""

    label: str
    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedKey:
    """What is known of a key once it was shown."""

    label: str
    scopes: str
    created_at: datetime


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

    async def issue(
        self, *, label: str, now: datetime, scopes: Collection[Scope] = EVERYTHING, actor: str = "command"
    ) -> str:
        """Make a new key for this label; it is shown once and never again."""
        key, told = secrets.token_urlsafe(32), " ".join(sorted(scopes))
        async with self._database.write() as tx:
            await ledger.drop_api_keys(tx, label=label)
            await ledger.put_api_key(tx, _hashed(key), label=label, scopes=told, now=now)
            facts = {"scopes": told}
            await audit.append(tx, at=now, actor=actor, action="key_issued", subject=label, facts=facts)
        return key

    async def revoke(self, label: str, *, actor: str, now: datetime) -> None:
        """Shut out every key of this label at once."""
        async with self._database.write() as tx:
            await ledger.drop_api_keys(tx, label=label)
            await audit.append(tx, at=now, actor=actor, action="key_revoked", subject=label)

    async def listing(self) -> list[IssuedKey]:
        """Which keys there are, by label; not the keys."""
        async with self._database.read() as tx:
            return [
                IssuedKey(label=label, scopes=scopes, created_at=at)
                for label, scopes, at in await ledger.api_keys_listed(tx)
            ]


def _hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()
