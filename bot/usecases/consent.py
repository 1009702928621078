"""Obeying people who do not want messages, at once and until they say otherwise."""

import unicodedata
from datetime import datetime, timedelta

from bot.booking.business import Business
from bot.booking.callback import Status
from bot.channels.sms import keyword
from bot.store import callbacks, ledger
from bot.store.database import Database, Transaction
from bot.usecases.ratings import rate
from bot.wording import say

SCORES = frozenset("12345")
RATED_WITHIN = timedelta(days=7)


class Consent:
    """What a number allows us to do."""

    def __init__(self, database: Database, *, business: Business) -> None:
        self._database = database
        self._business = business

    async def stop(self, number: str, *, calls: bool, now: datetime) -> None:
        """No more text messages to this number from now on; with `calls` no calls either."""
        async with self._database.write() as tx:
            await ledger.set_consent(tx, number, sms_opted_out_at=now, **({"do_not_call_at": now} if calls else {}))

    async def _rate(self, tx: Transaction, number: str, text: str, *, now: datetime) -> bool:
        """A digit is the score of the last call that was spoken, while that was lately."""
        score = unicodedata.normalize("NFKC", text).strip()
        if score not in SCORES:
            return False
        spoken = [callback for callback in await callbacks.of_number(tx, number) if callback.status == Status.COMPLETED]
        last = max(spoken, key=lambda callback: callback.updated_at, default=None)
        if last is None or now - last.updated_at > RATED_WITHIN:
            return False
        await rate(tx, last, int(score), now=now)
        return True

    async def text_received(self, number: str, text: str, message_sid: str, *, now: datetime) -> str | None:
        """Handle an incoming SMS once; returns the words to answer with, in the customer's language."""
        async with self._database.write() as tx:
            if not await ledger.first_time(tx, "twilio-sms", message_sid, now=now):
                return None
            earlier = await callbacks.of_number(tx, number, limit=1)
            command = keyword(text)
            rated = await self._rate(tx, number, text, now=now)
            if command in ("stop", "start"):
                await ledger.set_consent(tx, number, sms_opted_out_at=now if command == "stop" else None)
        language = earlier[0].language if earlier else "ja"
        if rated:
            return say("notices.rated", language, business=self._business.name(language))
        sentence = {"stop": "notices.opted_out", "start": "notices.opted_in"}.get(command or "", "notices.help")
        return say(sentence, language, business=self._business.name(language), hotline=self._business.hotline)
