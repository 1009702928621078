"""The rules of what may be promised as fields of a form: shown as people write them, and read from what is typed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.settings_promises import WEEKDAYS

LONGEST_FIELD = 4000
DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s+(closed|休業|休み))?(?:\s+(.+))?")
OVERRIDE = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})\s+([a-z][a-z0-9_-]*)\s+(\d+)")


class Unreadable(ValueError):
    """What was typed is not of the field's form. `line` is that part of it."""

    def __init__(self, field: str, line: str) -> None:
        super().__init__(f"{field}: {line}")
        self.field = field
        self.line = line


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One line of the settings on the page. `show` and `read` turn its plain value into text and back; `read` raises
    ValueError with the part that cannot be read."""

    section: str
    line: str
    show: Callable[[Any], str] = str
    read: Callable[[str], Any] = str.strip
    is_long: bool = False

    @property
    def name(self) -> str:
        """`section.line`, as in the history of the settings."""
        return f"{self.section}.{self.line}"


def fields(tz: ZoneInfo) -> tuple[Field, ...]:
    """Everything that the page offers, in its order; times of day without a zone are the business's."""
    numbers = ("length_minutes", "lead_minutes", "horizon_days", "cutoff_minutes", "open_callbacks_per_number")
    return (
        *(Field(section="hours", line=day, show=", ".join, read=_periods) for day in WEEKDAYS),
        Field(section="hours", line="holidays"),
        Field(section="hours", line="exceptions", show=_shown_dates, read=_lines(_dated), is_long=True),
        *(Field(section="slots", line=line, read=_number) for line in numbers),
        Field(section="capacity", line="handle_minutes", read=_number),
        Field(section="capacity", line="inbound_share", show="{:g}".format, read=_share),
        Field(
            section="capacity", line="overrides", show=lambda told: _shown_overrides(told, tz),
            read=_lines(lambda line: _override(line, tz)), is_long=True,
        ),
    )  # fmt: skip


def shown(settings: Mapping[str, Any], tz: ZoneInfo) -> dict[str, str]:
    """The text of each field, by its name."""
    return {field.name: field.show(settings[field.section][field.line]) for field in fields(tz)}


def typed(texts: Mapping[str, str], settings: Mapping[str, Any], tz: ZoneInfo) -> dict[str, dict[str, Any]]:
    """The sections of the fields, with what was typed in place of what `settings` say. Raises Unreadable."""
    sections: dict[str, dict[str, Any]] = {}
    for field in fields(tz):
        section = sections.setdefault(field.section, dict(settings[field.section]))
        try:
            section[field.line] = field.read(texts[field.name])
        except ValueError as wrong:
            raise Unreadable(field.name, str(wrong)) from None
    return sections


def _periods(text: str) -> list[str]:
    return [part for part in re.split(r"[,、\s]+", text.strip()) if part]


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text.strip()):
        raise ValueError(text)
    return int(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"\d(\.\d{1,4})?", text.strip()):
        raise ValueError(text)
    return float(text)


def _lines(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    return lambda text: [read(line.strip()) for line in text.splitlines() if line.strip()]


def _dated(line: str) -> dict[str, Any]:
    """`2026-12-29 10:00-15:00` replaces a day, `2026-12-15 closed 13:00-18:00` takes from it, a date alone closes."""
    found = DATED.fullmatch(line)
    if not found:
        raise ValueError(line)
    periods = _periods(found[3] or "")
    if found[2] and periods:
        return {"date": found[1], "closed": periods}
    return {"date": found[1], "open": periods}


def _shown_dates(told: list[dict[str, Any]]) -> str:
    return "\n".join(map(_shown_date, told))


def _shown_date(day: dict[str, Any]) -> str:
    if day["closed"]:
        return f"{day['date']} closed {', '.join(day['closed'])}"
    return f"{day['date']} {', '.join(day['open'] or ())}".strip()


def _override(line: str, tz: ZoneInfo) -> dict[str, Any]:
    found = OVERRIDE.fullmatch(line)
    if not found:
        raise ValueError(line)
    try:
        start = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=tz)
    except ValueError:
        raise ValueError(line) from None
    return {"topic": found[3], "start": start.isoformat(), "capacity": int(found[4])}


def _shown_overrides(told: list[dict[str, Any]], tz: ZoneInfo) -> str:
    return "\n".join(
        f"{datetime.fromisoformat(one['start']).astimezone(tz):%Y-%m-%d %H:%M} {one['topic']} {one['capacity']}"
        for one in told
    )
