"""How an attempt ends and what follows: the one place where a dial becomes completed, tried again or given up."""

from datetime import datetime, timedelta

from bot.booking.callback import SET_ASIDE, Attempt, Callback, Outcome, Status
from bot.booking.retry import NOT_THE_CUSTOMERS, NUMBER_FAULTS, SETTLED, GiveUp, RetryPolicy, TryAgain, after
from bot.booking.rules import Rules
from bot.booking.window import Window
from bot.store import attempts, callbacks, presences
from bot.store.attempts import Dial
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction
from bot.usecases.promises import plan_notice
from bot.usecases.seats import Seats

THANKS_AFTER = timedelta(minutes=1)
AFTER_CALL = timedelta(minutes=2)
"""What an agent has to write things down after a call, where the settings say nothing else."""


class Outcomes:
    """Ends attempts. Every path ends here, so that an agent is given back and a promise is decided exactly once."""

    def __init__(
        self,
        database: Database,
        *,
        rules: Rules,
        retries: RetryPolicy,
        seats: Seats,
        after_call: timedelta = AFTER_CALL,
    ) -> None:
        self._after_call = after_call
        self._database = database
        self._rules = rules
        self._retries = retries
        self._seats = seats

    async def end(
        self,
        dial: Dial,
        outcome: Outcome,
        *,
        now: datetime,
        answered_by: str | None = None,
        duration_s: int | None = None,
    ) -> None:
        """End the attempt and decide what follows; a later caller changes nothing."""
        try:
            await self._end(dial, outcome, now=now, answered_by=answered_by, duration_s=duration_s)
        except StaleCallback:  # the agent wrote at the same moment: what they wrote is read now
            await self._end(dial, outcome, now=now, answered_by=answered_by, duration_s=duration_s)

    async def _end(
        self, dial: Dial, outcome: Outcome, *, now: datetime, answered_by: str | None, duration_s: int | None
    ) -> None:
        async with self._database.write() as tx:
            if not await attempts.end(
                tx, dial.id, outcome=outcome, now=now, answered_by=answered_by, duration_s=duration_s
            ):
                return
            callback = await callbacks.get(tx, dial.callback_id)
            facts = {"number": dial.number, "outcome": str(outcome)}
            await callbacks.note_event(tx, callback.id, "attempt_ended", at=now, facts=facts)
            if outcome == Outcome.CONNECTED:
                await _ask_how_it_was(tx, callback, now=now)
                await presences.begin_after_call(tx, dial.agent_id, now=now, until=now + self._after_call)
            if not callback.is_open or outcome in SETTLED - {Outcome.CONNECTED}:
                return  # the agent, or the customer by a key, has already decided how it goes on
            if outcome == Outcome.CONNECTED:
                await callbacks.change(tx, callback, now=now, status=Status.COMPLETED)
            else:
                await self._try_again_or_give_up(tx, callback, outcome, now=now)

    async def _try_again_or_give_up(
        self, tx: Transaction, callback: Callback, outcome: Outcome, *, now: datetime
    ) -> None:
        match await self._decide(tx, callback, outcome, now=now):
            case TryAgain(at=at, number=number):
                slot_start = await self._seats.take_for_retry(tx, callback, at=at, now=now)
                waiting = await callbacks.change(
                    tx, callback, now=now, status=Status.RETRY_WAIT, due_at=at, slot_start=slot_start,
                    dial_number=None if number == callback.phone_number else number,
                )  # fmt: skip
                if _is_first_miss(waiting.attempts, outcome):
                    await plan_notice(tx, waiting, "missed", now=now)
            case GiveUp(reason="own_faults" | "no_opening"):
                # we could not call: the customer has missed nothing, and a supervisor should know
                over = await callbacks.change(tx, callback, now=now, status=Status.EXPIRED, attention=SET_ASIDE)
                await plan_notice(tx, over, "expired", now=now)
            case GiveUp():
                over = await callbacks.change(tx, callback, now=now, status=Status.UNREACHED)
                told = "number_unusable" if outcome in NUMBER_FAULTS else "unreached"
                await plan_notice(tx, over, told, now=now)

    async def _decide(
        self, tx: Transaction, callback: Callback, outcome: Outcome, *, now: datetime
    ) -> TryAgain | GiveUp:
        def decide(full: tuple[Window, ...] = ()) -> TryAgain | GiveUp:
            return after(
                callback,
                outcome,
                policy=self._retries,
                hours=lambda number: self._rules.calling_hours(callback.topic, number),
                now=now,
                full=full,
            )

        decided = decide()
        if isinstance(decided, TryAgain) and not callback.window.contains(decided.at):
            full = await self._seats.full(tx, callback.topic, since=decided.at, now=now, but=callback.slot_start)
            return decide(full) if full else decided
        return decided


def _is_first_miss(made: tuple[Attempt, ...], outcome: Outcome) -> bool:
    """Told once, for a message after every attempt would be a nuisance; and never for a call that did not ring."""
    missed = [attempt for attempt in made if attempt.outcome not in NOT_THE_CUSTOMERS]
    return outcome not in NOT_THE_CUSTOMERS and len(missed) == 1


async def _ask_how_it_was(tx: Transaction, callback: Callback, *, now: datetime) -> None:
    """Once, where the customer booked: in the chat, else with the thanks by SMS."""
    if callback.conversation_id:
        await plan_notice(tx, callback, "survey", now=now)
    else:
        await plan_notice(tx, callback, "thanks", now=now + THANKS_AFTER)
