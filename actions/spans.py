"""Windows as slots keep them: ISO start/end in UTC, or the word for the soonest time."""

from datetime import UTC, datetime

from bot.booking.window import Window

ASAP = "asap"


def written(window: Window) -> str:
    """2026-11-24T06:00:00+00:00/2026-11-24T06:30:00+00:00."""
    return f"{window.start.astimezone(UTC).isoformat()}/{window.end.astimezone(UTC).isoformat()}"


def read(slot: str) -> Window:
    """The window that `written` wrote."""
    start, end = slot.split("/")
    return Window(start=datetime.fromisoformat(start), end=datetime.fromisoformat(end))


def read_all(slots: list[str] | None) -> tuple[Window, ...]:
    """The windows of a list slot, none where it is empty."""
    return tuple(read(slot) for slot in slots or ())
