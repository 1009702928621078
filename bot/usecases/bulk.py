"""Doing the same to many callbacks: looked at first, then done to those that are still as they were seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.booking.callback import SET_ASIDE, Callback
from bot.booking.errors import BookingError, CallbackNotFound, ChangedMeanwhile, WindowNotOffered
from bot.booking.window import Window
from bot.store import audit
from bot.store.agents import Agent
from bot.store.database import Database
from bot.usecases.agent import NOT_KEPT, AlreadyRecorded, Desk, MovedOn, OutcomeNotPossible
from bot.usecases.assigning import Assignments
from bot.usecases.bookings import Bookings
from bot.usecases.followups import FollowUps
from bot.usecases.making import customer_of

Deed = Literal["cancel", "move", "requeue", "settle", "release", "assign"]
Trouble = Literal[
    "closed", "same_topic", "kept", "settled", "changed", "no_place", "no_time", "not_aside", "same_agent", "not_able"
]
A_SECOND = timedelta(seconds=1)
NO_ROOM: Mapping[Deed, Trouble] = {"requeue": "no_place", "move": "no_time"}
"""What it means that a booking is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be done. `argument` is the topic to go to, how a broken promise is settled, the time (ISO 8601) from
    which on another one is looked for, or the id of `taker`, for whom it is meant: nobody in particular without one."""

    deed: Deed
    argument: str = ""
    taker: Agent | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One callback, and what keeps it from being changed: None where nothing does, or did."""

    callback: Callback
    trouble: Trouble | None
    new: Window | None = None
    """The time to which it is moved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What a supervisor saw: this callback in this version, and the start of the time that it would be moved to."""

    reference: str
    version: int
    to: datetime | None = None


def trouble_of(callback: Callback, plan: Plan) -> Trouble | None:
    """What can be told beforehand; whether a topic has a place is known when it is taken."""
    if plan.deed == "settle":
        if callback.status not in NOT_KEPT:
            return "kept"
        return "settled" if callback.resolution is not None else None
    if not callback.is_changeable:
        return "closed"
    if plan.deed == "release" and callback.attention != SET_ASIDE:
        return "not_aside"
    if plan.deed == "assign":
        if callback.meant_for == (plan.taker.id if plan.taker else None):
            return "same_agent"
        return None if plan.taker is None or plan.taker.skills.fit(callback) else "not_able"
    return "same_topic" if plan.deed == "requeue" and callback.topic == plan.argument else None


class Bulk:
    """Many callbacks at once, each by the rules that hold for one."""

    def __init__(
        self, database: Database, *, bookings: Bookings, desk: Desk, follow_ups: FollowUps, assignments: Assignments
    ) -> None:
        self._database = database
        self._assignments = assignments
        self._bookings = bookings
        self._desk = desk
        self._follow_ups = follow_ups

    async def preview(self, references: Sequence[str], plan: Plan, *, now: datetime) -> list[Line]:
        """What would change and what cannot. Raises CallbackNotFound."""
        found = [await self._bookings.find(reference) for reference in dict.fromkeys(references)]
        new = await self._new_times(found, plan, now=now) if plan.deed == "move" else {}
        lines = [
            Line(callback=callback, trouble=trouble_of(callback, plan), new=new.get(callback.id)) for callback in found
        ]
        if plan.deed != "move":
            return lines
        return [replace(line, trouble="no_time") if not (line.trouble or line.new) else line for line in lines]

    async def carry_out(self, seen: Sequence[Seen], plan: Plan, supervisor: Agent, *, now: datetime) -> list[Line]:
        """Do it to each that is still in the version that was seen, and tell how each ended."""
        return [await self._one(one, plan, supervisor, now=now) for one in seen]

    async def _new_times(self, found: Sequence[Callback], plan: Plan, *, now: datetime) -> dict[str, Window]:
        """By callback, the first time from the plan's on that is free for its topic, language and number, the earliest
        promise first; what one takes is not free for the next."""
        after = max(now, datetime.fromisoformat(plan.argument)) if plan.argument else now
        new: dict[str, Window] = {}
        taken: Counter[tuple[str, datetime]] = Counter()
        for callback in sorted(found, key=lambda one: (one.window.start, one.created_at, one.id)):
            if trouble_of(callback, plan):
                continue
            topic = self._bookings.topic_of(callback)
            free = await self._bookings.next_free(
                now=now, limit=len(found) + 1, start=after, topic=topic, customer=customer_of(callback)
            )
            for slot in free:
                start = slot.window.start
                if start != callback.window.start and slot.free > taken[topic, start]:
                    taken[topic, start] += 1
                    new[callback.id] = slot.window
                    break
        return new

    async def _one(self, seen: Seen, plan: Plan, supervisor: Agent, *, now: datetime) -> Line:
        callback = await self._bookings.find(seen.reference)
        trouble: Trouble | None = "changed" if callback.version != seen.version else trouble_of(callback, plan)
        if trouble is None:
            try:
                callback = await self._do(callback, plan, supervisor, to=seen.to, now=now)
            except (ChangedMeanwhile, MovedOn, OutcomeNotPossible, AlreadyRecorded, CallbackNotFound):
                trouble = "changed"
            except BookingError:
                trouble = NO_ROOM.get(plan.deed, "changed")
        return Line(callback=callback, trouble=trouble, new=callback.window if plan.deed == "move" else None)

    async def _do(
        self, callback: Callback, plan: Plan, supervisor: Agent, *, to: datetime | None, now: datetime
    ) -> Callback:
        reference = callback.reference
        if plan.deed == "release":
            return await self._desk.release(reference, supervisor, now=now)
        if plan.deed == "move":
            return await self._move(callback, supervisor, to or now, now=now)
        if plan.deed == "settle":
            return await self._desk.settle(reference, supervisor, plan.argument, now=now)
        if plan.deed == "assign":
            return await self._assignments.assign(reference, plan.taker, supervisor, version=callback.version, now=now)
        if plan.deed == "requeue":
            return await self._follow_ups.other_topic(
                reference, supervisor, plan.argument, seen=callback.status, now=now
            )
        cancelled = await self._bookings.cancel(reference, now=now, version=callback.version)
        async with self._database.write() as tx:
            await audit.append(tx, at=now, actor=supervisor.login, action="cancelled", subject=reference)
        return cancelled

    async def _move(self, callback: Callback, supervisor: Agent, to: datetime, *, now: datetime) -> Callback:
        """To the slot that starts then; the customer is told once. Raises BookingError."""
        found = await self._bookings.slots(
            now=now, start=to, end=to + A_SECOND, topic=self._bookings.topic_of(callback),
            customer=customer_of(callback),
        )  # fmt: skip
        if not found:
            raise WindowNotOffered(Window(start=to, end=to + A_SECOND), "past")
        moved = await self._bookings.move(callback.reference, found[0].window, now=now, version=callback.version)
        async with self._database.write() as tx:
            facts = {"to": moved.window.start.isoformat()}
            await audit.append(
                tx, at=now, actor=supervisor.login, action="moved", subject=callback.reference, facts=facts
            )
        return moved
