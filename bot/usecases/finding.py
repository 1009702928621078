"""What supervisors look for among all callbacks, and take away as a table."""

import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.booking import phone
from bot.booking.callback import Callback
from bot.booking.errors import NumberRefused
from bot.booking.phone import NumberPolicy
from bot.store import audit
from bot.store.agents import Agent
from bot.store.database import Database
from bot.store.finding import Order, Place, Wanted, counted, found, place_of

__all__ = ["Finding", "Found", "Order", "Place", "Wanted"]

READ_AT_ONCE = 500
MOST_COUNTED = 10_000
"""More are not counted: a million take a second, and nobody reads the number."""
FEWEST_DIGITS = 4
"""Of a number's end: fewer would find nearly everybody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A page of callbacks; `counts` is by status over all pages, none where there are too `many` to be counted while
    somebody waits; `after` is where the next page begins."""

    callbacks: tuple[Callback, ...]
    counts: dict[str, int]
    after: Place | None
    many: int | None = None

    @property
    def total(self) -> int:
        """How many there are on all pages; at least so many, where that is all that is known."""
        return self.many or sum(self.counts.values())


class Finding:
    """The callback manager's eyes."""

    def __init__(self, database: Database, *, numbers: NumberPolicy, counts_at_most: int = MOST_COUNTED) -> None:
        self._counts_at_most = counts_at_most
        self._database = database
        self._numbers = numbers

    def said(self, wanted: Wanted, words: str) -> Wanted:
        """`wanted`, narrowed by what somebody typed: a reference, a number in any writing or its end, or a name."""
        words = unicodedata.normalize("NFKC", words).strip()
        digits = "".join(letter for letter in words if letter.isdigit())
        is_end = digits == words and len(digits) >= FEWEST_DIGITS
        return replace(
            wanted, reference=words.upper(), name="" if is_end else words, number=self._number(words),
            ending=digits if is_end else "",
        )  # fmt: skip

    async def page(self, wanted: Wanted, *, order: Order, after: Place | None, limit: int) -> Found:
        """One page of what is wanted."""
        async with self._database.read() as tx:
            some = await found(tx, wanted, order=order, after=after, limit=limit + 1)
            counts = await counted(tx, wanted, most=self._counts_at_most + 1)
        shown, is_too_many = tuple(some[:limit]), sum(counts.values()) > self._counts_at_most
        return Found(
            callbacks=shown,
            counts={} if is_too_many else counts,
            after=place_of(shown[-1], order) if len(some) > limit else None,
            many=self._counts_at_most if is_too_many else None,
        )

    async def exported(
        self, wanted: Wanted, *, order: Order, with_numbers: bool, reader: Agent, now: datetime
    ) -> AsyncIterator[list[Callback]]:
        """Everything that is wanted, in parts. That it was taken away, and whether with full numbers, is in the audit
        log before the first line leaves."""
        async with self._database.write() as tx:
            facts = {"numbers": "full" if with_numbers else "masked"}
            await audit.append(tx, at=now, actor=reader.login, action="exported", subject="callbacks", facts=facts)
        after: Place | None = None
        while True:
            async with self._database.read() as tx:
                part = await found(tx, wanted, order=order, after=after, limit=READ_AT_ONCE)
            if part:
                yield part
            if len(part) < READ_AT_ONCE:
                return
            after = place_of(part[-1], order)

    def _number(self, words: str) -> str:
        try:
            return phone.canonical(words, self._numbers)
        except NumberRefused:
            return ""
