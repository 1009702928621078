"""The carrier's own HTTP requests: documents that it fetches, notifications that it delivers; signed, in order.

Retries follow the connection overrides in the URL's fragment (`#rc=3&rp=all`), as described at
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

import asyncio
import logging
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from bot.simulator.errors import DocumentError
from bot.simulator.faults import Faults
from bot.simulator.signature import sign
from bot.simulator.timers import Timers

LONGEST_FETCH_S = 15.0
_REORDERED_AT_LATEST_S = 3.0
_MOST_RETRIES = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """One request to the customer of the carrier."""

    url: str
    params: Mapping[str, str]
    method: str = "POST"
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    """The same for every repetition of the request (I-Twilio-Idempotency-Token)."""


class Postman:
    """Fetches documents and delivers notifications.

    Notifications with the same key (a call, a message) arrive one after the other, in the order given,
    unless a fault says otherwise.
    """

    def __init__(self, auth_token: str, timers: Timers, faults: Faults) -> None:
        self._auth_token = auth_token
        self._timers = timers
        self._faults = faults
        # The product's own address is on this machine or named by the operator: no proxy stands between.
        self._http = httpx.AsyncClient(timeout=LONGEST_FETCH_S, follow_redirects=True, trust_env=False)
        self._last: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Webhook] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Deliver nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def fetch(self, webhook: Webhook) -> str:
        """The text of a TwiML document. Raises DocumentError 11200 (no good answer), 11205 (no answer) or 12300."""
        try:
            async with asyncio.timeout(LONGEST_FETCH_S):
                response = await self._send(webhook)
        except (httpx.HTTPError, TimeoutError, httpx.InvalidURL) as error:
            raise DocumentError(11205, f"HTTP connection failure: {type(error).__name__}", webhook.url) from None
        if not response.is_success:
            raise DocumentError(11200, f"HTTP retrieval failure: {response.status_code}", webhook.url)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.content and kind not in ("text/xml", "application/xml", "text/html"):
            raise DocumentError(12300, f"Invalid Content-Type: {kind or 'none'}", webhook.url)
        return response.text

    async def ask(self, webhook: Webhook) -> str:
        """The answer to a message that came in; late or asked twice if faults say so. Raises DocumentError."""
        faults = self._faults.plan.webhooks
        if faults.late_s > 0:
            await self._timers.sleep(faults.late_s)
        answer = await self.fetch(webhook)
        if self._faults.happens(faults.duplicate):
            await self.fetch(webhook)
        return answer

    def notify(self, key: str, webhook: Webhook) -> None:
        """Deliver a notification in the background, after the earlier ones of the same key."""
        faults = self._faults.plan.webhooks
        if self._faults.happens(faults.lost):
            return
        if key not in self._held and self._faults.happens(faults.reordered):
            self._held[key] = webhook
            self._spawn(self._release_later(key, webhook))
            return
        self._queue(key, webhook)
        if self._faults.happens(faults.duplicate):
            self._queue(key, webhook)
        held = self._held.pop(key, None)
        if held is not None:
            self._queue(key, held)

    async def _release_later(self, key: str, webhook: Webhook) -> None:
        await self._timers.sleep(_REORDERED_AT_LATEST_S)
        if self._held.get(key) is webhook:
            self._queue(key, self._held.pop(key))

    def _queue(self, key: str, webhook: Webhook) -> None:
        task = self._spawn(self._deliver(webhook, after=self._last.get(key)))
        self._last[key] = task
        task.add_done_callback(lambda done: self._forget(key, done))

    def _forget(self, key: str, task: asyncio.Task[None]) -> None:
        if self._last.get(key) is task:
            del self._last[key]

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, webhook: Webhook, *, after: asyncio.Task[None] | None) -> None:
        late_s = self._faults.plan.webhooks.late_s
        if late_s > 0:
            await self._timers.sleep(late_s)
        if after is not None:
            await asyncio.wait({after})
        retries, policy = connection_overrides(webhook.url)
        try:
            async with asyncio.timeout(LONGEST_FETCH_S):
                for attempt in range(retries + 1):
                    failure = await self._try(webhook)
                    if failure is None or not (policy == "all" or failure.startswith(policy)):
                        break
                    await asyncio.sleep(0.1 * 2**attempt)
        except TimeoutError:
            failure = "rt"
        if failure is not None:
            _log.warning("A webhook was not taken (%s): %s", failure, urlsplit(webhook.url).path)

    async def _try(self, webhook: Webhook) -> str | None:
        """None, or how it failed in the words of the retry policy: ct, rt, 4xx, 5xx."""
        try:
            response = await self._send(webhook)
        except httpx.TimeoutException:
            return "rt"
        except (httpx.HTTPError, httpx.InvalidURL):
            return "ct"
        return None if response.status_code < 400 else f"{response.status_code // 100}xx"

    async def _send(self, webhook: Webhook) -> httpx.Response:
        url = _address(webhook)
        form = webhook.params if webhook.method == "POST" else {}
        return await self._http.request(
            webhook.method,
            url,
            content=urlencode(form) if webhook.method == "POST" else None,
            headers={
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "X-Twilio-Signature": sign(self._auth_token, url, form),
                "I-Twilio-Idempotency-Token": webhook.token,
                "User-Agent": "TwilioProxy/1.1",
                "Accept": "*/*",
            },
        )


def is_url(text: str) -> bool:
    """Whether the carrier can send a request there."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return url.scheme in ("http", "https") and bool(url.host) and "_" not in url.host


def _address(webhook: Webhook) -> str:
    """The URL that is asked and signed: no fragment; the parameters of a GET in the query."""
    parts = urlsplit(webhook.url)
    query = parts.query
    if webhook.method != "POST":
        query = "&".join(part for part in (query, urlencode(webhook.params)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def connection_overrides(url: str) -> tuple[int, str]:
    """How often to repeat, and after which failure; Twilio's default is once, where no connection was made."""
    wishes = dict(parse_qsl(urlsplit(url).fragment))
    count = wishes.get("rc", "1")
    return min(int(count) if count.isdecimal() else 1, _MOST_RETRIES), wishes.get("rp", "ct")
