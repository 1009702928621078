"""What can be chosen in an answer on SMS or LINE: its buttons with the times they stand for, and further free times."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

from bot.booking.business import Business
from bot.booking.rules import Rules
from bot.booking.when import Language
from bot.booking.window import Window
from bot.channels import sms
from bot.channels.channel import Answer, Choice
from bot.store.contacts import Contact
from bot.usecases.bookings import Bookings
from bot.usecases.seats import Customer
from bot.wording import dates, say

INSTANT = timedelta(seconds=1)
DAYS = 5
"""Days with free times that are shown at once."""


class Offering:
    """Gives the choices of an answer what a channel needs to show them."""

    def __init__(self, bookings: Bookings, *, rules: Rules, business: Business) -> None:
        self._bookings = bookings
        self._rules = rules
        self._business = business

    async def offered(self, answer: Answer, contact: Contact, *, now: datetime) -> Answer:
        """The same with the time that each choice stands for, and with more of them where they can be shown."""
        if answer.expects != "preferred_slot":
            return answer
        choices = tuple([self._timed(choice, answer.language, now=now) for choice in answer.choices])
        answer = replace(answer, choices=choices)
        if contact.channel == sms.NAME or len(self._rules.topics) > 1:
            return answer  # which of several topics is meant, the assistant knows alone
        is_open = any(choice.window is None for choice in choices)
        return await self.later(answer, contact, now, now=now, shown=is_open)

    async def later(
        self, answer: Answer, contact: Contact, since: datetime, *, now: datetime, shown: bool = True
    ) -> Answer:
        """The same with the free times of the next days behind the day of `since`, or from now on."""
        tz = self._business.timezone
        customer = Customer(number=contact.phone_number, language=answer.language)
        start = since
        if since > now:
            following = since.astimezone(tz) + timedelta(days=1)
            start = following.replace(hour=0, minute=0, second=0, microsecond=0)
        slots = await self._bookings.slots(now=now, start=start, customer=customer)
        free = [slot.window for slot in slots if slot.free]
        if not free:
            return answer
        days = groupby(free, key=lambda window: window.start.astimezone(tz).date())
        more = [window for _, windows in islice(days, DAYS) for window in windows]
        return replace(answer, more=tuple(more) if shown else (), until=free[-1].start)

    def ways_in(self, language: Language) -> tuple[Choice, ...]:
        """What somebody can begin with."""
        return tuple(
            Choice(title=say(f"chat.{name}", language), value=say(f"chat.{name}_words", language))
            for name in ("book", "check", "person")
        )

    def _timed(self, choice: Choice, language: Language, *, now: datetime) -> Choice:
        """What a button says is a wish like any other: it is read as one."""
        if choice.window or choice.title == choice.value:
            return choice
        wishes = self._bookings.wishes(choice.value, language=language, now=now)
        start = wishes.candidates[0].start if len(wishes.candidates) == 1 else None
        return replace(choice, window=Window(start=start, end=start + INSTANT)) if start else choice


def asked(answer: Answer) -> dict[str, Any] | None:
    """What a bare digit or a button of this answer will mean."""
    offer: dict[str, Any] = {"offer": answer.offer} if answer.choices or answer.more else {}
    if answer.reference:
        starts = [choice.window.start.isoformat() for choice in answer.choices if choice.window]
        return offer | {"reference": answer.reference, "starts": starts}
    values = [choice.value for choice in sms.in_order(answer.choices)]
    return offer | {"values": values} if values or offer else None


def timed_choice(window: Window, language: Language, *, tz: ZoneInfo) -> Choice:
    """A time as one of several to choose from."""
    return Choice(
        title=dates.span(window, tz=tz, language=language),
        value=dates.start(window, tz=tz, language=language),
        window=window,
    )
