"""What is done when the bell rings. A tick that is missed or rung twice changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.usecases.health import HEARTBEAT_EVERY
from bot.usecases.leases import RENEW_EVERY
from bot.wiring import Product
from scheduler.clockwatch import ClockWatch

DISPATCH_EVERY_S = 0.5
LOOK_AHEAD_EVERY_S = 3.0
NOTICES_EVERY_S = 1.0
CODES_EVERY_S = 1.0
LATENESS_EVERY_S = 5.0
RECONCILE_EVERY_S = 5.0
CONFLICTS_EVERY_S = 600.0
SETTINGS_EVERY_S = 2.0
FIGURES_EVERY_S = 2.0
MONTHS_EVERY_S = 60.0
PRESENCES_EVERY_S = 2.0
PROCESS = "scheduler"

MOST_CLAIMED = 2000
"""Claimed and not yet dialled: the rest is left to other dispatchers, and memory stays flat."""
MOST_COUNTED = 400
"""Changes that one ring counts for the figures: about half of the time is left for everybody else who writes."""
PATIENCE_S = 12.0
"""How long a stopping scheduler waits for a dial that has begun: a carrier answers or times out well before."""

Tick = Callable[[], Awaitable[object]]
log = structlog.get_logger(__name__)


class Ticks:
    """The bells and what they set going. One run of each tick at a time; those missed meanwhile are rung once."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self._dials: dict[asyncio.Task[None], int] = {}
        self._clock_watch = ClockWatch()
        self._is_leased = False
        self._is_stopping = False

    def start(self) -> None:
        """Hang up the bells and ring each at once."""
        for tick, seconds in (
            (self._heartbeat, HEARTBEAT_EVERY.total_seconds()),
            (self._lease, RENEW_EVERY.total_seconds()),
            (self._dispatch, DISPATCH_EVERY_S),
            (self._look_ahead, LOOK_AHEAD_EVERY_S),
            (self._notices, NOTICES_EVERY_S),
            (self._codes, CODES_EVERY_S),
            (self._lateness, LATENESS_EVERY_S),
            (self._reconcile, RECONCILE_EVERY_S),
            (self._presences, PRESENCES_EVERY_S),
            (self._settings, SETTINGS_EVERY_S),
            (self._conflicts, CONFLICTS_EVERY_S),
            (self._figures, FIGURES_EVERY_S),
            (self._months, MONTHS_EVERY_S),
        ):
            self._scheduler.add_job(
                self._ring,
                "interval",
                args=(tick,),
                seconds=seconds,
                next_run_time=datetime.now(UTC),
                # By default a tick that comes a second late is dropped in silence.
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Ring no more, and let what has begun come to its end: APScheduler itself would cancel a dial half way."""
        self._is_stopping = True
        self._scheduler.remove_all_jobs()
        if begun := self._running | self._dials.keys():
            await asyncio.wait(begun, timeout=PATIENCE_S)
        self._scheduler.shutdown()
        if self._is_leased:
            await self._product.leases.leave()

    async def _ring(self, tick: Tick) -> None:
        """An error in one tick is reported, and the next one comes all the same."""
        task = asyncio.current_task()
        if task:
            self._running.add(task)
        try:
            async with self._product.decision():
                await tick()
        except Exception:
            log.exception("tick_failed", tick=tick.__name__)
        finally:
            if task:
                self._running.discard(task)

    async def _heartbeat(self) -> None:
        await self._product.health.beat(PROCESS, real_now=datetime.now(UTC))

    async def _lease(self) -> None:
        if not self._is_steady():
            return  # seen from a clock that has jumped, every lease but our own has run out
        await self._product.leases.renew(real_now=datetime.now(UTC), pulse=self._product.dispatch.pulse)
        self._is_leased = True
        await self._product.leases.take_over(now=self._product.clock.now(), real_now=datetime.now(UTC))

    async def _dispatch(self) -> None:
        """Claim on while there is something to claim; a call that takes long keeps no other one waiting."""
        while self._may_claim():
            now, real_now = self._product.clock.now(), datetime.now(UTC)
            claimed = await self._product.dispatch.claim(now=now, real_now=real_now)
            if not claimed:
                return
            dials = asyncio.create_task(self._product.dispatch.dial(claimed, now=now, real_now=real_now))
            self._dials[dials] = len(claimed)
            dials.add_done_callback(self._dials.pop)

    async def _look_ahead(self) -> None:
        await self._product.dispatch.look_ahead(now=self._product.clock.now())

    def _is_steady(self) -> bool:
        """Whether anything may be judged by this machine's clock."""
        return self._clock_watch.is_steady(datetime.now(UTC), stopwatch=monotonic())

    def _may_claim(self) -> bool:
        return (
            self._is_steady() and self._is_leased and not self._is_stopping and sum(self._dials.values()) < MOST_CLAIMED
        )

    async def _notices(self) -> None:
        if self._is_steady():
            await self._product.notices.send_due(now=self._product.clock.now(), real_now=datetime.now(UTC))

    async def _codes(self) -> None:
        await self._product.identity.send_due(now=self._product.clock.now())
        await self._product.inbound.send_due(now=self._product.clock.now())

    async def _lateness(self) -> None:
        if self._is_steady():
            await self._product.overdue.tell_lateness(now=self._product.clock.now())

    async def _presences(self) -> None:
        """Seen from a clock that has jumped, everybody's desk is closed."""
        if self._is_steady():
            await self._product.presences.look(now=self._product.clock.now(), real_now=datetime.now(UTC))

    async def _reconcile(self) -> None:
        """A call that is just being placed looks forgotten to a clock that has jumped: it would be placed again."""
        if self._is_steady():
            now, real_now = self._product.clock.now(), datetime.now(UTC)
            await self._product.reconciliation.check_quiet_calls(now=now, real_now=real_now)

    async def _settings(self) -> None:
        """A new version of the settings: what it costs is looked for at once, and until every process surely goes by
        it, for one that is a moment behind may still sell by the version before."""
        now = self._product.clock.now()
        if await self._product.settings_history.is_unchecked(now=now):
            await self._product.conflicts.look(now=now)
            await self._product.settings_history.checked(now=now)

    async def _conflicts(self) -> None:
        """Promises that the settings no longer allow, whoever made them: hours are looked at on and on."""
        await self._product.conflicts.look(now=self._product.clock.now(), settings_changed=False)

    async def _figures(self) -> None:
        await self._product.kpis.catch_up(now=self._product.clock.now(), most=MOST_COUNTED)

    async def _months(self) -> None:
        await self._product.kpis.sum_up_months(now=self._product.clock.now())
