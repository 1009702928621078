"""What is read out of the assistant's answers, and how its silence is told."""

from typing import Any

import httpx
import pytest

from bot.assistant import Assistant, AssistantUnavailable, Reply, Utterance, read_reply


@pytest.mark.parametrize(
    ("parts", "reply"),
    [
        ([], Reply(utterances=(), expects=None)),
        ([{"text": "こんにちは"}], Reply(utterances=(Utterance(text="こんにちは"),), expects=None)),
        (
            [{"recipient_id": "x", "text": "よろしいですか", "buttons": [{"title": "はい", "payload": "yes"}]},
             {"recipient_id": "x", "custom": {"expects": "confirmation"}}],
            Reply(utterances=(Utterance(text="よろしいですか", buttons=(("はい", "yes"),)),), expects="confirmation"),
        ),
        ([{"custom": {"expects": "name"}}, {"text": "a"}, {"custom": {"expects": None}}],
         Reply(utterances=(Utterance(text="a"),), expects=None)),
        ([{"custom": {"expects": "name"}}, {"custom": {"other": 1}}], Reply(utterances=(), expects="name")),
        ([{"image": "http://x"}], Reply(utterances=(), expects=None)),
    ],
)  # fmt: skip
def test_texts_buttons_and_what_is_asked(parts: list[dict[str, Any]], reply: Reply) -> None:
    assert read_reply(parts) == reply


def assistant(answer: httpx.Response | Exception) -> tuple[Assistant, list[httpx.Request]]:
    """A client whose other end does as told."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = Assistant("http://assistant")
    client._http = httpx.AsyncClient(base_url="http://assistant", transport=httpx.MockTransport(handle))
    return client, asked


@pytest.mark.parametrize(
    ("answer", "was_sent"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.PoolTimeout("busy"), False),
        (httpx.ReadTimeout("slow"), True),
        (httpx.ReadError("reset"), False),
        (httpx.RemoteProtocolError("cut"), False),
        (httpx.Response(500), True),
        (httpx.Response(200, text="<html>"), True),
        (httpx.Response(200, json=[]), True),
        (httpx.Response(200, json={"status": "ok"}), True),
        (httpx.Response(200, json=[{"text": "a", "buttons": [{"title": "b"}]}]), True),
    ],
)
async def test_silence_says_whether_the_message_may_have_been_read(
    answer: httpx.Response | Exception, was_sent: bool
) -> None:
    client, asked = assistant(answer)
    with pytest.raises(AssistantUnavailable) as silent:
        await client.say("talk", "もしもし", language="ja")
    assert silent.value.was_sent == was_sent
    assert len(asked) == 1
    await client.close()


async def test_the_talk_the_words_and_the_language_are_handed_over() -> None:
    client, asked = assistant(httpx.Response(200, json=[{"text": "はい"}]))
    await client.say("talk", "もしもし", language="ja")
    assert httpx.Response(200, content=asked[0].content).json() == {
        "sender": "talk", "message": "もしもし", "metadata": {"language": "ja", "channel": "web"},
    }  # fmt: skip
