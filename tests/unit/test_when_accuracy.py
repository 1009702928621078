"""The reader keeps its measured accuracy on texts that it was not tuned on."""

from statistics import median

import pytest

from tools.accuracy_when import DATA, cases, score

LEAST_RIGHT = 0.95
MOST_WRONG = 0.02


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("part", ["heldout", "untouched"])
def test_held_out_texts_are_read_right(part: str, language: str) -> None:
    outcomes = score(cases(DATA / f"{part}_{language}.jsonl"))
    right = sum(one.verdict == "right" for one in outcomes)
    failed = [f"{one.verdict}: {one.case.text}" for one in outcomes if one.verdict != "right"]
    assert right / len(outcomes) >= LEAST_RIGHT, "\n".join(failed)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_read_wrong_is_rare(language: str) -> None:
    outcomes = score(cases(DATA / f"untouched_{language}.jsonl"))
    wrong = [one.case.text for one in outcomes if one.verdict in ("wrong", "false alarm")]
    assert len(wrong) / len(outcomes) <= MOST_WRONG, "\n".join(wrong)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_texts_it_was_tuned_on_stay_right(language: str) -> None:
    outcomes = score(cases(DATA / f"train_{language}.jsonl"))
    assert [one.case.text for one in outcomes if one.verdict != "right"] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_texts_without_a_wish_raise_at_most_one_false_alarm_in_thirty(language: str) -> None:
    outcomes = score(
        one for part in ("train", "heldout", "tune", "untouched") for one in cases(DATA / f"{part}_{language}.jsonl")
    )
    silent = [one for one in outcomes if not one.case.candidates and not one.case.exclude]
    assert len(silent) >= 30
    assert sum(one.verdict == "false alarm" for one in silent) <= len(silent) / 30


def test_a_read_is_quick() -> None:
    outcomes = score(cases(*sorted(DATA.glob("*.jsonl"))))
    assert median(one.microseconds for one in outcomes) < 1000  # 200 on an idle machine; tests share theirs
