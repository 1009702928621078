"""Free times, read out to somebody on the phone, three at a time, and what the keys then mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.booking.business import Business
from bot.booking.window import Window
from bot.usecases.bookings import Bookings
from bot.usecases.seats import Customer
from bot.wording import dates, say

MORE_KEY, WRITE_KEY = "9", "0"
OFFERED = 3
"""Times that are read out at once: more than three nobody remembers."""

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """What is read out, and the query that says later which times those were."""

    text: str
    query: Mapping[str, str]


class SpokenTimes:
    """Reads out the next free times of a topic; behind the last the first come again."""

    def __init__(self, bookings: Bookings, *, business: Business) -> None:
        self._bookings = bookings
        self._business = business

    async def offer(self, topic: str, customer: Customer, *, since: datetime, now: datetime) -> Spoken | None:
        """The times from a moment on; None where nothing is free."""
        shown = await self._bookings.next_free(now=now, limit=OFFERED, start=since, topic=topic, customer=customer)
        if not shown:
            return await self.offer(topic, customer, since=now, now=now) if since > now else None
        language = customer.language or "ja"
        choices = " ".join(
            say("voice.choice", language, when=self.told(slot.window.start, language), key=key)
            for key, slot in enumerate(shown, start=1)
        )
        starts = "-".join(str(int(slot.window.start.timestamp()) // 60) for slot in shown)
        return Spoken(text=say("voice.offer", language, choices=choices), query={"starts": starts})

    async def window(self, topic: str, customer: Customer, start: datetime, *, now: datetime) -> Window | None:
        """The time that starts then, None where it is no longer offered."""
        found = await self._bookings.slots(now=now, start=start, end=start + SECOND, topic=topic, customer=customer)
        return found[0].window if found else None

    def told(self, moment: datetime, language: str) -> str:
        """A moment as a voice should read it."""
        return dates.spoken(moment, tz=self._business.timezone, language=language)


def offered(query: Mapping[str, str]) -> list[datetime]:
    """The times that were read out, in minutes since 1970: the address is signed by the carrier, so nobody can offer
    themselves another one."""
    minutes = query.get("starts", "").split("-")
    return [datetime.fromtimestamp(int(minute) * 60, UTC) for minute in minutes if minute.isdecimal()]


def chosen(query: Mapping[str, str], digits: str) -> datetime | None:
    """The time that a key stands for, None for another key."""
    starts = offered(query)
    return starts[int(digits) - 1] if digits.isdecimal() and 1 <= int(digits) <= len(starts) else None


def next_since(query: Mapping[str, str], digits: str, *, now: datetime) -> datetime:
    """From when on times are read out next: behind those that were, or the same again."""
    starts = offered(query)
    return max(starts, default=now) + SECOND if digits == MORE_KEY else min(starts, default=now)
