"""What agents do at the desk: read before they speak, write down how it ended."""

from datetime import datetime
from hashlib import sha256

from bot.booking import phone
from bot.booking.business import Business
from bot.booking.callback import CHANGEABLE, SET_ASIDE, SETTLED, WRONG_NUMBER, Callback, Status
from bot.store import agents, audit, callbacks, slots
from bot.store.agents import Agent
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction
from bot.usecases.board import (
    RELEASED,
    RESOLVED,
    Board,
    Dossier,
    Entry,
    Pulse,
    read_board,
    read_calls,
    read_dossier,
    read_marked,
    read_pulse,
)
from bot.usecases.line import WaitingLine
from bot.usecases.promises import plan_instead

LONGEST_NOTE = 5000
RESOLUTIONS = ("resolved", "wrong_number", "do_not_call", "other_topic")
SETTLEMENTS = ("resolved", "no_contact", "not_needed")
"""How a supervisor closes a promise that was not kept: spoken with otherwise, nobody to be had, or wanted no more."""
NOT_KEPT = frozenset({Status.UNREACHED, Status.EXPIRED})
ONE_CALL = frozenset({Status.DIALING, Status.IN_CALL, Status.COMPLETED})
"""Statuses that follow each other while an agent speaks: what they record means the same in each of them."""


class OutcomeNotPossible(Exception):
    """The outcome does not fit where the callback stands. `status` says where that is."""

    def __init__(self, status: Status) -> None:
        super().__init__(f"An outcome cannot be recorded while the callback is {status.replace('_', ' ')}.")
        self.status = status


class MovedOn(Exception):
    """The callback has changed since the agent looked: they should look again before they decide."""

    def __init__(self) -> None:
        super().__init__("The callback has changed since it was read.")


class AlreadyRecorded(Exception):
    """Another agent has recorded the outcome."""

    def __init__(self, agent_name: str) -> None:
        super().__init__(f"{agent_name} has already recorded the outcome.")
        self.agent_name = agent_name


class NoteChangedElsewhere(Exception):
    """The agent's own note was changed in another window since this one was opened. `text` is what it says now."""

    def __init__(self, text: str) -> None:
        super().__init__("The note was changed in another window.")
        self.text = text


