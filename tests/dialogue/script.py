"""A talk as a table row: what the customer writes and what must hold at the end."""

from dataclasses import dataclass

from bot.booking.when import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Booked:
    """An open callback as it must stand at the end. `start` is in business time; None for the soonest."""

    reason: str
    start: str | None
    name: str | None = None
    number: str = ""
    """E.164; empty for the talk's own."""
    language: Language = "ja"
    alternate: str | None = None
    company: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """`{number}` in a line is a number of the talk's own. `says` must stand in the last answer, `never` must not."""

    title: str
    lines: tuple[str, ...]
    booked: tuple[Booked, ...] = ()
    expects: str | None = None
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    begins: Language = "ja"
    ends: Language = "ja"
