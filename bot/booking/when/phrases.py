"""From tokens to phrases: one phrase is one time as said, with its range marks around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from bot.booking.when.days import CalendarDate, Day, Month, Past, Relative, Week, Weekdays, join
from bot.booking.when.tokens import Clock, Item, Later, Mark, Number, Part, Token


class Mode(Enum):
    """How a phrase stands to its time."""

    __hash__ = object.__hash__

    AT = auto()
    FROM = auto()
    AFTER = auto()  # a day: from the next one on
    UNTIL = auto()
    BEFORE = auto()  # a day: up to but without it
    RANGE = auto()
    JUST_PAST = auto()
    HOUR = auto()  # some time in the hour that begins then
    DURING = auto()


@dataclass(frozen=True, slots=True)
class Point:
    """A day, a part of the day and a clock time, each only if named."""

    day: Day | None = None
    part: str = ""
    clock: Clock | None = None
    day_last: bool = False
    about: bool = False

    @property
    def timed(self) -> bool:
        return self.clock is not None or bool(self.part)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One time as said. `until_day` ends a range of days; `right` ends a range of times."""

    left: Point = Point()
    right: Point | None = None
    until_day: Day | None = None
    mode: Mode = Mode.AT
    about: bool = False
    later: Later | None = None
    special: Mark | None = None
    since: Day | None = None  # the first day of a recurring time: 明後日以降の平日
    once: bool = False  # ruled out on the day that was wished for, not on each such day
    limit: str = ""  # a part of the day that bounds an open range: 午前中、10時以降

    @property
    def day(self) -> Day | None:
        return self.left.day

    @property
    def timed(self) -> bool:
        return self.left.timed or (self.right is not None and self.right.timed)


_JOINERS = {Mark.RANGE, Mark.OR, Mark.AND, Mark.COMMA, Mark.UNTIL_LEFT, Mark.FROM_RIGHT}
_BEFORE_CLOCK = {
    Mark.AT, Mark.BETWEEN, Mark.FROM_LEFT, Mark.AFTER_LEFT, Mark.UNTIL_LEFT, Mark.BEFORE_LEFT, Mark.ABOUT,
    Mark.CORRECTION, Mark.REQUEST,
}  # fmt: skip
_LEADS = {
    Mark.FROM_LEFT: Mode.FROM,
    Mark.AFTER_LEFT: Mode.AFTER,
    Mark.UNTIL_LEFT: Mode.UNTIL,
    Mark.BEFORE_LEFT: Mode.BEFORE,
    Mark.BETWEEN: Mode.RANGE,
    Mark.RANGE: Mode.UNTIL,
}
_WITHIN = {
    "morning": ("first_thing", "breakfast", "early_morning", "late_morning"),
    "afternoon": ("early_afternoon", "late_afternoon", "after_lunch"),
    "noon": ("lunch_break",),
    "evening": ("late_night",),
}
_OPENING = {*_LEADS, Mark.ABOUT, Mark.AT, Mark.ASAP, Mark.ANY_TIME, Mark.NOW}
_SUFFIXES = {
    Mark.FROM_RIGHT: Mode.FROM,
    Mark.RANGE: Mode.FROM,
    Mark.AFTER_RIGHT: Mode.FROM,
    Mark.UNTIL_RIGHT: Mode.UNTIL,
    Mark.BEFORE_RIGHT: Mode.BEFORE,
    Mark.A_BIT_PAST: Mode.JUST_PAST,
    Mark.WHOLE_HOUR: Mode.HOUR,
    Mark.DURING: Mode.DURING,
}


def phrases(tokens: Sequence[Token], *, today: date, part_may_follow: bool) -> list[Phrase | Mark]:
    """The phrases in order, with the marks that belong to none of them in between.

    `part_may_follow`: "3 in the afternoon" is one time (in Japanese the part comes first).
    """
    reader = _Reader(_with_numbers(tokens), today=today, part_may_follow=part_may_follow)
    return reader.read()


def _with_numbers(tokens: Sequence[Token]) -> list[Item]:
    """Bare numbers become clock times or days of the month where their neighbours say so, else gaps."""
    items: list[Item] = []
    for at, (item, _) in enumerate(tokens):
        if isinstance(item, Number):
            following = [token.item for token in tokens[at + 1 : at + 8] if token.item is not Mark.AT]
            before = [one for one in items[-3:] if one is not Mark.AT or one is items[-1]]
            items.append(_number(item.value, before, following))
        else:
            items.append(item)
    return items


