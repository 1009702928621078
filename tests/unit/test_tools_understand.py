"""What the product's own rules make of a message before and after the model's guess."""

import re
import unicodedata
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.settings import load
from tools.accuracy_understand import read, report
from tools.understand import LABELS, label

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = load({"ORIKAESHI_SETTINGS": str(ROOT / "orikaeshi.toml")})
TUNE, UNTOUCHED = read("tune"), read("untouched")


def bare(text: str) -> str:
    """Without signs, blanks and case; signs alone stay."""
    told = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", told) or told


@pytest.mark.parametrize(
    ("text", "intent", "found"),
    [
        ("ガス漏れです", "give_reason", "urgent"),
        ("配信停止", "stop_form", "optout"),
        ("STOP", "stop_form", "optout"),
        ("保証期間は何年ですか", "give_reason", "other"),
        ("090-1234-5678", "give_reason", "give_phone"),
        ("0120-123-456", "give_phone_number", "give_phone"),
        ("090-1234-5678に電話ください", "give_phone_number", "book"),
        ("明日の15時", "give_reason", "give_time"),
        ("洗濯機が壊れた", "give_reason", "give_reason"),
        ("予約をキャンセルしたい", "cancel_callback", "cancel"),
        ("駐車場はありますか", "ask_business", "other"),
        ("ぽよぽよ", "nlu_fallback", "out_of_scope"),
    ],
)
def test_a_message_gets_the_label_of_what_the_talk_does_with_it(text: str, intent: str, found: str) -> None:
    assert label(text, intent, SETTINGS, language="ja") == found


def test_every_intent_has_a_label() -> None:
    intents = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    assert set(intents) - {"open_conversation"} <= LABELS.keys()


def test_nothing_that_is_tested_was_trained_on_or_tuned_on() -> None:
    trained = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "data" / "nlu").glob("*.yml"))
    examples = {bare(line.strip().removeprefix("- ")) for line in trained.splitlines()}
    assert [case["text"] for case in TUNE + UNTOUCHED if bare(case["text"]) in examples] == []
    assert not {bare(case["text"]) for case in TUNE} & {bare(case["text"]) for case in UNTOUCHED}


def test_every_label_is_tested_in_both_languages() -> None:
    tested = {(case["label"], case["language"]) for case in UNTOUCHED}
    assert tested >= {(found, language) for found in set(LABELS.values()) for language in ("ja", "en")}


def test_the_report_counts_by_label_and_lists_what_went_wrong() -> None:
    cases = [
        {"label": "book", "language": "ja", "text": "電話して"},
        {"label": "book", "language": "en", "text": "ring me"},
    ]
    told = report(cases, ["book", "human"])
    assert "| book | 1/1 | 0/1 |" in told
    assert "1 of 2 (50.0%)" in told
    assert "book taken for human: ring me" in told
