"""Which topic a reason belongs to: the one whose example phrases it resembles, and whether that is sure.

Phrases are compared by pieces of their words, so that endings, dialects and typing errors carry over in both languages.
A piece that few phrases share says more than one that many share (cosine of tf-idf).
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.booking.topic import Topic

LONGEST = 400
"""Characters of a reason that are looked at: what it is about stands at its beginning."""
LEAST_LIKENESS = 0.15
LEAST_LEAD = 0.08
"""How like its examples a reason must be, and how much more than those of the next topic, to be sure. Set on the tuning
half of tests/data/topics; docs/accuracy.md tells what comes of it on the other half."""
_NEAREST = (1.0, 0.5, 0.25)
"""What a topic's three nearest examples weigh."""

Vector = Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """The likeliest topic, or None where nothing speaks for one; if not `sure`, the customer should be asked."""

    topic: Topic | None
    sure: bool
    likely: tuple[Topic, ...]
    """Every topic, likeliest first; those without examples after them, in their own order."""


def guess(reason: str, topics: Sequence[Topic]) -> Guess:
    """The topic that this reason belongs to. A business with one topic is always sure."""
    if len(topics) == 1:
        return Guess(topic=topics[0], sure=True, likely=tuple(topics))
    index = _index(tuple((topic.id, _told_by(topic)) for topic in topics if topic.examples))
    likeness = index.likeness(reason)
    likely = sorted(topics, key=lambda topic: -likeness.get(topic.id, 0.0))
    best, second = (likeness.get(topic.id, 0.0) for topic in likely[:2])
    return Guess(
        topic=likely[0] if best else None,
        sure=best >= LEAST_LIKENESS and best - second >= LEAST_LEAD,
        likely=tuple(likely),
    )


def _told_by(topic: Topic) -> tuple[str, ...]:
    return (*topic.names.values(), *topic.examples)


class _Index:
    """Every example as a vector."""

    def __init__(self, examples: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        told = [(topic, _pieces(phrase)) for topic, phrases in examples for phrase in phrases]
        shared = Counter(piece for _, pieces in told for piece in pieces)
        self._rarity = {piece: math.log((len(told) + 1) / (times + 0.5)) for piece, times in shared.items()}
        self._unknown = math.log(2 * (len(told) + 1))
        self._topics = [topic for topic, _ in examples]
        self._examples = [(topic, self._vector(pieces)) for topic, pieces in told]

    def likeness(self, reason: str) -> dict[str, float]:
        """For each topic how like its examples the reason is, as a whole or in one of its clauses; 0 is not at all."""
        found = dict.fromkeys(self._topics, 0.0)
        for clause in _clauses(reason):
            asked = self._vector(_pieces(clause))
            near: dict[str, list[float]] = {topic: [] for topic in self._topics}
            for topic, example in self._examples:
                near[topic].append(_dot(asked, example))
            for topic, all_near in near.items():
                weighed = zip(_NEAREST, sorted(all_near, reverse=True), strict=False)
                found[topic] = max(found[topic], sum(weight * one for weight, one in weighed))
        return found

    def _vector(self, pieces: frozenset[str]) -> Vector:
        weights = {piece: self._rarity.get(piece, self._unknown) for piece in pieces}
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {piece: weight / length for piece, weight in weights.items()}


@lru_cache(maxsize=8)
def _index(examples: tuple[tuple[str, tuple[str, ...]], ...]) -> _Index:
    return _Index(examples)


def _dot(one: Vector, other: Vector) -> float:
    few, many = sorted((one, other), key=len)
    return sum(weight * many[piece] for piece, weight in few.items() if piece in many)


_BREAK = re.compile(r"[、。，,.!！?？;；\n]+")
_RUN = re.compile(r"[a-z0-9'-]+|[\u3041-\u30ff\u4e00-\u9fff々]+")
_PLAIN_WORDS = frozenset(
    "a about an and are at be can could do does for from get has have how i i'd i'm i've in is it it's like me my of "
    "on or our please that the this to want was we what when where with would you your".split()
)


def _clauses(reason: str) -> list[str]:
    told = unicodedata.normalize("NFKC", reason[:LONGEST]).replace("’", "'").casefold()
    parts = [part for part in _BREAK.split(told) if len(part.strip()) > 1]
    return [told, *parts] if len(parts) > 1 else [told]


def _pieces(phrase: str) -> frozenset[str]:
    told = unicodedata.normalize("NFKC", phrase).casefold()
    return frozenset(piece for run in _RUN.findall(told) for piece in _pieces_of(run))


def _pieces_of(run: str) -> Iterator[str]:
    """A Latin word whole and in pieces of four and five letters, Japanese in pieces of one to four."""
    if run in _PLAIN_WORDS:
        yield f"~{run}"
        return
    word, lengths = (f"<{run}>", (4, 5)) if run.isascii() else (run, (1, 2, 3, 4))
    if run.isascii():
        yield word
    for length in lengths:
        for start in range(len(word) - length + 1):
            piece = word[start : start + length]
            if length > 1 or piece > "\u4e00":  # one kana says nothing
                yield piece
