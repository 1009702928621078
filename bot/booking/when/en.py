"""English: from a sentence to tokens."""

from collections.abc import Callable

from bot.booking.when import en_days, en_times
from bot.booking.when.days import EveryDay, Week, Weekdays
from bot.booking.when.en_grammar import GRAMMAR
from bot.booking.when.en_times import Found
from bot.booking.when.scan import Scanner
from bot.booking.when.tokens import Clock, Item, Later, Mark, Number, Part, Token

_SCANNER = Scanner(tuple(GRAMMAR.items()))
_MARKS = {
    "skip": Mark.GAP,
    "length": Mark.LENGTH,
    "ifnot": Mark.IF_NOT,
    "correct": Mark.CORRECTION,
    "moved": Mark.MOVED,
    "no_later": Mark.UNTIL_LEFT,
    "no_earlier": Mark.FROM_LEFT,
    "until": Mark.UNTIL_LEFT,
    "before": Mark.BEFORE_LEFT,
    "deadline": Mark.UNTIL_LEFT,
    "after": Mark.AFTER_LEFT,
    "from_right": Mark.FROM_RIGHT,
    "until_right": Mark.UNTIL_RIGHT,
    "between": Mark.BETWEEN,
    "about": Mark.ABOUT,
    "except": Mark.NOT_LEFT,
    "at": Mark.AT,
    "or": Mark.OR,
    "and": Mark.AND,
    "any": Mark.ANY_TIME,
    "not_asap": Mark.GAP,
    "asap": Mark.ASAP,
    "now": Mark.NOW,
    "not_right": Mark.NOT_RIGHT,
    "not_left": Mark.NOT_LEFT,
    "not_here": Mark.NOT_LEFT,
    "busy": Mark.BUSY,
    "event": Mark.PAST,
    "closed": Mark.CLOSED,
    "not_busy": Mark.REQUEST,
    "request": Mark.REQUEST,
    "past": Mark.PAST,
    "happens": Mark.CLOSED,
    "stop": Mark.STOP,
    "comma": Mark.COMMA,
    "word": Mark.GAP,
}
_BUILDERS: dict[str, Callable[[Found], tuple[Item, ...]]] = {
    **en_days.BUILDERS,
    **en_times.BUILDERS,
    "range": lambda _: (Mark.RANGE,),
    "ends": lambda _: (Mark.FROM_RIGHT, Mark.ONLY),
    "begins": lambda _: (Mark.UNTIL_RIGHT, Mark.ONLY),
    "any_after": lambda _: (Mark.AFTER_LEFT, Part("lunch_break")),
    "but": lambda _: (),
    "instead_of": lambda _: (Mark.REQUEST, Mark.CLOSED),
    "so": lambda _: (Mark.THUS, Mark.STOP),
    "this_time": lambda _: (),
    "glue": lambda _: (),
}


def tokens(text: str, this_time: Clock) -> list[Token]:
    """The tokens of a normalised English sentence; words that say nothing become gaps.

    `this_time` is what the clock shows the customer now.
    """
    found_tokens: list[Token] = []
    for found in _SCANNER.scan(text):
        name = found.lastgroup or ""
        mark = _MARKS.get(name)
        if mark is Mark.GAP and found_tokens and found_tokens[-1].item is Mark.GAP:
            continue
        items: tuple[Item, ...] = (mark,) if mark else _BUILDERS[name](found)
        last = found_tokens[-1].item if found_tokens else None
        if name == "this_time":
            items = (this_time,)
        elif name == "but":
            items = (Mark.NOT_LEFT if _is_whenever(found_tokens) else Mark.STOP,)
        elif name == "range" and found[0] == "to" and not _is_time(last):
            items = (Mark.AT,)
        elif name == "range" and found[0] == "-" and not (_is_time(last) or isinstance(last, Number)):
            items = (Mark.COMMA,)
        found_tokens.extend(Token(item, found.end()) for item in items)
    return found_tokens


def _is_whenever(said: list[Token]) -> bool:
    """Whether what was just said is open or recurs ("any weekday morning"): a "but" then makes an exception."""
    day = next((token.item for token in reversed(said) if not isinstance(token.item, Part)), None)
    return day is Mark.ANY_TIME or _recurs(day)


def _is_time(item: Item | None) -> bool:
    return item is Mark.ABOUT or not (item is None or isinstance(item, Mark | Later))


def _recurs(item: Item | None) -> bool:
    return isinstance(item, EveryDay | Week) or (isinstance(item, Weekdays) and item.each)
