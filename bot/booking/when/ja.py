"""Japanese: from a sentence to tokens."""

import re
from collections.abc import Callable

from bot.booking.when import ja_days, ja_times
from bot.booking.when.ja_grammar import GRAMMAR
from bot.booking.when.ja_times import Found
from bot.booking.when.scan import Scanner
from bot.booking.when.tokens import Clock, Item, Mark, Token

_GLUE = frozenset(" の()「」[]【】:…")
_TOPIC = re.compile(r"[一-龠ァ-ヶa-z]")
_SCANNER = Scanner(tuple(GRAMMAR.items()))
_MARKS = {
    "skip": Mark.GAP,
    "agreed": Mark.GAP,
    "length": Mark.LENGTH,
    "ifnot": Mark.IF_NOT,
    "correct": Mark.CORRECTION,
    "moved": Mark.MOVED,
    "only": Mark.ONLY,
    "after": Mark.AFTER_RIGHT,
    "a_bit_past": Mark.A_BIT_PAST,
    "range": Mark.RANGE,
    "from": Mark.FROM_RIGHT,
    "until": Mark.UNTIL_RIGHT,
    "before": Mark.BEFORE_RIGHT,
    "during": Mark.DURING,
    "about": Mark.ABOUT,
    "whole_hour": Mark.WHOLE_HOUR,
    "or": Mark.OR,
    "and": Mark.AND,
    "request_booking": Mark.REQUEST,
    "matter": Mark.MATTER,
    "event": Mark.PAST,
    "closed": Mark.CLOSED,
    "not_asap": Mark.GAP,
    "asap": Mark.ASAP,
    "any": Mark.ANY_TIME,
    "now": Mark.NOW,
    "except": Mark.EXCEPT_RIGHT,
    "not": Mark.NOT_RIGHT,
    "cannot": Mark.CANNOT,
    "busy": Mark.BUSY,
    "call": Mark.CALL,
    "thanks": Mark.PAST,
    "asking": Mark.REQUEST,
    "meanwhile": Mark.THEN,
    "if_so": Mark.IF_SO,
    "because": Mark.BECAUSE,
    "only_not": Mark.GAP,
    "offer": Mark.OFFER,
    "request": Mark.REQUEST,
    "past": Mark.PAST,
    "stop": Mark.STOP,
    "comma": Mark.COMMA,
}
_BUILDERS: dict[str, Callable[[Found], tuple[Item, ...]]] = {
    **ja_days.BUILDERS,
    **ja_times.BUILDERS,
    "ends": lambda _: (Mark.AFTER_RIGHT, Mark.ONLY),
    "begins": lambda _: (Mark.UNTIL_RIGHT, Mark.ONLY),
}


def tokens(text: str, this_time: Clock) -> list[Token]:
    """The tokens of a normalised Japanese sentence; words in between that say nothing become gaps.

    `this_time` is what the clock shows the customer now.
    """
    found_tokens: list[Token] = []
    end = 0
    for found in _SCANNER.scan(text):
        start = found.start()
        if start > end and not _GLUE.issuperset(text[end:start]):
            found_tokens.append(Token(_gap(text[end:start]), start))
        end = found.end()
        name = found.lastgroup or ""
        mark = _MARKS.get(name)
        items = (mark,) if mark else (this_time,) if name == "this_time" else _BUILDERS[name](found)
        found_tokens.extend(Token(item, end) for item in items)
    if end < len(text) and not _GLUE.issuperset(text[end:]):
        found_tokens.append(Token(_gap(text[end:]), len(text)))
    return found_tokens


def _gap(words: str) -> Mark:
    """Kanji, katakana and letters carry another topic; kana are mostly endings."""
    return Mark.TALK if words[0] not in " でなだ" and _TOPIC.search(words) else Mark.GAP
