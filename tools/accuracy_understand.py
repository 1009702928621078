"""How often a phrase is taken for what it is, by label and language, and every one taken wrong.

python -m tools.accuracy_understand [tune|untouched]     the untouched part unless another is named
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.settings import load
from tools.train import model_path
from tools.understand import intents, label

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data" / "utterances"

Case = dict[str, str]


def judged(cases: Sequence[Case]) -> list[str]:
    """The label that the trained assistant and the product's rules give each case."""
    settings = load({})
    guesses = intents(model_path(ROOT), [case["text"] for case in cases])
    return [
        label(case["text"], intent, settings, language=case["language"])
        for case, intent in zip(cases, guesses, strict=True)
    ]


def report(cases: Sequence[Case], given: Sequence[str]) -> str:
    """Markdown: right by label and language, then what was taken for what."""
    wrong = [(case, got) for case, got in zip(cases, given, strict=True) if case["label"] != got]
    total, missed = (
        Counter((case["label"], case["language"]) for case in some) for some in (cases, [case for case, _ in wrong])
    )
    lines = ["| label | Japanese | English |", "|---|---|---|"]
    for name in sorted({case["label"] for case in cases}):
        cells = [f"{total[name, code] - missed[name, code]}/{total[name, code]}" for code in ("ja", "en")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    right = len(cases) - len(wrong)
    lines += ["", f"Right: {right} of {len(cases)} ({right / len(cases):.1%}).", ""]
    lines += [f"- {case['label']} taken for {got}: {case['text']}" for case, got in wrong]
    return "\n".join(lines)


def read(part: str) -> list[Case]:
    """The cases of `tune` or `untouched`."""
    lines = (DATA / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def main() -> None:
    """Print the table."""
    cases = read(sys.argv[1] if len(sys.argv) > 1 else "untouched")
    sys.stdout.write(report(cases, judged(cases)) + "\n")


if __name__ == "__main__":
    main()
