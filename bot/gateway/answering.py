"""What runs behind the webhooks: every message that waits is answered, many people at once and each in their order."""

import asyncio
import contextlib
from datetime import UTC, datetime

import structlog

from bot.channels.channel import Heard
from bot.usecases.correspondence import AT_ONCE
from bot.wiring import Product

LOOKS_EVERY_S = 1.0
LEAVES_AFTER_S = 3.0

log = structlog.get_logger(__name__)


class Answering:
    """Answers what was kept; woken by the webhooks, and looking by itself for what a dead process left."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._something_came = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something may have come."""
        self._something_came.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._something_came.wait(), LOOKS_EVERY_S)
            self._something_came.clear()
            try:
                await self._begin()
            except Exception:
                log.exception("answering_failed")

    async def finish(self) -> None:
        """Let the answers under way leave; what does not make it is answered after the restart."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LEAVES_AFTER_S)
        for task in self._under_way:
            task.cancel()

    async def _begin(self) -> None:
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return
        for message in await self._product.correspondence.take(real_now=datetime.now(UTC), limit=free):
            task = asyncio.create_task(self._answer(message))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _answer(self, message: Heard) -> None:
        product = self._product
        async with product.decision():
            await product.correspondence.answer(message, now=product.clock.now(), real_now=datetime.now(UTC))
        self.wake()  # the next message of the same person, or one that found no room
