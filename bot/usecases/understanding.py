"""What a message on SMS or LINE means beside its words: the number of a choice, a button that was pressed long ago."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.booking.business import Business
from bot.booking.when import Language
from bot.booking.window import Window
from bot.channels import sms
from bot.channels.channel import Answer, Choice, Heard
from bot.store import conversations
from bot.store.contacts import Contact
from bot.store.database import Database
from bot.usecases.bookings import Bookings
from bot.usecases.choosing import Choosing, Chosen
from bot.usecases.identity import Identity
from bot.wording import dates, say

UNLINK = frozenset({"連携解除", "連携を解除", "番号の連携を解除", "unlink", "unlink my number"})
"""Whole messages by which a person on LINE takes the proved number back."""
INSTANT = timedelta(seconds=1)


class Understanding:
    """Turns numbers and presses into words for the talk, and an answer's words into choices."""

    def __init__(
        self, database: Database, bookings: Bookings, choosing: Choosing, identity: Identity, *, business: Business
    ) -> None:
        self._database = database
        self._bookings = bookings
        self._choosing = choosing
        self._identity = identity
        self._business = business

    async def meant(self, contact: Contact, heard: Heard, *, now: datetime) -> str | Chosen | Answer:
        """The words for the talk; or what became of a choice that needs no talk."""
        asked = contact.asked or {}
        if contact.channel != sms.NAME and heard.text.strip().casefold() in UNLINK:
            return await self._unlinked(contact, heard, now=now)
        if (starts := asked.get("starts")) and (start := sms.chosen(heard.text, starts)):
            return await self._choosing.choose(
                asked["reference"],
                datetime.fromisoformat(start),
                channel=contact.channel,
                conversation_id=contact.conversation_id or "",
                language=contact.language,
                now=now,
            )
        return sms.chosen(heard.text, asked.get("values") or []) or heard.text

    def asked(self, answer: Answer) -> dict[str, Any] | None:
        """What a bare digit will say after this answer."""
        if answer.reference:
            starts = [choice.window.start.isoformat() for choice in answer.choices if choice.window]
            return {"reference": answer.reference, "starts": starts}
        values = [choice.value for choice in sms.in_order(answer.choices)]
        return {"values": values} if values else None

    async def told(self, contact: Contact, heard: Heard, chosen: Chosen, *, now: datetime) -> Answer:
        """What is answered to a choice, kept in the talk like everything else that was said there."""
        tz, language = self._business.timezone, contact.language
        choices = tuple(
            Choice(
                title=dates.span(window, tz=tz, language=language),
                value=dates.start(window, tz=tz, language=language),
                window=window,
            )
            for window in chosen.instead
        )
        talk = contact.conversation_id or ""
        async with self._database.write() as tx:
            await conversations.add_message(tx, talk, sender="customer", text=heard.text, now=now, key=heard.key[:64])
            await conversations.add_message(tx, talk, sender="assistant", text=chosen.text, now=now)
        answer = Answer(texts=(chosen.text,), choices=choices, language=language, key=heard.key)
        return replace(answer, reference=chosen.reference if choices else "")

    async def offered(self, answer: Answer, *, now: datetime) -> Answer:
        """The same with the time that each choice stands for."""
        if answer.expects != "preferred_slot":
            return answer
        choices = tuple([await self._timed(choice, answer.language, now=now) for choice in answer.choices])
        return replace(answer, choices=choices)

    async def _timed(self, choice: Choice, language: Language, *, now: datetime) -> Choice:
        """What a button says is a wish like any other: it is read as one."""
        if choice.window or choice.title == choice.value:
            return choice
        wishes = self._bookings.wishes(choice.value, language=language, now=now)
        start = wishes.candidates[0].start if len(wishes.candidates) == 1 else None
        return replace(choice, window=Window(start=start, end=start + INSTANT)) if start else choice

    async def _unlinked(self, contact: Contact, heard: Heard, *, now: datetime) -> Answer:
        was_linked = await self._identity.unlink(contact.conversation_id or "", now=now)
        sentence = "chat.unlinked" if was_linked else "chat.not_linked"
        text = say(sentence, contact.language)
        return Answer(texts=(text,), choices=(), language=contact.language, key=heard.key)
