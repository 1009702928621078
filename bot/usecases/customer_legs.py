"""The customer's call where an agent waits for it already: placed once, its answer recorded as the dispatcher does."""

from datetime import datetime

from bot.booking.callback import Callback, Outcome
from bot.store import agent_legs, attempts
from bot.store.attempts import Dial
from bot.store.database import Database
from bot.telephony.dialer import Accepted, Dialer, Rejected, Unknown
from bot.usecases.outcomes import Outcomes
from bot.usecases.strays import stop_stray


class CustomerLegs:
    """What is unknown is never asked for again: the watchdog finds out."""

    def __init__(self, database: Database, dialer: Dialer, outcomes: Outcomes) -> None:
        self._database = database
        self._dialer = dialer
        self._outcomes = outcomes

    async def place(self, dial: Dial, callback: Callback, *, now: datetime) -> bool:
        """Call the customer; asked twice, they are called once. False when they surely are not called."""
        async with self._database.write() as tx:
            if not await agent_legs.begin_customer(tx, dial.id):
                return True  # called already
        match await self._dialer.dial(dial.id, callback.next_number):
            case Accepted(call_sid=call_sid):
                async with self._database.write() as tx:
                    is_ours = await attempts.adopt(tx, dial.id, call_sid)
                if not is_ours:
                    await stop_stray(self._dialer, call_sid, attempt_id=dial.id)
            case Rejected(number_is=fault):
                await self._outcomes.end(dial, fault or Outcome.CARRIER_FAILED, now=now)
                return False
            case Unknown():
                async with self._database.write() as tx:
                    await attempts.mark_unknown(tx, dial.id)
        return True
