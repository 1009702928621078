"""What follows what an agent records: another call, no calls at all, another queue, or a call at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.booking.callback import CHANGEABLE, SET_ASIDE, WRONG_NUMBER, Callback, Channel, Kind, Status
from bot.booking.rules import Rules
from bot.booking.window import Window
from bot.store import audit, callbacks, ledger, slots
from bot.store.agents import Agent
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction, one_at_a_time
from bot.usecases.agent import ONE_CALL, Desk, MovedOn, OutcomeNotPossible
from bot.usecases.board import RESOLVED
from bot.usecases.bookings import BookingRequest, Bookings
from bot.usecases.making import customer_of
from bot.usecases.seats import Seats

RECORDABLE = frozenset({Status.IN_CALL, Status.COMPLETED, *CHANGEABLE})
Following = Callable[[Transaction, Callback], Awaitable[Callback]]


class NotNow(Exception):
    """The call cannot be made at once. `reason` is closed, opted_out or set_aside."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The call cannot be made now: {reason.replace('_', ' ')}.")
        self.reason = reason


class FollowUps:
    """Each in one transaction with what is recorded: an outcome never stands without what it causes."""

    def __init__(self, database: Database, desk: Desk, bookings: Bookings, *, rules: Rules, seats: Seats) -> None:
        self._database = database
        self._desk = desk
        self._bookings = bookings
        self._rules = rules
        self._seats = seats

    async def call_again(
        self, reference: str, agent: Agent, window: Window, *, seen: Status, now: datetime
    ) -> Callback:
        """Promise another call by the rules that hold for everybody; before the call the promise itself is moved.

        Returns what is promised now. Raises what `Desk.record` raises, SlotFull, WindowNotOffered, NumberRefused and
        TooManyOpenCallbacks.
        """
        found = await self._bookings.find(reference)
        if found.is_changeable and seen in CHANGEABLE and found.resolution is None:
            moved = await self._bookings.move(reference, window, now=now)
            await self._note(agent, "moved", reference, now=now)
            return moved

        async def again(tx: Transaction, callback: Callback) -> Callback:
            return await self._bookings.book_within(tx, _again(callback, window, callback.topic), now=now)

        return await self._record(reference, agent, "call_again", seen=seen, now=now, following=again)

    async def wrong_number(self, reference: str, agent: Agent, *, seen: Status, now: datetime) -> Callback:
        """Nobody is dialled at this number any more before a supervisor has looked at it. Raises as `Desk.record`."""

        async def stop(tx: Transaction, callback: Callback) -> Callback:
            for other in await self._others(tx, callback):
                await callbacks.change(tx, other, now=now, event=SET_ASIDE, attention=SET_ASIDE)
            return callback

        return await self._record(reference, agent, "wrong_number", seen=seen, now=now, following=stop)

    async def do_not_call(self, reference: str, agent: Agent, *, seen: Status, now: datetime) -> Callback:
        """The customer wants no calls and no messages: everything that is promised to the number ends."""

        async def stop(tx: Transaction, callback: Callback) -> Callback:
            await ledger.set_consent(tx, callback.phone_number, sms_opted_out_at=now, do_not_call_at=now)
            for other in await self._others(tx, callback):
                await callbacks.change(tx, other, now=now, status=Status.CANCELLED)
                await slots.give_back(tx, other.topic, other.slot_start)
            return callback

        return await self._record(reference, agent, "do_not_call", seen=seen, now=now, following=stop)

    async def other_topic(self, reference: str, agent: Agent, topic: str, *, seen: Status, now: datetime) -> Callback:
        """Into another queue: before the call at the same time, after it as soon as possible.

        Returns what is promised now. Raises what `Desk.record` raises, UnknownTopic, SlotFull and WindowNotOffered.
        """
        topic = self._rules.topic(topic)
        await self._bookings.lay_out(topic, now=now)
        found = await self._bookings.find(reference)
        if found.is_changeable and seen in CHANGEABLE and found.resolution is None:
            return await self._requeue(reference, agent, topic, now=now)

        async def again(tx: Transaction, callback: Callback) -> Callback:
            return await self._bookings.book_within(tx, _again(callback, None, topic), now=now)

        return await self._record(reference, agent, "other_topic", seen=seen, now=now, following=again)

    async def dial_now(self, reference: str, agent: Agent, *, now: datetime) -> Callback:
        """Owe the call at once; it is made as soon as somebody and a line are free.

        Raises CallbackNotFound, OutcomeNotPossible where no call is owed, and NotNow outside hours or against a wish.
        """
        try:
            async with self._database.write() as tx:
                callback = await callbacks.named(tx, reference)
                if not callback.is_changeable:
                    raise OutcomeNotPossible(callback.status)
                _, no_calls = await ledger.opted_out(tx, callback.next_number)
                hours = self._rules.calling_hours(callback.topic, callback.next_number)
                reasons = {
                    "opted_out": no_calls,
                    "set_aside": callback.attention == SET_ASIDE,
                    "closed": not hours.is_open(now),
                }
                for reason, holds in reasons.items():
                    if holds:
                        raise NotNow(reason)
                if callback.due_at <= now:
                    return callback
                facts = {"agent_id": agent.id}
                due = await callbacks.change(tx, callback, now=now, event="dial_now", facts=facts, due_at=now)
                await audit.append(tx, at=now, actor=agent.login, action="dial_now", subject=reference)
                return due
        except StaleCallback:
            return await self.dial_now(reference, agent, now=now)

    async def _record(
        self, reference: str, agent: Agent, resolution: str, *, seen: Status, now: datetime, following: Following
    ) -> Callback:
        try:
            async with self._database.write() as tx:
                callback = await callbacks.named(tx, reference)
                await one_at_a_time(tx, callback.phone_number)
                if callback.resolution is not None:
                    await self._desk.accept_own(tx, callback, agent)
                    return callback
                _require_recordable(callback, seen)
                closed = await self._close(tx, callback, agent, resolution, now=now)
                followed = await following(tx, closed)
                facts = {"resolution": resolution, "leads_to": followed.reference}
                await audit.append(
                    tx, at=now, actor=agent.login, action="outcome_recorded", subject=reference, facts=facts
                )
                return followed
        except StaleCallback:
            return await self._record(reference, agent, resolution, seen=seen, now=now, following=following)

    async def _close(
        self, tx: Transaction, callback: Callback, agent: Agent, resolution: str, *, now: datetime
    ) -> Callback:
        """What was spoken is completed, what was not is cancelled; a stranger who was called was not our customer."""
        status = Status.CANCELLED if callback.is_changeable else Status.COMPLETED
        attention = callback.attention if callback.is_changeable else None
        if resolution == WRONG_NUMBER:
            status = Status.UNREACHED if callback.status == Status.IN_CALL else status
            attention = WRONG_NUMBER
        closed = await callbacks.change(
            tx, callback, now=now, status=status, resolution=resolution, attention=attention
        )
        facts = {"agent_id": agent.id, "resolution": resolution}
        await callbacks.note_event(tx, callback.id, RESOLVED, at=now, facts=facts)
        if callback.is_changeable:
            await slots.give_back(tx, callback.topic, callback.slot_start)
        return closed

    async def _requeue(self, reference: str, agent: Agent, topic: str, *, now: datetime) -> Callback:
        try:
            async with self._database.write() as tx:
                callback = await callbacks.named(tx, reference)
                if not callback.is_changeable:
                    raise MovedOn
                if callback.topic == topic:
                    return callback
                customer, kind = customer_of(callback), callback.kind
                if kind == Kind.SCHEDULED:
                    slot = window = callback.window
                    await self._seats.change(tx, callback, topic, window, customer=customer, now=now)
                else:
                    await slots.give_back(tx, callback.topic, callback.slot_start)
                    kind, slot, window = await self._seats.take_soonest(tx, topic, customer=customer, now=now)
                requeued = await callbacks.change(
                    tx, callback, now=now, event="requeued", facts={"agent_id": agent.id, "topic": topic}, topic=topic,
                    kind=kind, window=window, slot_start=slot.start, due_at=max(window.start, callback.due_at),
                )  # fmt: skip
                facts = {"topic": topic}
                await audit.append(tx, at=now, actor=agent.login, action="requeued", subject=reference, facts=facts)
                return requeued
        except StaleCallback:
            return await self._requeue(reference, agent, topic, now=now)

    async def _others(self, tx: Transaction, callback: Callback) -> list[Callback]:
        """What else is promised to the number and not under way."""
        same = await callbacks.of_number(tx, callback.phone_number)
        return [other for other in same if other.id != callback.id and other.is_changeable]

    async def _note(self, agent: Agent, action: str, reference: str, *, now: datetime) -> None:
        async with self._database.write() as tx:
            await audit.append(tx, at=now, actor=agent.login, action=action, subject=reference)


def _require_recordable(callback: Callback, seen: Status) -> None:
    if callback.status != seen and not {callback.status, seen} <= ONE_CALL:
        raise MovedOn
    if callback.status not in RECORDABLE:
        raise OutcomeNotPossible(callback.status)


def _again(callback: Callback, window: Window | None, topic: str) -> BookingRequest:
    return BookingRequest(
        phone_number=callback.phone_number,
        alternate_phone_number=callback.alternate_phone_number,
        reason=callback.reason,
        window=window,
        language=callback.language,
        channel=Channel.VOICE,
        name=callback.name,
        company=callback.company,
        topic=topic,
        priority=callback.priority,
    )
