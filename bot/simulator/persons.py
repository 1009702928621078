"""What phones do by themselves: pick up, press 1, talk, let it ring, be a voicemail."""

import asyncio
from collections.abc import Callable, Coroutine

from bot.simulator.leg import SIP_BUSY, SIP_UNAVAILABLE, Answered, HungUp, Leg
from bot.simulator.records import HandsetRecord
from bot.simulator.timers import Timers

PICKS_UP_AFTER_S = 2.0
PRESSES_AFTER_S = 1.0
VOICEMAIL_AFTER_S = 10.0
VOICEMAIL_GREETING_S = 6.0
VOICEMAIL_HOLDS_S = 60.0
_YES = "1"


class Persons:
    """Plays the person at each handset according to its behaviour, which may change at any moment."""

    def __init__(self, timers: Timers, handset: Callable[[str], HandsetRecord]) -> None:
        self._timers = timers
        self._handset = handset
        self._plans: dict[str, set[asyncio.Task[None]]] = {}

    def refusal(self, number: str) -> int | None:
        """The SIP code with which this phone refuses before it rings, if it does."""
        match self._handset(number).behaviour:
            case "busy":
                return SIP_BUSY
            case "unreachable":
                return SIP_UNAVAILABLE
            case _:
                return None

    def rings(self, leg: Leg) -> None:
        """The phone rings, or its behaviour was changed while it rings."""
        self.leaves(leg)
        match self._handset(leg.record.handset).behaviour:
            case "answer":
                self._plan(leg, self._answer(leg, PICKS_UP_AFTER_S, machine=False))
            case "voicemail":
                self._plan(leg, self._answer(leg, VOICEMAIL_AFTER_S, machine=True))
            case _:
                pass

    def asked(self, leg: Leg) -> None:
        """A Gather asks for digits."""
        if self._handset(leg.record.handset).behaviour == "answer":
            self._plan(leg, self._press(leg))

    def connected(self, leg: Leg) -> None:
        """The leg was connected with another person."""
        handset = self._handset(leg.record.handset)
        if handset.behaviour == "answer" and handset.talk_s is not None:
            self._plan(leg, self._hang_up(leg, handset.talk_s))

    def leaves(self, leg: Leg) -> None:
        """The leg ended: nobody does anything on it any more."""
        for task in self._plans.pop(leg.record.sid, ()):
            task.cancel()

    def _plan(self, leg: Leg, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        plans = self._plans.setdefault(leg.record.sid, set())
        plans.add(task)
        task.add_done_callback(plans.discard)

    async def _answer(self, leg: Leg, after_s: float, *, machine: bool) -> None:
        await self._timers.sleep(after_s)
        leg.decide(Answered(machine=machine))
        if machine:
            await self._hang_up(leg, VOICEMAIL_HOLDS_S)

    async def _press(self, leg: Leg) -> None:
        await self._timers.sleep(PRESSES_AFTER_S)
        leg.press(_YES)

    async def _hang_up(self, leg: Leg, after_s: float) -> None:
        await self._timers.sleep(after_s)
        leg.interrupt(HungUp(by_handset=True))
