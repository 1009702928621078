"""Every question that can be open, crossed with everything that people do instead of answering it.

A cell brings the talk to a state, does one act in one of its wordings, checks what is expected then, and plays on
to the end, where the booking has to hold what was told. What differs from a state to the other stands with the act.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.booking.when import Language
from tests.support.dialogues import LANGUAGES, Dialogue

TABLE = Path(__file__).resolve().parents[1] / "dialogue" / "matrix.yml"

Worded = Mapping[Language, Sequence[str]]
"""Something that is said, in several wordings of each language."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A question (`expects`) and the messages that lead to it; `is_new`: nothing has been booked yet."""

    name: str
    expects: str | None
    path: Worded
    is_new: bool = False
    earlier: bool = False
    booked: int = 0


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a customer does: `says` must be in the answer, `sets` is what the booking holds then.

    `expects` is what is asked next in each state, where it is not the same one; `ends`: none is open any more.
    `states` are those in which it makes sense (all of them where none is named).
    """

    name: str
    wordings: Worded
    says: Mapping[Language, str] = field(default_factory=dict)
    sets: Mapping[str, Any] = field(default_factory=dict)
    expects: Mapping[str, str | None] = field(default_factory=dict)
    ends: bool = False
    states: frozenset[str] = frozenset()
    plays_on: bool = True
    opted_out: str | None = None


REASON: Mapping[Language, str] = {"ja": "洗濯機の修理をお願いしたい", "en": "my washing machine needs a repair"}
MATTER: Mapping[Language, str] = {"ja": "洗濯機の修理", "en": "washing machine needs a repair"}
_J, _E = REASON["ja"], REASON["en"]
_ALL_J = (_J, "スキップ", "{number}", "明日の15時")
_ALL_E = (_E, "skip", "{number}", "tomorrow at 3pm")
_SECOND_J = ("もう一件、別の電話を予約したいです", "もう1件予約", "請求書の件", "木曜の11時", "はい")
_SECOND_E = ("I'd like to book another call", "Book a second one", "a question about my bill", "Thursday 11am", "yes")


def _told(japanese: Sequence[str], english: Sequence[str]) -> Worded:
    return {"ja": japanese, "en": english}


def _states() -> Iterator[State]:
    for count, (name, expects) in enumerate(
        (("reason", "reason"), ("name", "name"), ("phone", "phone_number"), ("time", "preferred_slot"))
    ):
        yield State(name=name, expects=expects, is_new=True, path=_told(_ALL_J[:count], _ALL_E[:count]))
    offered = _told((*_ALL_J[:3], "明日の午後"), (*_ALL_E[:3], "tomorrow afternoon"))
    yield State(name="offered", expects="preferred_slot", is_new=True, path=offered)
    yield State(name="confirm", expects="confirmation", is_new=True, path=_told(_ALL_J, _ALL_E))
    changing = _told((*_ALL_J, "いいえ"), (*_ALL_E, "no"))
    yield State(name="changing", expects="confirmation", is_new=True, path=changing)
    done_j, done_e = (*_ALL_J, "はい"), (*_ALL_E, "yes")
    after: tuple[tuple[str, str | None, str, str], ...] = (
        ("move", "preferred_slot", "予約の時間を変更したいです", "I'd like to move my call"),
        ("cancel", "confirmation", "予約をキャンセルしたいです", "I want to cancel my call"),
        ("renumber", "phone_number", "電話番号を変更したいです", "I need to change my phone number"),
        ("second", "callback_choice", "もう一件、別の電話を予約したいです", "I'd like to book another call"),
    )
    yield State(name="booked", expects=None, booked=1, path=_told(done_j, done_e))
    for name, asks, japanese, english in after:
        yield State(name=name, expects=asks, booked=1, path=_told((*done_j, japanese), (*done_e, english)))
    two_j = (*done_j, *_SECOND_J, "予約の時間を変更したいです")
    two_e = (*done_e, *_SECOND_E, "I'd like to move a call")
    yield State(name="which", expects="callback_choice", booked=2, path=_told(two_j, two_e))
    claim = _told(("昨日予約した電話をキャンセルしたいです",), ("I want to cancel the call I booked yesterday",))
    yield State(name="claim", expects="phone_number", earlier=True, booked=1, path=claim)
    code = _told((*claim["ja"], "{number}"), (*claim["en"], "{number}"))
    yield State(name="code", expects="verification_code", earlier=True, booked=1, path=code)


STATES = tuple(_states())


def acts() -> tuple[Act, ...]:
    """The acts of the table."""
    told = YAML(typ="safe").load(TABLE.read_text(encoding="utf-8"))
    return tuple(_act(row) for row in told)


def _act(row: dict[str, Any]) -> Act:
    wordings: Worded = {language: tuple(row.pop(language)) for language in LANGUAGES}
    return Act(wordings=wordings, **{**row, "states": frozenset(row.get("states", ()))})


def matrix(languages: Sequence[Language] = LANGUAGES, *, wordings: Sequence[int] = (0, 1, 2)) -> list[Dialogue]:
    """A talk for every cell in which the act makes sense, in these wordings."""
    return [
        Dialogue(language=language, told=_talk(state, act, language, index))
        for act in acts()
        for state in STATES
        if not act.states or state.name in act.states
        for language in languages
        for index in wordings
    ]


def _talk(state: State, act: Act, language: Language, index: int) -> dict[str, Any]:
    asks = None if act.ends else act.expects.get(state.name, state.expects)
    before, after = state.expects or "nothing", asks or "nothing"
    line = act.wordings[language][index]
    told: dict[str, Any] = {
        "kind": act.name,
        "title": f"{state.name}: {line}",
        "lines": [*state.path[language], f"=> {before}", line, f"=> {after} {act.says.get(language, '')}".strip()],
    }
    if state.earlier:
        told["earlier"] = [{"start": "11-25 15:00", "reason": MATTER[language]}]
    if act.opted_out and "{number}" in state.path[language]:
        told["end"] = {"opted_out": act.opted_out}
    if state.is_new and act.plays_on:
        told["customer"] = {"reason": REASON[language]}
    elif asks:
        told["end"] = {**told.get("end", {}), "expects": asks}
    told["booked"] = _booked(state, act, language)
    return told


def _booked(state: State, act: Act, language: Language) -> list[dict[str, Any]]:
    if act.sets.get("booked") == 0 or (state.is_new and not act.plays_on):
        return []
    sets = {slot: value[language] if isinstance(value, dict) else value for slot, value in act.sets.items()}
    if sets.get("start") == "asap" and state.name not in ("reason", "name", "phone", "time", "offered"):
        del sets["start"]  # a time that was told stands
    first = {"start": "11-25 15:00", "reason": MATTER[language], **sets}
    second = {"start": "11-26 11:00", "reason": {"ja": "請求書", "en": "bill"}[language]}
    return [first, second] if state.booked == 2 else [first]
