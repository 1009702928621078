"""One run: promises are made, everything goes wrong, and in the end every promise must have been kept or taken back in
words."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch

from sqlalchemy import select, text, update

from bot.booking.callback import Callback, Outcome
from bot.booking.errors import CallbackNotOpen
from bot.booking.pacing import Line, Pace
from bot.booking.retry import same_for_all
from bot.booking.window import Window
from bot.store import callbacks
from bot.store.schema import agents, attempts, notices
from tests.support.clocks import tokyo
from tests.support.products import World, a_callback, number, office_hours
from tests.support.storm.carrier import Placed, StormCarrier
from tests.support.storm.plan import Plan
from tests.support.storm.process import STEPS_TO_DEATH, Fate, ProcessDatabase, ProcessDialer, Scheduler
from tests.support.storm.time import VirtualTime
from tools.day.memory import MemoryDatabase

STARTS = tokyo("2026-11-24 15:00")
CLOSES = "15:45"
MINUTE = timedelta(minutes=1)
WINDOWS = (timedelta(), 5 * MINUTE)
LASTS = 10 * MINUTE
GRACE = 8 * MINUTE
AGENTS, PROMISES = 3, 7
STEP_S, IDLE_STEP_S, LASTS_AT_MOST_S = 2.0, 10.0, 3600.0
SETTLING = 60
JUST_BEGUN = timedelta(seconds=25)
"""The carrier is silent for ten seconds, then the bells of lateness and notices ring."""
RETRIES = same_for_all(
    (1 * MINUTE, 2 * MINUTE), own_fault_delay=1 * MINUTE, own_fault_limit=5, wait_at_most=timedelta(days=1)
)
LINE = Line(number="+815031234567", lines=3, pace=Pace(per_second=1))


@dataclass
class Report:
    """What was wrong, in sentences; nothing is as it must be. `calls` and `dials` say how much happened."""

    wrong: list[str] = field(default_factory=list)
    calls: int = 0
    attempts: int = 0


class Storm:
    """One run of a plan."""

    def __init__(self, seed: int, plan: Plan, *, promises: int = PROMISES) -> None:
        self._chance = random.Random(f"storm {seed}")
        self._plan = plan
        self._promises = promises
        self._time = VirtualTime(STARTS - timedelta(seconds=20))
        self._database = MemoryDatabase()
        self._carrier = StormCarrier(plan, self._chance, self._time)
        self._away: list[tuple[float, float]] = self._spans(plan.restarts, 1, 40)
        self._jumps: list[tuple[float, float]] = self._spans(plan.jumps, 1, 8)
        self._deaths = plan.kills
        self._schedulers: list[Scheduler] = []
        self._back: list[float] = []
        self._made: list[Callback] = []
        self._cancelled: dict[str, float] = {}

    async def run(self) -> Report:
        """Let it rage, and judge."""
        gateway = self._world(self._fate())
        self._carrier.gateway = lambda: gateway.calls
        await self._prepare()
        for _ in range(self._plan.dispatchers):
            self._start()
        tasks: set[asyncio.Task[object]] = set()
        while self._time.seconds < LASTS_AT_MOST_S and not await self._is_over():
            self._weather()
            for scheduler in self._schedulers:
                scheduler.ring()
            await self._agents_come_and_go()
            tasks |= self._customers_cancel(gateway)
            await self._settle()
            self._bury()
            self._time.pass_by(STEP_S if await self._something_happens() else IDLE_STEP_S)
        report = await self._judge()
        for scheduler in self._schedulers:
            scheduler.stop()
        for task in self._carrier.tasks | tasks:
            task.cancel()
        await self._database.close()
        return report

    def _spans(self, count: int, shortest: float, longest: float) -> list[tuple[float, float]]:
        starts = [self._chance.uniform(0, 1500) for _ in range(count)]
        return [(start, start + self._chance.uniform(shortest, longest)) for start in starts]

    def _fate(self, *, dies_in: int | None = None) -> Fate:
        fate = Fate(self._chance, dies_in=dies_in)
        fate.database_is_away = lambda: any(start <= self._time.seconds < end for start, end in self._away)
        return fate

    def _world(self, fate: Fate) -> World:
        dialer: Any = ProcessDialer(self._carrier, fate)
        hours = office_hours(end=CLOSES)
        return World(
            ProcessDatabase(self._database, fate),
            dialer=dialer,
            hours=hours,
            retries=RETRIES,
            line=LINE,
            grace=GRACE,
        )

    def _start(self) -> None:
        dies_in = None
        if self._deaths > 0:
            self._deaths -= 1
            dies_in = self._chance.randrange(1, STEPS_TO_DEATH)
        fate = self._fate(dies_in=dies_in)
        self._schedulers.append(Scheduler(self._world(fate), fate, self._time))

    async def _prepare(self) -> None:
        async with self._database.write() as tx:
            for index in range(self._promises):
                start = STARTS + self._chance.choice(WINDOWS)
                window = Window(start=start, end=start + LASTS).in_utc()
                made = a_callback(
                    id=f"{index:032x}", reference=f"S{index:05d}", window=window, slot_start=window.start,
                    due_at=window.start, phone_number=number(index),
                )  # fmt: skip
                self._made.append(made)
                await callbacks.add(tx, made)
        await World(self._database).with_agents(AGENTS)

    def _weather(self) -> None:
        jumped = next((jump for jump in self._jumps if jump[0] <= self._time.seconds < jump[1]), None)
        hours = {0: 1, 1: -1, 2: 24 * 730}[int(jumped[0]) % 3] if jumped else 0
        self._time.jumped = timedelta(hours=hours)
        while self._back and self._back[0] <= self._time.seconds:
            self._back.pop(0)
            self._start()

    def _bury(self) -> None:
        for scheduler in [one for one in self._schedulers if one.fate.is_dead]:
            scheduler.stop()
            self._schedulers.remove(scheduler)
            self._back.append(self._time.seconds + self._chance.uniform(1, 30))
            self._back.sort()

    async def _agents_come_and_go(self) -> None:
        if self._chance.random() >= self._plan.vanish:
            return
        presence = self._chance.choice(["ready", "offline"])
        async with self._database.write() as tx:
            ids = list((await tx.execute(select(agents.c.id).order_by(agents.c.login))).scalars())
            chosen = self._chance.choice(ids[1:])  # one always stays
            await tx.execute(update(agents).where(agents.c.id == chosen).values(presence=presence))

    def _customers_cancel(self, gateway: World) -> set[asyncio.Task[object]]:
        if self._chance.random() >= self._plan.cancels * 0.02:
            return set()
        chosen = self._chance.choice(self._made)
        return {asyncio.ensure_future(self._cancel(gateway, chosen))}

    async def _cancel(self, gateway: World, chosen: Callback) -> None:
        try:
            await gateway.bookings.cancel(chosen.reference, now=self._time.now)
        except (CallbackNotOpen, OSError):
            return
        self._cancelled.setdefault(chosen.phone_number, self._time.seconds)

    async def _settle(self) -> None:
        """Let everybody run who does not wait for the clock."""
        for _ in range(SETTLING):
            await asyncio.sleep(0)
            if all(task.done() for scheduler in self._schedulers for task in scheduler.tasks):
                break

    async def _something_happens(self) -> bool:
        soon = (self._time.now + timedelta(seconds=IDLE_STEP_S)).astimezone(UTC).replace(tzinfo=None)
        live = await self._has("SELECT 1 FROM attempts WHERE ended_at IS NULL")
        return live or await self._has(f"{_OPEN} AND due_at <= :soon", soon=f"{soon:%Y-%m-%d %H:%M:%S.%f}")

    async def _is_over(self) -> bool:
        if any(call.ended is None for call in self._carrier.calls) or await self._has(_OPEN):
            return False
        return not await self._has("SELECT 1 FROM notices WHERE state IN ('pending', 'sending')")

    async def _has(self, query: str, **values: str) -> bool:
        async with self._database.read() as tx:
            return (await tx.execute(text(query), values)).first() is not None

    async def _judge(self) -> Report:
        report = Report(calls=len(self._carrier.calls))
        async with self._database.read() as tx:
            dials = (await tx.execute(select(attempts))).all()
            told = (await tx.execute(select(notices))).all()
            final = {made.id: await callbacks.get(tx, made.id) for made in self._made}
        report.attempts = len(dials)
        report.wrong += [f"an attempt of {one.to_number} never ended" for one in dials if one.ended_at is None]
        for made in self._made:
            begun = [row.started_at for row in dials if row.callback_id == made.id]
            mine = [call for call in self._carrier.calls if call.to == made.phone_number]
            warned = [row.sent_at for row in told if row.callback_id == made.id and row.sent_at and row.kind in _LATE]
            spoken = any(row.outcome == Outcome.CONNECTED for row in dials if row.callback_id == made.id)
            report.wrong += [
                f"{made.reference}: {fault}" for fault in self._faults(final[made.id], mine, spoken=spoken)
            ]
            if self._is_late_in_silence(made, mine, begun, warned):
                report.wrong.append(f"{made.reference}: late without a word before the window ended")
        return report

    def _faults(self, callback: Callback, calls: list[Placed], *, spoken: bool) -> Iterator[str]:
        hours = office_hours(end=CLOSES)
        if callback.is_open:
            yield f"lost: still {callback.status}"
        for attempt_id, count in Counter(call.attempt_id for call in calls).items():
            if count > 1:
                yield f"doubled: {count} calls for attempt {attempt_id}"
        for earlier, later in pairwise(calls):
            if earlier.ended is None or later.at < earlier.ended:
                yield f"doubled: a call at {later.at:%X} while one of {earlier.at:%X} was live"
            if earlier.spoken and spoken:
                yield f"doubled: called at {later.at:%X} after the talk of {earlier.at:%X}"
        for call in calls:
            if not hours.is_open(call.at):
                yield f"called outside hours, at {call.at:%X}"
            gone = self._cancelled.get(callback.phone_number)
            if gone is not None and (call.at - self._time.start).total_seconds() > gone:
                yield f"called at {call.at:%X} after the cancellation was acknowledged"

    def _is_late_in_silence(
        self, made: Callback, calls: list[Placed], begun: list[datetime], warned: list[datetime]
    ) -> bool:
        """A dial that was begun in the last moment and is not answered yet may still ring: nobody could tell."""
        end = made.window.end
        in_time = any(call.at < end for call in calls) or any(end - JUST_BEGUN <= moment < end for moment in begun)
        return not in_time and made.phone_number not in self._cancelled and not any(moment < end for moment in warned)


_OPEN = "SELECT 1 FROM callbacks WHERE status IN ('booked', 'dialing', 'in_call', 'retry_wait')"
_LATE = ("late", "expired")


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Identifiers come from the seed, too: they decide between equals."""
    chance = random.Random(f"identifiers {seed}")
    with patch("secrets.token_hex", lambda size=16: chance.randbytes(size).hex()):
        yield


def rage(seed: int, plan: Plan, *, promises: int = PROMISES) -> Report:
    """One run, the same for the same seed."""
    with _seeded(seed):
        return asyncio.run(_rage(seed, plan, promises))


async def _rage(seed: int, plan: Plan, promises: int) -> Report:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)  # the dead leave unread errors
    return await Storm(seed, plan, promises=promises).run()