class Desk:
    """The desk of every agent. What two of them do at once is decided by the version of the callback they saw."""

    def __init__(self, database: Database, *, business: Business, line: WaitingLine) -> None:
        self._database = database
        self._business = business
        self._line = line

    async def board(self, *, now: datetime, with_unsettled: bool = True) -> Board:
        """What is going on and what is next; for supervisors also what was not kept."""
        async with self._database.read() as tx:
            return await read_board(
                tx, tz=self._business.timezone, line=self._line, now=now, with_unsettled=with_unsettled
            )

    async def calls(self, *, now: datetime) -> tuple[Entry, ...]:
        """Every call under way, the longest first."""
        async with self._database.read() as tx:
            return await read_calls(tx, now=now)

    async def marked(self, *, now: datetime) -> tuple[Entry, ...]:
        """What a supervisor has to look at."""
        async with self._database.read() as tx:
            return await read_marked(tx, now=now)

    async def pulse(self, last: Pulse | None, *, at: float) -> Pulse:
        """What changed since the last pulse; `at` is real time in seconds, from any beginning."""
        async with self._database.read() as tx:
            return await read_pulse(tx, last, at=at)

    async def dossier(self, reference: str, *, reader: Agent, now: datetime) -> Dossier:
        """Everything about one callback. Raises CallbackNotFound."""
        async with self._database.read() as tx:
            return await read_dossier(tx, await callbacks.named(tx, reference), reader=reader, line=self._line, now=now)

    async def record(self, reference: str, agent: Agent, resolution: str, *, seen: Status, now: datetime) -> Callback:
        """Write down how it ended. `seen` is the status that the agent was looking at; recording twice is harmless.

        During a call the promise is completed with it; after one only the resolution is added. Before one, where the
        matter was settled otherwise, it is completed as SETTLED: no call is made, what was still to be told is
        withdrawn, and the customer thanked. Raises CallbackNotFound, OutcomeNotPossible, AlreadyRecorded, and MovedOn
        when the callback has meanwhile come to a point where the agent may decide otherwise.
        """
        try:
            async with self._database.write() as tx:
                callback = await callbacks.named(tx, reference)
                if callback.resolution is not None:
                    await self.accept_own(tx, callback, agent)
                    return callback
                if callback.status != seen and not {callback.status, seen} <= ONE_CALL:
                    raise MovedOn
                if callback.status not in (Status.IN_CALL, Status.COMPLETED, *CHANGEABLE):
                    raise OutcomeNotPossible(callback.status)
                ended = SETTLED if callback.is_changeable else resolution
                recorded = await callbacks.change(tx, callback, now=now, status=Status.COMPLETED, resolution=ended)
                facts = {"agent_id": agent.id, "resolution": ended}
                await callbacks.note_event(tx, callback.id, RESOLVED, at=now, facts=facts)
                if callback.is_changeable:
                    await plan_instead(tx, recorded, SETTLED, now=now)
                if callback.is_changeable and callback.window.start > now:  # somebody else can have the time
                    await slots.give_back(tx, callback.topic, callback.slot_start)
                await _audit(tx, agent, "outcome_recorded", reference, now=now, resolution=resolution)
                return recorded
        except StaleCallback:
            return await self.record(reference, agent, resolution, seen=seen, now=now)

    async def settle(self, reference: str, supervisor: Agent, settlement: str, *, now: datetime) -> Callback:
        """Take a promise that was not kept off the supervisors' list, with one of SETTLEMENTS; its status stays, for
        the figures tell the truth. Saying it twice is harmless. Raises CallbackNotFound, OutcomeNotPossible where
        there is nothing to settle, and AlreadyRecorded where somebody else has."""
        try:
            async with self._database.write() as tx:
                callback = await callbacks.named(tx, reference)
                is_settled_number = callback.attention == WRONG_NUMBER
                if callback.status not in NOT_KEPT and not is_settled_number:
                    raise OutcomeNotPossible(callback.status)
                if callback.resolution is not None and not is_settled_number:
                    await self.accept_own(tx, callback, supervisor)
                    return callback
                facts = {"agent_id": supervisor.id, "resolution": settlement}
                settled = await callbacks.change(
                    tx, callback, now=now, event=RESOLVED, facts=facts, resolution=settlement, attention=None
                )
                await _audit(tx, supervisor, "promise_settled", reference, now=now, resolution=settlement)
                return settled
        except StaleCallback:
            return await self.settle(reference, supervisor, settlement, now=now)

    async def release(self, reference: str, supervisor: Agent, *, now: datetime) -> Callback:
        """Let a callback that was set aside be dialled again: a supervisor has looked at it. One that is not set aside
        stays as it is. Raises CallbackNotFound, and OutcomeNotPossible for one that no call is owed to."""
        try:
            async with self._database.write() as tx:
                callback = await callbacks.named(tx, reference)
                if callback.status not in CHANGEABLE:
                    raise OutcomeNotPossible(callback.status)
                if callback.attention != SET_ASIDE:
                    return callback
                facts = {"agent_id": supervisor.id}
                free = await callbacks.change(tx, callback, now=now, event=RELEASED, facts=facts, attention=None)
                await _audit(tx, supervisor, "promise_released", reference, now=now)
                return free
        except StaleCallback:
            return await self.release(reference, supervisor, now=now)

    async def write_note(self, reference: str, agent: Agent, text: str, *, seen: str, now: datetime) -> str:
        """Keep the agent's note about a callback; sending it twice is harmless. Returns the new `seen`.

        `seen` is note_mark() of the text that the writing began from. Raises CallbackNotFound, and
        NoteChangedElsewhere when the note says neither that nor `text`: nothing is overwritten unread.
        """
        text = text.replace("\r\n", "\n").strip()[:LONGEST_NOTE]
        async with self._database.write() as tx:
            callback = await callbacks.named(tx, reference)
            note = await agents.note_to_write(tx, callback.id, agent.id)
            known = note.text if note else ""
            if text == known:
                return note_mark(text)
            if note_mark(known) != seen:
                raise NoteChangedElsewhere(known)
            await agents.write_note(tx, callback.id, agent.id, text, now=now)
            if note is None:
                await callbacks.note_event(tx, callback.id, "noted", at=now, facts={"agent_id": agent.id})
            await _audit(tx, agent, "noted", reference, now=now)
        return note_mark(text)

    async def show_number(self, reference: str, agent: Agent, *, now: datetime) -> str:
        """The customer's number in E.164; that it was shown, and to whom, stands in the history."""
        async with self._database.write() as tx:
            callback = await callbacks.named(tx, reference)
            await callbacks.note_event(tx, callback.id, "number_shown", at=now, facts={"agent_id": agent.id})
            await _audit(tx, agent, "number_shown", reference, now=now, number=phone.masked(callback.phone_number))
        return callback.phone_number

    async def accept_own(self, tx: Transaction, callback: Callback, agent: Agent) -> None:
        """A second click by the same agent is the same wish; another agent's outcome is not written over."""
        recorded = [facts for _, kind, facts in await callbacks.history(tx, callback.id) if kind == RESOLVED]
        recorder = recorded[-1]["agent_id"] if recorded else ""
        if recorder != agent.id:
            raise AlreadyRecorded((await agents.names(tx)).get(recorder, ""))


def note_mark(text: str) -> str:
    """A short sign of what a note says, to notice that it changed."""
    return sha256(text.encode()).hexdigest()[:16]


async def _audit(tx: Transaction, agent: Agent, action: str, reference: str, *, now: datetime, **facts: str) -> None:
    await audit.append(tx, at=now, actor=agent.login, action=action, subject=reference, facts=facts)
