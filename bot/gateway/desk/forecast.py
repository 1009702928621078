"""The forecast's page: what the next days bring hour by hour, beside the agents who will be there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanic import HTTPResponse, Request

from bot.booking.forecast import FADES, LEAST_WEEKS, WEEKS, Day, Hour
from bot.gateway.desk.charts import HIGH, STEP, WIDE
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class DayChart:
    """Agents needed as columns and agents on shift as a line over them: paths of an SVG as wide as `width`, whose top
    is `top` agents. Shape alone tells them apart."""

    width: float
    top: int
    needed: str
    on_shift: str


class ForecastPages(Pages):
    """`/desk/forecast`"""

    async def outlook(self, request: Request) -> HTTPResponse:
        """The next seven days of one topic, the first where the settings have none of that name (any more)."""
        words = self._words(request)
        asked = request.args.get("topic")
        topic = asked if asked in {topic.id for topic in self._product.topics} else None
        outlook = await self._product.forecast.outlook(topic, now=words.now)
        return self._page(
            request,
            "desk_forecast.html",
            words,
            outlook=outlook,
            topics=self._product.topics,
            days=[(day, chart(day)) for day in outlook.days],
            weeks=WEEKS,
            least=LEAST_WEEKS,
            fades=FADES,
            told=Telling(words),
        )


class Telling:
    """How an hour is told in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._t = words.t["forecast"]

    def hour(self, hour: Hour) -> str:
        """15:00 / 3:00 PM."""
        return self._words.clock(hour.window.start)

    def amount(self, value: float | None) -> str:
        """One decimal, none where it says nothing: 4, 4.5."""
        return "–" if value is None else f"{value:.1f}".removesuffix(".0")

    def seen(self, hour: Hour) -> str:
        """3–9."""
        if hour.demand is None:
            return "–"
        return self._t["from_to"].format(least=hour.demand.least, most=hour.demand.most)

    def verdict(self, hour: Hour) -> str:
        """In words, so that nothing hangs on colour."""
        if hour.needed is None:
            return self._t["unknown"]
        if hour.on_shift is None:
            return self._t["no_roster_here"]
        return self._t["lack"].format(count=hour.lack) if hour.lack else self._t["enough"]

    def day(self, day: Day) -> str:
        """What one day comes to."""
        if not day.hours:
            return self._t["closed"]
        if day.expected is None:
            return self._t["unknown"]
        told = self._t["calls"].format(count=self.amount(round(day.expected)))
        if not day.lacking:
            return told
        hours = self._t["and"].join(self.hour(hour) for hour in day.lacking)
        return f"{told} {self._t['lacking'].format(hours=hours)}"


def chart(day: Day) -> DayChart | None:
    """The picture of a day; None where there is nothing to draw."""
    if not day.hours or all(hour.needed is None for hour in day.hours):
        return None
    top = max(1, *(max(hour.needed or 0, round(hour.on_shift or 0)) for hour in day.hours))
    return DayChart(
        width=STEP * len(day.hours), top=top, needed=_columns(day.hours, top), on_shift=_line(day.hours, top)
    )


def _columns(hours: Sequence[Hour], top: int) -> str:
    margin = (STEP - WIDE) / 2
    return "".join(
        f"M{place * STEP + margin:g} {HIGH:g}v-{(hour.needed or 0) / top * HIGH:g}h{WIDE:g}V{HIGH:g}z"
        for place, hour in enumerate(hours)
        if hour.needed
    )


def _line(hours: Sequence[Hour], top: int) -> str:
    """A step for each hour whose agents are known."""
    return "".join(
        f"M{place * STEP:g} {HIGH - min(1.0, hour.on_shift / top) * HIGH:g}h{STEP:g}"
        for place, hour in enumerate(hours)
        if hour.on_shift is not None
    )
