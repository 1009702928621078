"""Which windows may be promised: laws and examples."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.hours import BusinessHours, Period
from bot.booking.slots import Slot, SlotPolicy, nearest, open_windows, why_not, window_at
from bot.booking.window import Window
from tests.support.clocks import NEW_YORK, TUESDAY, tokyo
from tests.support.products import SLOT, SLOTS, office_hours

HALF_HOUR = timedelta(minutes=30)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (Hypothesis takes naive bounds)
zones = st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe"]).map(ZoneInfo)
policies = st.builds(
    SlotPolicy,
    length=st.integers(5, 120).map(lambda minutes: timedelta(minutes=minutes)),
    lead=st.integers(0, 300).map(lambda minutes: timedelta(minutes=minutes)),
    horizon=st.integers(1, 10).map(lambda days: timedelta(days=days)),
    capacity=st.just(1),
)


def offered(hours: BusinessHours, policy: SlotPolicy, now: datetime) -> list[Window]:
    """All that may be promised."""
    return list(open_windows(hours, policy, now=now, start=now, end=now + policy.horizon))


@given(now=moments, zone=zones, policy=policies)
def test_every_slot_lies_inside_hours_on_no_holiday_and_overlaps_no_other(
    now: datetime, zone: ZoneInfo, policy: SlotPolicy
) -> None:
    hours = office_hours(timezone=zone)
    windows = offered(hours, policy, now)
    for window in windows:
        assert window.length == policy.length
        assert hours.is_open(window.start)
        assert hours.is_open(window.end - timedelta(microseconds=1))
        assert not hours.is_public_holiday(hours.local_date(window.start))
        assert now + policy.lead <= window.start < now + policy.horizon
    for earlier, later in pairwise(windows):
        assert earlier.end <= later.start


@given(now=moments, zone=zones, policy=policies, data=st.data())
def test_nothing_stands_against_exactly_those_windows_that_are_offered(
    now: datetime, zone: ZoneInfo, policy: SlotPolicy, data: st.DataObject
) -> None:
    hours = office_hours(timezone=zone)
    windows = offered(hours, policy, now)
    for window in windows:
        assert why_not(window, hours, policy, now=now) is None
        assert window_at(hours, policy, window.start) == window
    minutes = data.draw(st.integers(-600, int(policy.horizon.total_seconds() // 60) + 600))
    start = now + timedelta(minutes=minutes)
    other = Window(start=start, end=start + policy.length)
    assert (why_not(other, hours, policy, now=now) is None) == (other in windows)


@pytest.mark.parametrize("day", [date(2025, 3, 9), date(2025, 11, 2)])
def test_slots_over_a_clock_change_are_whole_and_none_is_missing_or_double(day: date) -> None:
    hours = BusinessHours(timezone=NEW_YORK, weekly=dict.fromkeys(range(7), (Period(start=time(0), end=time(6)),)))
    (opening,) = hours.windows(day)
    now = opening.start.astimezone(UTC) - timedelta(hours=2)
    policy = replace(SLOTS, horizon=timedelta(hours=12))
    windows = offered(hours, policy, now)
    assert len(windows) == opening.length / HALF_HOUR == {3: 10, 11: 14}[day.month]
    assert all(later.start - earlier.start == HALF_HOUR for earlier, later in pairwise(windows))
    assert all(why_not(window, hours, policy, now=now) is None for window in windows)


def test_the_same_slot_told_in_another_zone_is_the_same_slot() -> None:
    told = Window(start=SLOT.start.astimezone(NEW_YORK), end=SLOT.end.astimezone(NEW_YORK))
    assert why_not(told, office_hours(), SLOTS, now=TUESDAY) is None


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("2026-11-24 09:30", "past"),
        ("2026-11-24 10:00", "too_soon"),
        ("2026-11-24 10:30", None),
        ("2026-11-24 10:45", "off_grid"),
        ("2026-11-24 17:30", None),
        ("2026-11-24 18:00", "closed"),
        ("2026-11-28 12:00", "closed"),
        ("2026-12-08 09:30", None),
        ("2026-12-08 10:00", "too_far"),
    ],
)
def test_why_a_time_cannot_be_promised(start: str, reason: str | None) -> None:
    window = Window(start=tokyo(start), end=tokyo(start) + HALF_HOUR)
    assert why_not(window, office_hours(), SLOTS, now=TUESDAY) == reason


def test_a_holiday_is_told_as_one_unless_the_business_itself_closed_that_day() -> None:
    window = Window(start=tokyo("2026-11-23 12:00"), end=tokyo("2026-11-23 12:30"))
    now = tokyo("2026-11-20 10:00")
    assert why_not(window, office_hours(), SLOTS, now=now) == "holiday"
    closed = office_hours(exceptions={date(2026, 11, 23): ()})
    assert why_not(window, closed, SLOTS, now=now) == "closed"


def slots_at(*times: str, full: tuple[str, ...] = ()) -> list[Slot]:
    """Slots of one place on the Tuesday."""
    starts = [tokyo(f"2026-11-24 {clock}") for clock in times]
    return [
        Slot(window=Window(start=start, end=start + HALF_HOUR), capacity=1, booked=int(clock in full))
        for start, clock in zip(starts, times, strict=True)
    ]


@pytest.mark.parametrize(
    ("free", "told"),
    [
        (("13:00", "14:30", "15:30", "17:00"), ["14:30", "15:30", "17:00"]),
        (("14:00", "16:00"), ["14:00", "16:00"]),
        (("09:00", "12:00", "18:00"), ["09:00", "12:00", "18:00"]),
        ((), []),
    ],
)
def test_the_nearest_free_slots_in_order_of_time(free: tuple[str, ...], told: list[str]) -> None:
    found = nearest(Window(start=tokyo("2026-11-24 15:00"), end=tokyo("2026-11-24 15:30")), slots_at(*free))
    assert [window.start for window in found] == [tokyo(f"2026-11-24 {clock}") for clock in told]


def test_full_slots_are_never_told_as_alternatives() -> None:
    some = slots_at("14:30", "15:00", "15:30", full=("14:30", "15:00"))
    assert nearest(SLOT, some) == (some[2].window,)


@pytest.mark.parametrize(("capacity", "booked", "free"), [(3, 0, 3), (3, 3, 0), (1, 3, 0)])
def test_free_places_are_never_negative(capacity: int, booked: int, free: int) -> None:
    assert Slot(window=SLOT, capacity=capacity, booked=booked).free == free
