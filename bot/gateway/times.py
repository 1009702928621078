"""Free times as the pages without scripts offer them: day by day, each with a label and the value that is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.booking.callback import Callback, Kind
from bot.booking.window import Window
from bot.usecases.seats import Customer
from bot.wiring import Product
from bot.wording import dates, soonest

YEARS = range(2000, 9000)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A time to choose. `value` is what the form sends."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """The times of one day; open to see where one of them is chosen, or first."""

    label: str
    choices: tuple[Choice, ...]
    is_open: bool


class FreeTimes:
    """Reads what may really be promised now."""

    def __init__(self, product: Product) -> None:
        self._product = product

    async def days(self, *, topic: str, customer: Customer, language: str, chosen: str = "") -> list[Day]:
        """Every free time within the horizon; `chosen` is the value that is picked already."""
        tz = self._product.business.timezone
        offered = await self._product.bookings.slots(now=self._product.clock.now(), topic=topic, customer=customer)
        free = [slot.window for slot in offered if slot.free > 0]
        days: list[Day] = []
        for label, windows in groupby(free, key=lambda window: dates.day(window.start, tz=tz, language=language)):
            choices = tuple(
                # A label that has to be broken is broken between the two times.
                Choice(
                    value=window.start.isoformat(),
                    label=dates.hours(window, tz=tz, language=language).replace(" ", "\N{NO-BREAK SPACE}"),
                )
                for window in windows
            )
            is_open = not days or chosen in {choice.value for choice in choices}
            days.append(Day(label=label, choices=choices, is_open=is_open))
        return days

    def near(self, windows: Sequence[Window], *, language: str) -> list[Choice]:
        """Times close to one that is gone, each with its day."""
        tz = self._product.business.timezone
        return [
            Choice(value=window.start.isoformat(), label=dates.span(window, tz=tz, language=language))
            for window in windows
        ]


def promised(callback: Callback, *, tz: ZoneInfo, language: str) -> str:
    """The time that a customer was promised; for the soonest call, with what is expected."""
    if callback.kind == Kind.ASAP:
        return soonest.at_once(callback.window, expected_at=callback.told_start, tz=tz, language=language)
    return dates.span(callback.window, tz=tz, language=language)


def moment_of(value: str) -> datetime | None:
    """When a chosen slot begins; None for nothing that is a time, or none that a calendar can go on from."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo and moment.year in YEARS else None


def day_of(text: str) -> date | None:
    """The day, None where there is none or none that can be counted on from."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 9000 else None
