"""Which callbacks this dispatcher dials next: decided in one transaction for a whole batch, within every limit."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import structlog

from bot.booking import phone
from bot.booking.callback import SET_ASIDE, Callback, Status
from bot.booking.errors import NumberRefused
from bot.booking.lawful import CallingHours
from bot.booking.matching import match
from bot.booking.pacing import LOOKS_AHEAD, Line
from bot.booking.phone import NumberPolicy
from bot.booking.priority import OrderPolicy
from bot.booking.rules import Rules
from bot.store import callbacks, claims, dispatchers
from bot.store.agents import Agent
from bot.store.claims import Intent
from bot.store.database import FAULTS, Database, Transaction
from bot.usecases.overdue import Overdue

LOOKS_FORWARD = timedelta(minutes=2)
MOST_LOOKED_AT = 2000
"""In one look ahead; it is rung every few seconds."""
AT_A_TIME = 25

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A callback that is now ours to dial, and only ours, from `start_at` on (real time)."""

    attempt_id: str
    callback: Callback
    start_at: datetime


class Claims:
    """Takes callbacks for one dispatcher. Never more than there are ready agents, free lines and starts in the pace."""

    def __init__(
        self,
        database: Database,
        *,
        owner: str,
        line: Line,
        numbers: NumberPolicy,
        grace: timedelta,
        rules: Rules,
        overdue: Overdue,
        order: OrderPolicy | None = None,
    ) -> None:
        self._database = database
        self._owner = owner
        self._line = line
        self._numbers = numbers
        self._grace = grace
        self._rules = rules
        self._overdue = overdue
        self._order = order or OrderPolicy()
        self._looked_at: frozenset[str] = frozenset()

    async def look_ahead(self, *, now: datetime) -> int:
        """Judge the numbers of what falls due in the next minutes, while there is time: reading a phone number takes
        longer than everything else in a claim. Returns how many were judged."""
        async with self._database.read() as tx:
            coming = await claims.falling_due(tx, after=now, until=now + LOOKS_FORWARD)
        fresh = [(number, topic) for number, topic in coming if number not in self._looked_at][:MOST_LOOKED_AT]
        for index, (number, topic) in enumerate(fresh):
            _number_refusal(number, self._numbers)
            self._rules.calling_hours(topic, number)
            if index % AT_A_TIME == 0:
                await asyncio.sleep(0)  # a dial that is due meanwhile does not wait for all of them
        known = self._looked_at | {number for number, _ in fresh}
        self._looked_at = known & {number for number, _ in coming}
        return len(fresh)

    async def take(self, *, now: datetime, real_now: datetime, most: int) -> list[Claimed]:
        """At most so many, in the order of `bot.booking.priority`; none while the database is away."""
        try:
            return await self._take(now=now, real_now=real_now, most=most)
        except FAULTS:
            log.exception("claim_failed")
            return []
        except Exception:
            log.exception("claim_failed_for_one")
        return await self._one_by_one(now=now, real_now=real_now, most=most)

    async def _one_by_one(self, *, now: datetime, real_now: datetime, most: int) -> list[Claimed]:
        """One callback that cannot be claimed must not hold up the others: it is set aside and reported."""
        async with self._database.read() as tx:
            found, _ = await claims.lock_due(tx, now=now, kept_since=now - self._grace, order=self._order, limit=most)
        taken: list[Claimed] = []
        for callback in found:
            try:
                taken += await self._take(now=now, real_now=real_now, most=1, only=(callback.id,))
            except FAULTS:
                log.exception("claim_failed", reference=callback.reference)
            except Exception:
                log.exception(SET_ASIDE, reference=callback.reference)
                async with self._database.write() as tx:
                    await claims.set_aside(tx, callback.id, now=now)
        return taken

    async def _take(
        self, *, now: datetime, real_now: datetime, most: int, only: Collection[str] | None = None
    ) -> list[Claimed]:
        async with self._database.write() as tx:
            starts = await self._starts(tx, real_now=real_now, most=most)
            free = await claims.lock_ready_agents(tx, limit=max(len(starts), claims.MOST_CONSIDERED)) if starts else []
            if not free:
                return []
            found, unreadable = await claims.lock_due(
                tx,
                now=now,
                kept_since=now - self._grace,
                order=self._order,
                limit=min(len(free), len(starts)),
                only=only,
                takers={agent.skills for agent in free},
            )
            for callback_id in unreadable:
                log.error(SET_ASIDE, callback=callback_id, reason="unreadable")
                await claims.set_aside(tx, callback_id, now=now)
            intents = await self._decide(tx, found, free, now=now)
            await claims.write_down(tx, intents, owner=self._owner, now=now, real_now=real_now)
            if intents:
                next_at = starts[len(intents) - 1] + self._line.pace.interval
                await dispatchers.set_next_start(tx, self._line.number, next_at=next_at)
        return [
            Claimed(attempt_id=one.attempt_id, callback=one.callback, start_at=start)
            for one, start in zip(intents, starts, strict=False)
        ]

    async def _starts(self, tx: Transaction, *, real_now: datetime, most: int) -> list[datetime]:
        """When the next calls may begin. From here on the other dispatchers of this number wait for us."""
        next_at = await dispatchers.next_start(tx, self._line.number)
        if next_at is None:
            await dispatchers.know_number(tx, self._line.number, real_now=real_now)
            next_at = await dispatchers.next_start(tx, self._line.number)
        free_lines = self._line.lines - await claims.count_live(tx)
        return self._line.pace.starts(next_at, real_now=real_now, limit=max(0, min(most, free_lines)))

    async def _decide(
        self, tx: Transaction, found: list[Callback], free: list[Agent], *, now: datetime
    ) -> list[Intent]:
        barred = await claims.not_to_be_called(tx, [callback.next_number for callback in found]) if found else ()
        openness = _Openness(self._rules, now)
        may_be_called: list[Callback] = []
        on_the_phone: set[str] = set()
        for callback in found:
            if callback.next_number in on_the_phone:
                continue
            if refusal := self._refusal(callback, barred):
                await _put_away(tx, callback, refusal, now=now)
                continue
            is_open, stays_open = openness.of(callback)
            if not is_open:
                await self._overdue.put_off(tx, callback, now=now)
                continue
            if not stays_open:
                continue  # what is claimed now may begin a moment later: not a moment after closing
            on_the_phone.add(callback.next_number)
            may_be_called.append(callback)
        matched = match(may_be_called, [(agent, agent.skills) for agent in free])
        return [claims.intent(callback, agent) for callback, agent in matched]

    def _refusal(self, callback: Callback, barred: Collection[str]) -> str | None:
        """Why this number must not be dialled now; the rules may have changed since the booking."""
        return _number_refusal(callback.next_number, self._numbers) or (
            "opted_out" if callback.next_number in barred else None
        )


