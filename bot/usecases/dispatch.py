"""Keeping the promise: what is due is claimed, written down as an attempt, and only then dialled."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.booking import phone
from bot.booking.callback import LATE, SET_ASIDE, Callback, Outcome, Status
from bot.booking.errors import NumberRefused
from bot.booking.phone import NumberPolicy
from bot.booking.rules import Rules
from bot.store import agents, attempts, callbacks, ledger
from bot.store.agents import Agent
from bot.store.attempts import AlreadyDialled, Dial
from bot.store.callbacks import StaleCallback
from bot.store.database import FAULTS, Database, Transaction
from bot.telephony.dialer import Accepted, Dialer, Rejected, Unknown
from bot.usecases.outcomes import Outcomes
from bot.usecases.promises import plan_notice
from bot.usecases.strays import stop_stray

BATCH = 100
LATE_NOTICE_BEFORE_END = timedelta(minutes=5)
"""A customer whose window is about to end without a call is told while it still lasts."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A callback that is now ours to dial, and only ours."""

    attempt_id: str
    callback: Callback


class Dispatch:
    """One dispatcher. Any number of them may share a database: what is whose is decided by constraints there."""

    def __init__(
        self, database: Database, dialer: Dialer, outcomes: Outcomes, *, rules: Rules, numbers: NumberPolicy
    ) -> None:
        self._database = database
        self._dialer = dialer
        self._outcomes = outcomes
        self._rules = rules
        self._numbers = numbers

    async def dial_due(self, *, now: datetime, real_now: datetime) -> int:
        """Dial what is owed, never more than there are ready agents; returns how many dials were begun."""
        async with self._database.read() as tx:
            waiting = await callbacks.due(tx, now=now, limit=BATCH)
            free = await agents.ready(tx) if waiting else []
        await self._wait_for_opening([callback for callback in waiting if not self._may_dial(callback, now)], now=now)
        waiting = [callback for callback in waiting if self._may_dial(callback, now)]
        claimed: list[Claimed] = []
        for callback in waiting:
            if not free:
                break
            if claim := await self._try_to_claim(callback, free[0], now=now, real_now=real_now):
                claimed.append(claim)
                free = free[1:]
        await asyncio.gather(*(self._dial(claim, now=now) for claim in claimed))
        return len(claimed)

    async def tell_lateness(self, *, now: datetime) -> int:
        """Tell customers whose window is about to end without a call; returns how many were told."""
        async with self._database.read() as tx:
            waiting = await callbacks.due(tx, now=now, limit=BATCH)
        late = [
            callback
            for callback in waiting
            if not callback.attempts and callback.attention is None
            and now >= callback.window.end - LATE_NOTICE_BEFORE_END
        ]  # fmt: skip
        for callback in late:
            async with self._database.write() as tx:
                try:
                    told = await callbacks.change(tx, callback, now=now, event="late", attention=LATE)
                except StaleCallback:
                    continue
                await plan_notice(tx, told, "late", now=now)
        return len(late)

    async def _try_to_claim(
        self, callback: Callback, agent: Agent, *, now: datetime, real_now: datetime
    ) -> Claimed | None:
        """One callback that cannot be claimed must not hold up the others: it is set aside and reported."""
        try:
            return await self._claim(callback, agent, now=now, real_now=real_now)
        except (StaleCallback, AlreadyDialled):
            return None  # another dispatcher was faster, or the customer has just moved it
        except FAULTS:
            log.exception("claim_failed", reference=callback.reference)
            return None
        except Exception:
            log.exception("set_aside", reference=callback.reference)
        with contextlib.suppress(StaleCallback):
            async with self._database.write() as tx:
                await callbacks.change(tx, callback, now=now, event=SET_ASIDE, attention=SET_ASIDE)
        return None

    async def _claim(self, callback: Callback, agent: Agent, *, now: datetime, real_now: datetime) -> Claimed | None:
        """Make the callback ours, reserve the agent and write the attempt down, all in one transaction."""
        attempt_id = secrets.token_hex(16)
        async with self._database.write() as tx:
            if refusal := await self._refusal(tx, callback):
                await self._set_aside(tx, callback, refusal, now=now)
                return None
            ours = await callbacks.change(tx, callback, now=now, status=Status.DIALING)
            await attempts.begin(
                tx, attempt_id, callback_id=callback.id, number=len(callback.attempts) + 1,
                to_number=callback.phone_number, agent_id=agent.id, now=now, real_now=real_now,
            )  # fmt: skip
        return Claimed(attempt_id=attempt_id, callback=ours)

    async def _dial(self, claim: Claimed, *, now: datetime) -> None:
        """After any error the attempt stays open, for the call may ring: the watchdog asks what became of it."""
        try:
            answer = await self._dialer.dial(claim.attempt_id, claim.callback.phone_number)
            log.info("dialled", reference=claim.callback.reference, answer=type(answer).__name__)
            await self._record(claim, answer, now=now)
        except Exception:
            log.exception("dial_failed", reference=claim.callback.reference, attempt=claim.attempt_id)

    async def _record(self, claim: Claimed, answer: Accepted | Rejected | Unknown, *, now: datetime) -> None:
        async with self._database.write() as tx:
            dial = await attempts.get(tx, claim.attempt_id)
            if dial is None:
                return
            is_ours = isinstance(answer, Accepted) and await attempts.adopt(tx, dial.id, answer.call_sid)
            if isinstance(answer, Unknown):
                await _mark_unknown(tx, dial)
        if isinstance(answer, Accepted) and not is_ours:
            await stop_stray(self._dialer, answer.call_sid, attempt_id=dial.id)
        if isinstance(answer, Rejected):
            outcome = Outcome.UNREACHABLE if answer.number_is_wrong else Outcome.CARRIER_FAILED
            await self._outcomes.end(dial, outcome, now=now)

    async def _refusal(self, tx: Transaction, callback: Callback) -> str | None:
        """Why this number must not be dialled now; the rules may have changed since the booking."""
        if reason := self._number_refusal(callback):
            return reason
        _, no_calls = await ledger.opted_out(tx, callback.phone_number)
        return "opted_out" if no_calls else None

    def _number_refusal(self, callback: Callback) -> str | None:
        try:
            phone.accept(callback.phone_number, self._numbers)
        except NumberRefused as refused:
            return refused.reason
        return None

    async def _set_aside(self, tx: Transaction, callback: Callback, reason: str, *, now: datetime) -> None:
        log.warning("set_aside", reference=callback.reference, reason=reason)
        status = Status.CANCELLED if reason == "opted_out" else Status.EXPIRED
        await callbacks.change(tx, callback, now=now, status=status, attention=SET_ASIDE)

    def _may_dial(self, callback: Callback, moment: datetime) -> bool:
        """Also for a number that must not be dialled at all: its claim is what sets it aside."""
        if self._number_refusal(callback):
            return True
        return self._rules.calling_hours(callback.topic, callback.phone_number).is_open(moment)

    async def _wait_for_opening(self, waiting: list[Callback], *, now: datetime) -> None:
        """Nothing is dialled outside hours: what is owed waits for the next opening, and its customer is told."""
        for callback in waiting:
            opening = self._rules.calling_hours(callback.topic, callback.phone_number).next_open(now)
            if opening is None:
                continue
            async with self._database.write() as tx:
                try:
                    moved = await callbacks.change(tx, callback, now=now, due_at=opening, attention=LATE)
                except StaleCallback:
                    continue
                if callback.status == Status.BOOKED and callback.attention is None:
                    await plan_notice(tx, moved, "late", now=now)


async def _mark_unknown(tx: Transaction, dial: Dial) -> None:
    if dial.call_sid is None:  # a webhook may already have told us the call
        await attempts.change(tx, dial.id, carrier_state="unknown")
