"""Somebody who calls the business from a handset of the simulated carrier and presses keys."""

import re

import pytest

from bot.booking.callback import Callback
from bot.store import callbacks
from tests.support.products import NUMBER
from tests.support.telephone import Telephone


class Caller:
    """Somebody with a handset who calls the business and presses keys."""

    def __init__(self, phone: Telephone, number: str = NUMBER) -> None:
        self.phone, self.number = phone, number
        self.count = 0

    async def call(self, *words: str) -> str:
        """Dial, and listen until these words were said."""
        self.phone.carrier.call_business(self.number)
        self.count = 0
        return await self._hear(words)

    async def press(self, digits: str, *words: str) -> str:
        """Press keys, and listen until these words were said; returns all that was said since."""
        await self.phone.until(lambda: self.phone.asks(self.number), passing=0.2)
        self.count = len(self.phone.heard(self.number))
        await self.phone.act(self.number, "press", digits=digits)
        return await self._hear(words)

    async def hang_up(self) -> None:
        await self.phone.act(self.number, "hang_up")

    async def _hear(self, words: tuple[str, ...]) -> str:
        def said() -> str:
            return " ".join(self.phone.heard(self.number)[self.count :])

        try:
            await self.phone.until(lambda: said() and all(word in said() for word in words), passing=0.2)
        except TimeoutError:
            pytest.fail(f"heard {said()!r} instead of {words}")
        return said()

    async def is_over(self) -> bool:
        """The business hangs up by itself."""
        await self.phone.until(lambda: not self.phone.handset(self.number)["in_call"], passing=0.5)
        return True

    @property
    def texts(self) -> list[str]:
        return [str(message["body"]) for message in self.phone.handset(self.number)["messages"]]

    async def booked(self) -> list[Callback]:
        async with self.phone.product.database.read() as tx:
            return await callbacks.of_number(tx, self.number)

    async def code(self) -> str:
        """The code that the newest text message brings."""
        known = len(self.codes)
        await self.phone.product.identity.send_due(now=self.phone.now)
        await self.phone.until(lambda: len(self.codes) > known, passing=0.2)
        return self.codes[-1]

    @property
    def codes(self) -> list[str]:
        return [found[0] for text in self.texts if "確認コード" in text and (found := re.search(r"\d{6}", text))]