def _number(value: int, before: Sequence[Item], following: Sequence[Item]) -> Item:
    left, far_left = (before[-1] if before else None), (before[-2] if len(before) > 1 else None)
    if left is Mark.COMMA and far_left is Mark.CORRECTION:
        left = far_left
    if left is Mark.OR and far_left is Mark.COMMA and len(before) > 2:
        far_left = before[-3]
    right, far_right = (following[0] if following else None), (following[1] if len(following) > 1 else None)
    joined_left = far_left if left in _JOINERS else None
    joined_right = far_right if right in _JOINERS else None
    at = left is Mark.AT and value <= 24 and not isinstance(joined_left, CalendarDate)
    if isinstance(joined_right, CalendarDate) and joined_right.month is None and not at:
        return CalendarDate(value)
    if isinstance(joined_left, CalendarDate) and not isinstance(joined_right, Clock):
        return CalendarDate(value, joined_left.month, joined_left.year)
    beside = far_left if left is Mark.COMMA else left
    named = isinstance(beside, Relative | Weekdays | Part | Week)
    pair = isinstance(joined_right, Number) and _listed_times(following)
    clock = (
        isinstance(joined_right, Clock)
        or isinstance(joined_left, Clock)
        or isinstance(right, Part)
        or left in _BEFORE_CLOCK
        or (left is Mark.AND and far_left is Mark.NOW)
        or (left is Mark.OR and isinstance(far_left, Relative | Weekdays))
        or right in (Mark.ABOUT, Mark.NOT_RIGHT, Mark.REQUEST)
        or (left in (None, Mark.GAP) and isinstance(right, Relative | Weekdays))
        or (right in (None, Mark.STOP, Mark.COMMA) and (Mark.REQUEST in before or Mark.CORRECTION in before))
    )
    return Clock(value) if value <= 24 and (clock or named or pair) else Mark.GAP


def _listed_times(following: Sequence[Item]) -> bool:
    """Whether numbers go on as in "10, 11 or 2": commas alone do not make a list of times."""
    for joiner, item in zip(following[::2], following[1::2], strict=False):
        if joiner not in _JOINERS or not isinstance(item, Number | Clock):
            return False
        if joiner not in (Mark.COMMA, Mark.AND) or isinstance(item, Clock):
            return True
    return False


class _Reader:
    def __init__(self, items: list[Item], *, today: date, part_may_follow: bool) -> None:
        self._items = items
        self._today = today
        self._part_may_follow = part_may_follow
        self._at = 0
        self._awaits_time = False  # a day was named just before, and no time for it yet

    def read(self) -> list[Phrase | Mark]:
        found: list[Phrase | Mark] = []
        while self._at < len(self._items):
            item = self._items[self._at]
            phrase = self._phrase() if not isinstance(item, Mark) or item in _OPENING else None
            if phrase:
                found.append(phrase)
                self._awaits_time = phrase.day is not None and not phrase.timed
                continue
            if isinstance(item, Mark):
                found.append(item)
            self._at += 1
        return found

    def _peek(self, ahead: int = 0) -> Item | None:
        at = self._at + ahead
        return self._items[at] if at < len(self._items) else None

    def _phrase(self) -> Phrase | None:
        begin, lead, about = self._at, None, False
        while (item := self._peek()) in _LEADS or item in (Mark.ABOUT, Mark.AT):
            lead = item if item in _LEADS else lead
            about = about or item is Mark.ABOUT
            self._at += 1
        phrase = self._special(about) or self._timed(lead, about)
        if phrase is None:
            self._at = begin
        return phrase

    def _special(self, about: bool) -> Phrase | None:
        item = self._peek()
        if isinstance(item, Later):
            self._at += 1
            if self._peek() is Mark.ABOUT:
                self._at, about = self._at + 1, True
            return Phrase(later=item, about=about)
        if item in (Mark.ASAP, Mark.ANY_TIME):
            self._at += 1
            return Phrase(special=Mark.ASAP if item is Mark.ASAP else Mark.ANY_TIME)
        return self._from_now() if item is Mark.NOW else None

    def _from_now(self) -> Phrase:
        self._at += 1
        begin = self._at
        while self._peek() in (Mark.FROM_RIGHT, Mark.RANGE, Mark.UNTIL_LEFT, Mark.AND):
            self._at += 1
        point = self._point() if self._at > begin else None
        if point is None:
            return Phrase(special=Mark.ASAP)
        if self._peek() is Mark.UNTIL_RIGHT:
            self._at += 1
        return Phrase(left=point, mode=Mode.UNTIL)

    def _timed(self, lead: Item | None, about: bool) -> Phrase | None:
        left = self._point()
        if left is None:
            return None
        about = about or left.about
        right = self._right_end(lead, left)
        if right:
            return self._range(left, right)
        mode = _LEADS.get(lead, Mode.AT) if isinstance(lead, Mark) else Mode.AT
        if mode is Mode.RANGE or (mode is Mode.FROM and self._peek() is Mark.LENGTH):
            mode = Mode.AT
        while (item := self._peek()) in _SUFFIXES or item is Mark.ABOUT:
            if item is Mark.ABOUT:
                about = True
            elif isinstance(item, Mark):
                # 10時から30分 starts at ten
                mode = Mode.AT if self._peek(1) is Mark.LENGTH else _SUFFIXES[item]
            self._at += 1
        return Phrase(left=left, mode=mode, about=about and mode is Mode.AT)

    def _right_end(self, lead: Item | None, left: Point) -> Point | None:
        """The other end of a range, if one begins here."""
        begin = self._at
        if self._peek() is Mark.ABOUT:
            self._at += 1
        bridge = self._peek()
        opened = lead in (Mark.FROM_LEFT, Mark.AFTER_LEFT, Mark.BETWEEN)
        bridges = bridge in (Mark.RANGE, Mark.FROM_RIGHT) or (
            (bridge is Mark.AND and lead is Mark.BETWEEN) or (bridge is Mark.UNTIL_LEFT and (opened or left.timed))
        )
        if bridges:
            self._at += 1
            right = self._point(listed_day=left.day is None)
            if right and (right.timed if left.timed else right.day is not None):
                while self._peek() in (Mark.UNTIL_RIGHT, Mark.ABOUT, Mark.DURING):
                    self._at += 1
                return right
        self._at = begin
        return None

    def _range(self, left: Point, right: Point) -> Phrase:
        if left.timed:
            day = left.day if left.day is not None else right.day
            left = Point(day, left.part, left.clock, left.day_last or (left.day is None and right.day_last))
            if right.day is day:
                right = Point(None, right.part, right.clock)
            return Phrase(left=left, right=right, mode=Mode.RANGE)
        end_of_times = self._right_end(Mark.FROM_LEFT, right) if right.timed else None
        times = Point(left.day, right.part, right.clock)
        mode = Mode.RANGE if end_of_times else Mode.AT
        if not end_of_times and right.timed and (item := self._peek()) in _SUFFIXES and isinstance(item, Mark):
            mode = _SUFFIXES[item]
            self._at += 1
        return Phrase(left=times, right=end_of_times, until_day=right.day, mode=mode, about=right.about)

    def _point(self, *, listed_day: bool = True) -> Point | None:
        builder = _PointBuilder(self._today, part_may_follow=self._part_may_follow)
        begin = end = self._at
        listed = False
        while (item := self._peek()) is not None:
            if item is Mark.COMMA and self._at > begin and not listed:
                listed = True
            elif item is Mark.AT and self._at > begin:
                pass
            elif item is Mark.ABOUT and self._at > begin and self._part_may_follow:
                builder.about = True
            elif not (listed and builder.timed and (not listed_day or self._belongs_to_next())) and builder.take(
                item, listed=listed
            ):
                listed, end = False, self._at + 1
            else:
                break
            self._at += 1
        self._at = end
        return builder.point() if end > begin else None

    def _belongs_to_next(self) -> bool:
        """Whether the day after a comma has a time of its own: 10時、明日11時."""
        following = next((item for item in self._items[self._at + 1 :] if item is not Mark.AT), None)
        return self._awaits_time or isinstance(following, Clock | Part | Number)


