"""The hours in which people may be called at all, by the customer's country and on the customer's own clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone

from bot.booking.hours import BusinessHours, Period
from bot.booking.window import Window

DAYTIME = (Period(start=time(8), end=time(21)),)
MOST_ROUNDS = 200


@dataclass(frozen=True, kw_only=True)
class LawfulHours:
    """Periods of every day by country (ISO code), `default` for the others.

    `unknown_zone` is taken for a number whose zone nobody knows.
    """

    unknown_zone: ZoneInfo
    default: tuple[Period, ...] = DAYTIME
    countries: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)

    def of(self, number: str) -> tuple[BusinessHours, ...]:
        """The lawful hours of an E.164 number, one for each zone that it may be in: all of them must be open."""
        country, zones = _home(number)
        periods = self.countries.get(country or "", self.default)
        return tuple(_every_day(zone, periods) for zone in zones or (self.unknown_zone,))


@dataclass(frozen=True, kw_only=True, slots=True)
class CallingHours:
    """When one customer may be called: every layer must be open."""

    layers: tuple[BusinessHours, ...]

    def is_open(self, moment: datetime) -> bool:
        """Whether a call may be dialled at this moment."""
        return all(layer.is_open(moment) for layer in self.layers)

    def covers(self, window: Window) -> bool:
        """Whether a call may be dialled at every moment of the window."""
        return all(layer.covers(window) for layer in self.layers)

    def closing(self, moment: datetime) -> datetime:
        """When the opening that holds this moment ends; `moment` itself when a layer is closed then."""
        ends = []
        for layer in self.layers:
            windows = layer.windows(layer.local_date(moment))
            ends.append(next((window.end for window in windows if window.contains(moment)), moment))
        return min(ends)

    def next_open(self, moment: datetime) -> datetime | None:
        """`moment` itself when a call may be dialled then, else the next moment at which it may; None for never."""
        for _ in range(MOST_ROUNDS):
            openings = [layer.next_open(moment) for layer in self.layers]
            known = [opening for opening in openings if opening is not None]
            if len(known) < len(openings):
                return None
            if max(known) == moment:
                return moment
            moment = max(known)
        return None


@lru_cache(maxsize=1024)
def _every_day(zone: ZoneInfo, periods: tuple[Period, ...]) -> BusinessHours:
    return BusinessHours(timezone=zone, weekly=dict.fromkeys(range(7), periods))


@lru_cache(maxsize=65536)  # as many as may fall due at one moment: reading a number takes longer than claiming it
def _home(number: str) -> tuple[str | None, tuple[ZoneInfo, ...]]:
    parsed = phonenumbers.parse(number, None)
    names = timezone.time_zones_for_number(parsed)
    country = phonenumbers.region_code_for_number(parsed)
    return country, tuple(zone for name in names if (zone := _zone(name)))


def _zone(name: str) -> ZoneInfo | None:
    if name == timezone.UNKNOWN_TIMEZONE:
        return None
    try:
        return ZoneInfo(name)
    except KeyError:  # phonenumbers knows a name that the zone database has dropped
        return None
