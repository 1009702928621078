"""From complete phrases to wishes on the calendar: always forward."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.booking.when.days import (
    ONE_DAY,
    CalendarDate,
    Checked,
    Dates,
    Day,
    EveryDay,
    Month,
    Relative,
    Span,
    Week,
    Weekdays,
    dates_of,
)
from bot.booking.when.phrases import Mode, Phrase, Point
from bot.booking.when.times import ABOUT, MIDNIGHT, Stretch, stretches
from bot.booking.when.tokens import Clock, Later, Mark
from bot.booking.when.values import Exclusion, PartsOfDay, Wish

EXCLUDED_DAYS = 14
WHOLE_WEEK = 7
MOST_DAYS = 62  # of a long span with a time of day: "mornings next month"


@dataclass(frozen=True, slots=True)
class Settled:
    """The wishes of one phrase; `readings`: they are alternatives of each other."""

    wishes: tuple[Wish, ...]
    readings: bool = False


class Settler:
    """Puts phrases on the calendar, as seen at `now` by somebody in `tz`."""

    def __init__(self, now: datetime, tz: ZoneInfo, parts: PartsOfDay, near: date | None = None) -> None:
        self._tz = tz
        self._instant = now.astimezone(UTC)
        self._now = now.astimezone(tz).replace(tzinfo=None)
        self._today = self._now.date()
        self._parts = parts
        self._near = near

    @property
    def today(self) -> date:
        """The date where the customer is."""
        return self._today

    @property
    def clock(self) -> Clock:
        """What the clock shows the customer."""
        return Clock(self._now.hour, self._now.minute, exact=True)

    def wishes(self, phrase: Phrase) -> Settled:
        """What `phrase` asks for; empty where that cannot lie ahead."""
        found = self._asked(phrase)
        now = self._aware(self._now)
        ahead = tuple(wish for wish in found.wishes if wish.end is None or wish.end > (wish.start or now))
        return found if len(ahead) == len(found.wishes) else Settled(ahead, found.readings)

    def _asked(self, phrase: Phrase) -> Settled:
        if phrase.special is Mark.ASAP:
            return Settled((Wish(kind="asap"),))
        if phrase.special is Mark.ANY_TIME:
            return Settled((Wish(kind="window", start=self._aware(self._now)),))
        if phrase.later is not None:
            return Settled((self._later(phrase.later, about=phrase.about),))
        if phrase.timed:
            return self._timed(phrase)
        return self._days(phrase)

    def exclusions(self, phrase: Phrase) -> Iterator[Exclusion]:
        """The times that `phrase` rules out: each of its kind in the next two weeks."""
        return (one for one in self._ruled_out(phrase) if one.end > one.start)

    def _ruled_out(self, phrase: Phrase) -> Iterator[Exclusion]:
        dates = self._excluded_dates(phrase)
        if not phrase.timed:
            for first, last in dates:
                yield Exclusion(start=self._midnight(first), end=self._midnight(last))
            return
        readings = stretches(phrase, self._parts)
        for first, last in dates:
            for day in _each_day(first, last):
                for one in readings:
                    start = one.start or 0
                    end = one.end if one.end is not None else start + 60
                    if self._at(day, end) > self._now:
                        yield Exclusion(start=self._aware(self._at(day, start)), end=self._aware(self._at(day, end)))

    def _excluded_dates(self, phrase: Phrase) -> tuple[Span, ...]:
        day = phrase.day
        if phrase.until_day is not None:
            span = self._day_range(phrase)
            return (span,) if span else ()
        if isinstance(day, Week) and day.loose:
            day = Weekdays(tuple(range(day.first, day.last + 1)))
        if isinstance(day, Weekdays) and day.ambiguous:
            day = replace(day, week=1, ambiguous=False)
        every = day is None or isinstance(day, EveryDay)
        if every or (isinstance(day, Weekdays) and day.week is None and not day.later and not phrase.once):
            wanted = day.days if isinstance(day, Weekdays) else range(WHOLE_WEEK)
            days = (self._today + timedelta(days=n) for n in range(EXCLUDED_DAYS))
            return tuple((one, one + ONE_DAY) for one in days if one.weekday() in wanted)
        spans = dates_of(day, self._today).spans if day is not None else ()
        if not phrase.timed and phrase.mode in (Mode.FROM, Mode.AFTER):
            return tuple((first, self._today + timedelta(days=EXCLUDED_DAYS)) for first, _ in spans)
        if not phrase.timed and phrase.mode in (Mode.UNTIL, Mode.BEFORE):
            return tuple((self._today, last if phrase.mode is Mode.UNTIL else first) for first, last in spans)
        return tuple((max(first, self._today), last) for first, last in spans)

    def _later(self, later: Later, *, about: bool) -> Wish:
        if later.within:
            return Wish(kind="window", end=self._from_now(later.least))
        if later.most:
            return Wish(kind="window", start=self._from_now(later.least), end=self._from_now(later.most))
        if not about:
            return Wish(kind="instant", start=self._from_now(later.least))
        start = self._from_now(later.least - ABOUT) if later.least > ABOUT else None
        return Wish(kind="window", start=start, end=self._from_now(later.least + ABOUT))

    def _from_now(self, minutes: int) -> datetime:
        return (self._instant + timedelta(minutes=minutes)).astimezone(self._tz)

    def _days(self, phrase: Phrase) -> Settled:
        if phrase.until_day is not None:
            if phrase.day == Weekdays((0,)) and phrase.until_day == Weekdays((4,)):
                return self._days(Phrase(left=Point(Weekdays((0, 1, 2, 3, 4), each=True))))
            span = self._day_range(phrase)
            return Settled((self._window(self._start_of(span[0]), self._start_of(span[1])),) if span else ())
        dates = dates_of(phrase.day, self._first_day(phrase)) if phrase.day is not None else Dates(())
        wishes = tuple(self._whole(span, phrase) for span in dates.spans)
        return Settled(wishes, dates.readings)

    def _first_day(self, phrase: Phrase) -> date:
        """The day from which on a recurring wish counts."""
        since = dates_of(phrase.since, self._today).spans if phrase.since is not None else ()
        return since[0][0] if since else self._today

    def _whole(self, span: Span, phrase: Phrase) -> Wish:
        first, last = self._start_of(span[0]), self._start_of(span[1])
        match phrase.mode:
            case Mode.FROM:
                return self._window(first, None)
            case Mode.AFTER:
                return self._window(last, None)
            case Mode.UNTIL:
                return self._window(None, last)
            case Mode.BEFORE:
                return self._window(None, first)
            case Mode.DURING if span[0] <= self._today:
                return self._window(None, last)
        if span[1] - span[0] == ONE_DAY:
            return Wish(kind="date", start=self._aware(first), end=self._aware(last))
        return self._window(first, last)

    def _day_range(self, phrase: Phrase) -> Span | None:
        """The days from the one to the other, the last one included."""
        if phrase.day is None or phrase.until_day is None:
            return None
        left = dates_of(phrase.day, self._today).spans
        if not left:
            return None
        first = left[0][0]
        right = dates_of(_as_seen_from(phrase.day, phrase.until_day), self._base(phrase.until_day, first)).spans
        return (first, right[0][1]) if right and right[0][1] > first else None

    def _base(self, day: Day, first: date) -> date:
        """「月曜から水曜」: the Wednesday after that Monday."""
        counted_from_today = isinstance(day, Relative | Week | Month) or (
            isinstance(day, Weekdays) and day.week is not None
        )
        return self._today if counted_from_today else first

    def _timed(self, phrase: Phrase) -> Settled:
        readings = stretches(phrase, self._parts)
        right = phrase.right
        if right is not None and right.day is not None:
            return self._across_days(phrase, right, right.day)
        named = phrase.day
        if named is None:
            wishes = sorted((self._next(one) for one in readings), key=_by_time)
            return Settled(tuple(wishes), len(wishes) > 1)
        dates = self._dates(phrase, named)
        several = len(dates.spans) > 1 or any(last - first > ONE_DAY for first, last in dates.spans)
        wishes = [
            wish
            for first, last in dates.spans
            for day in islice(_each_day(first, last), MOST_DAYS)
            for one in readings
            if (wish := self._on(day, one, named, roll=not several)) is not None
        ]
        if len(readings) > 1 and not several:
            wishes = _still_today(wishes, self._aware(self._start_of(self._today + ONE_DAY)), named)
        return Settled(tuple(wishes), dates.readings or len(readings) > 1)

    def _dates(self, phrase: Phrase, day: Day) -> Dates:
        until_day = phrase.until_day
        if until_day is None:
            return dates_of(day, self._first_day(phrase))
        if isinstance(day, Weekdays) and isinstance(until_day, Weekdays) and until_day.week is None:
            first, last = day.days[0], until_day.days[-1]
            between = tuple((first + n) % WHOLE_WEEK for n in range((last - first) % WHOLE_WEEK + 1))
            return dates_of(replace(day, days=between, each=day.week is None), self._today)
        span = self._day_range(phrase)
        return Dates((span,) if span else ())

    def _across_days(self, phrase: Phrase, right: Point, last_day: Day) -> Settled:
        """From a time on one day to a time on another."""
        begin = stretches(replace(phrase, right=None, mode=Mode.AT), self._parts)
        finish = stretches(Phrase(left=replace(right, day=None)), self._parts)
        first = dates_of(phrase.day or Relative(0), self._today).spans
        last = dates_of(last_day, self._base(last_day, first[0][0])).spans if first else ()
        if not (begin and finish and first and last):
            return Settled(())
        start = self._at(first[0][0], begin[0].start or 0)
        end = self._at(last[0][0], (finish[0].end if finish[0].end is not None else finish[0].start) or 0)
        return Settled((self._window(start, end),) if end > max(start, self._now) else ())

    def _next(self, one: Stretch) -> Wish:
        """The next time that the clock shows it: today's, or tomorrow's where that has passed.

        In a talk about a certain day it is meant on that day.
        """
        passed = self._passed(self._today, one)
        day = self._today + ONE_DAY if passed else self._today
        if self._near is not None and self._near > day:
            day = self._near
        if one.start is None and day != self._near:
            return self._window(None, self._at(day, one.end or 0))
        return self._wish(day, one)

    def _passed(self, day: date, one: Stretch) -> bool:
        decides = one.end if one.end is not None and (one.start is None or one.of_part) else one.named
        return self._at(day, decides) <= self._now

    def _on(self, day: date, one: Stretch, named: Day, *, roll: bool) -> Wish | None:
        last = one.end if one.end is not None else one.start or 0
        if self._at(day, last) > self._now:
            return self._wish(day, one)
        if not roll:
            return None
        start = one.start
        if isinstance(named, Relative) and one.either_half and start is not None and 7 * 60 <= start < MIDNIGHT // 2:
            # "today at 9", said in the afternoon: this evening
            evening = Stretch(start + MIDNIGHT // 2, None)
            if self._at(day, evening.named) > self._now:
                return self._wish(day, evening)
        match named:
            case Weekdays():
                return self._wish(day + timedelta(weeks=1), one)
            case CalendarDate() | Checked():
                again = dates_of(named, day + ONE_DAY)
                return self._wish(again.spans[0][0], one) if again.spans and not again.readings else None
        return self._wish(day + ONE_DAY, one)

    def _wish(self, day: date, one: Stretch) -> Wish:
        if one.end is None:
            return Wish(kind="instant", start=self._aware(self._at(day, one.start or 0)))
        start = None if one.start is None and day <= self._today else self._at(day, one.start or 0)
        window = self._window(start, self._at(day, one.end))
        return replace(window, around=self._aware(self._at(day, one.named))) if one.shift == ABOUT else window

    def _window(self, start: datetime | None, end: datetime | None) -> Wish:
        ahead = start is not None and (start > self._now or (end is None and start >= self._now))
        if not ahead and end is None:
            start, ahead = self._now, True  # both ends open is how ASAP is written
        return Wish(
            kind="window",
            start=self._aware(start) if start is not None and ahead else None,
            end=self._aware(end) if end is not None else None,
        )

    def _start_of(self, day: date) -> datetime:
        return datetime.combine(day, time())

    def _midnight(self, day: date) -> datetime:
        return self._aware(self._start_of(day))

    def _at(self, day: date, minutes: int) -> datetime:
        return self._start_of(day) + timedelta(minutes=minutes)

    def _aware(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self._tz)


def _as_seen_from(first: Day, last: Day) -> Day:
    """The last day of a range in the month or week of the first."""
    if isinstance(first, CalendarDate) and isinstance(last, CalendarDate) and last.month is None:
        return last
    if isinstance(first, Weekdays) and isinstance(last, Weekdays) and last.week is None:
        return replace(last, ambiguous=False)
    return last


def _each_day(first: date, last: date) -> Iterator[date]:
    while first < last:
        yield first
        first += ONE_DAY


def _by_time(wish: Wish) -> datetime:
    """Where a wish stands among others: at its start, or at its end if it runs from now."""
    return wish.start or wish.end or datetime.max.replace(tzinfo=UTC)


def _still_today(wishes: list[Wish], tomorrow: datetime, named: Day) -> list[Wish]:
    """Of "today at 7", said at noon, only the evening is left."""
    if not isinstance(named, Relative) or named.days:
        return wishes
    return [wish for wish in wishes if _by_time(wish) < tomorrow] or wishes


def settle(phrases: Iterable[Phrase], settler: Settler) -> Settled:
    """All wishes of `phrases`, in order, none twice."""
    phrases = tuple(phrases)
    settled = [settler.wishes(phrase) for phrase in phrases]
    wishes = list(dict.fromkeys(wish for one in settled for wish in one.wishes))
    if len(phrases) > 1 and all(isinstance(phrase.day, Weekdays) and phrase.day.each for phrase in phrases):
        wishes.sort(key=_by_time)
    return Settled(tuple(wishes), any(one.readings and len(set(one.wishes)) > 1 for one in settled))


def without(wishes: Sequence[Wish], exclude: Sequence[Exclusion]) -> tuple[Wish, ...]:
    """`wishes` but those that lie wholly in a time ruled out: 日曜以外の午前中."""
    return tuple(wish for wish in wishes if not any(_covers(one, wish) for one in exclude))


def _covers(exclusion: Exclusion, wish: Wish) -> bool:
    if wish.start is None or not exclusion.start <= wish.start < exclusion.end:
        return False
    return wish.kind == "instant" or (wish.end is not None and wish.end <= exclusion.end)
