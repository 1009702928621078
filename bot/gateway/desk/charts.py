"""Plain charts of figures, drawn on the server: columns along days and hours, bars for everything else.

A chart says nothing that its table does not say; shape alone carries it, never colour. Nothing is drawn where there is
no data, and a short line where a figure is nought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from bot.booking.kpi_sums import Value
from bot.booking.kpis import Figure, Grouping, Unit
from bot.gateway.desk.words import Words

STEP, WIDE, HIGH = 10.0, 7.0, 100.0
ROUND = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0)
STARS = 5.0
Shown = Literal["counted", "missed"]
ALONG_TIME = (Grouping.DAY, Grouping.HOUR)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One group of a chart. `percent` is its length, None where there is no data; `leads_to` is whom its link shows."""

    key: str
    label: str
    told: str
    made_of: str
    percent: float | None
    leads_to: Shown | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A figure told apart. `columns`, `nought` and `missing` are paths of an SVG as wide as `width`, "" for bars."""

    marks: tuple[Mark, ...]
    top: str
    width: float
    columns: str
    nought: str
    missing: str
    least: str
    most: str


class Telling:
    """How numbers and groups are told in one language."""

    def __init__(self, words: Words, *, tz: ZoneInfo, agents: Mapping[str, str], topics: Mapping[str, str]) -> None:
        self._words = words
        self._tz = tz
        self._agents = agents
        self._topics = topics
        self._t = words.t["kpis"]
        self._groups: dict[tuple[Grouping, str], str] = {}

    def value(self, figure: Figure, value: float | None) -> str:
        """`93.4%`, `1.35`, `2 min 5 s`, `4,542`; the words for no data."""
        if value is None:
            return self._t["no_data"]
        match figure.form:
            case "share":
                return f"{value * 100:.1f}%"
            case "mean":
                return f"{value:.2f}"
            case "seconds":
                return self.duration(int(value))
            case _:
                return f"{int(value):,}"

    def made_of(self, figure: Figure, value: Value) -> str:
        """What a value was made of; "" for nothing."""
        if not value.whole or figure.name == "callbacks":
            return ""
        if figure.name in ("agent_use", "occupancy"):
            parts = {"part": self.duration(value.part or 0), "whole": self.duration(value.whole)}
            return self._t["of_time"].format(**parts)
        if figure.form in ("share", "count"):
            return self._t["of"].format(part=f"{value.part or 0:,}", whole=f"{value.whole:,}")
        return self._t["from_so_many"].format(whole=f"{value.whole:,}")

    def duration(self, seconds: int) -> str:
        """The two largest units: `1 d 4 h`, `2 min 5 s`."""
        sizes = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
        for place, (name, size) in enumerate(sizes):
            if seconds >= size and name != "seconds":
                rest_name, rest_size = sizes[place + 1]
                rest = seconds % size // rest_size
                told = self._t[name].format(number=seconds // size)
                return f"{told}{self._t['joint']}{self._t[rest_name].format(number=rest)}" if rest else told
        return self._t["seconds"].format(number=seconds)

    def group(self, grouping: Grouping, key: str) -> str:
        """What a group is called."""
        if (grouping, key) not in self._groups:  # every figure asks for the same ones
            self._groups[grouping, key] = self._name(grouping, key)
        return self._groups[grouping, key]

    def _name(self, grouping: Grouping, key: str) -> str:
        match grouping:
            case Grouping.DAY:
                return self.day(date.fromisoformat(key))
            case Grouping.HOUR:
                return self._t["hour"].format(hour=int(key))
            case Grouping.AGENT:
                return self._agents.get(key, key)
            case Grouping.TOPIC:
                return self._topics.get(key) or self._words.label("topic", key)
            case _:
                return self._words.label("channel", key)

    def day(self, day: date) -> str:
        """11月24日(火) / Tue, Nov 24."""
        return self._words.date(day)


def leads_to(figure: Figure, value: Value) -> Shown | None:
    """Which callbacks stand behind a value: those of its part, or, where it is nought, the others; None for nobody."""
    if figure.unit == Unit.SPELL:
        return None  # made of time, not of callbacks
    if value.part or (figure.wait and value.whole):
        return "counted"
    return "missed" if value.whole and figure.form == "share" and figure.unit != Unit.CHAT else None


def chart(figure: Figure, grouping: Grouping, groups: Mapping[str, Value], telling: Telling) -> Chart:
    """The figure by group, in the order given."""
    known = [of.value for of in groups.values() if of.value is not None]
    top = _top(figure, max(known, default=0.0))
    marks = tuple(
        Mark(
            key=key,
            label=telling.group(grouping, key),
            told=telling.value(figure, of.value),
            made_of=telling.made_of(figure, of),
            percent=None if of.value is None else round(of.value / top * 100, 2),
            leads_to=leads_to(figure, of),
        )
        for key, of in groups.items()
    )
    columns, nought, missing = _paths(marks) if grouping in ALONG_TIME else ("", "", "")
    return Chart(
        marks=marks,
        top=telling.value(figure, top),
        width=STEP * len(marks),
        columns=columns,
        nought=nought,
        missing=missing,
        least=telling.value(figure, min(known, default=None)),
        most=telling.value(figure, max(known, default=None)),
    )


def _paths(marks: Sequence[Mark]) -> tuple[str, str, str]:
    columns, nought, missing = [], [], []
    for place, mark in enumerate(marks):
        left = place * STEP + (STEP - WIDE) / 2
        if mark.percent is None:
            missing.append(f"M{left:g} {HIGH:g}h{WIDE:g}")
        elif mark.percent == 0:
            nought.append(f"M{left:g} {HIGH:g}h{WIDE:g}")
        else:
            columns.append(f"M{left:g} {HIGH:g}v-{mark.percent:g}h{WIDE:g}v{mark.percent:g}z")
    return "".join(columns), "".join(nought), "".join(missing)


def _top(figure: Figure, most: float) -> float:
    """A round number that no value exceeds: the same eye for every chart of a figure."""
    if figure.form == "mean" and figure.name in ("satisfaction", "effort"):
        return STARS
    if figure.form == "share":
        return next(step for step in (*ROUND[:6], max(most, 1.0)) if most <= step)
    if figure.form == "seconds":
        steps = (60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800)
        return float(next((step for step in steps if most <= step), most))
    scale = 1.0
    while most > scale * 10:
        scale *= 10
    return next(step * scale for step in ROUND[5:] if most <= step * scale)
