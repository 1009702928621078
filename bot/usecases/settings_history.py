"""Every change of the settings is kept: who, when and what. A process writes down at its start what it found."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.store import audit, settings_history
from bot.store.database import Database, Transaction, one_at_a_time
from bot.store.settings_history import Version

MOST_SHOWN = 50
FOLLOWED_WITHIN = timedelta(seconds=5)
"""By then every process that runs goes by a new version: each looks once a second, before it decides anything."""

log = structlog.get_logger(__name__)


class SettingsHistory:
    """`in_force` are the settings of this process's file as plain values, `who` is whose it is; `edited` names the
    sections that the desk may have changed since."""

    def __init__(
        self, database: Database, *, in_force: Mapping[str, Any], who: str, edited: Sequence[str] = ()
    ) -> None:
        self._database = database
        self._in_force = in_force
        self._who = who
        self._edited = tuple(edited)
        self._kept: Version | None = None
        self._looked_at: Version | None = None

    async def is_unchecked(self, *, now: datetime) -> bool:
        """Whether the open promises were never held against the newest settings."""
        if self._kept is None:
            self._kept = await self.keep(now=now)
        async with self._database.read() as tx:
            self._looked_at = await settings_history.newest(tx) or self._kept
        return self._looked_at.checked_at is None

    async def checked(self, *, now: datetime) -> None:
        """Now they were. A version so new that others may not go by it yet is looked at once more."""
        looked_at = self._looked_at
        if looked_at and abs(now - looked_at.at) >= FOLLOWED_WITHIN:
            async with self._database.write() as tx:
                await settings_history.mark_checked(tx, looked_at.number, now=now)

    def differs(self, version: Version) -> bool:
        """Whether this version is something else than this process's file."""
        return version.settings != self._in_force

    async def keep(self, *, now: datetime) -> Version:
        """The version that this process goes by; a new one where its file differs from the last that was seen.

        A section that the file left as it was keeps the desk's edit; one that it changed replaces the edit.
        """
        async with self._database.write() as tx:
            await one_at_a_time(tx, "settings")
            last = await settings_history.newest(tx)
            if last and last.said == self._in_force:
                return last
            kept = await self._edits_to_keep(tx, last) if last else {}
            settings = {**self._in_force, **kept}
            return await write_down(tx, last, settings, from_file=self._in_force, who=self._who, now=now)

    async def _edits_to_keep(self, tx: Transaction, last: Version) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for name in self._edited:
            before, edit = last.said.get(name), last.settings.get(name)
            if edit == before:
                continue
            if self._in_force[name] == before:
                kept[name] = edit
            else:
                by = await _who_edited(tx, name)
                log.warning("desk_edit_replaced", section=name, version=by.number, who=by.who, file=self._who)
        return kept

    async def listing(self) -> list[Version]:
        """The last versions, the newest first."""
        async with self._database.read() as tx:
            return await settings_history.listing(tx, limit=MOST_SHOWN)


async def write_down(
    tx: Transaction,
    last: Version | None,
    settings: Mapping[str, Any],
    *,
    from_file: Mapping[str, Any],
    who: str,
    now: datetime,
) -> Version:
    """A new version after `last`, and the audit log's line about it."""
    changes = difference(last.settings, settings) if last else ()
    said = None if from_file == settings else from_file
    added = await settings_history.add(tx, who=who, settings=settings, changes=changes, from_file=said, now=now)
    subject, facts = str(added.number), {"changed": ", ".join(change["setting"] for change in changes)}
    await audit.append(tx, at=now, actor=who, action="settings_changed", subject=subject, facts=facts)
    return added


async def _who_edited(tx: Transaction, section: str) -> Version:
    """The last version that changed this section; the newest one where that is too long ago."""
    versions = await settings_history.listing(tx, limit=MOST_SHOWN)
    touched = (one for one in versions if any(change["setting"].split(".")[0] == section for change in one.changes))
    return next(touched, versions[0])


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """{"setting", "before", "after"} of each line that is not the same; None for one that was not or is not there."""
    old, new = dict(_lines(before)), dict(_lines(after))
    names = [*new, *(name for name in old if name not in new)]
    return [
        {"setting": name, "before": old.get(name), "after": new.get(name)}
        for name in names
        if old.get(name) != new.get(name)
    ]


def _lines(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each setting under its dotted name; tables of a list by their id, date or place."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _lines(part, f"{path}.{name}" if path else str(name))
    elif _is_list_of_tables(value):
        for place, part in enumerate(value, start=1):
            yield from _lines(part, f"{path}.{part.get('id') or part.get('date') or part.get('since') or place}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield path, ", ".join(str(part) for part in value)
    elif value is not None:
        yield path, str(value)


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, Mapping) for part in value)
