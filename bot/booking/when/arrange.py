"""What phrases leave unsaid, taken from their neighbours: days, times, months, corrections."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.booking.when.days import CalendarDate, Day, EveryDay, Month, NthWeekday, Past, Week, Weekdays
from bot.booking.when.phrases import Mode, Phrase
from bot.booking.when.tokens import Clock, Mark
from bot.booking.when.verdicts import Said, Verdict


@dataclass(frozen=True, slots=True)
class Arranged:
    """The complete wishes and the times ruled out, each able to stand alone."""

    wishes: tuple[Phrase, ...]
    ruled_out: tuple[Phrase, ...]


def arrange(said: Sequence[Said]) -> Arranged:
    """Completes what was said."""
    wished = [one for one in said if one.verdict is Verdict.WISH]
    ruled_out = _ruled_out(said)
    _stay_on_day(said)
    wished = _without_vague(wished, said)
    _spread(wished, said)
    groups: list[list[Said]] = [[]]
    for one in wished:
        if one.link is Mark.CORRECTION and groups[-1]:
            groups.append([])
        groups[-1].append(one)
    done: list[Phrase] = []
    for group in groups:
        chained = _chains(group)
        done = _corrected(done, _fused(chained))
    return Arranged(tuple(dict.fromkeys(done)), ruled_out)


def _without_vague(wished: list[Said], said: Sequence[Said]) -> list[Said]:
    """ "Any time" and "soon" say nothing beside a time; beside an alternative "soon" does."""
    concrete = [one for one in wished if one.phrase.special is None]
    if not concrete:
        # "any time but Friday" only rules out
        bounded = any(one.verdict is Verdict.NOT and one.link is not Mark.STOP for one in said[1:])
        vague = wished[:1]
        return [] if bounded and vague and vague[0].phrase.special is Mark.ANY_TIME else vague
    kept = []
    recurs = any(_recurs(one.phrase) and one.phrase.timed for one in wished)
    for n, one in enumerate(wished):
        if recurs and one.phrase.day == EveryDay() and not one.phrase.timed:
            continue  # 平日の午後なら毎日
        alternative = n + 1 < len(wished) and wished[n + 1].link in (Mark.OR, Mark.IF_NOT)
        alternative = alternative or one.link in (Mark.OR, Mark.IF_NOT)
        if one.phrase.special is None or (one.phrase.special is Mark.ASAP and alternative):
            kept.append(one)
    return kept


def _recurs(phrase: Phrase) -> bool:
    return isinstance(phrase.day, EveryDay) or (isinstance(phrase.day, Weekdays) and phrase.day.each)


def _ruled_out(said: Sequence[Said]) -> tuple[Phrase, ...]:
    """Times ruled out; a time without a day belongs to the day wished for just before, if there is one."""
    found: list[Phrase] = []
    wished: list[Phrase] = []
    run: list[Said] = []
    for one in (*said, None):
        if one is not None and one.verdict is Verdict.NOT:
            if one.phrase.special is None and one.phrase.later is None:
                run.append(one)
            continue
        if run:
            phrases = _fused(_chains(run))
            found += (one for phrase in phrases for one in _in_context(phrase, wished))
            run = []
        if one is not None and one.verdict is Verdict.WISH and one.phrase.day is not None:
            tied = one.link in (Mark.OR, Mark.AND, Mark.COMMA, None)
            wished = [*wished, one.phrase] if tied else [one.phrase]
    return tuple(dict.fromkeys(found))


def _in_context(phrase: Phrase, wished: Sequence[Phrase]) -> list[Phrase]:
    if phrase.day is None and wished and all(_single(one.day) for one in wished):
        return [replace(_on_day(phrase, one), once=True) for one in wished]
    if isinstance(phrase.day, Weekdays) and wished and isinstance(wished[-1].day, Week):
        return [_with_day(phrase, _following(wished[-1].day, phrase.day))]
    return [phrase]


def _spread(wished: Sequence[Said], said: Sequence[Said]) -> None:
    """日曜以外の午前中 is the morning of every other day, not just of the next one."""
    weekdays_out = any(
        one.verdict is Verdict.NOT
        and not one.phrase.timed
        and (Mark.EXCEPT_RIGHT in one.after or (isinstance(one.phrase.day, Weekdays) and one.phrase.day.week is None))
        for one in said
    )
    if (
        weekdays_out
        and all(_time_only(one.phrase) for one in wished)
        and all(one.link is not Mark.STOP for one in said[1:])
    ):
        for one in wished:
            one.phrase = _with_day(one.phrase, EveryDay())


def _stay_on_day(said: Sequence[Said]) -> None:
    """明日の午前は無理だけど午後なら: tomorrow's afternoon. 今夜9時には帰るので、9時に: nine in the evening."""
    for earlier, one in pairwise(said):
        refused = earlier.verdict is Verdict.NOT or (earlier.verdict is Verdict.OTHER and earlier.cause)
        names_a_time = (
            earlier.phrase.timed and earlier.phrase.day is not None and not isinstance(earlier.phrase.day, Past)
        )
        if refused and names_a_time and one.verdict is Verdict.WISH and _time_only(one.phrase):
            one.phrase = _on_day(_with_half(earlier.phrase, one.phrase), earlier.phrase)