class _Openness:
    """Whether callbacks may be dialled now, and still at the next look: asked once for all of the same layers."""

    def __init__(self, rules: Rules, now: datetime) -> None:
        self._rules = rules
        self._now = now
        self._known: dict[tuple[int, ...], tuple[CallingHours, bool, bool]] = {}

    def of(self, callback: Callback) -> tuple[bool, bool]:
        hours = self._rules.calling_hours(callback.topic, callback.next_number)
        layers = tuple(id(layer) for layer in hours.layers)  # kept below, so that none goes away meanwhile
        if layers not in self._known:
            self._known[layers] = hours, hours.is_open(self._now), hours.is_open(self._now + LOOKS_AHEAD)
        return self._known[layers][1:]


@lru_cache(maxsize=65536)
def _number_refusal(number: str, policy: NumberPolicy) -> str | None:
    """Pure, and slow for its place: the next tries and the next look ask again."""
    try:
        phone.accept(number, policy)
    except NumberRefused as refused:
        return refused.reason
    return None


async def _put_away(tx: Transaction, callback: Callback, reason: str, *, now: datetime) -> None:
    log.warning(SET_ASIDE, reference=callback.reference, reason=reason)
    status = Status.CANCELLED if reason == "opted_out" else Status.EXPIRED
    await callbacks.note_event(tx, callback.id, "suppressed", at=now, facts={"reason": reason})
    await callbacks.change(tx, callback, now=now, status=status, attention=SET_ASIDE)
