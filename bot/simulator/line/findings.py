"""What is wrong with a request body, collected property by property as LINE reports it."""

import re
from collections.abc import Collection, Sequence

from bot.simulator.line.api import LineError

_COLOR = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def length(text: str) -> int:
    """Characters as LINE counts them: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Findings:
    """Checks values and remembers what does not fit; `raise_any` ends the request."""

    def __init__(self) -> None:
        self.details: list[dict[str, str]] = []

    def add(self, where: str, message: str) -> None:
        """Something is wrong at this property."""
        self.details.append({"message": message, "property": where})

    def raise_any(self) -> None:
        """Raises LineError 400 if anything was found."""
        if self.details:
            raise LineError(400, f"The request body has {len(self.details)} error(s)", details=self.details)

    def text(self, where: str, value: object, *, most: int, least: int = 1, required: bool = True) -> str:
        """A text of so many characters; an empty one where it is missing."""
        if value is None and not required:
            return ""
        if value is None or (value == "" and least):
            self.add(where, "May not be empty")
            return ""
        if not isinstance(value, str):
            self.add(where, "Must be a string")
            return ""
        if not least <= length(value) <= most:
            self.add(where, f"Length must be between {least} and {most}")
        return value

    def one_of(self, where: str, value: object, allowed: Collection[str], *, required: bool = True) -> None:
        """One of these words."""
        if value is None and not required:
            return
        if value not in allowed:
            self.add(where, f"Must be one of the following values: [{', '.join(allowed)}]")

    def items(self, where: str, value: object, *, most: int, least: int = 1) -> Sequence[object]:
        """A list of so many items; an empty one where it is none."""
        if not isinstance(value, list):
            self.add(where, "May not be empty" if value is None else "Must be an array")
            return ()
        if not least <= len(value) <= most:
            self.add(where, f"Size must be between {least} and {most}")
        return value

    def mapping(self, where: str, value: object, fields: Collection[str] | None = None) -> dict[str, object]:
        """An object that has no other fields than these; an empty one where it is none."""
        if not isinstance(value, dict):
            self.add(where, "May not be empty" if value is None else "Must be an object")
            return {}
        if fields is not None:
            for name in value:
                if name not in fields:
                    self.add(f"{where}.{name}", "unknown field")
        return value

    def whole_number(self, where: str, value: object, *, least: int, most: int, required: bool = True) -> int:
        """A whole number of this range; the least where it is none."""
        if value is None and not required:
            return least
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(where, "May not be empty" if value is None else "Must be an integer")
            return least
        if not least <= value <= most:
            self.add(where, f"Must be between {least} and {most}")
        return value

    def color(self, where: str, value: object) -> None:
        """#RRGGBB or #RRGGBBAA, if anything."""
        if value is not None and not (isinstance(value, str) and _COLOR.fullmatch(value)):
            self.add(where, "invalid color")

    def https(self, where: str, value: object, *, most: int = 2000) -> None:
        """An address that LINE's clients load something from."""
        if self.text(where, value, most=most) and not str(value).startswith("https://"):
            self.add(where, "invalid uri scheme")
