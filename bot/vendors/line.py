"""The one client of LINE's Messaging API, on LINE's own SDK: timeouts, signatures, retry keys, errors sorted."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    ShowLoadingAnimationRequest,
)
from linebot.v3.webhook import SignatureValidator

TIMEOUT_S = (3.0, 10.0)
"""To connect and to read; the SDK itself would wait for ever."""
SHOW_TIMEOUT_S = (1.0, 2.0)
WORKERS = 32
LOADING_S = 20
ALREADY_ACCEPTED = 409
RATE_LIMITED = 429
MONTHLY_LIMIT = "monthly limit"
"""What a refusal says once the month's messages are used up; any other 429 is for a moment only.
https://developers.line.biz/en/reference/messaging-api/#error-responses"""
T = TypeVar("T")
Message = dict[str, Any]
"""A message object as https://developers.line.biz/en/reference/messaging-api/#message-objects describes it."""


class LineRefused(Exception):
    """LINE surely did not act. `status` is the HTTP status, 0 when no connection came about."""

    def __init__(self, status: int, message: str = "", *, try_later: bool = False) -> None:
        super().__init__(f"LINE refused the request with status {status}: {message}")
        self.status = status
        self.try_later = try_later


class LineAccepted(LineRefused):
    """The same push was accepted before, under the same retry key: nothing more is sent, and nothing is missing."""

    def __init__(self) -> None:
        super().__init__(ALREADY_ACCEPTED, "accepted before")


class LineSilent(Exception):
    """Nobody knows whether LINE acted: the answer was lost, late or an inner error."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"LINE's answer is unknown: {cause}.")
        self.cause = cause


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """How many messages may be pushed this month, None for any number, and how many were."""

    limit: int | None
    used: int


class LineClient:
    """One channel. `base_url` points to a stand-in for LINE; empty is LINE itself."""

    def __init__(self, *, channel_secret: str, access_token: str, base_url: str = "") -> None:
        configuration = Configuration(access_token=access_token, **({"host": base_url} if base_url else {}))
        configuration.retries = (
            False  # what urllib3 would repeat by itself is repeated here, with a retry key, or never
        )
        configuration.connection_pool_maxsize = WORKERS
        self._http = _ElsewhereToo(configuration, base_url)
        self._api = MessagingApi(self._http)
        self._blobs = MessagingApiBlob(self._http)
        self._validator = SignatureValidator(channel_secret)
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="line")

    def always_send(self, header: str, value: str) -> None:
        """Put a header on every request."""
        self._http.set_default_header(header, value)

    def is_signed(self, body: bytes, signature: str) -> bool:
        """Whether a webhook's raw body was signed with this channel's secret."""
        try:
            return bool(signature) and bool(self._validator.validate(body.decode(), signature))
        except UnicodeDecodeError:
            return False

    async def reply(self, token: str, messages: Sequence[Message]) -> str:
        """Answer a message, free of charge and once a token; returns the id of the first message sent.

        Raises LineRefused, among others for a token that was used or is too old, and LineSilent.
        """
        request = ReplyMessageRequest.from_dict({"replyToken": token, "messages": list(messages)})
        return await self._ask(lambda: _first_id(self._api.reply_message(request, _request_timeout=TIMEOUT_S)))

    async def push(self, to: str, messages: Sequence[Message], *, retry_key: str) -> str:
        """Write to somebody; each costs one of the month's messages. Under the same key (a UUID) it is sent once,
        however often it is asked for within a day. Raises LineRefused or LineSilent."""
        request = PushMessageRequest.from_dict({"to": to, "messages": list(messages)})
        try:
            return await self._ask(
                lambda: _first_id(
                    self._api.push_message(request, x_line_retry_key=retry_key, _request_timeout=TIMEOUT_S)
                )
            )
        except LineAccepted:
            return ""

    async def show_loading(self, to: str) -> None:
        """Let somebody see that an answer is on its way. Raises LineRefused or LineSilent."""
        request = ShowLoadingAnimationRequest.from_dict({"chatId": to, "loadingSeconds": LOADING_S})
        await self._ask(lambda: self._api.show_loading_animation(request, _request_timeout=SHOW_TIMEOUT_S))

    async def quota(self) -> Quota:
        """How much of the month's messages is used. Raises LineRefused or LineSilent."""

        def ask() -> Quota:
            quota = self._api.get_message_quota(_request_timeout=TIMEOUT_S)
            used = self._api.get_message_quota_consumption(_request_timeout=TIMEOUT_S)
            return Quota(limit=quota.value if str(quota.type.value) == "limited" else None, used=used.total_usage)

        return await self._ask(ask)

    async def rich_menus(self) -> dict[str, str]:
        """The ids of the channel's rich menus by their names. Raises LineRefused or LineSilent."""
        return await self._ask(
            lambda: {
                menu.name: menu.rich_menu_id
                for menu in self._api.get_rich_menu_list(_request_timeout=TIMEOUT_S).richmenus
            }
        )

    async def add_rich_menu(self, menu: Mapping[str, Any], image: bytes) -> str:
        """Create a rich menu with its PNG and show it to all; returns its id. Raises LineRefused or LineSilent."""

        def ask() -> str:
            request = RichMenuRequest.from_dict(dict(menu))
            made = str(self._api.create_rich_menu(request, _request_timeout=TIMEOUT_S).rich_menu_id)
            self._blobs.set_rich_menu_image(
                made, body=image, _headers={"Content-Type": "image/png"}, _request_timeout=TIMEOUT_S
            )
            self._api.set_default_rich_menu(made, _request_timeout=TIMEOUT_S)
            return made

        return await self._ask(ask)

    async def drop_rich_menu(self, menu_id: str) -> None:
        """Delete a rich menu. Raises LineRefused or LineSilent."""
        await self._ask(lambda: self._api.delete_rich_menu(menu_id, _request_timeout=TIMEOUT_S))

    async def show_rich_menu(self, menu_id: str) -> None:
        """Show a rich menu to everybody. Raises LineRefused or LineSilent."""
        await self._ask(lambda: self._api.set_default_rich_menu(menu_id, _request_timeout=TIMEOUT_S))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, request: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, request)
        except ApiException as error:
            if error.status == ALREADY_ACCEPTED:
                raise LineAccepted from error
            if error.status == 0 or error.status >= 500:
                raise LineSilent(f"status {error.status}") from error
            told = _told(error.body)
            is_for_a_moment = error.status == RATE_LIMITED and MONTHLY_LIMIT not in told
            raise LineRefused(error.status, told, try_later=is_for_a_moment) from error
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            raise LineRefused(0, "no connection", try_later=True) from error
        except urllib3.exceptions.HTTPError as error:
            raise LineSilent(type(error).__name__) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # an answer that cannot be read
            raise LineSilent("unreadable answer") from error


class _ElsewhereToo(ApiClient):  # type: ignore[misc]  # the SDK tells no types
    """Sends what the SDK would send to a host of its own (images have one) to the stand-in as well."""

    def __init__(self, configuration: Configuration, base_url: str) -> None:
        super().__init__(configuration)
        self._elsewhere = base_url

    def call_api(self, *args: Any, **options: Any) -> Any:
        if self._elsewhere and options.get("_host"):
            options["_host"] = self._elsewhere
        return super().call_api(*args, **options)


def _first_id(answer: Any) -> str:
    return str(answer.sent_messages[0].id) if answer.sent_messages else ""


def _told(body: object) -> str:
    """What an error says, without what was sent."""
    try:
        return str(json.loads(body if isinstance(body, str | bytes) else "")["message"]).casefold()
    except (ValueError, LookupError, TypeError):
        return ""