def _single(day: Day | None) -> bool:
    return day is not None and not isinstance(day, EveryDay) and not (isinstance(day, Weekdays) and day.each)


def _with_day(phrase: Phrase, day: Day | None) -> Phrase:
    return replace(phrase, left=replace(phrase.left, day=day))


def _on_day(phrase: Phrase, of: Phrase) -> Phrase:
    return replace(phrase, left=replace(phrase.left, day=of.left.day), until_day=of.until_day)


def _at_time(phrase: Phrase, of: Phrase) -> Phrase:
    left = replace(of.left, day=phrase.left.day, day_last=phrase.left.day_last)
    return replace(of, left=left, until_day=phrase.until_day)


def _following(earlier: Day | None, day: Day | None) -> Day | None:
    """`day` with the week or month that `earlier` named."""
    match earlier, day:
        case ((Weekdays(week=int(week)) | Week(offset=week)), Weekdays(week=None, each=False, later=0) as weekdays):
            return replace(weekdays, week=week) if week else day
        case Week(offset=week), Weekdays(week=None, each=True, later=0) as weekdays:
            return replace(weekdays, week=week, each=False)
        case Weekdays(each=True), Weekdays(week=None, each=False, later=0) as weekdays:
            return replace(weekdays, each=True)
        case Weekdays(ambiguous=True), Weekdays(week=None, each=False, later=0) as weekdays:
            return replace(weekdays, ambiguous=True)
        case CalendarDate(), CalendarDate(month=None, months=None) as date:
            same = date.day > earlier.day
            return replace(date, month=earlier.month, year=earlier.year, months=earlier.months) if same else day
        case Month() as month, Weekdays(week=None, each=True, within=None) as weekdays:
            return replace(weekdays, within=month)
        case Month(), CalendarDate(month=None, months=None) as date:
            return replace(date, month=earlier.month, months=earlier.offset)
        case Month(), NthWeekday(month=None) as nth:
            return replace(nth, month=earlier)
    return day


_SAME_SENTENCE = (Mark.OR, Mark.AND, Mark.COMMA, None, Mark.GAP, Mark.IF_NOT, Mark.CORRECTION)


def _chains(group: Sequence[Said]) -> list[list[Said]]:
    """Groups of phrases tied to each other, with what the tie shares filled in."""
    chains: list[list[Said]] = []
    group = _absorbed(group)
    for n, one in enumerate(group):
        if n and one.link in _SAME_SENTENCE:
            one.phrase = _with_day(one.phrase, _following(group[n - 1].phrase.day, one.phrase.day))
        tied = one.link in (Mark.OR, Mark.AND, Mark.COMMA, Mark.IF_NOT) and n
        if tied and not _complementary(group[n - 1].phrase, one.phrase, one.link):
            chains[-1].append(one)
        else:
            chains.append([one])
    for chain in chains:
        _share(chain)
    return chains


def _absorbed(group: Sequence[Said]) -> list[Said]:
    """来週ですと月曜か火曜 is about next week's days; 月曜は休みなので月曜の午前 is about one Monday."""
    kept: list[Said] = []
    for n, one in enumerate(group):
        following = group[n + 1] if n + 1 < len(group) else None
        if following and following.link is None and _day_only(one.phrase) and _time_only(following.phrase):
            following.phrase = _merged(one.phrase, following.phrase)
            following.link = one.link
            continue
        if following and following.link not in _ALTERNATIVES and (both := _bounded(one.phrase, following.phrase)):
            following.phrase, following.link = both, one.link
            continue
        if following and _opens(one.phrase) and following.link is Mark.COMMA and _names_when(following.phrase):
            following.link = one.link
            continue
        if following and _day_only(one.phrase) and following.link not in (Mark.OR, Mark.IF_NOT):
            day = _following(one.phrase.day, following.phrase.day)
            narrower = isinstance(one.phrase.day, Week | Month) and _inside(one.phrase.day, day, following.phrase.day)
            if narrower or (following.phrase.timed and _same_day(one.phrase.day, following.phrase.day)):
                following.phrase = _with_day(following.phrase, day)
                following.link = one.link
                continue
        kept.append(one)
    return kept


