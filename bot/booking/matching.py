"""Who takes which call: nobody is rung for what they cannot answer, and specialists are used before all-rounders."""

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Mapping, Sequence
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


def match(
    callbacks: Iterable[Callback], ready: Sequence[tuple[Who, Skills]], *, named: Mapping[str, Who] | None = None
) -> list[tuple[Callback, Who]]:
    """Each callback, in the order given, with one ready person who can answer it; those without one are left out.

    A callback that is meant for one of `named` (ready people by their ids) goes to them. Of several others who can
    answer it, the one for whom no later one is meant, with the fewest other skills, then the first in `ready`.
    """
    callbacks, people = list(callbacks), named or {}
    skills_of = dict(ready) if people else {}
    meant = {
        callback.id: who
        for callback in callbacks
        if callback.meant_for and (who := people.get(callback.meant_for)) is not None and skills_of[who].fit(callback)
    }
    kept = set(meant.values())
    alike: dict[Skills, deque[Who]] = defaultdict(deque)  # a thousand people have a handful of skills between them
    for who, skills in ready:
        alike[skills].append(who)
    able: dict[tuple[str, str], list[Skills]] = {}
    matched = []
    for callback in callbacks:
        wanted = callback.topic, callback.language
        if wanted not in able:
            able[wanted] = sorted((skills for skills in alike if skills.fit(callback)), key=lambda one: one.breadth)
        lines = [alike[skills] for skills in able[wanted]]
        if found := _pick(lines, meant.get(callback.id), kept):
            line, who = found
            line.remove(who)
            matched.append((callback, who))
    return matched


def _pick(lines: Sequence[deque[Who]], meant: Who | None, kept: Container[Who]) -> tuple[deque[Who], Who] | None:
    """Whoever is meant; else the first who is not kept for a later call; else the first at all: a promise that is due
    now goes before the wish who should keep a later one."""
    return (
        next(((line, meant) for line in lines if meant is not None and meant in line), None)
        or next(((line, who) for line in lines for who in line if who not in kept), None)
        or next(((line, line[0]) for line in lines if line), None)
    )


def _holds(skills: frozenset[str], wanted: str) -> bool:
    return not skills or wanted in skills
