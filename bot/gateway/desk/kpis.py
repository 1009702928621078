"""The figures' pages: every figure with its meaning and chart, and the callbacks behind each."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from sanic import HTTPResponse, Request

from bot.booking.errors import CallbackNotFound
from bot.booking.kpis import BY_NAME, Figure, Grouping, Unit
from bot.gateway.desk.charts import Chart, Shown, Telling, chart, leads_to
from bot.gateway.desk.pages import Pages
from bot.gateway.desk.words import Words
from bot.store.kpis import Behind
from bot.usecases.kpis import MOST_DAYS, USUAL_DAYS, Period, Report

PRESETS = (7, 28, 91)
MOST_COLUMNS = 100
"""By day, so many fit on a page; a longer period is shown from its end."""
ON_A_PAGE = 50
OF_NO_CALLBACK = (Unit.CHAT, Unit.SPELL)
"""A chat that asked for nothing, and time, have no callback to show."""
SECTIONS = {
    "promises": ("promise_adherence", "completion_rate", "delay_notice_rate", "estimate_accuracy"),
    "waits": ("wait_promise_median", "wait_promise_p90", "wait_asked_median", "wait_asked_p90"),
    "requests": ("callbacks", "request_rate", "reschedule_rate", "cancel_rate"),
    "calls": ("answer_rate", "attempts_per_callback", "no_show_rate", "agent_use", "occupancy", "suppressed_calls"),
    "customers": ("satisfaction", "response_rate", "effort", "first_contact_resolution"),
}
"""Every figure once, in the order in which a supervisor asks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What the query asks for. `problem` is what was wrong with it; the usual days are shown then."""

    period: Period
    grouping: Grouping
    problem: str | None = None

    def query(self, **changes: object) -> str:
        """The same choice for a link, with changes. `until` is the last day, as people say it."""
        told: dict[str, object] = {
            "from": self.period.start, "until": self.period.end - timedelta(days=1), "by": str(self.grouping),
        }  # fmt: skip
        return urlencode({name: value for name, value in {**told, **changes}.items() if value not in (None, "")})


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One figure on the page."""

    figure: Figure
    title: str
    meaning: str
    told: str
    made_of: str
    leads_to: Shown | None
    has_missed: bool
    chart: Chart


class KpiPages(Pages):
    """The page of figures, and the list behind one of them."""

    async def figures(self, request: Request) -> HTTPResponse:
        """All figures of a period."""
        words = self._words(request)
        choice = self._choice(request, words)
        report = await self._product.kpis.report(choice.period, choice.grouping, now=words.now)
        telling = await self._telling(words)
        sections = {
            name: [_card(BY_NAME[figure], choice.grouping, report, telling, words) for figure in figures]
            for name, figures in SECTIONS.items()
        }
        return self._page(
            request,
            "desk_kpis.html",
            words,
            sections=sections,
            choice=choice,
            telling=telling,
            groupings=list(Grouping),
            presets=[(days, self._last_days(days, words)) for days in PRESETS],
            report=report,
            along_time=choice.grouping in (Grouping.DAY, Grouping.HOUR),
            is_empty=all(value.value is None for value in report.total.values()),
        )

    async def behind(self, request: Request, name: str) -> HTTPResponse:
        """The callbacks that a figure was counted from. Raises CallbackNotFound for a figure that there is not."""
        words = self._words(request)
        choice, figure = self._choice(request, words), BY_NAME.get(name)
        if figure is None:
            raise CallbackNotFound(name)
        group, missed = request.args.get("value", ""), "missed" in request.args and figure.form == "share"
        number = request.args.get("page", "1")
        number = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
        found = await self._product.kpis.behind(
            Behind(
                figure=figure, start=choice.period.start, end=choice.period.end, value=group, missed=missed,
                grouping=choice.grouping if group else None,
            ),
            limit=ON_A_PAGE + 1,
            offset=(max(1, number) - 1) * ON_A_PAGE,
        )  # fmt: skip
        telling = await self._telling(words)
        return self._page(
            request,
            "desk_kpi.html",
            words,
            figure=figure,
            callbacks=found[:ON_A_PAGE],
            choice=choice,
            telling=telling,
            group=group,
            group_told=telling.group(choice.grouping, group) if group else None,
            missed=missed,
            page=number,
            has_more=len(found) > ON_A_PAGE,
        )

    async def _telling(self, words: Words) -> Telling:
        topics = {topic.id: topic.name(words.language) for topic in self._product.topics}
        agents = await self._product.kpis.agent_names()
        return Telling(words, tz=self._product.business.timezone, agents=agents, topics=topics)

    def _last_days(self, days: int, words: Words) -> Period:
        end = self._product.kpis.today(words.now) + timedelta(days=1)
        return Period(start=end - timedelta(days=days), end=end)

    def _choice(self, request: Request, words: Words) -> Choice:
        usual = self._last_days(USUAL_DAYS, words)
        try:
            grouping = Grouping(request.args.get("by", Grouping.DAY))
            start = date.fromisoformat(request.args.get("from", usual.start.isoformat()))
            last = date.fromisoformat(request.args.get("until", usual.days[-1].isoformat()))
            period = Period(start=start, end=last + timedelta(days=1))
            if grouping == Grouping.DAY and request.args.get("value"):
                date.fromisoformat(request.args.get("value", ""))
        except (ValueError, OverflowError):
            return Choice(period=usual, grouping=Grouping.DAY, problem="not_a_period")
        length = (period.end - period.start).days
        if not 1 <= length <= MOST_DAYS:
            return Choice(period=usual, grouping=grouping, problem="not_a_period")
        if grouping == Grouping.DAY and length > MOST_COLUMNS:
            period = Period(start=period.end - timedelta(days=MOST_COLUMNS), end=period.end)
            return Choice(period=period, grouping=grouping, problem="too_many_days")
        return Choice(period=period, grouping=grouping)


def _card(figure: Figure, grouping: Grouping, report: Report, telling: Telling, words: Words) -> Card:
    value = report.total[figure.name]
    groups = {key: values[figure.name] for key, values in report.groups.items()}
    if grouping != Grouping.DAY:  # nothing is no group: a topic has no chats, an agent neither
        groups = {key: of for key, of in groups.items() if of.value is not None}
    return Card(
        figure=figure,
        title=figure.title.in_(words.language),
        meaning=figure.meaning.in_(words.language),
        told=telling.value(figure, value.value),
        made_of=telling.made_of(figure, value),
        leads_to=leads_to(figure, value),
        has_missed=figure.form == "share" and (value.part or 0) < value.whole and figure.unit not in OF_NO_CALLBACK,
        chart=chart(figure, grouping, groups, telling),
    )
