"""Ways to tell intents apart, side by side: how often they are right, and what they cost. The table of docs/adr/0005.

    python -m benchmarks.pipelines [--python PYTHON] [NAME...]

Each is trained on the project's own examples and asked the tuning half of tests/data/utterances, never trained on.
Right is the intent's label; what the product reads by its own rules (urgent words, opting out, numbers) is left out.
PYTHON is a Rasa environment; those of the comparison that need more than the locked one has are told and left out:

    cp -a .venv-rasa /tmp/compare && /tmp/compare/bin/python -m pip install sudachipy sudachidict_small ja-ginza==5.2.0
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.accuracy_understand import Case, read
from tools.train import rasa_environment
from tools.understand import LABELS

ROOT = Path(__file__).resolve().parents[1]
READ_BY_RULES = frozenset({"urgent", "optout", "give_phone"})
FALLBACK = "  - name: FallbackClassifier\n    threshold: 0.3\n    ambiguity_threshold: 0.03\n"
OWN_TOKENS = "  - name: components.script_tokenizer.ScriptTokenizer\n"
COUNTS = "  - name: CountVectorsFeaturizer\n    analyzer: char_wb\n    min_ngram: 1\n    max_ngram: 4\n"
REGRESSION = "  - name: LogisticRegressionClassifier\n    tol: 0.01\n    max_iter: 200\n"
PIECES = "  - name: components.piece_classifier.PieceClassifier\n"
DIET = "  - name: DIETClassifier\n    epochs: 20\n    entity_recognition: false\n    random_seed: 42\n"
GINZA = (
    "  - name: SpacyNLP\n    model: ja_ginza\n    case_sensitive: false\n"
    "  - name: SpacyTokenizer\n  - name: SpacyFeaturizer\n    pooling: mean\n"
)
PIPELINES = {
    "counted pieces, one regression": (OWN_TOKENS + COUNTS + REGRESSION, ()),
    "weighed pieces, a regression for each (kept)": (OWN_TOKENS + PIECES, ()),
    "Sudachi words, weighed pieces of them": (
        "  - name: components.sudachi_tokenizer.SudachiTokenizer\n" + PIECES, ("sudachipy", "sudachidict_small")
    ),
    "DIET on counted pieces, 20 epochs": (OWN_TOKENS + COUNTS + DIET, ()),
    "GiNZA vectors and counted pieces": (GINZA + COUNTS + REGRESSION, ("spacy", "ja_ginza")),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One pipeline's figures: shares right by language, seconds, megabytes, milliseconds."""

    right_ja: float
    right_en: float
    train_s: float
    boot_s: float
    memory_mb: float
    turn_ms: float


def measured(pipeline: str, cases: Sequence[Case], *, python: Path) -> Measured:
    """Train in an empty folder, start, and ask."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "components", folder / "components")
        for part in (ROOT / "benchmarks" / "rasa_parts").glob("*.py"):
            shutil.copy(part, folder / "components")
        (folder / "config.yml").write_text(
            f"recipe: default.v1\nassistant_id: compared\nlanguage: ja\npipeline:\n{pipeline}{FALLBACK}",
            encoding="utf-8",
        )
        command = [str(python), "-m", "rasa", "train", "nlu", "--config", "config.yml", "--fixed-model-name", "m"]
        command += ["--nlu", str(ROOT / "data" / "nlu"), "--domain", str(ROOT / "domain.yml"), "--out", "models"]
        began = time.monotonic()
        environment = rasa_environment(os.environ, folder)
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        train_s = time.monotonic() - began
        if done.returncode:
            sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
        return _asked(folder, cases, python=python, train_s=train_s)


def _asked(folder: Path, cases: Sequence[Case], *, python: Path, train_s: float) -> Measured:
    began = time.monotonic()
    with subprocess.Popen(
        [str(python), "-m", "components.parse", "models/m.tar.gz"],
        cwd=folder, env=rasa_environment(os.environ, folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        _ask(process, "こんにちは")
        boot_s = time.monotonic() - began
        took, right = [], {"ja": 0, "en": 0}
        for case in cases:
            asked = time.monotonic()
            intent = _ask(process, case["text"])
            took.append((time.monotonic() - asked) * 1000)
            right[case["language"]] += LABELS[intent] == case["label"]
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        memory_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        process.terminate()
    total = {code: sum(case["language"] == code for case in cases) for code in right}
    return Measured(
        right_ja=right["ja"] / total["ja"],
        right_en=right["en"] / total["en"],
        train_s=train_s,
        boot_s=boot_s,
        memory_mb=memory_kb / 1024,
        turn_ms=statistics.median(took),
    )


def _ask(process: "subprocess.Popen[str]", text: str) -> str:
    if not process.stdin or not process.stdout:
        raise ValueError("a process with pipes is asked")
    process.stdin.write(json.dumps({"text": text}) + "\n")
    process.stdin.flush()
    while line := process.stdout.readline():
        if line.startswith('{"intent"'):
            return str(json.loads(line)["intent"])
    sys.exit("the pipeline could not be asked")


def _missing(python: Path, modules: Sequence[str]) -> bool:
    wanted = "; ".join(f"import {module}" for module in modules)
    return subprocess.run([str(python), "-c", wanted], capture_output=True, check=False).returncode != 0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-rasa" / "bin" / "python")
    parser.add_argument("names", nargs="*", help="parts of names (default: all)")
    asked = parser.parse_args()
    cases = [case for case in read("tune") if case["label"] not in READ_BY_RULES]
    print(
        "| pipeline | right ja | right en | train s | boot s | memory MB | turn ms |\n|---|---|---|---|---|---|---|",
        flush=True,
    )
    for name, (pipeline, modules) in PIPELINES.items():
        if asked.names and not any(part in name for part in asked.names):
            continue
        if _missing(asked.python, modules):
            print(f"| {name} | needs {', '.join(modules)} | | | | | |")
            continue
        one = measured(pipeline, cases, python=asked.python)
        print(
            f"| {name} | {one.right_ja:.1%} | {one.right_en:.1%} | {one.train_s:.0f} | {one.boot_s:.1f} "
            f"| {one.memory_mb:.0f} | {one.turn_ms:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
