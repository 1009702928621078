"""Scores the time-wish reader on JSON lines of texts with their answers: `python -m tools.accuracy_when FILE...`.

A whole answer is right or it is not. A wrong answer where nothing was asked for is a false alarm; saying nothing
where something was asked for is a miss, which the bot can heal by asking again.
"""

import argparse
import json
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter_ns
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.booking.when import Wishes, read

Verdict = Literal["right", "wrong", "false alarm", "miss"]
DATA = Path(__file__).parent.parent / "tests" / "data" / "when"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One text, where and when it was said, and the whole answer: wishes as (kind, start, end) and exclusions."""

    category: str
    text: str
    language: Literal["ja", "en"]
    now: datetime
    tz: ZoneInfo
    candidates: tuple[tuple[str, datetime | None, datetime | None], ...]
    exclude: tuple[tuple[datetime, datetime | None], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the reader made of a case, and how long it took in microseconds."""

    case: Case
    verdict: Verdict
    answer: Wishes
    microseconds: float


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _case(row: dict[str, Any]) -> Case:
    return Case(
        category=row["category"],
        text=row["text"],
        language=row["lang"],
        now=datetime.fromisoformat(row["now"]),
        tz=ZoneInfo(row["tz"]),
        candidates=tuple((one["kind"], _moment(one["start"]), _moment(one["end"])) for one in row["candidates"]),
        exclude=tuple((datetime.fromisoformat(one["start"]), _moment(one["end"])) for one in row["exclude"]),
    )


def cases(*paths: Path) -> list[Case]:
    """The cases in JSON-lines files."""
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [_case(json.loads(line)) for line in lines]


def judge(case: Case, answer: Wishes) -> Verdict:
    """Whether the whole answer is right; an instant may come with an end up to an hour later."""
    given = tuple((one.kind, one.start, None if one.kind == "instant" else one.end) for one in answer.candidates)
    if given == case.candidates and tuple((one.start, one.end) for one in answer.exclude) == case.exclude:
        return "right"
    if not case.candidates and not case.exclude:
        return "false alarm"
    return "wrong" if answer else "miss"


def score(all_cases: Iterable[Case]) -> list[Outcome]:
    """The outcome of each case."""
    outcomes = []
    for case in all_cases:
        begun = perf_counter_ns()
        answer = read(case.text, now=case.now, tz=case.tz, language=case.language)
        took = (perf_counter_ns() - begun) / 1000
        outcomes.append(Outcome(case=case, verdict=judge(case, answer), answer=answer, microseconds=took))
    return outcomes


def _shown(moment: datetime | None) -> str:
    return moment.strftime("%a %m-%d %H:%M") if moment else "-"


def _report(outcomes: list[Outcome], *, failures: bool) -> None:
    by_category: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for one in outcomes:
        by_category[f"{one.case.language} {one.case.category}"][one.verdict] += 1
        by_category[f"{one.case.language} ALL"][one.verdict] += 1
    print(f"{'category':16}{'right':>7}{'wrong':>7}{'alarm':>7}{'miss':>7}{'share':>8}")
    for name, counts in sorted(by_category.items()):
        total = sum(counts.values())
        numbers = "".join(f"{counts[verdict]:7}" for verdict in ("right", "wrong", "false alarm", "miss"))
        print(f"{name:16}{numbers}{counts['right'] / total:8.1%}")
    print(f"median {statistics.median(one.microseconds for one in outcomes):.0f} µs")
    for one in outcomes:
        if failures and one.verdict != "right":
            given = "; ".join(f"{w.kind} {_shown(w.start)} > {_shown(w.end)}" for w in one.answer.candidates)
            wanted = "; ".join(f"{kind} {_shown(start)} > {_shown(end)}" for kind, start, end in one.case.candidates)
            ruled_out = f"{len(one.answer.exclude)} of {len(one.case.exclude)} excluded"
            print(f"{one.verdict}: {one.case.text}\n    got    {given} ({ruled_out})\n    wanted {wanted}")


def main() -> None:
    """Prints the score by category, and each failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="JSON lines (default: the untouched sets)")
    parser.add_argument("--quiet", action="store_true", help="do not list the failures")
    asked = parser.parse_args()
    files = asked.files or sorted(DATA.glob("untouched_*.jsonl"))
    outcomes = score(cases(*files))
    if not outcomes:
        sys.exit("no cases found")
    _report(outcomes, failures=not asked.quiet)


if __name__ == "__main__":
    main()
