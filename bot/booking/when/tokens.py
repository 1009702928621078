"""The typed pieces of a sentence that the grammar works on; the same for every language."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from bot.booking.when.days import Day


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written; `half` is "am", "pm" or empty, `exact` means written in 24 hours (07:30)."""

    hour: int
    minute: int = 0
    half: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of the day; `name` is a field of PartsOfDay."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A bare number: a clock time or a day of the month only where its neighbours make it one."""

    value: int


@dataclass(frozen=True, slots=True)
class Later:
    """A stretch of time from now, in minutes: after `least` (up to `most`), or within it."""

    least: int
    most: int | None = None
    within: bool = False


class Mark(Enum):
    """Words that relate times to each other or to the customer."""

    __hash__ = object.__hash__  # each member is one object; Enum's own hash is a slow Python function

    GAP = auto()  # words that say nothing about time
    TALK = auto()  # Japanese: words about something else
    CALL = auto()  # Japanese: "telephone" and its like, with which a wish may end
    LENGTH = auto()  # how long the call may take
    COMMA = auto()
    THUS = auto()  # English "so": what stands before it may be only a reason
    STOP = auto()  # end of a sentence or clause
    OR = auto()
    AND = auto()
    IF_NOT = auto()  # "if that does not work"
    RANGE = auto()  # a dash, or "to" between two times
    BETWEEN = auto()
    FROM_LEFT = auto()  # "from" X
    FROM_RIGHT = auto()  # X から
    AFTER_LEFT = auto()  # "after" X
    AFTER_RIGHT = auto()  # X 以降
    UNTIL_LEFT = auto()
    UNTIL_RIGHT = auto()
    BEFORE_LEFT = auto()
    BEFORE_RIGHT = auto()
    DURING = auto()  # X 中: some time before X is over
    LAST = auto()  # "by the end of" X
    ABOUT = auto()
    A_BIT_PAST = auto()
    WHOLE_HOUR = auto()  # 14時台
    AT = auto()  # "at" and its like: the next number is a clock time
    ASAP = auto()
    ANY_TIME = auto()
    NOW = auto()
    NOT_LEFT = auto()  # "not" X
    NOT_RIGHT = auto()  # X は無理
    EXCEPT_RIGHT = auto()  # X 以外
    ONLY = auto()  # turns the negation after it around: 夜しか無理
    CANNOT = auto()  # X は…できない: a complaint, where it is about something else
    BUSY = auto()  # X は会議
    CORRECTION = auto()
    MOVED = auto()  # A から B に変更
    OFFER = auto()  # Japanese: "is it possible", "fine"; a wish unless it is said of something else
    PAST = auto()  # the time before it (or, in English, around it) is over
    CLOSED = auto()  # a question about the business, not a wish
    REQUEST = auto()  # English: what follows is asked for
    IF_SO = auto()  # Japanese: X なら, which offers X unless it is refused in the same breath
    BECAUSE = auto()  # Japanese: what went before is the reason; a refusal may follow
    MATTER = auto()  # Japanese: …の件, which is what the call is about
    THEN = auto()  # Japanese: その時に, the time that was named last is meant


Item = Clock | Part | Number | Later | Day | Mark


class Token(NamedTuple):
    """One piece and where it ends in the normalised text."""

    item: Item
    end: int
