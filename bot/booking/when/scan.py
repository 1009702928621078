"""A table of patterns, tried at each character of a sentence: quick, because few patterns can start there.

One big alternation costs ten times as much: `re` tries each branch at each character.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

# Not public, and used only to go faster: which characters can a pattern start with?
_parser = import_module("re._parser")
_ANYTHING = frozenset({""})
_CATEGORIES = {"CATEGORY_DIGIT": frozenset("0123456789"), "CATEGORY_SPACE": frozenset(" \t\n\r\u3000")}


class Scanner:
    """Finds the leftmost match of the first fitting row, again and again; a match's `lastgroup` is the row.

    `rows` are (name, pattern); a later row is tried only where no earlier one fits.
    """

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self._rows = rows
        self._starts = [_starts(_parser.parse(pattern))[0] for _, pattern in rows]
        self._here: dict[str, re.Pattern[str] | None] = {}
        self._compiled: dict[tuple[int, ...], re.Pattern[str] | None] = {(): None}
        for char in sorted(frozenset().union(*self._starts)):
            self._learn(char)  # now, not while a customer waits

    def scan(self, text: str) -> Iterator[re.Match[str]]:
        """All matches in `text`, left to right, none overlapping, none empty."""
        at, here = 0, self._here
        while at < len(text):
            char = text[at]
            pattern = here[char] if char in here else self._learn(char)
            found = pattern.match(text, at) if pattern else None
            if found and found.end() > at:
                yield found
                at = found.end()
            else:
                at += 1

    def replace(self, text: str, by: Callable[[re.Match[str]], str]) -> str:
        """`text` with `by(match)` in place of each match."""
        pieces: list[str] = []
        end = 0
        for found in self.scan(text):
            pieces += text[end : found.start()], by(found)
            end = found.end()
        return "".join((*pieces, text[end:])) if pieces else text

    def _learn(self, char: str) -> re.Pattern[str] | None:
        rows = tuple(n for n, starts in enumerate(self._starts) if char in starts or "" in starts)
        if rows not in self._compiled:
            chosen = (self._rows[n] for n in rows)
            self._compiled[rows] = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in chosen))
        self._here[char] = self._compiled[rows]
        return self._here[char]


def _starts(tree: Any) -> tuple[frozenset[str], bool]:
    """The characters that a parsed pattern can start with ("" stands for any), and whether it can be empty."""
    found: frozenset[str] = frozenset()
    for operation, argument in tree:
        starts, empty = _starts_of_one(str(operation), argument)
        found |= starts
        if not empty:
            return found, False
    return found, True


def _starts_of_one(operation: str, argument: Any) -> tuple[frozenset[str], bool]:
    match operation:
        case "LITERAL":
            return frozenset(chr(argument)), False
        case "IN":
            return _starts_of_set(argument), False
        case "BRANCH":
            branches = [_starts(branch) for branch in argument[1]]
            return frozenset().union(*(starts for starts, _ in branches)), any(empty for _, empty in branches)
        case "SUBPATTERN":
            return _starts(argument[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            starts, empty = _starts(argument[2])
            return starts, empty or argument[0] == 0
        case "ASSERT" | "ASSERT_NOT" | "AT":
            return frozenset(), True
    return _ANYTHING, False


def _starts_of_set(members: Any) -> frozenset[str]:
    found: set[str] = set()
    for operation, argument in members:
        match str(operation):
            case "LITERAL":
                found.add(chr(argument))
            case "RANGE":
                found.update(chr(code) for code in range(argument[0], argument[1] + 1))
            case "CATEGORY" if str(argument) in _CATEGORIES:
                found |= _CATEGORIES[str(argument)]
            case _:
                return _ANYTHING
    return frozenset(found)
