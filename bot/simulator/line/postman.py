"""The webhooks that LINE sends: signed, one event each, given up or delivered again.

Source: https://developers.line.biz/en/docs/messaging-api/receiving-messages/. How often and when LINE delivers again
is not published; here it is three times.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace

import httpx

from bot.simulator.line.books import Books
from bot.simulator.line.faults import Dice
from bot.simulator.line.records import Delivery
from bot.simulator.timers import Timers

ANSWERS_WITHIN_S = 2.0
OVERTAKEN_AT_LATEST_S = 3.0
AGAIN_AFTER_S = (10.0, 60.0, 300.0)
_AT_ONCE = 32
_log = logging.getLogger(__name__)


def sign(channel_secret: str, body: bytes) -> str:
    """x-line-signature of a body."""
    return base64.b64encode(hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()).decode()


class Postman:
    """Delivers events in the background; those of one person one after the other, unless a fault says otherwise.

    `before_redelivery` is told of each event that is about to come again.
    """

    def __init__(
        self,
        books: Books,
        timers: Timers,
        dice: Dice,
        *,
        url: str,
        channel_secret: str,
        destination: str,
        before_redelivery: Callable[[Delivery], None],
    ) -> None:
        self._books = books
        self._timers = timers
        self._dice = dice
        self._url = url
        self._secret = channel_secret
        self._destination = destination
        self._before_redelivery = before_redelivery
        # The product's own address is on this machine or named by the operator: no proxy stands between.
        self._http = httpx.AsyncClient(timeout=ANSWERS_WITHIN_S, trust_env=False)
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._last: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Delivery] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Deliver nothing more; what is on its way stays in the books."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def deliver(self, delivery: Delivery) -> None:
        """Send an event that happened just now, after the person's earlier ones."""
        self._books.save(delivery)
        held = self._held.pop(delivery.user_id, None)
        if held is None and self._dice.happens(self._dice.faults.reordered):
            self._held[delivery.user_id] = delivery
            self._spawn(self._release_later(delivery))
            return
        self._queue(delivery)
        if held is not None:
            self._queue(held)

    def deliver_again(self, delivery: Delivery) -> None:
        """Send an event as a redelivery, at once."""
        self._spawn(self._again(delivery))

    def resume(self) -> None:
        """Go on with what was on its way when the process stopped."""
        for delivery in self._books.pending_deliveries():
            self._spawn(self._follow_up(delivery) if delivery.attempts else self._first(delivery, after=None))

    def _queue(self, delivery: Delivery) -> None:
        task = self._spawn(self._first(delivery, after=self._last.get(delivery.user_id)))
        self._last[delivery.user_id] = task
        task.add_done_callback(lambda done: self._forget(delivery.user_id, done))

    async def _release_later(self, delivery: Delivery) -> None:
        await self._timers.sleep(OVERTAKEN_AT_LATEST_S)
        if self._held.get(delivery.user_id) is delivery:
            self._queue(self._held.pop(delivery.user_id))

    async def _first(self, delivery: Delivery, *, after: asyncio.Task[None] | None) -> None:
        faults = self._dice.faults
        lost, twice = self._dice.happens(faults.lost), self._dice.happens(faults.duplicate)
        if faults.late_s > 0:
            await self._timers.sleep(faults.late_s)
        if after is not None:
            await asyncio.wait({after})
        taken = not lost and await self._post(delivery)
        if twice and not lost:
            await self._post(delivery)
        delivery = replace(delivery, attempts=1, state="delivered" if taken else "pending")
        self._books.save(delivery)
        if not taken:
            self._spawn(self._follow_up(delivery))

    async def _follow_up(self, delivery: Delivery) -> None:
        """Deliver again, later each time, where redelivery is switched on; else give up."""
        while self._dice.faults.redelivery and delivery.attempts <= len(AGAIN_AFTER_S):
            await self._timers.sleep(AGAIN_AFTER_S[delivery.attempts - 1])
            delivery = await self._again(delivery)
            if delivery.state == "delivered":
                return
        self._books.save(replace(delivery, state="failed"))

    async def _again(self, delivery: Delivery) -> Delivery:
        self._before_redelivery(delivery)
        event = delivery.event | {"deliveryContext": {"isRedelivery": True}}
        taken = await self._post(replace(delivery, event=event))
        delivery = replace(delivery, attempts=delivery.attempts + 1, state="delivered" if taken else delivery.state)
        self._books.save(delivery)
        return delivery

    async def _post(self, delivery: Delivery) -> bool:
        body = json.dumps({"destination": self._destination, "events": [delivery.event]}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": sign(self._secret, body),
        }
        try:
            # The two seconds are the business's: a queue of our own is not counted.
            async with self._at_once, asyncio.timeout(ANSWERS_WITHIN_S):
                answer = await self._http.post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, TimeoutError, httpx.InvalidURL) as error:
            _log.warning("The LINE webhook was not answered: %s", type(error).__name__)
            return False
        if not answer.is_success:
            _log.warning("The LINE webhook answered %s", answer.status_code)
        return answer.is_success

    def _forget(self, user_id: str, task: asyncio.Task[None]) -> None:
        if self._last.get(user_id) is task:
            del self._last[user_id]

    def _spawn(self, work: Coroutine[None, None, object]) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(_run(work))
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("The simulated LINE failed", exc_info=error)


async def _run(work: Coroutine[None, None, object]) -> None:
    await work