_ALTERNATIVES = (Mark.OR, Mark.IF_NOT, Mark.CORRECTION)


def _bounded(one: Phrase, other: Phrase) -> Phrase | None:
    """ "Before 5 but after 2": one window, in whichever order its ends are named."""
    if not _time_only(other) or one.right or other.right or not (one.left.clock and other.left.clock):
        return None
    first, last = (one, other) if one.mode in (Mode.FROM, Mode.AFTER) else (other, one)
    if first.mode not in (Mode.FROM, Mode.AFTER) or last.mode not in (Mode.UNTIL, Mode.BEFORE):
        return None
    left = replace(first.left, day=one.left.day, day_last=one.left.day_last)
    return replace(one, left=left, right=replace(last.left, day=None), mode=Mode.RANGE)


def _opens(phrase: Phrase) -> bool:
    return phrase.day is not None and not phrase.timed and phrase.mode in (Mode.FROM, Mode.AFTER)


def _names_when(phrase: Phrase) -> bool:
    """Whether it says when in an open stretch of days: after the weekend, say Tuesday morning."""
    return isinstance(phrase.day, Weekdays) and not phrase.day.each and phrase.timed


def _same_day(one: Day | None, other: Day | None) -> bool:
    return one == other or (
        isinstance(one, Weekdays) and isinstance(other, Weekdays) and (one.days, one.week) == (other.days, other.week)
    )


def _inside(period: Day, day: Day | None, as_said: Day | None) -> bool:
    same_week = isinstance(period, Week) and isinstance(day, Weekdays) and day.week == period.offset
    this_week = isinstance(period, Week) and not period.offset and isinstance(day, Weekdays) and day.week is None
    return day != as_said or same_week or this_week


def _complementary(one: Phrase, other: Phrase, link: Mark | None) -> bool:
    if link in (Mark.OR, Mark.IF_NOT):
        return False
    if (
        link is Mark.COMMA
        and one.left.part
        and not one.left.clock
        and not one.right
        and _time_only(other)
        and other.left.clock
    ):
        return True
    return (_day_only(one) and _time_only(other)) or (_time_only(one) and _day_only(other))


def _day_only(phrase: Phrase) -> bool:
    return phrase.day is not None and not phrase.timed and phrase.mode in (Mode.AT, Mode.DURING)


def _time_only(phrase: Phrase) -> bool:
    return phrase.day is None and phrase.timed


def _share(chain: list[Said]) -> None:
    """Days go on to the times after them; a time goes back to the days listed before it."""
    for earlier, one in pairwise(chain):
        _share_forward(earlier.phrase, one)
    for one, following in list(pairwise(chain))[::-1]:
        if following.link is not Mark.IF_NOT:
            _share_back(one, following.phrase)
        instants = one.phrase.left.clock is not None and one.phrase.mode is Mode.AT and following.link is Mark.OR
        if instants and following.phrase.about:
            one.phrase = replace(one.phrase, about=True)


def _share_forward(earlier: Phrase, one: Said) -> None:
    if _time_only(one.phrase) and earlier.day is not None and earlier.timed:
        one.phrase = _on_day(_with_half(earlier, one.phrase), earlier)
    elif _time_only(one.phrase) and _time_only(earlier):
        one.phrase = _with_half(earlier, one.phrase)
    elif _day_only(one.phrase) and earlier.left.day_last and earlier.timed and one.link is not Mark.IF_NOT:
        one.phrase = _at_time(one.phrase, earlier)


def _share_back(one: Said, following: Phrase) -> None:
    if _time_only(one.phrase) and following.left.day_last:
        one.phrase = _on_day(_with_half(following, one.phrase), following)
        one.phrase = replace(one.phrase, left=replace(one.phrase.left, day_last=True))
    elif _day_only(one.phrase) and following.day is not None and following.timed:
        if one.phrase.mode is Mode.AT and not following.left.day_last:
            one.phrase = _at_time(one.phrase, following)
    elif _time_only(one.phrase) and _time_only(following):
        one.phrase = _half_before(one.phrase, following)


