"""Tables for spreadsheets: CSV as RFC 4180 says, in which no cell is ever computed."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""Without it Excel takes UTF-8 for another encoding."""
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, or drops and then looks at what follows."""


def cell(text: str) -> str:
    """The text so that a spreadsheet shows it and does nothing with it: an apostrophe says that it is text."""
    return f"'{text}" if text.startswith(COMPUTED) or text.lstrip().startswith(COMPUTED) else text


def lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as lines that end in CR LF, every cell in quotation marks."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([cell(text) for text in row] for row in rows)
    return written.getvalue()
