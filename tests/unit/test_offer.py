"""A wish meets the calendar."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.booking.offer import Offer, offer
from bot.booking.slots import Slot, open_windows
from bot.booking.when import read
from bot.booking.window import Window
from tests.support.clocks import TOKYO, TUESDAY, tokyo
from tests.support.products import SLOTS, office_hours


def calendar(*, full: tuple[str, ...] = ()) -> list[Slot]:
    """All that may be promised on that Tuesday morning; the named starts are sold out."""
    taken = {tokyo(start) for start in full}
    windows = open_windows(office_hours(), SLOTS, now=TUESDAY, start=TUESDAY, end=TUESDAY + SLOTS.horizon)
    return [Slot(window=window, capacity=1, booked=int(window.start in taken)) for window in windows]


def answer(text: str, *, full: tuple[str, ...] = ()) -> Offer:
    """What is answered to a wish in Japanese on that Tuesday at ten."""
    wishes = read(text, now=TUESDAY, tz=TOKYO, language="ja")
    return offer(wishes, calendar(full=full), hours=office_hours(), policy=SLOTS, now=TUESDAY)


def clock(window: Window | None) -> str | None:
    return None if window is None else window.start.astimezone(TOKYO).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("明日の15時", "11-25 15:00"),
        ("明日の15時10分", "11-25 15:00"),
        ("11月26日の9時半", "11-26 09:30"),
        ("今日の17時30分", "11-24 17:30"),
    ],
)
def test_a_time_that_is_free_is_chosen(text: str, start: str) -> None:
    found = answer(text)
    assert (found.kind, clock(found.window)) == ("chosen", start)


def test_as_soon_as_possible_is_chosen_with_the_first_free_slot() -> None:
    found = answer("なるべく早く", full=("2026-11-24 10:30",))
    assert (found.kind, found.asap, clock(found.window)) == ("chosen", True, "11-24 11:00")


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("明日の15時", "full"),
        ("明日の20時", "closed"),
        ("土曜日の15時", "closed"),
        ("12月20日の15時", "too_far"),
        ("今日の10時10分", "too_soon"),
    ],
)
def test_what_stands_in_the_way_is_told_with_free_times_to_choose_from(text: str, because: str) -> None:
    found = answer(text, full=("2026-11-25 15:00",))
    assert (found.kind, found.because) == ("choose", because)
    assert found.options
    assert clock(found.options[0]) != "11-25 15:00"


def test_several_times_that_fit_are_offered_within_the_wish() -> None:
    found = answer("明日の午後")
    assert (found.kind, found.because) == ("choose", "several")
    for window in found.options:
        local = window.start.astimezone(TOKYO)
        assert (local.day, local.hour >= 12) == (25, True)


def test_of_about_an_hour_the_slot_at_that_hour_is_taken_while_it_is_free() -> None:
    found = answer("明日の15時頃")
    assert found.window is not None
    assert (found.kind, clock(found.window)) == ("chosen", "11-25 15:00")
    beside = answer("明日の15時頃", full=("2026-11-25 15:00",))
    assert beside.window is not None
    assert clock(beside.window) == "11-25 14:30"


def test_nothing_that_was_said_about_time_is_nothing() -> None:
    assert answer("洗濯機が動きません") == Offer(kind="nothing")


def test_no_free_slot_at_all_leaves_nothing_to_choose() -> None:
    wishes = read("明日の15時", now=TUESDAY, tz=TOKYO, language="ja")
    sold_out = [replace(slot, booked=slot.capacity) for slot in calendar()]
    found = offer(wishes, sold_out, hours=office_hours(), policy=SLOTS, now=TUESDAY)
    assert (found.kind, found.options, found.because) == ("choose", (), "full")


def test_options_are_in_order_and_never_more_than_asked_for() -> None:
    wishes = read("来週", now=TUESDAY, tz=TOKYO, language="ja")
    found = offer(wishes, calendar(), hours=office_hours(), policy=SLOTS, now=TUESDAY, limit=3)
    starts: list[datetime] = [window.start for window in found.options]
    assert starts == sorted(starts)
    assert len(starts) == 3
    assert max(starts) - min(starts) < timedelta(days=7)
