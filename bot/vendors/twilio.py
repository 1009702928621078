"""Twilio's REST API and webhooks through twilio-python, its faults sorted by the one question that matters:

may the carrier have acted, or surely not? Creating a call or a message is not idempotent at Twilio
(https://www.twilio.com/docs/api/errors/20500), so a request whose answer is unknown must never be repeated.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

TIMEOUT_S = 10.0
WORKERS = 128
"""Requests under way at once: at a fifth of a second each, more than 600 a second."""
TWILIO = "https://api.twilio.com"
NOT_FOUND = 20404
T = TypeVar("T")

STATUS_EVENTS = ["initiated", "ringing", "answered", "completed"]
DELIVERY_RETRIES = "#rc=3&rp=all"
"""Asks Twilio to deliver a webhook up to three times more, on any failure; a fragment is never sent nor signed.
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides"""


class CarrierRefused(Exception):
    """The carrier surely did not act. `code` is Twilio's error code, 0 when no answer came back."""

    def __init__(self, code: int, *, try_later: bool) -> None:
        super().__init__(f"The carrier refused the request with code {code}.")
        self.code = code
        self.try_later = try_later


class CarrierSilent(Exception):
    """Nobody knows whether the carrier acted: the answer was lost, late or an inner error."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"The carrier's answer is unknown: {cause}.")
        self.cause = cause


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierCall:
    """A call as the carrier tells it. `status` is one of Twilio's REST statuses."""

    sid: str
    status: str
    to: str
    created_at: datetime | None
    duration_s: int | None


class TwilioClient:
    """One account. `base_url` points to a compatible carrier; empty is Twilio itself."""

    def __init__(self, *, account_sid: str, auth_token: str, base_url: str = "") -> None:
        # The synchronous client in threads: twilio 9.13's asynchronous one ignores its timeout and repeats a POST
        # after a 500, which calls the customer again (https://github.com/twilio/twilio-python/issues/925).
        http = TwilioHttpClient(timeout=TIMEOUT_S)
        for scheme in ("https://", "http://"):  # a connection for every worker: opening one costs more than a request
            http.session.mount(scheme, HTTPAdapter(pool_maxsize=WORKERS))
        _read_environment_once(http.session, base_url or TWILIO)
        self._client = Client(account_sid, auth_token, http_client=http)
        if base_url:
            self._client.api.base_url = base_url.rstrip("/")
        self._account_sid = account_sid
        self._validator = RequestValidator(auth_token)
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="carrier")

    async def create_call(
        self, *, to: str, caller: str, answer_url: str, status_url: str, ring_seconds: int, machine_url: str = ""
    ) -> CarrierCall:
        """Place a call. With `machine_url` the carrier listens beside the call and tells there whether a machine has
        answered, at the end of its greeting. Raises CarrierRefused or CarrierSilent."""
        listening: dict[str, str] = {}
        if machine_url:
            listening = {
                "machine_detection": "DetectMessageEnd",
                "async_amd": "true",  # a text: https://www.twilio.com/docs/voice/answering-machine-detection
                "async_amd_status_callback": machine_url,
            }
        return await self._ask(
            lambda: _call(
                self._client.calls.create(
                    to=to,
                    from_=caller,
                    url=answer_url,
                    status_callback=status_url + DELIVERY_RETRIES,
                    status_callback_event=STATUS_EVENTS,
                    timeout=ring_seconds,
                    **listening,
                )
            )
        )

    async def fetch_call(self, sid: str) -> CarrierCall:
        """How a call stands. Raises CarrierRefused or CarrierSilent."""
        return await self._ask(lambda: _call(self._client.calls(sid).fetch()))

    async def calls_to(self, number: str, *, limit: int = 20) -> list[CarrierCall]:
        """The latest calls to a number. The API's own time filter knows whole days only, so none is used."""
        return await self._ask(lambda: [_call(call) for call in self._client.calls.list(to=number, limit=limit)])

    async def end_call(self, sid: str) -> None:
        """Hang up, or stop the ringing."""
        await self._ask(lambda: self._client.calls(sid).update(status="completed"))

    async def redirect_call(self, sid: str, url: str) -> None:
        """Go on with the document at `url` instead of what the call hears now."""
        await self._ask(lambda: self._client.calls(sid).update(url=url, method="POST"))

    async def change_participant(self, room: str, call_sid: str, **changes: Any) -> None:
        """Mute, hold or let coach whoever is in the conference of this name, as twilio-python names it. Raises
        CarrierRefused or CarrierSilent."""
        await self._ask(lambda: self._in_room(room)(call_sid).update(**changes))

    def _in_room(self, room: str) -> Any:
        """Who is in it: the conference is asked for by its name, and its participants by its sid.
        https://www.twilio.com/docs/voice/api/conference-participant-resource"""
        found = self._client.conferences.list(friendly_name=room, status="in-progress", limit=1)
        if not found:
            raise CarrierRefused(NOT_FOUND, try_later=False)
        return self._client.conferences(found[0].sid).participants

    async def send_sms(self, *, to: str, sender: str, text: str, status_url: str) -> str:
        """Send a text message; returns its sid. Raises CarrierRefused or CarrierSilent."""
        return await self._ask(
            lambda: _sid(
                self._client.messages.create(
                    to=to, from_=sender, body=text, status_callback=status_url + DELIVERY_RETRIES
                ).sid
            )
        )

    async def ping(self) -> None:
        """Raise CarrierRefused or CarrierSilent when the account does not answer."""
        await self._ask(lambda: self._client.api.accounts(self._account_sid).fetch())

    def is_signed(self, url: str, fields: Mapping[str, str], signature: str) -> bool:
        """Whether a webhook was signed for exactly this URL and these fields, blank ones included."""
        return bool(self._validator.validate(url, dict(fields), signature))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, request: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, request)
        except TwilioRestException as error:
            if error.status >= 500:
                raise CarrierSilent(f"status {error.status}") from error
            # 429 is "never processed and always safe to retry": https://www.twilio.com/docs/api/errors/20429
            raise CarrierRefused(error.code or error.status, try_later=error.status == 429) from error
        except requests.RequestException as error:
            if _was_never_sent(error):
                raise CarrierRefused(0, try_later=True) from error
            raise CarrierSilent(type(error).__name__) from error
        except (TwilioException, ValueError, LookupError, TypeError) as error:
            # The answer came, but not in words that can be read.
            raise CarrierSilent("unreadable answer") from error


def _read_environment_once(session: requests.Session, url: str) -> None:
    """Proxies and certificates as the environment names them: requests would ask it anew before every call, which costs
    a third of a dial."""
    told = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify = told["proxies"], told["verify"]
    session.trust_env = False


def _was_never_sent(error: requests.RequestException) -> bool:
    """Whether no connection came about at all. A reset or a read timeout comes after the request has left."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _call(call: CallInstance) -> CarrierCall:
    return CarrierCall(
        sid=_sid(call.sid),
        status=str(getattr(call.status, "value", call.status)),
        to=str(call.to),
        created_at=call.date_created,
        duration_s=int(call.duration) if call.duration else None,
    )


def _sid(told: str | None) -> str:
    if not told:
        raise ValueError("the carrier told no sid")
    return told
