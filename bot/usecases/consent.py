"""Obeying people who do not want messages, at once and until they say otherwise."""

from datetime import datetime

from bot.booking.business import Business
from bot.channels import sms
from bot.channels.channel import Heard
from bot.channels.sms import Keyword, keyword
from bot.store import arrivals, callbacks, contacts, conversations, ledger
from bot.store.contacts import Contact
from bot.store.database import Database, Transaction
from bot.usecases.arriving import arrival_of
from bot.usecases.ratings import rate_by_digit
from bot.usecases.wordings import Wordings
from bot.wording import say


class Consent:
    """What a number allows us to do."""

    def __init__(self, database: Database, *, business: Business) -> None:
        self._database = database
        self._business = business
        self._wordings = Wordings(database, business=business)

    async def stop(self, number: str, *, calls: bool, now: datetime) -> None:
        """No more text messages to this number from now on; with `calls` no calls either."""
        async with self._database.write() as tx:
            await ledger.set_consent(tx, number, sms_opted_out_at=now)
            if calls:
                await ledger.set_consent(tx, number, do_not_call_at=now)

    async def obey(self, contact: Contact, command: Keyword, *, now: datetime) -> None:
        """No messages to this person on their channel any more, nor by SMS in its place; or messages again."""
        stopped_at = now if command == "stop" else None
        async with self._database.write() as tx:
            await contacts.change(tx, contact, stopped_at=stopped_at)
            if contact.phone_number:
                await ledger.set_consent(tx, contact.phone_number, sms_opted_out_at=stopped_at)

    async def text_received(self, heard: Heard, *, now: datetime) -> str | None:
        """Take in a text message once; returns the words that answer a command or a score at once, in the customer's
        language. Anything else waits for the talk, where it is answered behind the webhook."""
        number, text = heard.sender, heard.text
        async with self._database.write() as tx:
            if not await arrivals.keep(tx, arrival_of(heard), now=now):
                return None
            command = keyword(text) if text.strip() else "help"
            rated = command is None and await self._rate(tx, number, text, now=now)
            if command is None and not rated:
                return None
            await arrivals.settle(tx, arrival_of(heard), state="done")
            if command in ("stop", "start"):
                await ledger.set_consent(tx, number, sms_opted_out_at=now if command == "stop" else None)
            earlier = await callbacks.of_number(tx, number, limit=1)
            contact = await contacts.get(tx, sms.NAME, number)
        language = contact.language if contact else earlier[0].language if earlier else "ja"
        if rated:
            return await self._wordings.say("notices.rated", language, business=self._business.name(language))
        sentence = {"stop": "notices.opted_out", "start": "notices.opted_in"}.get(command or "", "notices.help")
        return say(sentence, language, business=self._business.name(language), hotline=self._business.hotline)

    async def _rate(self, tx: Transaction, number: str, text: str, *, now: datetime) -> bool:
        """A digit is the score of the last call, while no choice of something else was told with numbers since."""
        if await _is_asked_something_else(tx, number):
            return False
        return await rate_by_digit(tx, await callbacks.of_number(tx, number), text, now=now)


async def _is_asked_something_else(tx: Transaction, number: str) -> bool:
    contact = await contacts.get(tx, sms.NAME, number)
    if contact is None or (contact.asked and contact.asked.get("rating")):
        return False
    talk = await conversations.get(tx, contact.conversation_id) if contact.conversation_id else None
    return bool(contact.asked or (talk and talk.expects))
