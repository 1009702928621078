"""When customers are reminded, and what a message costs."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.reminding import SHORTEST_NOTICE, reminders, still_makes_sense
from bot.wording.__main__ import fault, main
from bot.wording.segments import alphabet, segments
from tests.support.products import SLOT

MINUTE = timedelta(minutes=1)
LEADS = (1440 * MINUTE, 60 * MINUTE, 10 * MINUTE)
ALL = ["reminder_day", "reminder", "reminder_soon"]


@pytest.mark.parametrize(
    ("booked_before", "kinds"),
    [(3000, ALL), (1451, ALL), (1450, ALL[1:]), (71, ALL[1:]), (70, ALL[2:]), (21, ALL[2:]), (20, []), (0, [])],
)
def test_which_reminders_a_promise_gets(booked_before: int, kinds: list[str]) -> None:
    told = reminders(SLOT.start, LEADS, now=SLOT.start - booked_before * MINUTE)
    assert [reminder.kind for reminder in told] == kinds


@given(leads=st.lists(st.integers(5, 3000), max_size=5), before=st.integers(0, 5000))
def test_every_reminder_lies_between_the_promise_and_the_call(leads: list[int], before: int) -> None:
    now = SLOT.start - before * MINUTE
    for reminder in reminders(SLOT.start, [lead * MINUTE for lead in leads], now=now):
        assert now + SHORTEST_NOTICE < reminder.due_at < SLOT.start


@pytest.mark.parametrize(("late_by", "sense"), [(0, True), (30, True), (31, False), (60, False), (90, False)])
def test_a_reminder_that_comes_much_too_late_is_none(late_by: int, sense: bool) -> None:
    due_at = SLOT.start - 60 * MINUTE
    assert still_makes_sense(due_at, SLOT.start, now=due_at + late_by * MINUTE) == sense


@pytest.mark.parametrize(
    ("text", "parts", "signs"),
    [
        ("", 1, "GSM-7"),
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("€" * 80, 1, "GSM-7"),
        ("€" * 81, 2, "GSM-7"),
        ("a" * 152 + "€" + "a" * 152, 3, "GSM-7"),  # the escaped sign does not fit into what is left of the first
        ("あ" * 70, 1, "UCS-2"),
        ("あ" * 71, 2, "UCS-2"),
        ("あ" * 134, 2, "UCS-2"),
        ("あ" * 135, 3, "UCS-2"),
        ("🥶" * 35, 1, "UCS-2"),
        ("🥶" * 36, 2, "UCS-2"),
        ("🥶" * 67, 3, "UCS-2"),  # 33 to a part: none is torn apart
        ("–", 1, "UCS-2"),
    ],
)
def test_what_a_message_costs(text: str, parts: int, signs: str) -> None:
    assert (segments(text), alphabet(text)) == (parts, signs)


def test_the_preview_shows_every_notice_and_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("ja", "en")) == 0
    shown = capsys.readouterr().out
    assert "ja confirmation (2 x UCS-2)" in shown
    assert "en confirmation (1 x GSM-7)" in shown


@pytest.mark.parametrize("text", ["Reply CANCEL to cancel.", "あ" * 200])
def test_the_preview_finds_what_must_not_be_sent(text: str) -> None:
    assert fault(text)
