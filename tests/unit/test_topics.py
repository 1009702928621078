"""The topic of a reason: from the owner's example phrases, and asked where it is not sure."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.topic import Topic
from bot.booking.topics import guess
from bot.settings import load

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "topics"
TOPICS = load({"ORIKAESHI_SETTINGS": str(DATA / "business.toml")}).for_topics()
GENERAL = Topic(id="general", names={"ja": "総合", "en": "General"})
RIGHT_AT_LEAST = 0.85


def cases(name: str) -> list[dict[str, str | None]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("reason", "topic"),
    [
        ("冷蔵庫が壊れました", "repair"),
        ("先月の請求書が二重になっています", "billing"),
        ("荷物がまだ届かへん", "delivery"),
        ("アプリにログインできません", "technical"),
        ("店員さんの態度が失礼で不愉快でした", "complaints"),
        ("my fridge is broken", "repair"),
        ("I WAS CHARGED TWICE", "billing"),
        ("いつもお世話になっております。山本と申します。本日は、先日の請求書の件でお電話をいただきたく", "billing"),
    ],
)
def test_a_reason_goes_where_it_resembles_the_examples(reason: str, topic: str) -> None:
    found = guess(reason, TOPICS)
    assert found.topic is not None
    assert (found.topic.id, found.sure) == (topic, True)


@pytest.mark.parametrize("reason", ["その件で", "内緒です", "hello there", "", "！？", "12345"])
def test_what_resembles_nothing_is_not_sure(reason: str) -> None:
    assert not guess(reason, TOPICS).sure


def test_the_only_topic_is_always_sure() -> None:
    assert guess("何でも", [GENERAL]).topic is GENERAL
    assert guess("何でも", [GENERAL]).sure


def test_topics_without_examples_are_asked_for() -> None:
    other = Topic(id="other", names={"ja": "その他", "en": "Other"})
    found = guess("修理をお願いしたい", [GENERAL, other])
    assert (found.topic, found.sure, found.likely) == (None, False, (GENERAL, other))


@given(st.text(max_size=2000))
def test_every_text_gets_an_answer_that_names_every_topic_once(text: str) -> None:
    found = guess(text, TOPICS)
    assert sorted(topic.id for topic in found.likely) == sorted(topic.id for topic in TOPICS)
    assert found.topic is not None or not found.sure


def test_the_untouched_reasons_are_mostly_right_and_rarely_wrong_unasked() -> None:
    told = [(case["topic"], guess(str(case["text"]), TOPICS)) for case in cases("untouched") if case["topic"]]
    right = [found for topic, found in told if found.topic and found.topic.id == topic]
    wrong_unasked = [found for topic, found in told if found.sure and found not in right]
    assert len(right) / len(told) >= RIGHT_AT_LEAST
    assert len(wrong_unasked) / len(told) <= 1 - RIGHT_AT_LEAST


def test_no_case_is_an_example() -> None:
    examples = {example.casefold() for topic in TOPICS for example in topic.examples}
    tune, untouched = ({str(case["text"]).casefold() for case in cases(name)} for name in ("tune", "untouched"))
    assert not (tune | untouched) & examples
    assert not tune & untouched
