"""Reply, push and multicast: reply tokens, retry keys and the month's quota.

Source: https://developers.line.biz/en/docs/messaging-api/retrying-api-request/ and the reference of each request.
"""

import asyncio
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, timedelta, timezone

from bot.simulator.line.api import Json, LineAnswer, LineError, LineRequest, Route
from bot.simulator.line.chats import Chats
from bot.simulator.line.content import check_messages
from bot.simulator.line.faults import Dice
from bot.simulator.line.findings import Findings
from bot.simulator.line.records import USER_ID, Person, RetryKey

HANGS_S = 30.0
RETRY_KEY_LASTS = timedelta(hours=24)
MOST_RECIPIENTS = 500
_MONTHS_IN = timezone(timedelta(hours=9))
"""A channel of Japan counts its months in Japan's time."""


class Sending:
    """What the business sends."""

    def __init__(
        self, chats: Chats, dice: Dice, *, real_now: Callable[[], float], stopping: Callable[[], asyncio.Event]
    ) -> None:
        self._chats = chats
        self._books = chats.books
        self._dice = dice
        self._real_now = real_now
        self._stopping = stopping

    def routes(self) -> list[Route]:
        """Below `/v2/bot`."""
        return [
            ("POST", "/message/reply", self._reply),
            ("POST", "/message/push", self._push),
            ("POST", "/message/multicast", self._multicast),
            ("POST", "/message/validate/(?:reply|push|multicast|narrowcast|broadcast)", self._validate),
            ("GET", "/message/quota", self._quota),
            ("GET", "/message/quota/consumption", self._consumption),
        ]

    async def _reply(self, request: LineRequest) -> LineAnswer:
        body, found = request.json(), Findings()
        found.text("replyToken", body.get("replyToken"), most=100)
        messages = check_messages(found, body.get("messages"))
        found.raise_any()
        token = self._books.reply_token(str(body["replyToken"]))
        person = None if token is None else self._books.person(token.user_id)
        refused = self._dice.happens(self._dice.faults.invalid_reply_token)
        if token is None or person is None or token.used or token.valid_until_real < self._real_now() or refused:
            raise LineError(400, "Invalid reply token")
        self._books.save(replace(token, used=True))
        sent = self._chats.receive(person, messages, "reply")
        await self._stumble()
        return LineAnswer(body={"sentMessages": sent})

    async def _push(self, request: LineRequest) -> LineAnswer:
        body, found = request.json(), Findings()
        found.text("to", body.get("to"), most=100)
        messages = check_messages(found, body.get("messages"))
        found.raise_any()
        person = self._books.person(str(body["to"]))
        if person is None and not USER_ID.fullmatch(str(body["to"])):
            raise LineError(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
        key = self._retry_key(request)
        if person is None:
            raise LineError(400, "Failed to send messages")
        sent = self._deliver([person], messages, "push", request, key)
        await self._stumble(self._dice.faults.push_500_after)
        return LineAnswer(body={"sentMessages": sent})

    async def _multicast(self, request: LineRequest) -> LineAnswer:
        body, found = request.json(), Findings()
        recipients = found.items("to", body.get("to"), most=MOST_RECIPIENTS)
        for index, user_id in enumerate(recipients):
            if not isinstance(user_id, str) or not USER_ID.fullmatch(user_id):
                found.add(f"to[{index}]", "invalid user id")
        messages = check_messages(found, body.get("messages"))
        found.raise_any()
        key = self._retry_key(request)
        known = [self._books.person(user_id) for user_id in dict.fromkeys(map(str, recipients))]
        self._deliver([person for person in known if person is not None], messages, "multicast", request, key)
        await self._stumble(self._dice.faults.push_500_after)
        return LineAnswer()

    async def _validate(self, request: LineRequest) -> LineAnswer:
        found = Findings()
        check_messages(found, request.json().get("messages"))
        found.raise_any()
        return LineAnswer()

    async def _quota(self, _request: LineRequest) -> LineAnswer:
        return LineAnswer(body={"type": "limited", "value": self._dice.faults.quota})

    async def _consumption(self, _request: LineRequest) -> LineAnswer:
        return LineAnswer(body={"totalUsage": self._used()})

    def _deliver(
        self, people: Sequence[Person], messages: Sequence[Json], sent_as: str, request: LineRequest, key: str | None
    ) -> list[Json]:
        """Charge for those whom it reaches, and send. Raises LineError 429, 500."""
        if self._dice.happens(self._dice.faults.push_500):
            raise LineError(500, "Internal Server Error")
        reached = sum(person.is_following for person in people)
        if self._used() + max(1, reached) > self._dice.faults.quota:
            raise LineError(429, "You have reached your monthly limit.")
        sent: list[Json] = []
        for person in people:
            sent = self._chats.receive(person, messages, sent_as)
        if reached:
            self._books.bill(reached, self._chats.now())
        if key is not None:
            shown = tuple(sent) if sent_as == "push" else ()
            accepted = RetryKey(
                key=key, digest=_digest(request), request_id=request.id, sent=shown, at=self._chats.now()
            )
            self._books.save(accepted)
        return sent

    def _retry_key(self, request: LineRequest) -> str | None:
        """The key of a request that is to be carried out. Raises LineError 400, 409."""
        given = request.headers.get("x-line-retry-key")
        if given is None:
            return None
        try:
            key = str(uuid.UUID(given))
        except ValueError:
            raise LineError(400, "The retry key is invalid") from None
        known = self._books.retry_key(key)
        if known is None or self._chats.now() - known.at >= RETRY_KEY_LASTS:
            return key
        if known.digest != _digest(request):
            raise LineError(400, "The retry key was used for another request")
        headers = {"x-line-accepted-request-id": known.request_id}
        raise LineError(409, "The retry key is already accepted", sent=known.sent, headers=headers)

    def _used(self) -> int:
        now = self._chats.now().astimezone(_MONTHS_IN)
        start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (start + timedelta(days=32)).replace(day=1)
        return self._books.billed(start.astimezone(UTC), following.astimezone(UTC))

    async def _stumble(self, chance_of_500: float = 0.0) -> None:
        """What goes wrong after acceptance. It hangs in real time, as the client's timeout does."""
        if self._dice.happens(chance_of_500):
            raise LineError(500, "Internal Server Error")
        if self._dice.happens(self._dice.faults.timeout):
            try:
                async with asyncio.timeout(HANGS_S):
                    await self._stopping().wait()
            except TimeoutError:
                pass
            raise LineError(503, "Service Unavailable")


def _digest(request: LineRequest) -> str:
    return hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
