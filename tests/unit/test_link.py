"""Links: short, unguessable, good for one booking and one number."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.callback import Callback, Status
from bot.booking.link import LinkKey, reference_in
from tests.support.clocks import TUESDAY
from tests.support.products import LINKS, a_callback

MADE = a_callback()


def token(callback: Callback, key: LinkKey = LINKS) -> str:
    return key.path(callback).removeprefix("/c/")


def opens(key: LinkKey, told: str, callback: Callback) -> bool:
    return key.opens(told, callback.id, callback.phone_number)


def test_a_link_is_short_and_ends_with_a_letter_or_digit_that_no_phone_cuts_off() -> None:
    assert LINKS.url(MADE) == f"https://call.example.jp/c/{token(MADE)}"
    assert re.fullmatch(r"[\w-]{22}K7Q4MN", token(MADE))
    assert reference_in(token(MADE)) == "K7Q4MN"
    assert opens(LINKS, token(MADE), MADE)


@pytest.mark.parametrize(
    "other",
    [
        replace(MADE, phone_number="+819012345679"),
        replace(MADE, id="0" * 32),
        a_callback("A"),
    ],
    ids=["another number", "another booking with its reference", "another booking"],
)
def test_a_link_opens_one_booking_of_one_number(other: Callback) -> None:
    assert not opens(LINKS, token(MADE), other)


def test_another_key_makes_another_link() -> None:
    other = replace(LINKS, secret=b"another" * 8)
    assert not opens(other, token(MADE), MADE)
    assert b"a-key-for-tests" not in repr(LINKS).encode()


@given(st.integers(0, 27), st.characters(codec="ascii"))
def test_no_other_text_opens_it(place: int, sign: str) -> None:
    told = token(MADE)
    forged = told[:place] + sign + told[place + 1 :]
    known = reference_in(forged)
    assert forged == told or known is None or not opens(LINKS, forged, MADE)


@pytest.mark.parametrize("told", ["", "K7Q4MN", "x" * 400, "あ" * 28, "x" * 22 + "k7q4mn", "x" * 22 + "K7Q4M\n"])
def test_what_is_no_token_names_no_booking(told: str) -> None:
    assert reference_in(told) is None


@pytest.mark.parametrize(
    ("status", "days", "over"),
    [
        (Status.BOOKED, 400, False),
        (Status.IN_CALL, 400, False),
        (Status.COMPLETED, 14, False),
        (Status.COMPLETED, 15, True),
        (Status.CANCELLED, 15, True),
        (Status.UNREACHED, 15, True),
    ],
)
def test_a_link_is_over_some_days_after_the_booking_was_closed(status: Status, days: int, over: bool) -> None:
    closed = replace(MADE, status=status, updated_at=TUESDAY)
    assert LINKS.is_over(closed, now=TUESDAY + timedelta(days=days)) is over


def test_a_mark_allows_one_thing_with_the_booking_as_it_was_shown() -> None:
    mark = LINKS.mark(MADE, "cancel")
    assert LINKS.is_marked(mark, MADE, "cancel")
    assert not LINKS.is_marked(mark, MADE, "move")
    assert not LINKS.is_marked(mark, replace(MADE, version=2), "cancel")
    assert not LINKS.is_marked(mark, a_callback("A"), "cancel")
    assert not LINKS.is_marked("", MADE, "cancel")
    assert not LINKS.is_marked(token(MADE), MADE, "cancel")
