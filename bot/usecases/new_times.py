"""Other times for a promise that cannot be kept: the same few for whoever has to be told."""

from datetime import datetime

from bot.booking.callback import Callback
from bot.booking.choices import choose, first_parts
from bot.booking.rules import Rules
from bot.booking.window import Window
from bot.store.database import Transaction
from bot.usecases.seats import Customer, Seats

MOST = 2
"""The link beside them shows all; a third would cost a message one more part."""


class NewTimes:
    """Free times that may be promised now to the customer of a callback."""

    def __init__(self, rules: Rules, seats: Seats) -> None:
        self._rules = rules
        self._seats = seats

    async def of(self, tx: Transaction, callback: Callback, *, now: datetime) -> tuple[Window, ...]:
        """At most two, the soonest first; none when nothing is free."""
        topic = self._rules.known(callback.topic)
        customer = Customer(number=callback.phone_number, language=callback.language)
        rules = self._rules.of(topic)
        end, tz = now + rules.policy.horizon, rules.hours.timezone
        offered = await self._seats.read(tx, topic, now=now, start=now, end=end, customer=customer)
        near = first_parts([slot.window for slot in offered if slot.free > 0], MOST, timezone=tz)
        return choose(near, limit=MOST, timezone=tz)
