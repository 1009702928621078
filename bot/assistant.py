"""The Rasa process, over its REST channel. Nothing of ours imports Rasa; this is all that knows how to talk to it."""

from dataclasses import dataclass
from typing import Any

import httpx

TURN_TIMEOUT_S = 20.0


class AssistantUnavailable(Exception):
    """The assistant did not answer. `was_sent` False: it surely has not seen the message."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__("The assistant did not answer.")
        self.was_sent = was_sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Utterance:
    """One thing that the assistant says, with the buttons under it as (title, value)."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """Everything that the assistant says in one turn, and what its last question asks for."""

    utterances: tuple[Utterance, ...]
    expects: str | None


class Assistant:
    """An HTTP client of `rasa run` with the REST channel."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(TURN_TIMEOUT_S, connect=2.0),
            # A connection for each turn: one that Rasa closes while it is idle would look like a Rasa that died.
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
        )

    async def open(self, conversation_id: str, *, language: str, channel: str = "web") -> Reply:
        """Begin a talk: the greeting. The only intent payload ever sent, and it is ours."""
        return await self._turn(conversation_id, "/open_conversation", language, channel)

    async def say(self, conversation_id: str, text: str, *, language: str, channel: str = "web") -> Reply:
        """Hand over what a customer wrote. Raises AssistantUnavailable."""
        return await self._turn(conversation_id, text, language, channel)

    async def ping(self) -> None:
        """Raise when the assistant is not ready to talk."""
        answer = await self._http.get("/webhooks/rest/", timeout=2.0)
        answer.raise_for_status()

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def _turn(self, conversation_id: str, text: str, language: str, channel: str) -> Reply:
        told = {"language": language, "channel": channel}
        body = {"sender": conversation_id, "message": text, "metadata": told}
        try:
            answer = await self._http.post("/webhooks/rest/webhook", json=body)
            answer.raise_for_status()
        except (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            # A connection that breaks is a Rasa that died, and Rasa keeps a turn only at its end.
            raise AssistantUnavailable(was_sent=False) from error
        except httpx.HTTPError as error:
            raise AssistantUnavailable(was_sent=True) from error
        try:
            reply = read_reply(answer.json())
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # not what Rasa answers
            raise AssistantUnavailable(was_sent=True) from error
        if not reply.utterances:  # so Rasa answers while its action server is down
            raise AssistantUnavailable(was_sent=True)
        return reply


def read_reply(parts: list[dict[str, Any]]) -> Reply:
    """Rasa sends texts and custom payloads as separate parts; a payload says what the assistant now expects."""
    utterances: list[Utterance] = []
    expects: str | None = None
    for part in parts:
        if custom := part.get("custom"):
            expects = custom.get("expects", expects)
        if text := part.get("text"):
            buttons = tuple((button["title"], button["payload"]) for button in part.get("buttons", ()))
            utterances.append(Utterance(text=text, buttons=buttons))
    return Reply(utterances=tuple(utterances), expects=expects)
