"""Phone numbers as people paste them or take them out of a spreadsheet: one a line, a reason beside it if they like."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from bot.booking import phone
from bot.booking.errors import NumberRefused
from bot.booking.phone import NumberPolicy

LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class PastedLine:
    """One line, counted from 1. `number` is E.164, None where the first cell holds no phone number; `reason` is what
    stands in the second cell."""

    place: int
    text: str
    number: str | None
    reason: str = ""


def pasted(text: str, policy: NumberPolicy) -> Iterator[PastedLine]:
    """The lines that are not empty; commas, semicolons and tabs part cells. A number may be one that we would not call:
    it can be on a list all the same."""
    for place, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        first, *others = _cells(line)
        try:
            number = phone.canonical(first, policy)
        except NumberRefused:
            yield PastedLine(place=place, text=line.strip(), number=None)
            continue
        yield PastedLine(place=place, text=line.strip(), number=number, reason="".join(others[:1])[:LONGEST_REASON])


def _cells(line: str) -> list[str]:
    parting = next((sign for sign in "\t;" if sign in line), ",")
    try:
        cells = next(csv.reader([line], delimiter=parting, strict=True))
    except csv.Error:
        cells = [line]
    return [cell.strip().lstrip("'").strip() for cell in cells]  # our own tables mark what is not to be computed
