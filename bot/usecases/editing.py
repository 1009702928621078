"""Supervisors edit the rules: a new version of the settings, never beside one that they have not seen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.store import settings_history
from bot.store.database import Database, one_at_a_time
from bot.store.settings_history import Version
from bot.usecases.settings_history import write_down


class SettingsMoved(Exception):
    """Somebody changed the settings since they were shown."""


class NotEditable(Exception):
    """This section is not edited on the desk, or that version is not there."""


class Editing:
    """`sections` may be edited; `read` makes plain values of them whole, defaults included, and raises ValueError."""

    def __init__(
        self, database: Database, *, sections: Sequence[str], read: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> None:
        self._database = database
        self._sections = tuple(sections)
        self._read = read

    async def save(self, sections: Mapping[str, Any], *, who: str, seen_number: int, now: datetime) -> Version:
        """Put these sections in force, all others as they are. Without any change the version stays.

        Raises NotEditable, SettingsMoved, and ValueError for what cannot be settings.
        """
        if not set(sections) <= set(self._sections):
            raise NotEditable
        async with self._database.write() as tx:
            await one_at_a_time(tx, "settings")
            last = await settings_history.newest(tx)
            if last is None or last.number != seen_number:
                raise SettingsMoved
            whole = self._read({name: last.settings[name] for name in self._sections} | dict(sections))
            settings = {**last.settings, **{name: whole[name] for name in self._sections}}
            if settings == last.settings:
                return last
            return await write_down(tx, last, settings, from_file=last.said, who=who, now=now)

    async def undo(self, number: int, *, who: str, seen_number: int, now: datetime) -> Version:
        """Save an old version's sections again. Raises as `save` does."""
        async with self._database.read() as tx:
            old = await settings_history.get(tx, number)
        if old is None:
            raise NotEditable
        told = {name: old.settings[name] for name in self._sections if name in old.settings}
        return await self.save(told, who=who, seen_number=seen_number, now=now)
