"""Who takes which call: nobody is rung for what they cannot answer, and specialists are used before all-rounders."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.booking.callback import Callback


@dataclass(frozen=True, kw_only=True, slots=True)
class Skills:
    """What somebody can answer. An empty set is everything."""

    topics: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def fit(self, callback: Callback) -> bool:
        """Whether this callback can be answered."""
        return self.answers(callback.topic, callback.language)

    def answers(self, topic: str, language: str) -> bool:
        """Whether a call about this topic in this language can be answered."""
        return _holds(self.topics, topic) and _holds(self.languages, language)

    @property
    def breadth(self) -> tuple[bool, bool, int]:
        """How much can be answered, as far as it can be told: the narrower is smaller."""
        return not self.topics, not self.languages, len(self.topics) + len(self.languages)


EVERYTHING = Skills()
Who = TypeVar("Who")


def match(callbacks: Iterable[Callback], ready: Sequence[tuple[Who, Skills]]) -> list[tuple[Callback, Who]]:
    """Each callback, in the order given, with one ready person who can answer it; those without one are left out.

    Of several who can, the one with the fewest other skills, then the first in `ready`.
    """
    alike: dict[Skills, deque[Who]] = defaultdict(deque)  # a thousand people have a handful of skills between them
    for who, skills in ready:
        alike[skills].append(who)
    able: dict[tuple[str, str], list[Skills]] = {}
    matched = []
    for callback in callbacks:
        wanted = callback.topic, callback.language
        if wanted not in able:
            able[wanted] = sorted((skills for skills in alike if skills.fit(callback)), key=lambda one: one.breadth)
        line = next((alike[skills] for skills in able[wanted] if alike[skills]), None)
        if line:
            matched.append((callback, line.popleft()))
    return matched


def _holds(skills: frozenset[str], wanted: str) -> bool:
    return not skills or wanted in skills
