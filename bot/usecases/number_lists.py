"""What supervisors do with the lists of numbers: look one up, paste many, take one off, take all away as a table.

Every change names who and why, and stands in the audit log; so does every look at a whole number.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from bot.booking import phone
from bot.booking.callback import Callback, Status
from bot.booking.errors import NumberRefused
from bot.booking.pasting import LONGEST_REASON, PastedLine, pasted
from bot.booking.phone import NumberPolicy
from bot.store import audit, callbacks, number_lists, slots
from bot.store.agents import Agent
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction, one_at_a_time
from bot.store.number_lists import CALLS, LINE, Entry, Sought
from bot.usecases.finding import FEWEST_DIGITS

__all__ = [
    "LONGEST_REASON",
    "MOST_LINES",
    "Added",
    "DoNotCall",
    "Entry",
    "EntryNotFound",
    "Line",
    "NumberList",
    "ReasonMissing",
    "Sought",
    "TooManyLines",
    "Vips",
]

MOST_LINES = 1000
READ_AT_ONCE = 500
Trouble = Literal["not_a_number", "twice", "there", "not_linked"]


class EntryNotFound(Exception):
    """Nothing of this name is on the list (any more)."""


class ReasonMissing(Exception):
    """Nobody said why."""


class TooManyLines(Exception):
    """More was pasted at once than one page can show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A pasted line, what keeps it off the list (None where nothing does), and the callbacks that it stops."""

    pasted: PastedLine
    trouble: Trouble | None
    stops: tuple[Callback, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """How many numbers are on the list now that were not before, and how many callbacks that has stopped."""

    numbers: int
    stopped: int


class NumberList(ABC):
    """One list. `name` is what the audit log calls it."""

    name: ClassVar[str]
    channels: ClassVar[tuple[str, ...]] = ()

    def __init__(self, database: Database, *, numbers: NumberPolicy) -> None:
        self._database = database
        self._numbers = numbers

    @abstractmethod
    async def _page(self, tx: Transaction, sought: Sought, *, limit: int) -> list[Entry]: ...

    @abstractmethod
    async def _one(self, tx: Transaction, entry_id: str) -> Entry | None: ...

    @abstractmethod
    async def _known(self, tx: Transaction, numbers: Collection[str]) -> Mapping[str, Entry]: ...

    @abstractmethod
    async def _put(
        self, tx: Transaction, number: str, known: Entry | None, channels: Collection[str], actor: Agent,
        reason: str, *, now: datetime,
    ) -> Sequence[Callback]: ...  # fmt: skip

    @abstractmethod
    async def _drop(self, tx: Transaction, entry: Entry, channels: Collection[str]) -> None: ...

    def sought(self, words: str, *, after: tuple[datetime, str] | None = None) -> Sought | None:
        """What somebody typed: a number in any writing, or four digits or more of its end; None for anything else."""
        words = unicodedata.normalize("NFKC", words).strip()
        if not words:
            return Sought(after=after)
        ending = words if words.isascii() and words.isdigit() and len(words) >= FEWEST_DIGITS else ""
        try:
            number = phone.canonical(words, self._numbers)
        except NumberRefused:
            number = ""
        return Sought(number=number, ending=ending, after=after) if number or ending else None

    async def page(self, sought: Sought, *, limit: int) -> list[Entry]:
        """Entries, the newest first."""
        async with self._database.read() as tx:
            return await self._page(tx, sought, limit=limit)

    async def entry(self, entry_id: str) -> Entry:
        """Raises EntryNotFound."""
        async with self._database.read() as tx:
            return await self._find(tx, entry_id)

    async def show_number(self, entry_id: str, reader: Agent, *, now: datetime) -> Entry:
        """The entry for somebody who reads its whole number; it is in the audit log first. Raises EntryNotFound."""
        async with self._database.write() as tx:
            found = await self._find(tx, entry_id)
            await self._note(tx, reader, "number_shown", found.phone_number, now=now, entry=found.id)
        return found

    async def preview(self, text: str, *, channels: Collection[str]) -> list[Line]:
        """What pasting this would do, line by line. Raises TooManyLines."""
        lines = list(pasted(text, self._numbers))
        if len(lines) > MOST_LINES:
            raise TooManyLines
        wanted = {line.number for line in lines if line.number}
        async with self._database.read() as tx:
            known = await self._known(tx, wanted)
            stopped = await callbacks.changeable_of(tx, wanted) if CALLS in channels else []
            unreached = wanted - await number_lists.linked(tx, wanted) if set(channels) == {LINE} else set()
        return list(self._judged(lines, known, stopped, channels, unreached))

    def _judged(
        self, lines: Iterable[PastedLine], known: Mapping[str, Entry], stopped: Sequence[Callback],
        channels: Collection[str], unreached: Collection[str],
    ) -> Iterable[Line]:  # fmt: skip
        seen: set[str] = set()
        for line in lines:
            trouble: Trouble | None = None
            if line.number is None:
                trouble = "not_a_number"
            elif line.number in seen:
                trouble = "twice"
            elif line.number in known and known[line.number].covers(channels):
                trouble = "there"
            elif line.number in unreached:
                trouble = "not_linked"
            stops = tuple(one for one in stopped if trouble is None and one.phone_number == line.number)
            seen |= {line.number} if line.number else set()
            yield Line(pasted=line, trouble=trouble, stops=stops)

    async def add(self, text: str, *, channels: Collection[str], reason: str, actor: Agent, now: datetime) -> Added:
        """Put every number of the text on the list that is not there. A reason beside a number goes before `reason`.

        Raises ReasonMissing where neither is there, before anything is written, and TooManyLines.
        """
        lines = [line.pasted for line in await self.preview(text, channels=channels) if line.trouble is None]
        told = [(line.number, line.reason or reason.strip()[:LONGEST_REASON]) for line in lines]
        if not all(why for _, why in told):
            raise ReasonMissing
        numbers = stopped = 0
        for number, why in told:
            if number is None:
                continue
            stops = await self._add_one(number, channels=channels, reason=why, actor=actor, now=now)
            numbers, stopped = numbers + (stops is not None), stopped + len(stops or ())
        return Added(numbers=numbers, stopped=stopped)

    async def _add_one(
        self, number: str, *, channels: Collection[str], reason: str, actor: Agent, now: datetime
    ) -> Sequence[Callback] | None:
        """The callbacks that it stopped; None where somebody else was faster."""
        try:
            async with self._database.write() as tx:
                await one_at_a_time(tx, number)  # nobody books for it meanwhile
                known = (await self._known(tx, [number])).get(number)
                if known and known.covers(channels):
                    return None
                stops = await self._put(tx, number, known, channels, actor, reason, now=now)
                facts = {"channels": ", ".join(channels), "reason": reason}
                facts |= {"stops": ", ".join(one.reference for one in stops)} if stops else {}
                await self._note(tx, actor, f"{self.name}_added", number, now=now, **facts)
                return stops
        except StaleCallback:  # one of its callbacks has moved on: look again
            return await self._add_one(number, channels=channels, reason=reason, actor=actor, now=now)

    async def remove(
        self, entry_id: str, *, channels: Collection[str], reason: str, actor: Agent, now: datetime
    ) -> None:
        """Take an entry off the list, on these channels where it has any. Raises EntryNotFound and ReasonMissing."""
        why = reason.strip()[:LONGEST_REASON]
        if not why:
            raise ReasonMissing
        async with self._database.write() as tx:
            found = await self._find(tx, entry_id)
            gone = [channel for channel in found.channels if channel in channels]
            if found.channels and not gone:
                return
            await self._drop(tx, found, gone)
            asked = ", ".join(channel for channel in gone if not found.channels[channel])
            facts = {"entry": found.id, "channels": ", ".join(gone), "reason": why}
            facts |= {"customer_asked": asked} if asked else {}
            await self._note(tx, actor, f"{self.name}_removed", found.phone_number, now=now, **facts)

    async def exported(
        self, sought: Sought, *, with_numbers: bool, reader: Agent, now: datetime
    ) -> AsyncIterator[list[Entry]]:
        """Everything that is sought, in parts; the audit log says so before the first line leaves."""
        async with self._database.write() as tx:
            facts = {"numbers": "full" if with_numbers else "masked"}
            await audit.append(tx, at=now, actor=reader.login, action="exported", subject=self.name, facts=facts)
        while True:
            part = await self.page(sought, limit=READ_AT_ONCE)
            if part:
                yield part
            if len(part) < READ_AT_ONCE:
                return
            sought = Sought(number=sought.number, ending=sought.ending, after=(part[-1].at, part[-1].id))

    async def _find(self, tx: Transaction, entry_id: str) -> Entry:
        found = await self._one(tx, entry_id)
        if found is None:
            raise EntryNotFound(entry_id)
        return found

    async def _note(
        self, tx: Transaction, actor: Agent, action: str, number: str, *, now: datetime, **facts: str
    ) -> None:
        told = {name: value for name, value in facts.items() if value}
        if "reason" in told:  # whatever somebody has typed
            told["reason"] = phone.hidden(told["reason"], self._numbers)
        await audit.append(tx, at=now, actor=actor.login, action=action, subject=phone.masked(number), facts=told)


class DoNotCall(NumberList):
    """Who is not to be called or written to: what customers asked for themselves, and what supervisors add."""

    name = "do_not_call"
    channels = number_lists.CHANNELS

    async def _page(self, tx: Transaction, sought: Sought, *, limit: int) -> list[Entry]:
        return await number_lists.refused(tx, sought, limit=limit)

    async def _one(self, tx: Transaction, entry_id: str) -> Entry | None:
        return await number_lists.refused_one(tx, entry_id)

    async def _known(self, tx: Transaction, numbers: Collection[str]) -> Mapping[str, Entry]:
        return await number_lists.refused_of(tx, numbers)

    async def _put(
        self, tx: Transaction, number: str, known: Entry | None, channels: Collection[str], actor: Agent,
        reason: str, *, now: datetime,
    ) -> Sequence[Callback]:  # fmt: skip
        fresh = [channel for channel in channels if known is None or channel not in known.channels]
        await number_lists.refuse(tx, number, channels=fresh, by=actor.login, reason=reason, now=now)
        if CALLS not in fresh:
            return ()
        stops = await callbacks.changeable_of(tx, [number])
        for callback in stops:  # as where a dial finds it out, but at once: no call, no word, and its place is free
            facts = {"reason": "opted_out", "agent_id": actor.id}
            await callbacks.note_event(tx, callback.id, "suppressed", at=now, facts=facts)
            await callbacks.change(tx, callback, now=now, status=Status.CANCELLED)
            await slots.give_back(tx, callback.topic, callback.slot_start)
        return stops

    async def _drop(self, tx: Transaction, entry: Entry, channels: Collection[str]) -> None:
        await number_lists.allow(tx, entry.phone_number, channels=channels)


class Vips(NumberList):
    """Who is called first. `from_settings` are numbers that the settings name: shown here, changed there."""

    name = "vip"

    def __init__(self, database: Database, *, numbers: NumberPolicy, from_settings: frozenset[str]) -> None:
        super().__init__(database, numbers=numbers)
        self.from_settings = from_settings

    async def _page(self, tx: Transaction, sought: Sought, *, limit: int) -> list[Entry]:
        return await number_lists.important(tx, sought, limit=limit)

    async def _one(self, tx: Transaction, entry_id: str) -> Entry | None:
        return await number_lists.important_one(tx, entry_id)

    async def _known(self, tx: Transaction, numbers: Collection[str]) -> Mapping[str, Entry]:
        return await number_lists.important_of(tx, numbers)

    async def _put(
        self, tx: Transaction, number: str, known: Entry | None, channels: Collection[str], actor: Agent,
        reason: str, *, now: datetime,
    ) -> Sequence[Callback]:  # fmt: skip
        await number_lists.favour(tx, number, by=actor.login, reason=reason, now=now)
        return ()

    async def _drop(self, tx: Transaction, entry: Entry, channels: Collection[str]) -> None:
        await number_lists.favour_no_more(tx, entry.id)
