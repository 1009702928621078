"""Which of the times in a sentence are wished for, which are ruled out, and which are about something else."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import pairwise

from bot.booking.when.days import Past, Relative, Week
from bot.booking.when.phrases import Mode, Phrase
from bot.booking.when.tokens import Mark


class Verdict(Enum):
    """What the customer says about a time."""

    __hash__ = object.__hash__

    WISH = auto()
    NOT = auto()
    BUSY = auto()  # ruled out, unless a time on that day is wished for next
    OTHER = auto()  # a past event, an appointment elsewhere, opening hours


@dataclass(slots=True)
class Said:
    """A phrase, how it is tied to the one before it, and what is said about it."""

    phrase: Phrase
    link: Mark | None
    verdict: Verdict = Verdict.WISH
    before: Mark | None = None  # the last word about a stance in front of it
    after: list[Mark] = field(default_factory=list)
    moved: bool = False
    separate: bool = False  # a comma or a space follows
    reason: bool = False  # "so" follows, and no wish was put in words
    parted: bool = False  # a stance stands between it and the phrase before it
    cause: bool = False  # what was said of it is the reason for what follows: 9時には帰るので


_STANCES = {
    Mark.NOT_LEFT, Mark.NOT_RIGHT, Mark.EXCEPT_RIGHT, Mark.PAST, Mark.CLOSED, Mark.REQUEST, Mark.BUSY,
    Mark.MOVED, Mark.ONLY, Mark.CANNOT, Mark.OFFER, Mark.IF_SO, Mark.MATTER,
}  # fmt: skip
_TOPICS = {Mark.TALK, Mark.CALL}
_LINKS = (Mark.COMMA, Mark.GAP, Mark.AND, Mark.OR, Mark.STOP, Mark.IF_NOT, Mark.CORRECTION)  # weak to strong
_STRENGTH = {mark: n for n, mark in enumerate(_LINKS)}
_TYING = {Mark.OR, Mark.AND, Mark.COMMA, None}


def judge(items: Sequence[Phrase | Mark], *, stance_first: bool) -> list[Said]:
    """Every phrase with its verdict. `stance_first`: the verb stands before the time, as in English."""
    collector = _Collector(stance_first=stance_first)
    for item in items:
        if isinstance(item, Phrase):
            collector.phrase(item)
        else:
            collector.mark(item)
    collector.end()
    said = collector.said
    chains = _chains(said, stance_first=stance_first)
    for chain in chains:
        _judge_chain(chain, stance_first=stance_first)
    _settle_moves(said)
    _settle_until(said, stance_first=stance_first)
    _settle_contrasts(said)
    _settle_topics(said)
    _settle_busy(said)
    return said


class _Collector:
    """Walks along a sentence and notes beside each phrase what stands around it."""

    def __init__(self, *, stance_first: bool) -> None:
        self.said: list[Said] = []
        self._stance_first = stance_first
        self._link: Mark | None = None
        self._before: Mark | None = None
        self._moved = False
        self._parted = False
        self._over = False  # the sentence of the last phrase has ended
        self._refused: Said | None = None  # has a "not" behind it that may belong to a later time
        self._alone = True  # no time has been named in this clause
        self._reason: Said | None = None  # the last time, where what was said of it is only the reason for what follows

    def phrase(self, phrase: Phrase) -> None:
        """Notes a phrase with what came before it; "any time" beside a time that was named adds nothing."""
        if phrase.special is Mark.ANY_TIME and self.said and not self._over:
            return
        self.said.append(Said(phrase, self._link, before=self._before, moved=self._moved, parted=self._parted))
        self._link, self._over, self._parted, self._alone = None, False, False, False
        self._refused = self._reason = None

    def end(self) -> None:
        """Ends a sentence: in "Friday I'm busy" the refusal is about the Friday before it."""
        if self._refused and self._refused.before is not Mark.REQUEST:
            self._refused.after.append(Mark.NOT_RIGHT)
            self._refused.after.remove(Mark.NOT_LEFT)
        self._refused = None

    def mark(self, mark: Mark) -> None:
        """Notes a mark at the phrase before it, and for the phrase after it."""
        last = self.said[-1] if self.said and not self._over else None
        if mark is Mark.THEN:
            if self.said:
                self.said[-1].after.insert(0, Mark.REQUEST)
        elif mark is Mark.BECAUSE:
            self._because(last)
        else:
            self._settle_reason(mark)
            self._other(mark, last)

    def _because(self, last: Said | None) -> None:
        if last:
            last.cause = True
        self._other(Mark.STOP, last)
        self._reason = last

    def _settle_reason(self, mark: Mark) -> None:
        """金曜は透析があるので無理です: the first word after the reason refuses the time before it."""
        if self._reason and mark in _STANCES:
            if mark in (Mark.NOT_RIGHT, Mark.CANNOT):
                self._reason.after.insert(0, Mark.NOT_RIGHT)
            self._reason = None

    def _other(self, mark: Mark, last: Said | None) -> None:
        if mark is Mark.NOT_RIGHT and self._alone and self._stance_first:
            mark = Mark.NOT_LEFT
        self._alone = self._alone or mark in (Mark.COMMA, Mark.STOP)
        self._link_by(mark, last)
        if mark is Mark.STOP:
            self.end()
            self._before, self._moved, self._over = None, False, True
        elif mark in _STANCES:
            self._stance(mark, last)
        elif mark in _TOPICS and last and not self._stance_first:
            self._topic(mark, last)
        elif self._stance_first and (
            mark is Mark.CORRECTION or (mark is Mark.COMMA and self._before in (Mark.NOT_RIGHT, Mark.CLOSED))
        ):
            self._before = None

    def _link_by(self, mark: Mark, last: Said | None) -> None:
        """How the next phrase is tied to the last one."""
        if mark is Mark.COMMA and last and not last.after:
            last.separate = True
        if mark in _STRENGTH and (self._link is None or _STRENGTH[mark] > _STRENGTH[self._link]):
            self._link = mark
        if mark is Mark.THUS and last and last.before is not Mark.REQUEST and not last.after:
            last.reason = True

    def _stance(self, mark: Mark, last: Said | None) -> None:
        if last:
            last.after.append(mark)
            only_not = last.after == [Mark.NOT_LEFT]
            self._refused = last if only_not else None
        self._link = self._link if self._link and self._link is not Mark.COMMA else Mark.GAP
        self._parted = True
        self._moved = self._moved or (mark is Mark.MOVED and self._stance_first)
        self._before = self._before if mark is Mark.ONLY else mark

    def _topic(self, mark: Mark, last: Said) -> None:
        last.after.append(mark)
        self._link = Mark.GAP if self._link in (None, Mark.COMMA) else self._link


def _chains(said: Sequence[Said], *, stance_first: bool) -> list[list[Said]]:
    """Phrases tied directly to each other, so that one verb speaks about all of them."""
    chains: list[list[Said]] = []
    for n, one in enumerate(said):
        tied = one.link in _TYING and not one.parted and bool(chains)
        if tied and one.link is Mark.COMMA and stance_first:
            tied = any(other.link in (Mark.OR, Mark.AND) for other in said[n + 1 : n + 3])
        if tied:
            one.before = chains[-1][0].before
            chains[-1].append(one)
        else:
            if one.link is Mark.COMMA and chains and stance_first and chains[-1][-1].before is Mark.NOT_LEFT:
                one.before = None
            chains.append([one])
    return chains


def _judge_chain(chain: list[Said], *, stance_first: bool) -> None:
    last = chain[-1]
    verdict = _verdict(last, stance_first=stance_first)
    last.verdict = verdict
    shared = verdict
    for one, following in _backwards(chain):
        alike = following.link is not Mark.COMMA or _alike(one.phrase, following.phrase)
        tied = following.link is not None and alike
        shared = shared if tied or stance_first else Verdict.WISH
        one.verdict = shared
    for one in chain:
        if isinstance(one.phrase.day, Past):
            one.verdict = Verdict.OTHER
        elif _is_wished_anyway(one, stance_first=stance_first):
            one.verdict = Verdict.WISH


def _is_wished_anyway(one: Said, *, stance_first: bool) -> bool:
    """Whether the time is wished for although the words around it tell of something else."""
    if one.verdict is Verdict.BUSY:
        return one.phrase.later is not None  # "in two hours, I'm driving"
    if one.verdict is not Verdict.OTHER:
        return False
    corrected = one.link is Mark.CORRECTION and one.after == [Mark.PAST]  # 木曜、あっ金曜でした
    return corrected or (stance_first and one.before is not Mark.CLOSED and _ahead(one))


def _backwards(chain: Sequence[Said]) -> list[tuple[Said, Said]]:
    return list(pairwise(chain))[::-1]


def _alike(one: Phrase, other: Phrase) -> bool:
    return type(one.day) is type(other.day) and one.timed == other.timed


def _ahead(one: Said) -> bool:
    """Whether the time can only be in the future, whatever the verb; "it broke within a week" is not."""
    day, later = one.phrase.day, one.phrase.later
    limits = (later is not None and later.within) or one.phrase.mode is Mode.UNTIL
    if limits and one.before is Mark.PAST:
        return False
    return (
        later is not None or (isinstance(day, Relative) and day.days > 0) or (isinstance(day, Week) and day.offset > 0)
    )


_AFTER = {
    Mark.NOT_RIGHT: Verdict.NOT,
    Mark.EXCEPT_RIGHT: Verdict.NOT,
    Mark.PAST: Verdict.OTHER,
    Mark.MATTER: Verdict.OTHER,
    Mark.CLOSED: Verdict.OTHER,
    Mark.BUSY: Verdict.BUSY,
    Mark.REQUEST: Verdict.WISH,
    Mark.MOVED: Verdict.WISH,
}
_BEFORE = {
    Mark.NOT_LEFT: Verdict.NOT,
    Mark.PAST: Verdict.OTHER,
    Mark.CLOSED: Verdict.OTHER,
    Mark.BUSY: Verdict.BUSY,
    Mark.REQUEST: Verdict.WISH,
    Mark.MOVED: Verdict.WISH,
}


def _verdict(one: Said, *, stance_first: bool) -> Verdict:
    if Mark.ONLY in [mark for mark in one.after if mark not in _TOPICS][:1]:
        return Verdict.WISH
    if not stance_first:
        return _verdict_after(one)
    after = [mark for mark in one.after if mark is not Mark.NOT_LEFT]
    first = _AFTER.get(after[0], Verdict.WISH) if after else None
    if first is Verdict.NOT:
        return Verdict.NOT
    if one.before in _BEFORE:
        return _BEFORE[one.before]
    return first or Verdict.WISH


def _verdict_after(one: Said) -> Verdict:
    """The verb stands behind: the first stance counts; other talk without any stance is no wish."""
    stances = [mark for mark in one.after if mark not in _TOPICS]
    if one.separate and one.after[:2] == [Mark.TALK, Mark.MATTER]:
        stances.remove(Mark.MATTER)  # 木曜15時、圧力鍋の件: the matter is the pan
    if one.before is Mark.CLOSED and Mark.REQUEST not in stances and Mark.OFFER not in stances:
        return Verdict.OTHER
    if not stances:
        talk = bool(one.after) and one.after[0] is Mark.TALK and Mark.CALL not in one.after
        return Verdict.OTHER if talk and not one.separate else Verdict.WISH
    if stances[0] is Mark.IF_SO:
        return Verdict.NOT if {Mark.NOT_RIGHT, Mark.CANNOT} & set(stances) else Verdict.WISH
    elsewhere = one.after[0] is Mark.TALK and Mark.CALL not in one.after
    if stances[0] in (Mark.CANNOT, Mark.OFFER) and elsewhere:
        return Verdict.OTHER
    if stances[0] is Mark.CANNOT:
        return Verdict.NOT
    if stances[0] is Mark.BUSY and stances[1:2] in ([Mark.REQUEST], [Mark.OFFER]):
        return Verdict.WISH
    if stances[0] is Mark.BUSY and (Mark.NOT_RIGHT in stances or Mark.CANNOT in stances):
        return Verdict.NOT
    return _AFTER.get(stances[0], Verdict.WISH)


def _settle_until(said: Sequence[Said], *, stance_first: bool) -> None:
    """「5時まで無理」: from five on, unless a better time is named."""
    for n, one in enumerate(said):
        until = one.phrase.mode is Mode.UNTIL and (one.phrase.left.clock or not one.phrase.timed)
        if one.verdict in (Verdict.NOT, Verdict.BUSY) and until and Mark.EXCEPT_RIGHT not in one.after:
            if n and _is_topic(said[n - 1], one):
                _take_day(one, said[n - 1])
                said[n - 1].verdict = Verdict.OTHER
            back = one.phrase.timed or stance_first  # "away until Monday" is back on Monday; 月曜まで is not
            one.phrase = replace(one.phrase, mode=Mode.FROM if back else Mode.AFTER)
            wished = any(other.verdict is Verdict.WISH for other in said)
            one.verdict = Verdict.OTHER if wished else Verdict.WISH


def _is_topic(day: Said, one: Said) -> bool:
    """Whether a day only says where the time after it lies: 明日は15時以降だめ."""
    return (
        day.verdict is Verdict.WISH
        and not day.phrase.timed
        and not day.after
        and one.phrase.day is None
        and one.link is not Mark.STOP
    )


def _settle_moves(said: list[Said]) -> None:
    """「3時を4時に変更」: only the new time is wished for."""
    for n, one in enumerate(said):
        if not (one.moved or Mark.MOVED in one.after) or one.verdict is not Verdict.WISH:
            continue
        if one.phrase.mode is Mode.RANGE and one.phrase.right:
            day = one.phrase.right.day or one.phrase.left.day
            one.phrase = Phrase(left=replace(one.phrase.right, day=day))
        elif one.phrase.until_day is not None:
            one.phrase = replace(one.phrase, left=replace(one.phrase.left, day=one.phrase.until_day), until_day=None)
        for earlier, following in pairwise(said[: n + 1]):
            if following.link not in (Mark.OR, Mark.STOP, Mark.CORRECTION):
                earlier.verdict = Verdict.OTHER
                _take_day(one, earlier)


def _settle_contrasts(said: Sequence[Said]) -> None:
    """ "4, not 3" and "not Monday but Tuesday" only correct; they rule nothing out for two weeks."""
    for earlier, one in pairwise(said):
        if {earlier.verdict, one.verdict} == {Verdict.WISH, Verdict.NOT}:
            refused = earlier if earlier.verdict is Verdict.NOT else one
            clocks = _is_instant(earlier.phrase) and _is_instant(one.phrase)
            but = earlier is refused and earlier.before is Mark.NOT_LEFT and not one.before and not one.after
            after_stop = one.link is Mark.STOP and _alike(earlier.phrase, one.phrase)
            if clocks or (but and (after_stop or (one.link is Mark.COMMA and _same_kind(earlier.phrase, one.phrase)))):
                refused.verdict = Verdict.OTHER


def _same_kind(refused: Phrase, phrase: Phrase) -> bool:
    """ "Not Thursday, Friday at two": the same kind of day, told at least as exactly."""
    return type(refused.day) is type(phrase.day) and (phrase.timed or not refused.timed)


def _settle_topics(said: Sequence[Said]) -> None:
    """「明日は15時以降だめ」: the day only says where the time ruled out lies."""
    for earlier, one in pairwise(said):
        if one.verdict is Verdict.NOT and Mark.NOT_RIGHT in one.after[:1] and _is_topic(earlier, one):
            _take_day(one, earlier)
            earlier.verdict = Verdict.OTHER


def _take_day(one: Said, earlier: Said) -> None:
    if one.phrase.day is None and earlier.phrase.day is not None:
        one.phrase = replace(one.phrase, left=replace(one.phrase.left, day=earlier.phrase.day))


def _is_instant(phrase: Phrase) -> bool:
    return phrase.left.clock is not None and phrase.mode is Mode.AT and phrase.right is None


def _settle_busy(said: Sequence[Said]) -> None:
    """「明日は仕事なので夜8時以降」 is a wish for tomorrow; 「月曜は会議」 alone rules Monday out."""
    wished = any(one.verdict is Verdict.WISH for one in said)
    for n, one in enumerate(said):
        if one.verdict is Verdict.BUSY or (one.reason and one.verdict is Verdict.WISH and n + 1 < len(said)):
            following = said[n + 1] if n + 1 < len(said) else None
            same_day = following is not None and following.phrase.day is None and following.phrase.timed
            if following and same_day and one.phrase.timed and one.phrase.day is not None:
                _take_day(following, one)
            stays = same_day and not one.phrase.timed
            one.verdict = Verdict.WISH if stays else Verdict.OTHER if wished else Verdict.NOT
