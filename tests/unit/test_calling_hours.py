"""No call and no offer outside any layer of hours, against rules told a second time without the product's code."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.hours import BusinessHours, Period, WeeklyChange
from bot.booking.lawful import CallingHours, LawfulHours
from bot.booking.window import Window
from tests.support.clocks import NEW_YORK, TOKYO, tokyo
from tests.support.oracles import Paper, every
from tests.support.papers import days, layers, minutes, papers
from tests.support.products import office_hours


@settings(max_examples=25)
@given(rules=papers(), around=st.lists(days, min_size=3, max_size=6))
def test_a_call_may_be_dialled_exactly_when_the_rules_on_paper_say_so(
    rules: tuple[Paper, str], around: list[date]
) -> None:
    paper, number = rules
    hours = layers(paper, number)
    for day in around:
        start = datetime.combine(day, time(0), UTC) - timedelta(hours=6)
        for moment in every(timedelta(minutes=5), start, start + timedelta(hours=36)):
            assert hours.is_open(moment) == paper.may_call(moment), moment


@settings(max_examples=40)
@given(rules=papers(), day=days, minute=minutes)
def test_a_retry_lands_on_the_first_moment_that_the_rules_on_paper_allow(
    rules: tuple[Paper, str], day: date, minute: int
) -> None:
    paper, number = rules
    hours = layers(paper, number)
    moment = datetime.combine(day, time(0), UTC) + timedelta(minutes=minute)
    opening = hours.next_open(moment)
    if opening is None:
        return
    assert paper.may_call(opening)
    before = every(timedelta(minutes=15), moment, min(opening, moment + timedelta(days=4)))
    assert not any(paper.may_call(earlier) for earlier in before)


@pytest.mark.parametrize(
    ("number", "moment", "is_open"),
    [
        ("+12125550123", "2026-11-24 20:59:59-05:00", True),
        ("+12125550123", "2026-11-24 21:00:00-05:00", False),  # a retry that would land here waits for the morning
        ("+12125550123", "2026-11-24 07:59:59-05:00", False),
        ("+819012345678", "2026-11-24 08:00:00+09:00", True),
        ("+819012345678", "2026-11-24 21:00:00+09:00", False),
        ("+12125550123", "2026-03-08 07:59:59-04:00", False),  # the morning after the clock went forward
        ("+12125550123", "2026-03-08 08:00:00-04:00", True),
        ("+61491570156", "2026-11-24 08:30:00+11:00", False),  # a mobile number may be in Perth as well
    ],
)
def test_people_are_called_from_eight_to_nine_on_their_own_clock(number: str, moment: str, is_open: bool) -> None:
    lawful = CallingHours(layers=LawfulHours(unknown_zone=TOKYO).of(number))
    at = datetime.fromisoformat(moment)
    assert lawful.is_open(at) == is_open
    opening = lawful.next_open(at)
    assert opening is not None
    assert (opening == at) == is_open
    assert lawful.is_open(opening)


def test_a_country_may_have_lawful_hours_of_its_own() -> None:
    french = (Period(start=time(10), end=time(13)), Period(start=time(14), end=time(20)))
    lawful = LawfulHours(unknown_zone=TOKYO, countries={"FR": french})
    hours = CallingHours(layers=lawful.of("+33142685300"))
    noon = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Paris"))
    assert hours.covers(Window(start=noon, end=noon + timedelta(hours=1)))
    assert not hours.covers(Window(start=noon, end=noon + timedelta(hours=1, minutes=30)))
    assert CallingHours(layers=lawful.of("+819012345678")).is_open(tokyo("2026-11-24 13:30"))


def test_a_number_whose_zone_nobody_knows_follows_the_business() -> None:
    (hours,) = LawfulHours(unknown_zone=NEW_YORK).of("+97112345")
    assert hours.timezone in (NEW_YORK, ZoneInfo("Asia/Dubai"))


def test_layers_that_never_open_together_have_no_next_opening() -> None:
    night = office_hours(weekly=dict.fromkeys(range(7), (Period(start=time(22), end=time(23)),)))
    hours = CallingHours(layers=(night, *LawfulHours(unknown_zone=TOKYO).of("+819012345678")))
    assert hours.next_open(tokyo("2026-11-24 12:00")) is None


@pytest.mark.parametrize(
    ("day", "period", "open_at"),
    [
        (date(2026, 3, 8), ("02:15", "02:45"), []),  # the skipped hour
        (date(2026, 3, 8), ("01:30", "03:30"), [("06:30", "07:30")]),
        (date(2026, 11, 1), ("01:30", "01:45"), [("05:30", "05:45"), ("06:30", "06:45")]),  # the hour shown twice
        (date(2026, 11, 1), ("01:30", "03:00"), [("05:30", "06:00"), ("06:30", "08:00")]),
        (date(2026, 11, 1), ("00:00", "03:00"), [("04:00", "08:00")]),
    ],
)
def test_open_is_what_the_wall_clock_shows_through_a_clock_change(
    day: date, period: tuple[str, str], open_at: list[tuple[str, str]]
) -> None:
    start, end = (time.fromisoformat(text) for text in period)
    hours = BusinessHours(timezone=NEW_YORK, weekly={6: (Period(start=start, end=end),)})
    shown = [(f"{window.start:%H:%M}", f"{window.end:%H:%M}") for window in hours.windows(day)]
    assert shown == open_at


def test_another_week_begins_on_its_day() -> None:
    late = {day: (Period(start=time(12), end=time(20)),) for day in range(5)}
    hours = office_hours(changes=(WeeklyChange(since=date(2026, 11, 26), weekly=late),))
    assert hours.is_open(tokyo("2026-11-25 09:00"))
    assert not hours.is_open(tokyo("2026-11-26 09:00"))
    assert hours.is_open(tokyo("2026-11-26 19:59"))


def test_an_afternoon_is_closed_and_the_morning_stays() -> None:
    hours = office_hours(closures={date(2026, 11, 24): (Period(start=time(13), end=time.max),)})
    assert hours.is_open(tokyo("2026-11-24 12:59"))
    assert not hours.is_open(tokyo("2026-11-24 13:00"))
    assert hours.is_open(tokyo("2026-11-25 13:00"))
