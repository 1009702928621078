"""Which callbacks this dispatcher dials next: decided in one transaction for a whole batch, within every limit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.booking.callback import SET_ASIDE, Callback, Status
from bot.booking.lawful import CallingHours
from bot.booking.matching import match
from bot.booking.pacing import LOOKS_AHEAD, Line
from bot.booking.phone import NumberPolicy
from bot.booking.priority import OrderPolicy
from bot.booking.rules import Rules
from bot.store import callbacks, claims, dispatchers
from bot.store.claims import Intent, Ready
from bot.store.database import FAULTS, Database, Transaction
from bot.usecases.foreseen import Foreseen, Judged
from bot.usecases.overdue import Overdue

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
        self._grace = grace
        self._overdue = overdue
        self._order = order or OrderPolicy()
        self._foreseen = Foreseen(numbers=numbers, rules=rules)

    async def look_ahead(self, *, now: datetime) -> int:
        """Prepare for what falls due in the next minutes; returns how many callbacks were read."""
        return await self._foreseen.look_ahead(self._database, now=now)

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
            found = await claims.lock_due(tx, now=now, kept_since=now - self._grace, order=self._order, limit=most)
        taken: list[Claimed] = []
        for one in found:
            try:
                taken += await self._take(now=now, real_now=real_now, most=1, only=(one.id,))
            except FAULTS:
                log.exception("claim_failed", callback=one.id)
            except Exception:
                log.exception(SET_ASIDE, callback=one.id)
                async with self._database.write() as tx:
                    await claims.set_aside(tx, one.id, now=now)
        return taken

    async def _take(
        self, *, now: datetime, real_now: datetime, most: int, only: Collection[str] | None = None
    ) -> list[Claimed]:
        async with self._database.write() as tx:
            starts = await self._starts(tx, real_now=real_now, most=most)
            free = await claims.lock_ready_agents(tx, limit=max(len(starts), claims.MOST_CONSIDERED)) if starts else []
            if not free:
                return []
            owed = await claims.lock_due(
                tx,
                now=now,
                kept_since=now - self._grace,
                order=self._order,
                limit=min(len(free), len(starts)),
                only=only,
                takers={agent.skills for agent in free},
            )
            found, unreadable = await self._foreseen.judged(tx, owed)
            for callback_id in unreadable:
                log.error(SET_ASIDE, callback=callback_id, reason="unreadable")
                await claims.set_aside(tx, callback_id, now=now)
            barred = frozenset(one.id for one in owed if one.is_barred)
            intents = await self._decide(tx, found, free, barred=barred, now=now)
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
        self, tx: Transaction, found: list[Judged], free: list[Ready], *, barred: Collection[str], now: datetime
    ) -> list[Intent]:
        openness = _Openness(now)
        may_be_called: list[Callback] = []
        on_the_phone: set[str] = set()
        for one in found:
            callback = one.callback
            if callback.next_number in on_the_phone:
                continue
            if refusal := one.refusal or ("opted_out" if callback.id in barred else None):
                await _put_away(tx, callback, refusal, now=now)
                continue
            is_open, stays_open = openness.of(one.hours)
            if not is_open:
                await self._overdue.put_off(tx, callback, now=now)
                continue
            if not stays_open:
                continue  # what is claimed now may begin a moment later: not a moment after closing
            on_the_phone.add(callback.next_number)
            may_be_called.append(callback)
        named = {agent.id: agent for agent in free}
        return claims.intents(match(may_be_called, [(agent, agent.skills) for agent in free], named=named))


class _Openness:
    """Whether callbacks may be dialled now, and still at the next look: asked once for all of the same layers."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[tuple[int, ...], tuple[CallingHours, bool, bool]] = {}

    def of(self, hours: CallingHours) -> tuple[bool, bool]:
        layers = tuple(map(id, hours.layers))  # kept below, so that none goes away meanwhile
        known = self._known.get(layers)
        if known is None:
            known = self._known[layers] = hours, hours.is_open(self._now), hours.is_open(self._now + LOOKS_AHEAD)
        return known[1:]


async def _put_away(tx: Transaction, callback: Callback, reason: str, *, now: datetime) -> None:
    log.warning(SET_ASIDE, reference=callback.reference, reason=reason)
    status = Status.CANCELLED if reason == "opted_out" else Status.EXPIRED
    await callbacks.note_event(tx, callback.id, "suppressed", at=now, facts={"reason": reason})
    await callbacks.change(tx, callback, now=now, status=status, attention=SET_ASIDE)