class _PointBuilder:
    """Fills a point, one token after the other, as long as they can belong together."""

    def __init__(self, today: date, *, part_may_follow: bool) -> None:
        self._today = today
        self._part_may_follow = part_may_follow
        self._day: Day | None = None
        self._part = ""
        self._clock: Clock | None = None
        self._day_last = False
        self._after_day = False
        self.about = False

    @property
    def timed(self) -> bool:
        """Whether it has a time already."""
        return self._clock is not None or bool(self._part)

    def take(self, item: Item, *, listed: bool) -> bool:
        match item:
            case Clock() | Part() if listed and isinstance(self._day, Past):
                taken = False  # it broke yesterday, first thing tomorrow would be great
            case Clock():
                taken = self._clock is None and not (listed and self._part)
                self._clock = item if taken else self._clock
                self._after_day = self._after_day and not taken
            case Part():
                taken = self._take_part(item.name)
                self._after_day = self._after_day and not taken
            case Mark() | Number() | Later():
                taken = False
            case _:
                taken = self._take_day(item, listed=listed)
        return taken

    def _take_part(self, name: str) -> bool:
        if self._part:
            # first thing on Monday morning
            narrower = self._part in _WITHIN.get(name, ())
            wider = name in _WITHIN.get(self._part, ())
            self._part = name if wider else self._part
            return narrower or wider
        taken = self._clock is None or self._part_may_follow
        self._part = name if taken else ""
        return taken

    def _take_day(self, day: Day, *, listed: bool) -> bool:
        if self._day is None:
            self._day, self._after_day = day, True
            self._day_last = self.timed
            return True
        spans = isinstance(day, Week | Month | Past) or isinstance(self._day, Week | Month | Past)
        if not self._after_day and (listed or not spans):
            return False
        joined = join(self._day, day, listed=listed, today=self._today)
        self._day = self._day if joined is None else joined
        return joined is not None

    def point(self) -> Point:
        return Point(self._day, self._part, self._clock, self._day_last, self.about)
