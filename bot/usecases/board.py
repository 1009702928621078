"""What agents read: the board of what is next, and everything about one callback on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.booking.callback import Attempt, Callback
from bot.booking.line import Standing
from bot.store import agents, attempts, callbacks, changes, conversations
from bot.store.agents import Agent, Note
from bot.store.attempts import Dial
from bot.store.changes import LiveCall, LiveGuest, Mark
from bot.store.conversations import Said
from bot.store.database import Transaction
from bot.usecases.line import WaitingLine

MOST_UPCOMING = 60
MOST_FINISHED = 100
MOST_MARKED = 200
PROMISED_BEFORE = timedelta(days=14)
"""How far back a promise may lie that is settled today: retries over a long holiday included."""


class Stage(StrEnum):
    """How far a call under way is, in the order in which it happens."""

    CALLING = "calling"  # the customer's phone is asked to ring, or rings
    GREETING = "greeting"  # someone or something has answered and hears the greeting
    AGENT = "agent"  # the agent's phone rings: the customer has pressed the key, or is called afterwards
    TALKING = "talking"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningCall:
    """A call under way and who takes it. `since` is when the stage began."""

    attempt_id: str
    agent_id: str
    agent_name: str
    stage: Stage
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A callback as lists show it. `taker` is who has it, or had it last; `call` is there while a call is under way,
    `standing` while its customer waits in line for the soonest call."""

    callback: Callback
    taker: str | None
    is_late: bool
    call: RunningCall | None = None
    standing: Standing | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """What is going on: calls under way, what is next in the order owed, what was settled today, newest first; and
    `unsettled`, what a supervisor has to look at, where that was asked for."""

    calls: tuple[Entry, ...]
    upcoming: tuple[Entry, ...]
    has_more_upcoming: bool
    finished: tuple[Entry, ...]
    unsettled: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Try:
    """One attempt and who was to speak."""

    attempt: Attempt
    agent_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One entry of the history. `agent_name` is there where an agent did it, `to_agent_name` where it was done with, or
    left to, another one."""

    at: datetime
    kind: str
    facts: dict[str, Any]
    agent_name: str | None
    to_agent_name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierContact:
    """What the same number asked for at another time, and what agents wrote about it."""

    callback: Callback
    notes: tuple[Note, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """Everything about one callback. `own_note` is the reader's; `resolved_by` is who recorded the outcome."""

    entry: Entry
    talk: tuple[Said, ...]
    tries: tuple[Try, ...]
    own_note: Note | None
    other_notes: tuple[Note, ...]
    earlier: tuple[EarlierContact, ...]
    history: tuple[Happening, ...]
    resolved: Happening | None
    handover: Happening | None
    """What the last agent told the one after, where they did."""
    meant_for: str | None
    """The name of the agent for whom it is meant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """What a screen has to know to follow: the calls under way, and which callbacks changed since the pulse before."""

    mark: Mark
    calls: frozenset[LiveCall]
    guests: frozenset[LiveGuest]
    changed: frozenset[str]

    def call_of(self, agent_id: str) -> tuple[str, str] | None:
        """The call that somebody has, or is asked into by a colleague: what it is known by, and its reference."""
        mine = next((call for call in self.calls if call.agent_id == agent_id), None)
        if mine:
            return mine.attempt_id, mine.reference
        asked = next((one for one in self.guests if one.agent_id == agent_id and one.role == "colleague"), None)
        return (asked.guest_id, asked.reference) if asked else None


async def read_board(tx: Transaction, *, tz: ZoneInfo, line: WaitingLine, now: datetime, with_unsettled: bool) -> Board:
    """The board at this moment. "Today" is the business's day."""
    calls = await _running(tx)
    day_start = datetime.combine(now.astimezone(tz).date(), time.min, tz)
    live = await callbacks.of_ids(tx, calls.keys())
    waiting = await callbacks.upcoming(tx, limit=MOST_UPCOMING + 1)
    settled = await callbacks.finished(
        tx, since=day_start, promised_since=day_start - PROMISED_BEFORE, limit=MOST_FINISHED
    )
    unsettled: list[Callback] = []
    if with_unsettled:
        unsettled = await callbacks.for_supervisor(tx, promised_since=day_start - PROMISED_BEFORE, limit=MOST_FINISHED)
    standings = await line.standings(tx, waiting, now=now)
    entries = await _entries(tx, [*live, *waiting, *settled, *unsettled], calls, standings, now=now)
    return Board(
        calls=tuple(sorted((entries[callback.id] for callback in live), key=_began)),
        upcoming=tuple(entries[callback.id] for callback in waiting[:MOST_UPCOMING]),
        has_more_upcoming=len(waiting) > MOST_UPCOMING,
        finished=tuple(entries[callback.id] for callback in settled if callback.id not in calls),
        unsettled=tuple(entries[callback.id] for callback in unsettled if callback.id not in calls),
    )


async def read_calls(tx: Transaction, *, now: datetime) -> tuple[Entry, ...]:
    """Every call under way, the longest first."""
    calls = await _running(tx)
    entries = await _entries(tx, await callbacks.of_ids(tx, calls.keys()), calls, now=now)
    return tuple(sorted(entries.values(), key=_began))


async def read_marked(tx: Transaction, *, now: datetime) -> tuple[Entry, ...]:
    """What a supervisor has to look at, the earliest promise first."""
    found = await callbacks.for_supervisor(tx, promised_since=now - PROMISED_BEFORE, limit=MOST_MARKED)
    return await read_entries(tx, found, now=now)


