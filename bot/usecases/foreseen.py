"""What falls due in the next minutes, read and judged while there is time: ten thousand promises for one second then
cost little more than writing them down."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from bot.booking import phone
from bot.booking.callback import Callback
from bot.booking.errors import NumberRefused
from bot.booking.lawful import CallingHours
from bot.booking.phone import NumberPolicy
from bot.booking.rules import Rules
from bot.store import callbacks, claims
from bot.store.claims import Owed
from bot.store.database import Database, Transaction

LOOKS_FORWARD = timedelta(minutes=2)
MOST_LOOKED_AT = 2000
"""In one look ahead; it is rung every few seconds."""
AT_A_TIME = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A callback, why its next number must not be dialled, and in which hours it may."""

    callback: Callback
    refusal: str | None
    hours: CallingHours


class Foreseen:
    """Callbacks by id as they were at the last look. Whether they still are is decided by the version at the claim."""

    def __init__(self, *, numbers: NumberPolicy, rules: Rules) -> None:
        self._numbers = numbers
        self._rules = rules
        self._known: dict[str, Judged] = {}

    async def look_ahead(self, database: Database, *, now: datetime) -> int:
        """Prepare for what falls due soon; returns how many were prepared. Reading a phone number takes longer than
        everything else in a claim."""
        async with database.read() as tx:
            coming = await claims.falling_due(tx, after=now, until=now + LOOKS_FORWARD)
            fresh = [one.id for one in coming if not self._has(one)][:MOST_LOOKED_AT]
            read = await callbacks.of_ids(tx, fresh)
        still = {one.id for one in coming}
        known = {callback_id: one for callback_id, one in self._known.items() if callback_id in still}
        for index, callback in enumerate(read):
            with contextlib.suppress(Exception):  # found out, and set aside, when it is to be claimed
                judged = self._judge(callback)
                judged.hours.is_open(callback.due_at)  # whoever asks first for a year's holidays waits for them
                known[callback.id] = judged
            if index % AT_A_TIME == 0:
                await asyncio.sleep(0)  # a dial that is due meanwhile does not wait for all of them
        prepared = sum(callback.id in known for callback in read)
        self._known = known
        return prepared

    async def judged(self, tx: Transaction, owed: Sequence[Owed]) -> tuple[list[Judged], list[str]]:
        """The callbacks in this order; and the ids of those whose row cannot be read."""
        missing = [one.id for one in owed if not self._has(one)]
        read = {callback.id: self._judge(callback) for callback in await callbacks.of_ids(tx, missing)}
        unreadable = [callback_id for callback_id in missing if callback_id not in read]
        known = self._known | read if read else self._known
        return [known[one.id] for one in owed if one.id not in unreadable], unreadable

    def _judge(self, callback: Callback) -> Judged:
        return Judged(
            callback=callback,
            refusal=_number_refusal(callback.next_number, self._numbers),
            hours=self._rules.calling_hours(callback.topic, callback.next_number),
        )

    def _has(self, owed: Owed) -> bool:
        known = self._known.get(owed.id)
        return known is not None and known.callback.version == owed.version


@lru_cache(maxsize=65536)
def _number_refusal(number: str, policy: NumberPolicy) -> str | None:
    """Pure, and slow for its place: the next tries and the next look ask again."""
    try:
        phone.accept(number, policy)
    except NumberRefused as refused:
        return refused.reason
    return None
