"""Public holidays of Japan by name: some move from year to year, by law or by the sun."""

from datetime import date
from functools import lru_cache

import holidays

YEARS_AHEAD = 2
"""A holiday comes every year, or is held on another day of it."""


def next_holiday(name: str, today: date) -> date | None:
    """The next day, from `today` on, that the holiday of this Japanese name falls on."""
    for year in range(today.year, today.year + YEARS_AHEAD):
        found = next((day for day in _named(year).get(name, ()) if day >= today), None)
        if found:
            return found
    return None


@lru_cache(maxsize=8)
def _named(year: int) -> dict[str, list[date]]:
    days: dict[str, list[date]] = {}
    for day, name in sorted(holidays.country_holidays("JP", years=year, language="ja").items()):
        days.setdefault(name, []).append(day)
    return days
