"""A carrier in a storm: its answers are lost, its webhooks late, doubled and out of order; its own books are right."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.telephony.dialer import Accepted, CallState, CarrierUnavailable, Rejected, Unknown
from bot.usecases.call_steps import EnterRoom, HangUp
from bot.usecases.calls import Calls
from tests.support.storm.plan import Plan
from tests.support.storm.time import VirtualTime

LATEST_S = 90.0
HANG_S = 10.0
LISTED_AFTER_S = 5.0
PATIENCE_S = 120.0
"""Whoever waits so long in a room puts the phone down."""
RANKS = ("initiated", "ringing", "in-progress")


@dataclass(kw_only=True)
class Placed:
    """One call as the carrier's own books have it."""

    sid: str
    attempt_id: str
    to: str
    at: datetime
    status: str = "queued"
    ended: datetime | None = None
    spoken: bool = False
    stopped: bool = False
    is_led_away: bool = False


class StormCarrier:
    """Places calls for any number of dispatchers and reports to one gateway."""

    def __init__(self, plan: Plan, chance: random.Random, time: VirtualTime) -> None:
        self._plan = plan
        self._chance = chance
        self._time = time
        self.calls: list[Placed] = []
        self.legs: dict[str, str] = {}
        self.gateway: Callable[[], Calls | None] = lambda: None
        self.tasks: set[asyncio.Task[None]] = set()

    async def dial(self, attempt_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Place the attempt's call, once for every time it is asked."""
        fate = self._chance.random()
        for share, answer in (
            (self._plan.refused, self._refuse), (self._plan.error_before, self._fail), (self._plan.hang, self._hang),
            (self._plan.error_after, self._lose), (self._plan.reset, self._lose),
        ):  # fmt: skip
            if fate < share:
                return await answer(attempt_id, to)
            fate -= share
        return Accepted(call_sid=self._place(attempt_id, to).sid)

    async def ring_agent(self, attempt_id: str, agent_id: str, to: str) -> Accepted | Rejected | Unknown:
        """Ring an agent, who answers most of the time."""
        sid = f"CB{len(self.legs):032x}"
        self.legs[sid] = "ringing"
        self._spawn(self._agent(attempt_id, sid))
        return Accepted(call_sid=sid)

    async def redirect(self, attempt_id: str, call_sid: str, step: str) -> bool:
        """Lead a call elsewhere, where it ends after a sentence."""
        self._may_be_silent()
        if self.legs.get(call_sid) in ("ringing", "in-progress"):
            self.legs[call_sid] = "completed"
            return True
        for call in self.calls:
            if call.sid == call_sid and call.ended is None:
                call.is_led_away = True
                return True
        return False

    async def fetch(self, call_sid: str) -> CallState | None:
        """How a call stands."""
        self._may_be_silent()
        if call_sid in self.legs:
            return CallState(call_sid=call_sid, status=self.legs[call_sid])
        return next((_state(call) for call in self.calls if call.sid == call_sid), None)

    async def latest(self, to: str) -> list[CallState]:
        """The newest calls to a number; a new call is listed a moment later."""
        self._may_be_silent()
        listed = self._time.now - timedelta(seconds=LISTED_AFTER_S)
        return [_state(call) for call in self.calls if call.to == to and call.at <= listed]

    async def end(self, call_sid: str) -> None:
        """Stop a call that must not go on."""
        self._may_be_silent()
        if call_sid in self.legs:
            self.legs[call_sid] = "completed"
        for call in self.calls:
            if call.sid == call_sid and call.ended is None:
                call.stopped = True
                self._end(call, "canceled")

    async def _refuse(self, _attempt_id: str, _to: str) -> Rejected:
        return Rejected(code=20429, try_later=True)

    async def _fail(self, _attempt_id: str, _to: str) -> Unknown:
        return Unknown(cause="status 500")

    async def _lose(self, attempt_id: str, to: str) -> Unknown:
        self._place(attempt_id, to)
        return Unknown(cause="reset")

    async def _hang(self, attempt_id: str, to: str) -> Unknown:
        if self._chance.random() < 0.5:
            self._place(attempt_id, to)
        await self._time.sleep(HANG_S)
        return Unknown(cause="ReadTimeout")

    def _may_be_silent(self) -> None:
        if self._chance.random() < self._plan.silent_list:
            raise CarrierUnavailable

    def _place(self, attempt_id: str, to: str) -> Placed:
        call = Placed(sid=f"CA{len(self.calls):032x}", attempt_id=attempt_id, to=to, at=self._time.now)
        self.calls.append(call)
        self._spawn(self._live(call))
        return call

    async def _live(self, call: Placed) -> None:
        await self._go(call, 1, "initiated")
        await self._go(call, 1, "ringing")
        outcome = self._chance.choice(["no-answer", "busy", "failed", "answered", "answered", "answered"])
        await self._time.sleep({"no-answer": 25, "busy": 5, "failed": 2, "answered": 8}[outcome])
        if call.ended is not None:
            return
        if outcome == "answered":
            await self._converse(call)
        if call.ended is None:
            self._end(call, "completed" if outcome == "answered" else outcome)

    async def _go(self, call: Placed, seconds: float, status: str) -> None:
        await self._time.sleep(seconds)
        if call.ended is None:
            call.status = status
            self._notify(call, status)

    async def _converse(self, call: Placed) -> None:
        call.status = "in-progress"
        self._notify(call, "in-progress")
        calls = self.gateway()
        try:
            if calls is None or isinstance(await calls.answered(call.attempt_id, call.sid, now=self._time.now), HangUp):
                return
            if self._chance.random() < 0.15 or call.ended is not None:
                return  # nobody presses a key
            asked = await calls.key_pressed(call.attempt_id, call.sid, "1", now=self._time.now)
            if not isinstance(asked, EnterRoom):
                return
        except OSError:
            return  # the gateway could not answer: the carrier hangs up
        waited = 0.0
        while call.ended is None and not call.spoken and not call.is_led_away and waited < PATIENCE_S:
            await self._time.sleep(2)
            waited += 2
        await self._time.sleep(self._chance.uniform(20, 90) if call.spoken else 3)

    async def _agent(self, attempt_id: str, sid: str) -> None:
        await self._time.sleep(4)
        calls = self.gateway()
        if calls is None or self.legs[sid] != "ringing":
            return
        try:
            if self._chance.random() < 0.15:
                self.legs[sid] = "no-answer"
                await calls.agent_status_changed(attempt_id, sid, "no-answer", now=self._time.now)
                return
            self.legs[sid] = "in-progress"
            await calls.agent_answered(attempt_id, sid)
            taken = await calls.agent_pressed(attempt_id, "1", call_sid=sid, now=self._time.now)
        except OSError:
            self.legs[sid] = "completed"
            return
        if isinstance(taken, EnterRoom) and taken.opens:
            for call in self.calls:
                call.spoken = call.spoken or (call.attempt_id == attempt_id and call.ended is None)
        else:
            self.legs[sid] = "completed"

    def _end(self, call: Placed, status: str) -> None:
        call.status, call.ended = status, self._time.now
        self._notify(call, status)

    def _notify(self, call: Placed, status: str) -> None:
        if self._chance.random() < self._plan.lost:
            return
        for _ in range(2 if self._chance.random() < self._plan.doubled else 1):
            wait = 0.0
            if self._chance.random() < self._plan.late:
                wait = self._chance.uniform(1, LATEST_S)
            elif self._chance.random() < self._plan.reordered:
                wait = self._chance.uniform(0, 3)
            self._spawn(self._deliver(call, status, wait))

    async def _deliver(self, call: Placed, status: str, wait: float) -> None:
        if wait:
            await self._time.sleep(wait)
        calls = self.gateway()
        if calls is None:
            return
        try:
            await calls.status_changed(call.attempt_id, call.sid, status, now=self._time.now)
        except OSError:
            return  # the gateway answers 503, the carrier tries three times within seconds and then no more

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def _state(call: Placed) -> CallState:
    return CallState(call_sid=call.sid, status=call.status, created_at=call.at, duration_s=None)
