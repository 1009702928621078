"""Numbers that are pasted, in every writing that people and spreadsheets have."""

import pytest

from bot.booking.pasting import pasted
from tests.support.products import NUMBERS


@pytest.mark.parametrize(
    ("line", "number", "reason"),
    [
        ("+819012345678", "+819012345678", ""),
        ("090-1234-5678", "+819012345678", ""),
        ("０９０−１２３４−５６７８", "+819012345678", ""),
        ("090-1234-5678,苦情", "+819012345678", "苦情"),
        ("090-1234-5678\t苦情, とても", "+819012345678", "苦情, とても"),
        ("090-1234-5678;angry", "+819012345678", "angry"),
        ('"090-1234-5678","said ""no"", twice","電話"', "+819012345678", 'said "no", twice'),
        ("'+819012345678", "+819012345678", ""),
        ("0120-000-000", "+81120000000", ""),
        ("お電話番号,理由", None, ""),
        ("12345", None, ""),
        ("山田 090-1234-5678", None, ""),
    ],
)
def test_a_line_is_a_number_and_perhaps_why(line: str, number: str | None, reason: str) -> None:
    (read,) = pasted(line, NUMBERS)
    assert (read.number, read.reason, read.text) == (number, reason, line)


def test_empty_lines_are_nothing_and_the_others_keep_their_places() -> None:
    read = list(pasted("\ufeffnumber\r\n\r\n  \n090-1234-5678\r\n", NUMBERS))
    assert [(line.place, line.number) for line in read] == [(1, None), (4, "+819012345678")]
