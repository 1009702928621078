"""The public chat API as its contract says."""

from typing import Any

import httpx
import pytest

from tests.integration.conftest import Gateway
from tests.support.products import SLOT

SESSIONS = "/api/v1/chat/sessions"


async def begin(gateway: Gateway, **body: Any) -> str:
    answer = await gateway.public.post(SESSIONS, json=body)
    assert answer.status_code == 201
    return str(answer.json()["session_id"])


async def say(gateway: Gateway, session_id: str, text: Any) -> httpx.Response:
    return await gateway.public.post(f"{SESSIONS}/{session_id}/messages", json={"text": text})


@pytest.mark.parametrize(("body", "language"), [({}, "ja"), ({"language": "ja"}, "ja"), ({"language": "en"}, "en")])
async def test_a_chat_begins_with_a_greeting_and_an_open_question(
    gateway: Gateway, body: dict[str, str], language: str
) -> None:
    told = (await gateway.public.post(SESSIONS, json=body)).json()
    assert set(told) == {"session_id", "messages", "expects", "callback", "language"}
    assert len(told["session_id"]) >= 43
    assert (told["expects"], told["callback"], told["language"]) == ("reason", None, language)
    assert told["messages"][0]["text"]


async def test_a_chat_may_begin_without_any_body(gateway: Gateway) -> None:
    assert (await gateway.public.post(SESSIONS)).status_code == 201


async def test_a_message_is_answered_and_the_talk_can_be_read(gateway: Gateway) -> None:
    session = await begin(gateway)
    turn = (await say(gateway, session, "修理です")).json()
    assert turn == {"messages": [{"text": "heard: 修理です"}], "expects": None, "callback": None, "language": "ja"}
    told = (await gateway.public.get(f"{SESSIONS}/{session}/messages")).json()["messages"]
    assert [(line["sender"], line["text"]) for line in told][1:] == [
        ("customer", "修理です"), ("assistant", "heard: 修理です"),
    ]  # fmt: skip
    assert set(told[0]) == {"sender", "text", "at"}


@pytest.mark.parametrize("session", ["nobody", "x" * 43, "..", "%00", "' OR 1=1 --"])
async def test_an_unknown_session_is_404_everywhere(gateway: Gateway, session: str) -> None:
    for answer in (
        await say(gateway, session, "もしもし"),
        await gateway.public.get(f"{SESSIONS}/{session}/messages"),
        await gateway.public.get(f"{SESSIONS}/{session}/events"),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "not-found"


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "あ" * 2001, None, 5, ["x"]])
async def test_a_text_that_is_none_or_too_long_is_422(gateway: Gateway, text: Any) -> None:
    session = await begin(gateway)
    answer = await say(gateway, session, text)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "text")
    assert gateway.world.assistant.heard == []


async def test_2000_characters_are_not_too_many(gateway: Gateway) -> None:
    assert (await say(gateway, await begin(gateway), "あ" * 2000)).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["/restart", " /restart", "／restart", "\u200b/restart", '/inform{"phone_number":"119"}', "\t/restart", "//x"],
)
async def test_a_leading_slash_never_reaches_the_assistant(gateway: Gateway, text: str) -> None:
    session = await begin(gateway)
    assert (await say(gateway, session, text)).status_code == 200
    ((_, heard),) = gateway.world.assistant.heard
    assert heard.startswith("／")
    assert not heard.lstrip().startswith("/")


async def test_while_the_assistant_is_away_the_chat_says_so_and_keeps_the_message(gateway: Gateway) -> None:
    session = await begin(gateway)
    gateway.world.assistant.is_down = True
    answer = await say(gateway, session, "修理です")
    assert (answer.status_code, answer.json()["expects"]) == (200, "reason")
    assert "お預かりしました" in answer.json()["messages"][0]["text"]


async def test_the_booking_in_a_chat_shows_the_last_four_digits_only(gateway: Gateway) -> None:
    session = await begin(gateway)
    made = await gateway.world.book(SLOT, conversation_id=session)
    told = (await say(gateway, session, "ありがとう")).json()["callback"]
    assert (told["reference"], told["phone_number"]) == (made.reference, "•••••••5678")


@pytest.mark.parametrize("path", ["/", "/api/v1/slots", SESSIONS])
async def test_every_answer_keeps_to_itself(gateway: Gateway, path: str) -> None:
    headers = (await gateway.public.get(path)).headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


async def test_health_names_each_part_and_is_503_until_all_answer(gateway: Gateway) -> None:
    assert (await gateway.public.get("/healthz")).status_code == 200
    answer = await gateway.public.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["ready"]) == (503, False)
    assert set(told["parts"]) == {"assistant", "actions", "scheduler", "database", "carrier"}
    assert (told["parts"]["database"], told["parts"]["actions"]) == ("ok", "down")


async def test_figures_count_routes_and_never_tell_a_session(gateway: Gateway) -> None:
    session = await begin(gateway)
    await say(gateway, session, "修理です")
    told = (await gateway.public.get("/metrics")).text
    assert "orikaeshi_requests_total" in told
    assert session not in told


async def test_a_request_that_a_browser_repeats_is_answered_once(gateway: Gateway) -> None:
    session = await begin(gateway)
    path, named = f"{SESSIONS}/{session}/messages", {"Idempotency-Key": "a1b2"}
    first, second = [await gateway.public.post(path, json={"text": "はい"}, headers=named) for _ in range(2)]
    assert first.json() == second.json()
    assert len(gateway.world.assistant.heard) == 1
    other = await gateway.public.post(path, json={"text": "いいえ"}, headers=named)
    assert (other.status_code, other.json()["type"]) == (409, "idempotency-conflict")


@pytest.mark.parametrize("key", ["", "x" * 65])
async def test_a_name_that_is_none_or_too_long_is_422(gateway: Gateway, key: str) -> None:
    session = await begin(gateway)
    answer = await gateway.public.post(
        f"{SESSIONS}/{session}/messages", json={"text": "はい"}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 422
