"""References in a customer's words."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking import reference
from bot.booking.hearing import is_nonsense

READ = {
    "K7Q4MN": "K7Q4MN",
    "受付番号はK7Q4MNです": "K7Q4MN",
    "ｋ７ｑ４ｍｎ をキャンセル": "K7Q4MN",
    "cancel k7q4mn please": "K7Q4MN",
    "my reference is abcdef": "ABCDEF",
    "the booking KQRTMN": "KQRTMN",
    "受付番号 ABCDEF": "ABCDEF",
    "please change my booking": None,
    "CHANGE MY BOOKING": None,
    "change": None,
    "234567": None,
    "090-2345-6789": None,
    "+819023456789": None,
    "予約を変更したい": None,
    "": None,
}


@pytest.mark.parametrize(("text", "found"), READ.items())
def test_a_reference_is_read_and_a_word_is_none(text: str, found: str | None) -> None:
    assert reference.read(text) == found


def test_where_one_was_asked_for_six_letters_are_enough() -> None:
    assert reference.read("kqrtmn", is_asked=True) == "KQRTMN"
    assert reference.read("change", is_asked=True) == "CHANGE"
    assert reference.read("234567", is_asked=True) is None


@given(seed=st.integers(0, 2**32))
def test_every_reference_that_is_drawn_is_read_as_one_and_never_taken_for_nonsense(seed: int) -> None:
    made = reference.drawn(Random(seed).choice)
    assert len(made) == reference.LENGTH
    assert set(made) <= set(reference.ALPHABET)
    assert reference.read(made) == made
    assert not is_nonsense(made)


def test_what_is_all_letters_or_all_digits_is_drawn_anew() -> None:
    characters = iter("WTBPGN388358K7Q4MN")
    assert reference.drawn(lambda _: next(characters)) == "K7Q4MN"
