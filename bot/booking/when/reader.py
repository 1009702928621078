"""Reads time wishes out of a sentence."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.booking.when import en, en_text, ja, ja_text
from bot.booking.when.arrange import arrange
from bot.booking.when.phrases import phrases
from bot.booking.when.settle import Settler, settle, without
from bot.booking.when.values import DEFAULT_PARTS, Language, PartsOfDay, Wish, Wishes
from bot.booking.when.verdicts import judge

LONGEST = 2000


def read(
    text: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    language: Language,
    parts: PartsOfDay = DEFAULT_PARTS,
    near: date | None = None,
) -> Wishes:
    """The wishes in `text`, said at `now` (aware) by somebody who lives in `tz`.

    `near` is the day that the talk is about, if there is one: a clock time without a day is meant on it.
    Empty where nothing was asked for. Never in the past. Only the first 2,000 characters are read.
    """
    english = language == "en"
    text = text[:LONGEST]
    settler = Settler(now, tz, parts, near)
    clock = settler.clock
    tokens = en.tokens(en_text.normalise(text), clock) if english else ja.tokens(ja_text.normalise(text), clock)
    found = phrases(tokens, today=settler.today, part_may_follow=english)
    arranged = arrange(judge(found, stance_first=english))
    settled = settle(arranged.wishes, settler)
    exclude = {one for phrase in arranged.ruled_out for one in settler.exclusions(phrase)}
    in_order = tuple(sorted(exclude, key=lambda one: (one.start, one.end)))
    wishes = settled.wishes if settled.readings else _each_day_once(settled.wishes)
    candidates = without(wishes, in_order) if in_order else wishes
    return Wishes(candidates=candidates, exclude=in_order, ambiguous=settled.readings)


def _each_day_once(wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """A day that is named twice, the second time with an hour (「あさって26日の15時」), is one wish."""
    following = (*wishes[1:], None)
    return tuple(one for one, more in zip(wishes, following, strict=False) if not (more and _says_less(one, more)))


def _says_less(one: Wish, more: Wish) -> bool:
    if one.kind != "date" or one.start is None or one.end is None or more.start is None:
        return False
    return one.start <= more.start < one.end and more.kind in ("instant", "window")