async def read_entries(tx: Transaction, found: Sequence[Callback], *, now: datetime) -> tuple[Entry, ...]:
    """Callbacks as lists show them, in the same order."""
    return tuple((await _entries(tx, found, await _running(tx), now=now)).values())


async def read_in_line(
    tx: Transaction, waiting: Sequence[Callback], *, line: WaitingLine, now: datetime
) -> tuple[Entry, ...]:
    """The same for those who wait for the soonest call, with their places; nobody calls them yet."""
    standings = await line.standings(tx, waiting, now=now)
    return tuple((await _entries(tx, waiting, {}, standings, now=now)).values())


async def read_dossier(
    tx: Transaction, callback: Callback, *, reader: Agent, line: WaitingLine, now: datetime
) -> Dossier:
    """Everything about one callback, as this agent reads it."""
    calls = await _running(tx)
    takers = await agents.takers(tx, [callback.id])
    names = await agents.names(tx)
    same_number = await callbacks.of_number(tx, callback.phone_number)
    others = [other for other in same_number if other.id != callback.id]
    notes = await agents.notes_of(tx, [callback.id, *(other.id for other in others)])
    history = tuple(
        Happening(
            at=at,
            kind=kind,
            facts=facts,
            agent_name=names.get(facts.get("agent_id", "")),
            to_agent_name=names.get(facts.get("to_agent_id", "")),
        )
        for at, kind, facts in await callbacks.history(tx, callback.id)
    )
    written = tuple(note for note in notes if note.text)
    standings = await line.standings(tx, (callback,), now=now)
    return Dossier(
        entry=_entry(callback, takers, calls.get(callback.id), standings.get(callback.id), now=now),
        talk=tuple(await conversations.transcript(tx, callback.conversation_id)) if callback.conversation_id else (),
        tries=tuple(
            Try(attempt=attempt, agent_name=takers[callback.id, attempt.number]) for attempt in callback.attempts
        ),
        own_note=await agents.note_of(tx, callback.id, reader.id),
        other_notes=tuple(note for note in written if note.callback_id == callback.id and note.agent_id != reader.id),
        earlier=tuple(
            EarlierContact(callback=other, notes=tuple(note for note in written if note.callback_id == other.id))
            for other in others
        ),
        history=history,
        resolved=next((event for event in reversed(history) if event.kind == RESOLVED), None),
        handover=next((event for event in reversed(history) if event.to_agent_name and event.facts.get("note")), None),
        meant_for=names.get(callback.meant_for or ""),
    )


async def read_pulse(tx: Transaction, last: Pulse | None, *, at: float) -> Pulse:
    """What is new since the last pulse; nothing counts as changed at the first. `at` is real time in seconds."""
    mark, touched = await changes.follow(tx, last.mark if last else None, at=at)
    calls = await changes.live_calls(tx)
    guests = await changes.live_guests(tx) if calls else frozenset()
    moved_on: frozenset[str] = frozenset()
    if last:
        moved_on |= {call.reference for call in calls ^ last.calls} | {one.reference for one in guests ^ last.guests}
    return Pulse(mark=mark, calls=calls, guests=guests, changed=moved_on | touched)


RESOLVED = "resolution_recorded"
"""The history's word for an outcome that an agent wrote down."""
RELEASED = "released"
"""The history's word for a supervisor's leave to dial what was set aside."""


async def _running(tx: Transaction) -> dict[str, RunningCall]:
    """The calls under way by callback."""
    live = await attempts.live(tx)
    names = await agents.names(tx) if live else {}
    return {dial.callback_id: _running_call(dial, names[dial.agent_id]) for dial in live}


def _running_call(dial: Dial, agent_name: str) -> RunningCall:
    both = (dial.confirmed_at, dial.agent_confirmed_at)
    talking_since = max(filter(None, both)) if all(both) else None
    stages = (
        (Stage.TALKING, talking_since),
        (Stage.AGENT, dial.confirmed_at or (dial.agent_asked_at if dial.carrier_state == "agent" else None)),
        (Stage.GREETING, dial.answered_at),
        (Stage.CALLING, dial.started_at),
    )
    stage, since = next((stage, since) for stage, since in stages if since is not None)
    return RunningCall(attempt_id=dial.id, agent_id=dial.agent_id, agent_name=agent_name, stage=stage, since=since)


async def _entries(
    tx: Transaction,
    found: Sequence[Callback],
    calls: Mapping[str, RunningCall],
    standings: Mapping[str, Standing] | None = None,
    *,
    now: datetime,
) -> dict[str, Entry]:
    """By callback, in the same order."""
    takers, places = await agents.takers(tx, [callback.id for callback in found]), standings or {}
    return {
        callback.id: _entry(callback, takers, calls.get(callback.id), places.get(callback.id), now=now)
        for callback in found
    }


def _entry(
    callback: Callback,
    takers: dict[tuple[str, int], str],
    call: RunningCall | None,
    standing: Standing | None = None,
    *,
    now: datetime,
) -> Entry:
    last = callback.attempts[-1].number if callback.attempts else 0
    is_late = callback.is_open and (callback.attention == "late" or callback.is_late(now=now))
    return Entry(
        callback=callback, taker=takers.get((callback.id, last)), is_late=is_late, call=call, standing=standing
    )


def _began(entry: Entry) -> datetime:
    return entry.callback.attempts[-1].started_at
