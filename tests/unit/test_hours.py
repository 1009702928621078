"""When the business may call."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.hours import BusinessHours, Period
from tests.support.clocks import NEW_YORK, tokyo
from tests.support.products import office_hours

moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (Hypothesis takes naive bounds)
zones = st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe"]).map(ZoneInfo)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-24 08:59:59", False),
        ("2026-11-24 09:00", True),
        ("2026-11-24 17:59:59", True),
        ("2026-11-24 18:00", False),
        ("2026-11-28 12:00", False),  # Saturday
        ("2026-11-23 12:00", False),  # Labour Thanksgiving Day
        ("2027-01-01 12:00", False),
        ("2026-09-22 12:00", False),  # a citizens' holiday between two others
        ("2026-05-06 12:00", False),  # a substitute holiday
    ],
)
def test_open_from_the_first_second_until_just_before_the_last(moment: str, is_open: bool) -> None:
    assert office_hours().is_open(tokyo(moment)) == is_open


def test_holidays_are_ignored_where_no_country_is_named() -> None:
    assert office_hours(holidays_country=None).is_open(tokyo("2026-11-23 12:00"))


def test_a_dated_exception_replaces_the_day_even_on_a_holiday() -> None:
    morning = (Period(start=time(10), end=time(12)),)
    hours = office_hours(exceptions={date(2026, 11, 23): morning, date(2026, 11, 24): ()})
    assert hours.is_open(tokyo("2026-11-23 10:00"))
    assert not hours.is_open(tokyo("2026-11-23 12:00"))
    assert not hours.is_open(tokyo("2026-11-24 12:00"))
    assert hours.next_open(tokyo("2026-11-23 12:00")) == tokyo("2026-11-25 09:00")


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-24 12:00", "2026-11-24 12:00"),
        ("2026-11-24 03:00", "2026-11-24 09:00"),
        ("2026-11-20 18:00", "2026-11-24 09:00"),
        ("2026-12-31 23:00", "2027-01-04 09:00"),
    ],
)
def test_the_next_opening(moment: str, opening: str) -> None:
    assert office_hours().next_open(tokyo(moment)) == tokyo(opening)


def test_never_open_has_no_next_opening() -> None:
    assert office_hours(weekly={}).next_open(tokyo("2026-11-24 12:00")) is None


@pytest.mark.parametrize("day", [date(2025, 3, 9), date(2025, 11, 2), date(2025, 6, 1)])
def test_a_day_until_midnight_is_open_to_its_last_moment_on_days_of_23_24_and_25_hours(day: date) -> None:
    hours = BusinessHours(timezone=NEW_YORK, weekly=dict.fromkeys(range(7), (Period(start=time(9), end=time.max),)))
    (window,) = hours.windows(day)
    assert window.length == timedelta(hours=15)
    assert window.end.astimezone(NEW_YORK).time() == time(0)


@pytest.mark.parametrize(("day", "length"), [(date(2025, 3, 9), 23), (date(2025, 11, 2), 25), (date(2025, 6, 1), 24)])
def test_a_whole_day_is_as_long_as_the_clock_change_makes_it(day: date, length: int) -> None:
    hours = BusinessHours(timezone=NEW_YORK, weekly=dict.fromkeys(range(7), (Period(start=time(0), end=time.max),)))
    (window,) = hours.windows(day)
    assert window.length == timedelta(hours=length)


@given(moment=moments, zone=zones)
def test_the_next_opening_is_open_and_not_in_the_past(moment: datetime, zone: ZoneInfo) -> None:
    hours = office_hours(timezone=zone)
    opening = hours.next_open(moment)
    assert opening is not None
    assert opening >= moment
    assert hours.is_open(opening)
    assert (opening == moment) == hours.is_open(moment)


@given(moment=moments, zone=zones)
def test_open_is_what_the_clock_on_the_wall_says(moment: datetime, zone: ZoneInfo) -> None:
    hours = office_hours(timezone=zone, holidays_country=None)
    wall = moment.astimezone(zone)
    assert hours.is_open(moment) == (wall.weekday() < 5 and time(9) <= wall.time() < time(18))
