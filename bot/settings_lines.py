"""Where in the settings file a setting stands, so that an error can name the line."""

import re


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """The line on which the named setting stands, or its table's, or 1 when neither is there."""
    section, *rest = (str(part) for part in location if isinstance(part, str))
    key = rest[-1] if rest else section
    table = ".".join((section, *rest[:-1]))
    # A table that may stand several times is named by its place among them; a number at the end is a place in a list.
    before = next((part for part in _without_last_place(location) if isinstance(part, int)), 0) if len(rest) > 1 else 0
    current, table_line = "" if rest else section, 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?([\w.]+)\]\]?", line):
            current = header.group(1)
            if current == table:
                before -= 1
            if current == section or (current == table and before == -1):
                table_line = number
        elif current in (table, section) and (before < 0 or not rest) and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
        elif current == section and len(rest) > 1 and re.match(rf"\s*{re.escape(rest[0])}\s*[.=]", line):
            table_line = number  # the table stands within this line
    return table_line


def _without_last_place(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return location[:-1] if isinstance(location[-1], int) else location
