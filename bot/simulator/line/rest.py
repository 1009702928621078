"""The Messaging API without the web server: a request in, status, headers and body out."""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.simulator.line.api import LARGEST_BODY, Handler, LineAnswer, LineError, LineRequest, Route, not_found
from bot.simulator.line.chats import Chats
from bot.simulator.line.findings import Findings

_ROOT = re.escape("/v2/bot")
_RETRIED = ("/v2/bot/message/push", "/v2/bot/message/multicast")
_LONGEST_LOADING_S = 60
_LOADING_STEP_S = 5
_USUAL_LOADING_S = 20


class MessagingApi:
    """LINE's resources under `/v2/bot`, of one channel."""

    def __init__(
        self, chats: Chats, *, access_token: str, destination: str, display_name: str, routes: Sequence[Route]
    ) -> None:
        self._chats = chats
        self._books = chats.books
        self._access_token = access_token
        self._destination = destination
        self._display_name = display_name
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = [
            (method, re.compile(_ROOT + pattern), handler)
            for method, pattern, handler in (*self._own_routes(), *routes)
        ]

    def _own_routes(self) -> list[Route]:
        person = "(U[0-9a-f]{32})"
        return [
            ("GET", "/info", self._info),
            ("GET", f"/profile/{person}", self._profile),
            ("POST", f"/user/{person}/linkToken", self._link_token),
            ("POST", "/chat/loading/start", self._loading),
        ]

    async def answer(self, request: LineRequest) -> LineAnswer:
        """Carry out a request. Never raises for what the client did wrong."""
        try:
            answer = await self._carry_out(request)
        except LineError as error:
            answer = error.answer()
        return replace(answer, headers={**answer.headers, "x-line-request-id": request.id})

    async def _carry_out(self, request: LineRequest) -> LineAnswer:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self._access_token.encode()):
            reason = "invalid token. Confirm that the access token in the authorization header is valid."
            raise LineError(401, f"Authentication failed due to the following reason: {reason}")
        if "x-line-retry-key" in request.headers and request.path not in _RETRIED:
            raise LineError(400, "The retry key is not supported by this endpoint")
        if len(request.body) > LARGEST_BODY:
            raise LineError(413, "Request Entity Too Large")
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match is not None and method == request.method:
                return await handler(request, *match.groups())
        raise not_found()

    async def _info(self, _request: LineRequest) -> LineAnswer:
        return LineAnswer(
            body={
                "userId": self._destination,
                "basicId": f"@{self._destination[1:9]}",
                "displayName": self._display_name,
                "chatMode": "bot",
                "markAsReadMode": "auto",
            }
        )

    async def _profile(self, _request: LineRequest, user_id: str) -> LineAnswer:
        person = self._books.person(user_id)
        if person is None or not person.is_following:
            raise not_found()
        shown = {"displayName": person.display_name, "userId": user_id, "language": person.language}
        return LineAnswer(body=dict(shown))

    async def _link_token(self, _request: LineRequest, user_id: str) -> LineAnswer:
        if self._books.person(user_id) is None:
            raise not_found()
        return LineAnswer(body={"linkToken": secrets.token_urlsafe(24)})

    async def _loading(self, request: LineRequest) -> LineAnswer:
        body, found = request.json(), Findings()
        found.text("chatId", body.get("chatId"), most=100)
        seconds = body.get("loadingSeconds", _USUAL_LOADING_S)
        found.whole_number("loadingSeconds", seconds, least=_LOADING_STEP_S, most=_LONGEST_LOADING_S)
        if isinstance(seconds, int) and seconds % _LOADING_STEP_S:
            found.add("loadingSeconds", f"Must be a multiple of {_LOADING_STEP_S}")
        found.raise_any()
        person = self._books.person(str(body["chatId"]))
        if person is None:
            raise LineError(400, "The value for the 'chatId' parameter is invalid")
        if person.is_following:
            until = self._chats.now() + timedelta(seconds=int(str(seconds)))
            self._chats.save(replace(person, loading_until=until))
        return LineAnswer(status=202)
