"""A talk of every kind, in one of the languages; `python -m tools.accuracy_dialogues` plays and scores them all."""

import pytest

from bot.wiring import Product
from tests.support.assistant import RunningAssistant
from tests.support.dialogues import Dialogue, Stage, dialogues
from tests.support.matrix import matrix


def one_of_each_kind() -> list[Dialogue]:
    """Japanese and English in turns: all of them take minutes."""
    by_kind: dict[str, list[Dialogue]] = {}
    for talk in dialogues("develop"):
        by_kind.setdefault(talk.kind, []).append(talk)
    return [talks[0 if index % 2 else -1] for index, talks in enumerate(by_kind.values())]


@pytest.fixture
def stage(assistant: RunningAssistant, product: Product) -> Stage:
    return Stage(product, assistant.set_clock)


async def test_a_talk_of_every_kind_ends_as_it_should(stage: Stage) -> None:
    results = await stage.play_all(one_of_each_kind(), at_once=2)
    assert len(results) >= 28
    assert {result.dialogue.name: result.faults for result in results if result.faults} == {}


@pytest.mark.parametrize("which", ["develop", "heldout"])
def test_talks_have_names_of_their_own(which: str) -> None:
    names = [talk.name for talk in dialogues("develop" if which == "develop" else "heldout")]
    assert len(names) == len(set(names))


async def test_whatever_is_said_the_open_question_is_not_lost(stage: Stage) -> None:
    """One cell in sixteen of the table; `python -m tools.accuracy_dialogues matrix` plays all of them."""
    results = await stage.play_all(matrix(wordings=[0])[5::16], at_once=2)
    assert len(results) >= 35
    assert {result.dialogue.name: result.faults for result in results if result.faults} == {}
