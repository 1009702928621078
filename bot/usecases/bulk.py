"""Doing the same to many callbacks: looked at first, then done to those that are still as they were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.booking.callback import Callback
from bot.booking.errors import BookingError, CallbackNotFound, ChangedMeanwhile
from bot.store import audit
from bot.store.agents import Agent
from bot.store.database import Database
from bot.usecases.agent import NOT_KEPT, AlreadyRecorded, Desk, MovedOn, OutcomeNotPossible
from bot.usecases.bookings import Bookings
from bot.usecases.followups import FollowUps

Deed = Literal["cancel", "requeue", "settle"]
Trouble = Literal["closed", "same_topic", "kept", "settled", "changed", "no_place"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be done. `argument` is the topic to go to, or how a broken promise is settled."""

    deed: Deed
    argument: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One callback, and what keeps it from being changed: None where nothing does, or did."""

    callback: Callback
    trouble: Trouble | None


def trouble_of(callback: Callback, plan: Plan) -> Trouble | None:
    """What can be told beforehand; whether a topic has a place is known when it is taken."""
    if plan.deed == "settle":
        if callback.status not in NOT_KEPT:
            return "kept"
        return "settled" if callback.resolution is not None else None
    if not callback.is_changeable:
        return "closed"
    return "same_topic" if plan.deed == "requeue" and callback.topic == plan.argument else None


class Bulk:
    """Many callbacks at once, each by the rules that hold for one."""

    def __init__(self, database: Database, *, bookings: Bookings, desk: Desk, follow_ups: FollowUps) -> None:
        self._database = database
        self._bookings = bookings
        self._desk = desk
        self._follow_ups = follow_ups

    async def preview(self, references: Sequence[str], plan: Plan) -> list[Line]:
        """What would change and what cannot. Raises CallbackNotFound."""
        found = [await self._bookings.find(reference) for reference in dict.fromkeys(references)]
        return [Line(callback=callback, trouble=trouble_of(callback, plan)) for callback in found]

    async def carry_out(
        self, seen: Sequence[tuple[str, int]], plan: Plan, supervisor: Agent, *, now: datetime
    ) -> list[Line]:
        """Do it to each (reference, version) that is still in that version, and tell how each ended."""
        return [await self._one(reference, version, plan, supervisor, now=now) for reference, version in seen]

    async def _one(self, reference: str, version: int, plan: Plan, supervisor: Agent, *, now: datetime) -> Line:
        callback = await self._bookings.find(reference)
        trouble: Trouble | None = "changed" if callback.version != version else trouble_of(callback, plan)
        if trouble is None:
            try:
                callback = await self._do(callback, plan, supervisor, now=now)
            except (ChangedMeanwhile, MovedOn, OutcomeNotPossible, AlreadyRecorded, CallbackNotFound):
                trouble = "changed"
            except BookingError:
                trouble = "no_place" if plan.deed == "requeue" else "changed"
        return Line(callback=callback, trouble=trouble)

    async def _do(self, callback: Callback, plan: Plan, supervisor: Agent, *, now: datetime) -> Callback:
        reference = callback.reference
        if plan.deed == "settle":
            return await self._desk.settle(reference, supervisor, plan.argument, now=now)
        if plan.deed == "requeue":
            return await self._follow_ups.other_topic(
                reference, supervisor, plan.argument, seen=callback.status, now=now
            )
        cancelled = await self._bookings.cancel(reference, now=now, version=callback.version)
        async with self._database.write() as tx:
            await audit.append(tx, at=now, actor=supervisor.login, action="cancelled", subject=reference)
        return cancelled
