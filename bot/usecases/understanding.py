"""What a message on SMS or LINE means beside its words: a number, a command, a button pressed in time or too late."""

from dataclasses import replace
from datetime import datetime

from bot.booking.business import Business
from bot.channels import sms
from bot.channels.channel import Answer, Heard
from bot.store import callbacks, conversations
from bot.store.contacts import Contact
from bot.store.database import Database
from bot.usecases.choosing import Choosing, Chosen
from bot.usecases.consent import Consent
from bot.usecases.identity import Identity
from bot.usecases.offering import Offering, timed_choice
from bot.usecases.ratings import rate_by_digit
from bot.wording import dates, say

UNLINK = frozenset({"連携解除", "連携を解除", "番号の連携を解除", "unlink", "unlink my number"})
"""Whole messages by which a person on LINE takes the proved number back."""


class Understanding:
    """Turns numbers and presses into words for the talk; what needs no talk is done and answered here."""

    def __init__(
        self,
        database: Database,
        *,
        offering: Offering,
        choosing: Choosing,
        identity: Identity,
        consent: Consent,
        business: Business,
    ) -> None:
        self._database = database
        self._offering = offering
        self._choosing = choosing
        self._identity = identity
        self._consent = consent
        self._business = business

    async def meant(self, contact: Contact, heard: Heard, *, now: datetime) -> str | Answer:
        """The words for the talk, or the answer to what needs no talk."""
        if heard.kind == "other":
            return self._answer(contact, heard, "chat.text_only")
        if heard.kind == "menu":
            return say(f"chat.{heard.text}_words", contact.language)
        if heard.kind != "text":
            return await self._pressed(contact, heard, now=now)
        if contact.channel != sms.NAME and (done := await self._commanded(contact, heard, now=now)):
            return done
        asked = contact.asked or {}
        if (starts := asked.get("starts")) and (start := sms.chosen(heard.text, starts)):
            return await self._choose(contact, heard, asked["reference"], datetime.fromisoformat(start), now=now)
        return sms.chosen(heard.text, asked.get("values") or []) or heard.text

    async def _commanded(self, contact: Contact, heard: Heard, *, now: datetime) -> Answer | None:
        """A whole message that is a command; a text message's were obeyed when it came."""
        if heard.text.strip().casefold() in UNLINK:
            was_linked = await self._identity.unlink(contact.conversation_id or "", now=now)
            return self._answer(contact, heard, "chat.unlinked" if was_linked else "chat.not_linked")
        command = sms.keyword(heard.text)
        if command in ("stop", "start") and not await self._is_asked(contact):
            await self._consent.obey(contact, command, now=now)
            return self._answer(contact, heard, "chat.messages_off" if command == "stop" else "chat.messages_on")
        if (contact.asked or {}).get("rating"):
            async with self._database.write() as tx:
                found = await callbacks.of_conversation(tx, contact.conversation_id or "")
                found += await callbacks.of_number(tx, contact.phone_number) if contact.phone_number else []
                if await rate_by_digit(tx, found, heard.text, now=now):
                    return self._answer(contact, heard, "chat.rated")
        return None

    async def _is_asked(self, contact: Contact) -> bool:
        """In the middle of a question "stop" leaves the question."""
        async with self._database.read() as tx:
            talk = await conversations.get(tx, contact.conversation_id or "")
        return bool(talk and talk.expects)

    async def _pressed(self, contact: Contact, heard: Heard, *, now: datetime) -> str | Answer:
        """A button counts while what it stood under is still asked; later it is answered with what is free now."""
        asked = contact.asked or {}
        if not heard.start or heard.offer != asked.get("offer"):
            return await self._too_late(contact, heard, now=now)
        start = datetime.fromisoformat(heard.start)
        if heard.kind == "more":
            answer = self._answer(contact, heard, "chat.later_times", reference=asked.get("reference", ""))
            return await self._offering.later(answer, contact, start, now=now)
        if reference := asked.get("reference"):
            return await self._choose(contact, heard, reference, start, now=now)
        return dates.at(start, tz=self._business.timezone, language=contact.language)

    async def _too_late(self, contact: Contact, heard: Heard, *, now: datetime) -> Answer:
        async with self._database.read() as tx:
            talk = await conversations.get(tx, contact.conversation_id or "")
        if talk and talk.expects == "preferred_slot":
            answer = replace(self._answer(contact, heard, "chat.offer_is_old"), expects="preferred_slot")
            return await self._offering.later(answer, contact, now, now=now)
        answer = self._answer(contact, heard, "chat.offer_is_over")
        return replace(answer, choices=self._offering.ways_in(contact.language))

    async def _choose(
        self, contact: Contact, heard: Heard, reference: str, start: datetime, *, now: datetime
    ) -> Answer:
        chosen = await self._choosing.choose(
            reference,
            start,
            channel=contact.channel,
            conversation_id=contact.conversation_id or "",
            language=contact.language,
            now=now,
        )
        return await self._told(contact, heard, chosen, now=now)

    async def _told(self, contact: Contact, heard: Heard, chosen: Chosen, *, now: datetime) -> Answer:
        """What is answered to a choice, kept in the talk like everything else that was said there."""
        tz = self._business.timezone
        choices = tuple(timed_choice(window, contact.language, tz=tz) for window in chosen.instead)
        talk = contact.conversation_id or ""
        said = heard.text or dates.at(
            datetime.fromisoformat(heard.start), tz=self._business.timezone, language=contact.language
        )
        async with self._database.write() as tx:
            await conversations.add_message(tx, talk, sender="customer", text=said, now=now, key=heard.key[:64])
            await conversations.add_message(tx, talk, sender="assistant", text=chosen.text, now=now)
        answer = Answer(texts=(chosen.text,), choices=choices, language=contact.language, key=heard.key)
        return replace(answer, reference=chosen.reference if choices else "")

    def _answer(self, contact: Contact, heard: Heard, sentence: str, *, reference: str = "") -> Answer:
        text = say(sentence, contact.language, hotline=self._business.hotline)
        return Answer(texts=(text,), choices=(), language=contact.language, key=heard.key, reference=reference)
