"""Years of calling hours, made up by Hypothesis: on paper for the oracle, and as the product's own values."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import holidays
from hypothesis import strategies as st

from bot.booking.hours import BusinessHours, Period, WeeklyChange
from bot.booking.lawful import CallingHours, LawfulHours
from tests.support.clocks import TOKYO
from tests.support.oracles import Minutes, Paper

ZONES = ("Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago")
NUMBERS = {
    "+819012345678": ("JP", ["Asia/Tokyo"]),
    "+12125550123": ("US", ["America/New_York"]),
    "+442079460018": ("GB", ["Europe/London"]),
    "+33142685300": ("FR", ["Europe/Paris"]),
    "+56221234567": ("CL", ["America/Santiago"]),
}
YEAR = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]
CHANGES = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 9, 6),
    date(2026, 10, 25),
    date(2026, 11, 1),
]
"""Days on which a clock of the zones above is changed."""

minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
spans = st.lists(minutes, min_size=0, max_size=4, unique=True).map(
    lambda edges: [(edges[i], edges[i + 1]) for edges in [sorted(edges)] for i in range(0, len(edges) - 1, 2)]
)
weeks = st.fixed_dictionaries(dict.fromkeys(range(7), spans))
days = st.sampled_from(YEAR + CHANGES * 20)
dated = st.dictionaries(days, spans, max_size=12)
lawful = st.one_of(st.just([(8 * 60, 21 * 60)]), spans.filter(bool))


@st.composite
def papers(draw: st.DrawFn) -> tuple[Paper, str]:
    """A year of rules and a customer."""
    number = draw(st.sampled_from(sorted(NUMBERS)))
    paper = Paper(
        zone=draw(st.sampled_from(ZONES)),
        week=draw(weeks),
        holidays=set(holidays.country_holidays("JP", years=2026)) if draw(st.booleans()) else set(),
        replaced=draw(dated),
        closed=draw(dated),
        weeks_from=draw(st.lists(st.tuples(days, weeks), max_size=2, unique_by=lambda pair: pair[0])),
        customer_zones=NUMBERS[number][1],
        lawful=draw(lawful),
    )
    return paper, number


def told(paper: Paper, number: str) -> tuple[BusinessHours, LawfulHours]:
    """The same rules as the product's own values: the business's, and the lawful ones of the customer's country."""
    business = BusinessHours(
        timezone=ZoneInfo(paper.zone),
        weekly=_week(paper.week),
        holidays_country="JP" if paper.holidays else None,
        exceptions={day: _periods(spans) for day, spans in paper.replaced.items()},
        closures={day: _periods(spans) for day, spans in paper.closed.items()},
        changes=tuple(
            WeeklyChange(since=since, weekly=_week(week))
            for since, week in sorted(paper.weeks_from, key=lambda pair: pair[0])
        ),
    )
    return business, LawfulHours(unknown_zone=TOKYO, countries={NUMBERS[number][0]: _periods(paper.lawful)})


def layers(paper: Paper, number: str) -> CallingHours:
    """All of them together."""
    business, lawful_hours = told(paper, number)
    return CallingHours(layers=(business, *lawful_hours.of(number)))


def _week(week: dict[int, list[Minutes]]) -> dict[int, tuple[Period, ...]]:
    return {day: _periods(spans) for day, spans in week.items()}


def _periods(spans: list[Minutes]) -> tuple[Period, ...]:
    return tuple(Period(start=time(*divmod(start, 60)), end=time(*divmod(end, 60))) for start, end in spans)
