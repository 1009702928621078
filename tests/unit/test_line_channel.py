"""LINE without LINE: what people did is read from bytes, and an answer becomes message objects within every limit."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.booking.window import Window
from bot.channels.channel import Answer, Choice
from bot.channels.line import heard
from bot.channels.line_messages import carried, messages
from bot.channels.seals import Seals
from tests.support.clocks import TOKYO, tokyo

SEALS = Seals("the channel's secret")
PERSON, OTHER = "U" + "1" * 32, "U" + "2" * 32
START = tokyo("2026-11-24 15:00")


def windows(count: int, *, apart: timedelta = timedelta(minutes=30), start: datetime = START) -> tuple[Window, ...]:
    return tuple(
        Window(start=start + index * apart, end=start + index * apart + timedelta(minutes=30)) for index in range(count)
    )


def an_answer(*choices: Choice, texts: tuple[str, ...] = ("いつがよろしいですか？",), **changes: Any) -> Answer:
    return replace(Answer(texts=texts, choices=choices, language="ja", key="1"), **changes)


def shown(answer: Answer) -> list[dict[str, Any]]:
    return messages(answer, tz=TOKYO, sealed=lambda text: SEALS.seal(text, to=PERSON))


def quick(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [item["action"] for item in message["quickReply"]["items"]]


def a_body(**event: Any) -> bytes:
    base = {
        "type": "message", "mode": "active", "timestamp": 1_795_500_000_000, "webhookEventId": "01ABC",
        "source": {"type": "user", "userId": PERSON}, "replyToken": "token", "deliveryContext": {"isRedelivery": False},
        "message": {"type": "text", "id": "1", "text": "もしもし"},
    }  # fmt: skip
    return json.dumps({"destination": "U0", "events": [base | event]}).encode()


def read(body: bytes) -> list[tuple[str, str, str]]:
    return [(one.kind, one.text, one.start) for one in heard(body, seals=SEALS, tz=TOKYO)]


def test_a_seal_is_read_by_whom_it_was_made_for_only() -> None:
    sealed = SEALS.seal("slot|ab|1", to=PERSON)
    assert SEALS.read(sealed, by=PERSON) == "slot|ab|1"
    assert SEALS.read(sealed, by=OTHER) is None
    assert SEALS.read(sealed.replace("|1~", "|2~"), by=PERSON) is None
    assert Seals("another secret").read(sealed, by=PERSON) is None
    assert all(SEALS.read(text, by=PERSON) is None for text in ("", "~", "slot|ab|1", "slot|ab|1~", "あ~い"))


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({}, [("text", "もしもし", "")]),
        ({"message": {"type": "sticker", "id": "1"}}, [("other", "", "")]),
        ({"type": "follow"}, [("follow", "", "")]),
        ({"type": "unfollow", "replyToken": None}, [("unfollow", "", "")]),
        ({"type": "something new"}, []),
        ({"type": "join", "source": {"type": "group", "groupId": "C1"}}, []),
        ({"source": {"type": "group", "groupId": "C1", "userId": PERSON}}, []),
        ({"mode": "standby"}, []),
        ({"type": "postback", "postback": {"data": "menu|check"}}, [("menu", "check", "")]),
        ({"type": "postback", "postback": {"data": "menu|anything"}}, [("slot", "", "")]),
        ({"type": "postback", "postback": {"data": "slot|ab|1~forged"}}, [("slot", "", "")]),
        (
            {"type": "postback", "postback": {"data": SEALS.seal(carried("slot", "ab", START), to=PERSON)}},
            [("slot", "", "2026-11-24T06:00:00+00:00")],
        ),
        ({"type": "postback", "postback": {"data": SEALS.seal("slot|ab|1", to=OTHER)}}, [("slot", "", "")]),
        (
            {
                "type": "postback",
                "postback": {
                    "data": SEALS.seal(carried("when", "ab", START), to=PERSON),
                    "params": {"datetime": "2026-11-26T10:30"},
                },
            },
            [("when", "", "2026-11-26T10:30:00+09:00")],
        ),
    ],
)
def test_what_people_did(event: dict[str, Any], told: list[tuple[str, str, str]]) -> None:
    assert read(a_body(**event)) == told


def test_events_come_in_the_order_in_which_they_were_made() -> None:
    one, two = (json.loads(a_body(timestamp=at, webhookEventId=str(at)))["events"][0] for at in (2000, 1000))
    found = heard(json.dumps({"events": [one, two]}).encode(), seals=SEALS, tz=TOKYO)
    assert [(message.key, message.at) for message in found] == [
        ("1000", datetime.fromtimestamp(1, UTC)),
        ("2000", datetime.fromtimestamp(2, UTC)),
    ]
    assert heard(b'{"destination": "U0", "events": []}', seals=SEALS, tz=TOKYO) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"events": 1}', b'{"events": [{"type": 1}]}', b"\xff"])
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    if body == b'{"events": [{"type": 1}]}':
        assert heard(body, seals=SEALS, tz=TOKYO) == []  # nobody's doing
        return
    with pytest.raises(ValueError, match=r"."):
        heard(body, seals=SEALS, tz=TOKYO)


def test_times_stand_in_a_carousel_by_the_day_with_signed_buttons() -> None:
    answer = an_answer(
        Choice(title="できるだけ早く", value="できるだけ早く"),
        more=windows(2) + windows(1, start=tokyo("2026-11-25 09:00")),
        until=tokyo("2026-12-08 17:30"),
    )
    text, flex = shown(answer)
    assert text["text"] == "いつがよろしいですか？"
    bubbles = flex["contents"]["contents"]
    assert [bubble["header"]["contents"][0]["text"] for bubble in bubbles] == ["11月24日(火)", "11月25日(水)"]
    action = bubbles[0]["body"]["contents"][1]["action"]
    assert (action["label"], action["displayText"]) == ("15:30", "11月24日(火) 15:30")
    assert SEALS.read(action["data"], by=PERSON) == carried("slot", answer.offer, START + timedelta(minutes=30))
    assert "11/24 15:00" in flex["altText"]
    assert [one["label"] for one in quick(flex)] == ["できるだけ早く", "ほかの日", "日時を指定する", "やめる"]
    picker = quick(flex)[2]
    assert (picker["min"], picker["max"]) == ("2026-11-24T15:00", "2026-12-08T17:30")


def test_yes_and_no_are_quick_replies_under_the_last_text() -> None:
    answer = an_answer(
        Choice(title="はい", value="はい"), Choice(title="変更する", value="変更する"), texts=("一", "二")
    )
    first, last = shown(answer)
    assert "quickReply" not in first
    assert quick(last)[0] == {"type": "message", "label": "はい", "text": "はい"}


def test_the_same_time_is_shown_once_and_a_long_title_gives_way_to_what_it_says() -> None:
    choice = Choice(title="11月24日(火) 15:00〜15:30", value="11月24日(火) 15:00")
    (_, flex) = shown(an_answer(replace(choice, window=windows(1)[0]), more=windows(1)))
    assert len(flex["contents"]["contents"][0]["body"]["contents"]) == 1
    assert quick(shown(an_answer(choice))[0])[0]["label"] == "11月24日(火) 15:00"


def test_no_limit_is_passed_whatever_is_said() -> None:
    answer = an_answer(
        *[Choice(title="長い" * 20, value="あ" * 400) for _ in range(20)],
        texts=tuple("あ" * 6000 for _ in range(8)),
        more=windows(48 * 20),
        until=tokyo("2027-11-24 15:00"),
    )
    said = shown(answer)
    flex = said[-1]
    bubbles = flex["contents"]["contents"]
    actions = [button["action"] for bubble in bubbles for button in bubble["body"]["contents"]]
    assert len(said) <= 5
    assert all(len(message["text"]) <= 5000 for message in said[:-1])
    assert len(bubbles) <= 12
    assert all(len(bubble["body"]["contents"]) <= 6 for bubble in bubbles)
    assert len(quick(flex)) <= 13
    assert all(len(action["label"]) <= 20 for action in [*actions, *quick(flex)])
    assert all(len(action["data"]) <= 300 for action in actions)
    assert all(len(action.get("text", "")) <= 300 for action in quick(flex))
    assert len(flex["altText"]) <= 400
    assert all(len(json.dumps(bubble)) <= 30_000 for bubble in bubbles)
    assert len(json.dumps(flex["contents"])) <= 50_000
