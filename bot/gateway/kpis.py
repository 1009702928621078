"""The figures of the KPI page, for programs that hold a key."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sanic import Blueprint, HTTPResponse, Request

from bot.booking.kpis import FIGURES, Grouping
from bot.gateway import answers
from bot.gateway.keys import key_owner
from bot.gateway.openapi import Query, documented
from bot.gateway.problems import field_problem
from bot.gateway.requests import answer, moment_in
from bot.gateway.shapes import EARLIEST, LATEST
from bot.usecases.keys import Scope
from bot.usecases.kpis import MOST_DAYS, USUAL_DAYS, Period, Values
from bot.wiring import Product

GROUPINGS = (Grouping.HOUR, Grouping.DAY, Grouping.CHANNEL, Grouping.TOPIC)
"""By agent only on the page: how somebody works is not for other systems to know."""


def kpis_blueprint(product: Product) -> Blueprint:
    """`/api/v1/kpis`."""
    blueprint = Blueprint("kpis", url_prefix="/api/v1")

    @blueprint.get("/kpis")
    @documented(
        "The figures of the KPI page, for days in business time",
        answer=answers.Kpis,
        tag="kpis",
        query=(
            Query(name="from", format="date"),
            Query(name="to", format="date"),
            Query(name="group_by", choices=tuple(GROUPINGS)),
        ),
        problems=(401, 422),
    )
    async def kpis(request: Request) -> HTTPResponse:
        await key_owner(product, request, Scope.KPIS)
        now, tz = product.clock.now(), product.business.timezone
        grouping = _grouping(request)
        report = await product.kpis.report(period_of(request, tz=tz, now=now), grouping, now=now)
        return answer(
            answers.Kpis(
                period=answers.Period(start=report.period.start, end=report.period.end),
                timezone=tz.key,
                group_by=cast("answers.GroupBy | None", str(grouping) if grouping else None),
                as_of=report.as_of,
                pending=report.pending,
                figures=_shapes(report.total),
                groups=[answers.FigureGroup(key=key, figures=_shapes(of)) for key, of in report.groups.items()],
                definitions=DEFINITIONS,
            )
        )

    return blueprint


def period_of(request: Request, *, tz: ZoneInfo, now: datetime) -> Period:
    """The days that the query asks for, the last four weeks with today by default. Raises a 422.

    A moment stands for its day: `from` begins with that day; `to` ends with it, or before it at midnight.
    """
    last = _day(request, "to", tz, is_end=True) or now.astimezone(tz).date() + timedelta(days=1)
    first = _day(request, "from", tz, is_end=False) or last - timedelta(days=USUAL_DAYS)
    if first >= last:
        raise field_problem("to", "choose a day after from")
    if (last - first).days > MOST_DAYS:
        raise field_problem("from", f"choose at most {MOST_DAYS} days")
    return Period(start=first, end=last)


def _day(request: Request, name: str, tz: ZoneInfo, *, is_end: bool) -> date | None:
    given = request.args.get(name)
    if given is None:
        return None
    try:
        if len(given) == len("2026-11-24"):
            day = date.fromisoformat(given)
            if not EARLIEST <= datetime.combine(day, time.min, UTC) < LATEST:
                raise ValueError
            return day
        local = moment_in(given.replace(" ", "+")).astimezone(tz)
    except (ValidationError, ValueError):
        raise field_problem(name, "write a day such as 2026-11-24, or an ISO 8601 time with an offset") from None
    return local.date() + timedelta(days=1 if is_end and local.time() != time.min else 0)


def _grouping(request: Request) -> Grouping | None:
    given = request.args.get("group_by")
    if given is None:
        return None
    if given not in GROUPINGS:
        raise field_problem("group_by", f"choose from {', '.join(GROUPINGS)}")
    return Grouping(given)


def _shapes(values: Values) -> dict[str, answers.FigureValue]:
    return {name: answers.FigureValue(value=of.value, part=of.part, whole=of.whole) for name, of in values.items()}


DEFINITIONS = [
    answers.FigureDefinition(
        name=figure.name,
        title=answers.TwoLanguages(**asdict(figure.title)),
        meaning=answers.TwoLanguages(**asdict(figure.meaning)),
        form=figure.form,
        counted_on=figure.unit.value,
    )
    for figure in FIGURES
]
