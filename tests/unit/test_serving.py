"""What of a long talk the assistant brings to life for its next message."""

import json
from typing import Any

from serving.shortening import MESSAGES, shortened


def event(kind: str, **told: Any) -> tuple[str, str]:
    return kind, json.dumps({"event": kind, **told})


def turn(index: int) -> list[tuple[str, str]]:
    return [
        event("action", name="action_listen"),
        event("user", text=str(index)),
        event("slot", name="reason", value=f"matter {index}"),
        event("action", name="callback_form"),
        event("bot", text=f"answer {index}"),
    ]


def a_talk(turns: int) -> list[tuple[str, str]]:
    opening = [event("slot", name="language", value="ja"), event("active_loop", name="callback_form")]
    return [*opening, *(told for index in range(turns) for told in turn(index))]


def test_a_short_talk_is_whole() -> None:
    kept = a_talk(MESSAGES)
    assert shortened(kept) == [json.loads(data) for _, data in kept]


def test_of_a_long_talk_the_last_messages_are_whole_from_the_waiting_for_the_first() -> None:
    lives = shortened(a_talk(50))
    first = next(index for index, told in enumerate(lives) if told["event"] == "action")
    assert lives[first]["name"] == "action_listen"
    assert [told["text"] for told in lives if told["event"] == "user"] == [
        str(index) for index in range(50 - MESSAGES, 50)
    ]
    assert lives[first:] == [json.loads(data) for index in range(50 - MESSAGES, 50) for _, data in turn(index)]


def test_of_a_long_talk_the_slots_and_the_form_stand_as_they_stood() -> None:
    lives = shortened(a_talk(50))
    stood = lives[: next(index for index, told in enumerate(lives) if told["event"] == "action")]
    assert stood == [
        {"event": "slot", "name": "language", "value": "ja"},
        {"event": "active_loop", "name": "callback_form"},
        {"event": "slot", "name": "reason", "value": f"matter {49 - MESSAGES}"},
    ]


def test_a_talk_does_not_grow_with_its_length() -> None:
    assert len(shortened(a_talk(500))) == len(shortened(a_talk(50)))
