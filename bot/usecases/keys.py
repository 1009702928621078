"""API keys: who may use the business API. Only hashes are stored, so a lookup compares no secret byte by byte."""

import secrets
from datetime import datetime
from hashlib import sha256

from bot.store import ledger
from bot.store.database import Database


class ApiKeys:
    """Keys of the business API."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owner(self, key: str) -> str | None:
        """The label under which this key was let in, or None."""
        async with self._database.read() as tx:
            return await ledger.api_key_label(tx, _hashed(key))

    async def let_in(self, key: str, *, label: str, now: datetime) -> None:
        """Make `key` the only one of its label."""
        async with self._database.write() as tx:
            await ledger.drop_api_keys(tx, label=label)
            await ledger.put_api_key(tx, _hashed(key), label=label, now=now)

    async def issue(self, *, label: str, now: datetime) -> str:
        """Make a new key for this label; it is shown once and never again."""
        key = secrets.token_urlsafe(32)
        await self.let_in(key, label=label, now=now)
        return key


def _hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()
