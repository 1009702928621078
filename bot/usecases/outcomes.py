"""How an attempt ends and what follows: the one place where a dial becomes completed, tried again or given up."""

from datetime import datetime

from bot.booking.callback import SET_ASIDE, Attempt, Callback, Outcome, Status
from bot.booking.retry import NOT_THE_CUSTOMERS, GiveUp, RetryPolicy, TryAgain, after
from bot.booking.rules import Rules
from bot.store import attempts, callbacks
from bot.store.attempts import Dial
from bot.store.callbacks import StaleCallback
from bot.store.database import Database, Transaction
from bot.usecases.promises import plan_notice


class Outcomes:
    """Ends attempts. Every path ends here, so that an agent is given back and a promise is decided exactly once."""

    def __init__(self, database: Database, *, rules: Rules, retries: RetryPolicy) -> None:
        self._database = database
        self._rules = rules
        self._retries = retries

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
            if outcome == Outcome.CONNECTED and callback.conversation_id:
                await plan_notice(tx, callback, "survey", now=now)
            if not callback.is_open:  # the agent has already written down how it ended
                return
            if outcome == Outcome.CONNECTED:
                await callbacks.change(tx, callback, now=now, status=Status.COMPLETED)
            else:
                await self._try_again_or_give_up(tx, callback, outcome, now=now)

    async def _try_again_or_give_up(
        self, tx: Transaction, callback: Callback, outcome: Outcome, *, now: datetime
    ) -> None:
        hours = self._rules.calling_hours(callback.topic, callback.phone_number)
        match after(callback, outcome, policy=self._retries, hours=hours, now=now):
            case TryAgain(at=at):
                waiting = await callbacks.change(tx, callback, now=now, status=Status.RETRY_WAIT, due_at=at)
                if _is_first_miss(waiting.attempts, outcome):
                    await plan_notice(tx, waiting, "missed", now=now)
            case GiveUp(reason="attempts_used"):
                over = await callbacks.change(tx, callback, now=now, status=Status.UNREACHED)
                await plan_notice(tx, over, "unreached", now=now)
            case GiveUp():  # we could not call: the customer has missed nothing, and a supervisor should know
                over = await callbacks.change(tx, callback, now=now, status=Status.EXPIRED, attention=SET_ASIDE)
                await plan_notice(tx, over, "expired", now=now)


def _is_first_miss(made: tuple[Attempt, ...], outcome: Outcome) -> bool:
    """Told once, for a message after every attempt would be a nuisance; and never for a call that did not ring."""
    missed = [attempt for attempt in made if attempt.outcome not in NOT_THE_CUSTOMERS]
    return outcome not in NOT_THE_CUSTOMERS and len(missed) == 1
