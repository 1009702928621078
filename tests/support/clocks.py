"""Times as tests write them: in business time, by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")


def tokyo(text: str) -> datetime:
    """`2026-11-24 15:00` as people in Tokyo read it."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


TUESDAY = tokyo("2026-11-24 10:00")
"""An open day in the default hours; the Monday before it is a public holiday."""
REAL = tokyo("2026-01-05 00:00")
"""Real time, which the business clock does not follow."""


class MovableClock:
    """Business time that stands still until a test moves it."""

    def __init__(self, now: datetime = TUESDAY) -> None:
        self.moment = now

    def now(self) -> datetime:
        """The moment that was set, in UTC as every clock of the product tells it."""
        return self.moment.astimezone(UTC)

    def pass_by(self, **span: float) -> datetime:
        """Let time pass; the names are timedelta's. Returns the new moment."""
        self.moment += timedelta(**span)
        return self.moment
