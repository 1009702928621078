"""What a customer said about time, as values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["instant", "window", "date", "asap"]
Language = Literal["ja", "en"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """One time that the customer would like; aware datetimes in the customer's time zone.

    `instant`: at `start`; `end` is None or at most an hour later.
    `window`: from `start` (None: from now) up to but without `end` (None: open).
    `date`: a whole day, midnight to midnight. `asap`: both ends are None, and only here.
    """

    kind: Kind
    start: datetime | None = None
    end: datetime | None = None
    around: datetime | None = field(default=None, compare=False)
    """The hour that was named where the window only lies around it ("about eleven")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """A time at which the customer does not want to be called; `end` is exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """The answer of the reader: wishes in the customer's order, or nothing at all.

    `ambiguous` says that some candidates are alternative readings of one wish, the likelier first, rather
    than several wishes: ask before promising one of them.
    """

    candidates: tuple[Wish, ...] = ()
    exclude: tuple[Exclusion, ...] = ()
    ambiguous: bool = False

    def __bool__(self) -> bool:
        return bool(self.candidates or self.exclude)


@dataclass(frozen=True, kw_only=True, slots=True)
class PartsOfDay:
    """What the names of the parts of a day mean: (start, end) in minutes from midnight, end exclusive."""

    early_morning: tuple[int, int] = (360, 480)
    breakfast: tuple[int, int] = (480, 600)
    first_thing: tuple[int, int] = (540, 600)
    morning: tuple[int, int] = (540, 720)
    late_morning: tuple[int, int] = (660, 720)
    noon: tuple[int, int] = (720, 840)
    lunch_break: tuple[int, int] = (720, 780)
    after_lunch: tuple[int, int] = (780, 900)
    afternoon: tuple[int, int] = (780, 1080)
    early_afternoon: tuple[int, int] = (780, 840)
    daytime: tuple[int, int] = (540, 1080)
    late_afternoon: tuple[int, int] = (960, 1080)
    evening: tuple[int, int] = (1080, 1260)
    late_night: tuple[int, int] = (1320, 1440)


DEFAULT_PARTS = PartsOfDay()
