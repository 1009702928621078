"""Reading the audit log, and checking that nobody has been at it."""

from dataclasses import dataclass
from datetime import datetime

from bot.store import audit
from bot.store.audit import BEFORE_THE_FIRST, Deed, Entry
from bot.store.database import Database
from bot.usecases.together import Together


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """`count` entries are as they were written. `first_bad` is the number where the first one is missing, changed or
    out of its place. `last_hash` stands for everything before it: kept elsewhere, it also tells of an end cut off."""

    count: int
    last_hash: str
    first_bad: int | None


class AuditLog:
    """The log of who did what."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._deeds: Together[Deed, None] = Together(self._write)

    async def note(
        self, *, at: datetime, actor: str, action: str, subject: str = "", facts: dict[str, str] | None = None
    ) -> None:
        """Write an entry for something that has no transaction of its own."""
        await self._deeds.submit(Deed(at=at, actor=actor, action=action, subject=subject, facts=facts))

    async def _write(self, deeds: list[Deed]) -> dict[Deed, None]:
        """Entries are written one after the other, and a commit waits for the disk: they share it."""
        async with self._database.write() as tx:
            await audit.append_all(tx, deeds)
        return dict.fromkeys(deeds)

    async def listing(
        self, *, actor: str = "", action: str = "", subject: str = "", before: int | None = None, limit: int
    ) -> list[Entry]:
        """Entries, the newest first, of one actor, action or subject where these are named."""
        async with self._database.read() as tx:
            return await audit.listing(tx, actor=actor, action=action, subject=subject, before=before, limit=limit)

    async def verify(self, *, anchor: tuple[int, str] | None = None) -> Verified:
        """Hash everything anew. `anchor` is a (number, hash) that was told earlier: it must still be there."""
        count, before = 0, BEFORE_THE_FIRST
        async with self._database.read() as tx:
            async for entry in audit.from_the_first(tx):
                expected = entry.hashed_after(before)
                is_anchored = anchor is None or anchor[0] != entry.number or anchor[1] == entry.hash
                if entry.number != count + 1 or entry.hash != expected or not is_anchored:
                    return Verified(count=count, last_hash=before, first_bad=count + 1)
                count, before = entry.number, entry.hash
        is_cut = anchor is not None and anchor[0] > count
        return Verified(count=count, last_hash=before, first_bad=count + 1 if is_cut else None)
