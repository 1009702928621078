"""Supervisors edit the rules: a new version of the settings, never beside one that they have not seen."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store import settings_history
from bot.store.database import Database, one_at_a_time
from bot.store.settings_history import Version
from bot.usecases.settings_history import difference, write_down


class SettingsMoved(Exception):
    """Somebody changed the settings since they were shown."""


class NotEditable(Exception):
    """This section is not edited on the desk, or that version is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What an edit comes to: whole sections, and {"setting", "before", "after"} of each line that it changes."""

    sections: Mapping[str, Any]
    changes: Sequence[Mapping[str, Any]]


class Editing:
    """`sections` may be edited, but for their lines in `fixed`: those come with a process's start alone. `read` makes
    plain values of them whole, defaults included, and raises ValueError."""

    def __init__(
        self,
        database: Database,
        *,
        sections: Sequence[str],
        fixed: Mapping[str, Collection[str]],
        read: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> None:
        self._database = database
        self._sections = tuple(sections)
        self._fixed = fixed
        self._read = read

    async def newest(self) -> Version | None:
        """What is in force; None before any process wrote it down."""
        async with self._database.read() as tx:
            return await settings_history.newest(tx)

    async def look(self, sections: Mapping[str, Any], *, seen_number: int) -> Draft:
        """What saving these would change. Raises as `save` does."""
        async with self._database.read() as tx:
            last = await settings_history.newest(tx)
        if last is None or last.number != seen_number:
            raise SettingsMoved
        whole = self._whole(last, sections)
        return Draft(sections=whole, changes=difference({name: last.settings[name] for name in whole}, whole))

    async def look_back(self, number: int, *, seen_number: int) -> Draft:
        """What taking up an old version again would change. Raises as `undo` does."""
        return await self.look(await self._old(number), seen_number=seen_number)

    async def save(self, sections: Mapping[str, Any], *, who: str, seen_number: int, now: datetime) -> Version:
        """Put these sections in force, all others as they are. Without any change the version stays.

        Raises NotEditable, SettingsMoved, and ValueError for what cannot be settings.
        """
        async with self._database.write() as tx:
            await one_at_a_time(tx, "settings")
            last = await settings_history.newest(tx)
            if last is None or last.number != seen_number:
                raise SettingsMoved
            settings = {**last.settings, **self._whole(last, sections)}
            if settings == last.settings:
                return last
            return await write_down(tx, last, settings, from_file=last.said, who=who, now=now)

    async def undo(self, number: int, *, who: str, seen_number: int, now: datetime) -> Version:
        """Save an old version's sections again. Raises as `save` does."""
        return await self.save(await self._old(number), who=who, seen_number=seen_number, now=now)

    async def _old(self, number: int) -> dict[str, Any]:
        async with self._database.read() as tx:
            old = await settings_history.get(tx, number)
        if old is None:
            raise NotEditable
        return {name: old.settings[name] for name in self._sections if name in old.settings}

    def _whole(self, last: Version, sections: Mapping[str, Any]) -> dict[str, Any]:
        if not set(sections) <= set(self._sections):
            raise NotEditable
        told = {name: last.settings[name] for name in self._sections} | dict(sections)
        for name, lines in self._fixed.items():
            told[name] = {**told[name], **{line: last.settings[name][line] for line in lines}}
        whole = self._read(told)
        return {name: whole[name] for name in self._sections}
