"""The carrier's REST API without the web server: a request in, status and JSON out."""

import asyncio
import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import unquote

from bot.simulator.api import ApiAnswer, ApiRequest, Handler, Json, Route, not_found, ok
from bot.simulator.calls import Calls, read_order
from bot.simulator.errors import CarrierError
from bot.simulator.exchange import Exchange
from bot.simulator.faults import CallFault, Faults
from bot.simulator.messages import Messages
from bot.simulator.records import CallRecord
from bot.simulator.resources import (
    account_resource,
    account_uri,
    call_resource,
    list_resource,
    message_resource,
    notification_resource,
    read_page,
)

HANGS_S = 30.0
_RETRY_AFTER_S = 1


class RestApi:
    """Twilio's resources under `/2010-04-01/Accounts/{sid}` for one account."""

    def __init__(
        self,
        exchange: Exchange,
        calls: Calls,
        messages: Messages,
        faults: Faults,
        *,
        auth_token: str,
        business_number: str,
        stopping: asyncio.Event,
        routes: Sequence[Route],
    ) -> None:
        self._exchange = exchange
        self._calls = calls
        self._messages = messages
        self._faults = faults
        self._auth_token = auth_token
        self._business_number = business_number
        self._started_at = exchange.now()
        self._stopping = stopping
        root = re.escape(account_uri(exchange.account_sid))
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = [
            (method, re.compile(root + pattern), handler) for method, pattern, handler in (*self._own_routes(), *routes)
        ]

    def _own_routes(self) -> list[Route]:
        call, message = r"/Calls/(CA[0-9a-f]{32})", r"/Messages/(SM[0-9a-f]{32})"
        return [
            ("GET", r"\.json", self._account),
            ("POST", r"/Calls\.json", self._create_call),
            ("GET", r"/Calls\.json", self._list_calls),
            ("GET", rf"{call}\.json", self._fetch_call),
            ("POST", rf"{call}\.json", self._update_call),
            ("GET", rf"{call}/Notifications\.json", self._list_notifications),
            ("POST", r"/Messages\.json", self._create_message),
            ("GET", r"/Messages\.json", self._list_messages),
            ("GET", rf"{message}\.json", self._fetch_message),
        ]

    async def answer(self, request: ApiRequest) -> ApiAnswer:
        """Carry out a request. Never raises for what the client did wrong."""
        try:
            self._authenticate(request)
            for method, pattern, handler in self._routes:
                match = pattern.fullmatch(request.path)
                if match is not None and method == request.method:
                    return await handler(request, *(unquote(name) for name in match.groups()))
            raise not_found(request.path)
        except CarrierError as error:
            headers = {"Retry-After": str(_RETRY_AFTER_S)} if error.status == 429 else {}
            if error.status == 401:
                headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
            return ApiAnswer(status=error.status, body=error.body(), headers=headers)

    def _authenticate(self, request: ApiRequest) -> None:
        scheme, _, encoded = (request.authorization or "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            given = b""
        expected = f"{self._exchange.account_sid}:{self._auth_token}".encode()
        if not hmac.compare_digest(given, expected):
            raise CarrierError(20003, "Authenticate", 401)
        if not request.path.startswith(account_uri(self._exchange.account_sid)):
            raise not_found(request.path)

    async def _account(self, _request: ApiRequest) -> ApiAnswer:
        return ok(account_resource(self._exchange.account_sid, self._started_at))

    async def _create_call(self, request: ApiRequest) -> ApiAnswer:
        fault = self._faults.of_call_creation()
        if fault == "429":
            raise CarrierError(20429, "Too Many Requests", 429)
        if fault == "10004":
            raise CarrierError(10004, "Call concurrency limit exceeded", 429)
        if fault == "500_before_accept":
            raise CarrierError(20500, "An internal server error has occurred", 500)
        call = self._calls.place(read_order(request.form, self._business_number))
        await self._stumble(fault)
        return ApiAnswer(status=201, body=call_resource(call, self._exchange.account_sid))

    async def _stumble(self, fault: CallFault | None) -> None:
        """What goes wrong after the call has been accepted. It hangs in real time, as the client's timeout does."""
        if fault == "500_after_accept":
            raise CarrierError(20500, "An internal server error has occurred", 500)
        if fault == "timeout":
            try:
                async with asyncio.timeout(HANGS_S):
                    await self._stopping.wait()
            except TimeoutError:
                pass
            raise CarrierError(20503, "Service unavailable", 503)

    async def _list_calls(self, request: ApiRequest) -> ApiAnswer:
        page = read_page(request.query)
        found = self._exchange.ledger.calls(_call_filters(request.query), limit=page.size + 1, offset=page.offset)
        return ok(list_resource("calls", request.path, request.query, found, self._show_call))

    async def _fetch_call(self, request: ApiRequest, sid: str) -> ApiAnswer:
        return ok(self._show_call(self._known_call(request, sid)))

    async def _update_call(self, request: ApiRequest, sid: str) -> ApiAnswer:
        self._known_call(request, sid)
        self._calls.update(sid, request.form)
        return ok(self._show_call(self._known_call(request, sid)))

    async def _list_notifications(self, request: ApiRequest, sid: str) -> ApiAnswer:
        self._known_call(request, sid)
        page = read_page(request.query)
        found = self._exchange.ledger.notifications(sid)[page.offset :]
        account_sid = self._exchange.account_sid
        return ok(
            list_resource(
                "notifications",
                request.path,
                request.query,
                found,
                lambda notification: notification_resource(notification, account_sid),
            )
        )

    async def _create_message(self, request: ApiRequest) -> ApiAnswer:
        message = self._messages.send(request.form)
        return ApiAnswer(status=201, body=message_resource(message, self._exchange.account_sid))

    async def _list_messages(self, request: ApiRequest) -> ApiAnswer:
        page = read_page(request.query)
        found = self._exchange.ledger.messages(_message_filters(request.query), limit=page.size + 1, offset=page.offset)
        account_sid = self._exchange.account_sid
        return ok(
            list_resource(
                "messages",
                request.path,
                request.query,
                found,
                lambda message: message_resource(message, account_sid),
            )
        )

    async def _fetch_message(self, request: ApiRequest, sid: str) -> ApiAnswer:
        message = self._exchange.ledger.message(sid)
        if message is None:
            raise not_found(request.path)
        return ok(message_resource(message, self._exchange.account_sid))

    def _known_call(self, request: ApiRequest, sid: str) -> CallRecord:
        call = self._exchange.ledger.call(sid)
        if call is None:
            raise not_found(request.path)
        return call

    def _show_call(self, call: CallRecord) -> Json:
        return call_resource(call, self._exchange.account_sid)


def _call_filters(query: Mapping[str, str]) -> list[tuple[str, str]]:
    """Twilio's filters; days are those of UTC. `StartTime<` means on or before that day, `StartTime>` on or after."""
    columns = {"To": "to_number", "From": "from_number", "Status": "status", "ParentCallSid": "parent_sid"}
    filters = [(f"{column} =", query[name]) for name, column in columns.items() if query.get(name)]
    return filters + _day_filters(query, "StartTime", "started_at") + _day_filters(query, "EndTime", "ended_at")


def _message_filters(query: Mapping[str, str]) -> list[tuple[str, str]]:
    columns = {"To": "to_number", "From": "from_number"}
    filters = [(f"{column} =", query[name]) for name, column in columns.items() if query.get(name)]
    return filters + _day_filters(query, "DateSent", "sent_at")


def _day_filters(query: Mapping[str, str], name: str, column: str) -> list[tuple[str, str]]:
    filters = []
    for suffix in ("", "<", ">"):
        value = query.get(name + suffix)
        if not value:
            continue
        day = _day(value, name)
        if suffix != "<":
            filters.append((f"{column} >=", day.isoformat()))
        if suffix != ">":
            filters.append((f"{column} <", (day + timedelta(days=1)).isoformat()))
    return filters


def _day(value: str, name: str) -> date:
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        raise CarrierError(20001, f"Parameter '{name}' is not valid") from None
