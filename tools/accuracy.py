"""`make accuracy`: how well the assistant understands, on texts that it was not tuned on, into docs/accuracy.md.

Each section is written by a function of its own; `write` puts one into the page and leaves the others as they are, so
that another command (the dialogues) adds its own.
"""

import json
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.booking import phone
from bot.booking.errors import NumberRefused
from bot.booking.topics import guess
from bot.settings import Settings, load
from tools import accuracy_understand, accuracy_when

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"
PAGE = ROOT / "docs" / "accuracy.md"
HEAD = """# How well customers are understood

`make accuracy` measures and writes this page, on texts that were written for this project and on which nothing was
trained (`tests/data/*/untouched*.jsonl`; the README beside each tells how untouched). Only a whole answer is right.
"""


def write(title: str, body: str, page: Path = PAGE) -> None:
    """Put a section into the page: in place of the one with that title, or at the end."""
    head, *sections = (page.read_text(encoding="utf-8") if page.exists() else HEAD).split("\n## ")
    told = {section.partition("\n")[0]: section for section in sections}
    told[title] = f"{title}\n\n{body.strip()}\n"
    page.write_text(
        "\n## ".join([head.rstrip() + "\n", *(one.rstrip() + "\n" for one in told.values())]), encoding="utf-8"
    )


def time_wishes() -> str:
    """The reader of time wishes, by category and language."""
    outcomes = accuracy_when.score(accuracy_when.cases(*sorted((DATA / "when").glob("untouched_*.jsonl"))))
    count = Counter((one.case.category, one.case.language, one.verdict == "right") for one in outcomes)
    rows = [
        (
            name,
            *(
                f"{count[name, code, True]}/{count[name, code, True] + count[name, code, False]}"
                for code in ("ja", "en")
            ),
        )
        for name in sorted({one.case.category for one in outcomes})
    ]
    for said in ("right", "wrong", "false alarm", "miss"):
        shares = [
            _share([one.verdict == said for one in outcomes if one.case.language == code]) for code in ("ja", "en")
        ]
        rows += [(f"**{said}**", *shares)]
    median = statistics.median(one.microseconds for one in outcomes)
    failed = [f"- {one.verdict}: {one.case.text}" for one in outcomes if one.verdict != "right"]
    return "\n".join(
        [_table(("form", "Japanese", "English"), rows), "", f"Median {median:.0f} µs a text.", "", *failed]
    )


def utterances() -> str:
    """What single messages are taken for, with the confusion of labels."""
    cases = accuracy_understand.read("untouched")
    given = accuracy_understand.judged(cases)
    confused = Counter((case["label"], got) for case, got in zip(cases, given, strict=True) if case["label"] != got)
    told = _table(("is", "taken for", "times"), [(*pair, str(times)) for pair, times in confused.most_common()])
    return f"{accuracy_understand.report(cases, given)}\n\nConfusion of labels:\n\n{told}"


def topics() -> str:
    """The topic of a reason, among the five of tests/data/topics/business.toml."""
    known = load({"ORIKAESHI_SETTINGS": str(DATA / "topics" / "business.toml")}).for_topics()
    cases = _lines(DATA / "topics" / "untouched.jsonl")
    found = [(case, guess(case["text"], known)) for case in cases]
    rows = []
    for code in ("ja", "en"):
        own = [(case["topic"], one) for case, one in found if case["topic"] and case["language"] == code]
        other = [one.sure for case, one in found if not case["topic"] and case["language"] == code]
        right = [one.topic is not None and one.topic.id == topic for topic, one in own]
        asked = [not one.sure for _, one in own]
        unasked = [one.sure and not is_right for (_, one), is_right in zip(own, right, strict=True)]
        rows.append((code, _share(right), _share(asked), _share(unasked), _share(other)))
    return _table(("language", "likeliest is right", "asked", "wrong and not asked", "of no topic, not asked"), rows)


def phones(settings: Settings) -> str:
    """Phone numbers read, left alone and refused."""
    policy = settings.for_numbers()
    results = [(case, _heard(case["text"], policy) == (case["main"], case["alternate"], bool(case["refused"])))
               for case in _lines(DATA / "phones" / "untouched.jsonl")]  # fmt: skip
    names = dict.fromkeys(case["category"] for case, _ in results)
    rows = [(name, _share([right for case, right in results if case["category"] == name])) for name in names]
    failed = [f"- {case['category']}: {case['text']}" for case, right in results if not right]
    return "\n".join([_table(("kind", "right"), rows), "", *failed])


def _heard(text: str, policy: phone.NumberPolicy) -> tuple[str | None, str | None, bool]:
    try:
        found = phone.heard(text, policy)
    except NumberRefused:
        return None, None, True
    return found.main, found.alternate, False


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _share(results: Sequence[bool]) -> str:
    return f"{sum(results)}/{len(results)} ({sum(results) / len(results):.1%})" if results else "–"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure and write everything but the dialogues."""
    sections: dict[str, Callable[[], str]] = {
        "Time wishes": time_wishes,
        "Single utterances": utterances,
        "Topics of reasons": topics,
        "Phone numbers": lambda: phones(load({})),
    }
    for title, measured in sections.items():
        write(title, measured())
    sys.stdout.write(f"written: {PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