def _with_half(earlier: Phrase, phrase: Phrase) -> Phrase:
    """9pm, or 10: the second is in the evening too."""
    was, clock = earlier.left.clock, phrase.left.clock
    if not was or not clock or clock.half or phrase.left.part or clock.hour > 12:
        return phrase
    forward = (was.half == "pm" and clock.hour < 12) or (was.half == "am" and was.hour <= clock.hour < 12)
    if forward:
        return replace(phrase, left=replace(phrase.left, clock=replace(clock, half=was.half)))
    if earlier.left.part and not was.half and was.hour <= clock.hour:
        return replace(phrase, left=replace(phrase.left, part=earlier.left.part))
    return phrase


def _half_before(phrase: Phrase, following: Phrase) -> Phrase:
    """7 or 8pm: the first is in the evening too."""
    clock, half = phrase.left.clock, following.left.clock
    if isinstance(clock, Clock) and half and half.half and not clock.half and not phrase.left.part:
        if clock.hour < half.hour <= 12:
            return replace(phrase, left=replace(phrase.left, clock=replace(clock, half=half.half)))
    elif clock and following.left.part and following.left.clock and not phrase.left.part and not clock.half:
        return replace(phrase, left=replace(phrase.left, part=following.left.part))
    return phrase


def _fused(chains: Sequence[list[Said]]) -> list[Phrase]:
    """Days said in one breath and times in another belong together."""
    done: list[Phrase] = []
    open_days = open_times = 0  # how many phrases at the end of `done` still lack a time, or a day
    for chain in chains:
        phrases = [one.phrase for one in chain]
        times, days = all(map(_time_only, phrases)), all(map(_day_only, phrases))
        if times and open_days:
            wanted = done[-open_days:]
            done[-open_days:] = [_merged(day, time) for day in wanted for time in phrases]
            open_days = open_times = 0
        elif days and open_times:
            wanted = done[-open_times:]
            done[-open_times:] = [_merged(day, time) for day in phrases for time in wanted]
            open_days = open_times = 0
        elif times and done and (narrowed := _narrowed(done[-1], phrases)):
            done[-1:] = narrowed
        elif done and all(_recurs_from(done[-1], phrase) for phrase in phrases):
            done[-1:] = [replace(phrase, since=done[-1].day) for phrase in phrases]
        else:
            if times and done and done[-1].day is not None:
                phrases = [_on_day(phrase, done[-1]) for phrase in phrases]
            done += phrases
            open_days, open_times = len(phrases) * days, len(phrases) * times
    return done


def _recurs_from(first: Phrase, phrase: Phrase) -> bool:
    return _recurs(phrase) and first.day is not None and not first.timed and first.mode is Mode.FROM


def _merged(day: Phrase, time: Phrase) -> Phrase:
    return replace(time, left=replace(time.left, day=day.left.day), until_day=day.until_day)


def _narrowed(window: Phrase, times: Sequence[Phrase]) -> list[Phrase] | None:
    """明日の午後、3時くらいで: a clock time after a part of the day says when in it."""
    left = window.left
    if len(times) == 1 and left.clock and window.right is None and window.mode in (Mode.FROM, Mode.AFTER):
        end = times[0]
        if end.mode in (Mode.UNTIL, Mode.BEFORE) and end.left.clock and end.right is None:
            return [replace(window, right=end.left, mode=Mode.RANGE)]
    if not left.part or left.clock or window.right or window.mode not in (Mode.AT, Mode.FROM):
        return None
    if any(time.left.part or not time.left.clock for time in times):
        return None
    return [
        replace(
            time, left=replace(time.left, day=left.day, part=left.part), until_day=window.until_day, limit=left.part
        )
        for time in times
    ]


def _corrected(before: list[Phrase], after: list[Phrase]) -> list[Phrase]:
    """What replaces `before`: the correction, with the day or the time that it leaves standing."""
    if not before or not after:
        return after or before
    last = before[-1]
    done = []
    for phrase in after:
        if _time_only(phrase) and last.day is not None:
            phrase = _on_day(_with_half(last, phrase), last)
        elif _time_only(phrase):
            phrase = _with_half(last, phrase)
        elif phrase.day is not None:
            phrase = _with_day(phrase, _following(last.day, phrase.day))
            phrase = _at_time(phrase, last) if _day_only(phrase) and last.timed else phrase
        done.append(phrase)
    return done
