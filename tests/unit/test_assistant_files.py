"""The assistant's own files: every sentence in both languages, and nothing named that is not there."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.booking.offer import Because
from bot.booking.phone import Refusal

ROOT = Path(__file__).resolve().parents[2]
EXPECTATIONS = {
    "reason",
    "name",
    "phone_number",
    "preferred_slot",
    "confirmation",
    "callback_choice",
    "verification_code",
    "rating",
}
MANY = 30
"""Examples that an intent has at least, in each language."""


@cache
def _yaml(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((ROOT / path).read_text(encoding="utf-8"))
    return loaded


RESPONSES: dict[str, list[dict[str, Any]]] = _yaml("domain.yml")["responses"]


def _told_when(variation: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((condition["name"], condition["value"]) for condition in variation["condition"])


@pytest.mark.parametrize("name", RESPONSES)
def test_every_sentence_is_told_in_both_languages_and_in_one_way_each(name: str) -> None:
    ways = [_told_when(variation) for variation in RESPONSES[name]]
    assert len(ways) == len(set(ways))
    in_ja = {way[1:] for way in ways if way[0] == ("language", "ja")}
    in_en = {way[1:] for way in ways if way[0] == ("language", "en")}
    assert in_ja == in_en
    assert len(in_ja) + len(in_en) == len(ways)


@pytest.mark.parametrize("name", RESPONSES)
def test_both_languages_tell_the_same_facts_and_ask_for_the_same(name: str) -> None:
    facts: dict[str, set[str]] = {"ja": set(), "en": set()}
    asked = set()
    for variation in RESPONSES[name]:
        facts[dict(_told_when(variation))["language"]] |= set(re.findall(r"{(\w+)}", variation["text"]))
        asked.add(variation.get("custom", {}).get("expects"))
    assert facts["ja"] == facts["en"]
    assert len(asked) == 1
    assert asked <= EXPECTATIONS | {None}


@pytest.mark.parametrize("name", [name for name in RESPONSES if name.startswith("utter_ask_confirmed")])
def test_what_is_repeated_back_asks_for_a_yes(name: str) -> None:
    assert all(variation["buttons"] for variation in RESPONSES[name])


def test_a_button_says_plain_text_and_never_an_intent() -> None:
    for variations in RESPONSES.values():
        for button in (button for variation in variations for button in variation.get("buttons", ())):
            assert button["payload"] == button["title"]
            assert not button["payload"].startswith(("/", "／"))


def test_every_refusal_and_every_obstacle_has_its_sentence() -> None:
    obstacles = {"closed" if name == "off_grid" else name for name in _literals(Because)}
    assert {f"utter_refused_{reason}" for reason in _literals(Refusal)} <= RESPONSES.keys()
    assert {f"utter_time_{obstacle}" for obstacle in obstacles} <= RESPONSES.keys()


def test_every_sentence_is_said_somewhere() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").glob("*.py"))
    named = set(re.findall(r"utter_\w+", code + (ROOT / "data" / "rules.yml").read_text(encoding="utf-8")))
    composed = (
        "utter_refused_",
        "utter_time_",
        "utter_ask_",
        "utter_code_",
        "utter_callback_was_",
        "utter_thank",
        "utter_greet",
        "utter_insult",
        "utter_goodbye",
        "utter_for_the_agent",
        "utter_anything_else",
        "utter_change",
        "utter_take_your_time",
    )
    assert not [name for name in RESPONSES if name not in named and not name.startswith(composed)]
    others = {"utter_message", "utter_action"}  # words of Rasa's own
    assert not [name for name in named - others if name not in RESPONSES and not name.endswith("_")]


def test_every_action_that_the_domain_names_exists() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").glob("*.py"))
    assert set(_yaml("domain.yml")["actions"]) == set(re.findall(r'return "((?:action|validate)_\w+)"', code))


def test_every_intent_has_many_examples_in_both_languages_and_none_twice() -> None:
    seen: Counter[str] = Counter()
    count: Counter[tuple[str, bool]] = Counter()
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        for block in _yaml(str(file.relative_to(ROOT)))["nlu"]:
            examples = [line.removeprefix("- ") for line in block["examples"].splitlines()]
            seen.update(example.casefold() for example in examples)
            for example in examples:
                count[block["intent"], bool(re.search(r"[\u3041-\u30ff\u4e00-\u9fff]", example))] += 1
    intents = set(_yaml("domain.yml")["intents"]) - {"open_conversation"}
    assert [example for example, times in seen.items() if times > 1] == []
    neither = {"give_phone_number"}  # digits are of no language
    few = [(intent, is_ja) for intent in intents - neither for is_ja in (True, False) if count[intent, is_ja] < MANY]
    assert few == []


def _literals(kind: Any) -> set[str]:
    return {
        name
        for part in getattr(kind, "__args__", ())
        for name in ({part} if isinstance(part, str) else _literals(part))
    }
