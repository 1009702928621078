"""Cells that a spreadsheet must show and never compute."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.sheets import COMPUTED, cell, lines


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://evil.example","x")', "+819012345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"],
)
def test_what_would_be_computed_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "090-1234-5678", "•••••••5678", "佐藤 由美", "1-2", "a=b", "'=1"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), min_size=1))
def test_every_cell_is_read_back_and_none_begins_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(lines(rows), newline=""), strict=True))
    assert read == [[cell(text) for text in row] for row in rows]
    assert not any(text.startswith(COMPUTED) for row in read for text in row)


def test_a_comma_a_quotation_mark_and_a_new_line_stay_in_their_cell() -> None:
    assert lines([["a,b", 'c"d', "e\nf"]]) == '"a,b","c""d","e\nf"\r\n'
