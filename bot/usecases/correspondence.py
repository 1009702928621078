"""Talks with people on channels of their own: what they write is kept first, said in their talk, and answered there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.booking.business import Business
from bot.channels import sms
from bot.channels.channel import Answer, Choice, Heard, MaybeSent, NotSent, Sent, TalkChannel
from bot.channels.web import as_text
from bot.store import arrivals, callbacks, contacts, conversations, ledger
from bot.store.contacts import Contact
from bot.store.database import Database, Transaction
from bot.usecases.arriving import arrival_of, heard_of
from bot.usecases.conversation import Conversations, Turn
from bot.usecases.offering import Offering, asked
from bot.usecases.understanding import Understanding
from bot.wording import language as languages
from bot.wording import say

AT_ONCE = 32
"""Messages that are answered at the same time, each of another person."""
LEFT_AFTER = timedelta(seconds=45)
"""A turn and its answer take no longer than that, in real time: who still works on a message then is dead."""
TRY_AGAIN_AFTER = timedelta(seconds=15)
LATEST = timedelta(minutes=10)
"""An answer that no channel takes for so long is given up: the person has gone on without it."""

HOUR, MOST_AN_HOUR = timedelta(hours=1), 60
OVER_AFTER = timedelta(hours=6)
"""A question that was left open for so long is forgotten by the one who was asked."""

TAKEN_OVER = "taken over"
"""We were too slow: another process has the message now, answers it and says how it ended."""

log = structlog.get_logger(__name__)


class Correspondence:
    """What people write on SMS and LINE, each message answered once and in its order."""

    def __init__(
        self,
        database: Database,
        conversations: Conversations,
        understanding: Understanding,
        offering: Offering,
        *,
        channels: Mapping[str, TalkChannel],
        business: Business,
    ) -> None:
        self._database = database
        self._conversations = conversations
        self._understanding = understanding
        self._offering = offering
        self._channels = channels
        self._business = business

    def over(self, **channels: TalkChannel) -> "Correspondence":
        """The same talks over other channels."""
        return Correspondence(
            self._database,
            self._conversations,
            self._understanding,
            self._offering,
            channels={**self._channels, **channels},
            business=self._business,
        )

    async def keep(self, heard: Sequence[Heard], *, now: datetime) -> int:
        """Put messages where they wait for their answers; returns how many were new."""
        async with self._database.write() as tx:
            return sum([await arrivals.keep(tx, arrival_of(message), now=now) for message in heard])

    async def take(self, *, real_now: datetime, limit: int = AT_ONCE) -> list[Heard]:
        """Claim the messages to answer now: the oldest of everybody who is not being answered already."""
        async with self._database.read() as tx:
            if not await arrivals.are_there(tx):
                return []  # nobody has to wait for a writer then
        async with self._database.write() as tx:
            await arrivals.hand_back(tx, before=real_now - LEFT_AFTER)
            return [heard_of(arrival) for arrival in await arrivals.take(tx, real_now=real_now, limit=limit)]

    async def answer_due(self, *, now: datetime, real_now: datetime) -> int:
        """Answer everything that waits; returns how many messages that was."""
        answered = 0
        while taken := await self.take(real_now=real_now):
            await asyncio.gather(*(self.answer(message, now=now, real_now=real_now) for message in taken))
            answered += len(taken)
        return answered

    async def answer(self, heard: Heard, *, now: datetime, real_now: datetime) -> None:
        """Answer one claimed message. One that cannot be answered is put away and reported: it must not stop others."""
        try:
            state = await self._answer(heard, now=now, real_now=real_now)
        except Exception:
            log.exception("arrival_failed", channel=heard.channel, kind=heard.kind)
            state = "failed"
        async with self._database.write() as tx:
            if state == TAKEN_OVER:
                return
            if state == "waiting":
                await arrivals.postpone(tx, arrival_of(heard), until=real_now + TRY_AGAIN_AFTER)
            else:
                await arrivals.settle(tx, arrival_of(heard), state=state)

    async def tell_later(self, *, now: datetime) -> int:
        """Send what the assistant answered when it came back; returns how many sentences that were."""
        async with self._database.read() as tx:
            waiting = await contacts.untold(tx)
        told = 0
        for contact, said in waiting:
            async with self._database.write() as tx:
                if not await contacts.tell(tx, contact, said.id):
                    continue
            if contact.blocked_at or await self._wants_nothing(contact):
                continue
            choices = tuple(Choice(title=button["title"], value=button["value"]) for button in said.buttons)
            answer = Answer(texts=(said.text,), choices=choices, language=contact.language, key=f"later:{said.id}")
            await self._say(contact, await self._offering.offered(answer, contact, now=now), reply=None)
            told += 1
        return told

    async def _answer(self, heard: Heard, *, now: datetime, real_now: datetime) -> str:
        if heard.kind in ("follow", "unfollow"):
            return await self._followed(heard, now=now, real_now=real_now)
        contact = await self._contact(heard, now=now)
        if await self._writes_too_much(contact, now=now):
            log.warning("correspondent_limited", channel=heard.channel)
            return "limited"
        # At the same time, and done before the answer leaves: shown behind it, it would never end.
        answer, _ = await asyncio.gather(
            self._answer_to(contact, heard, now=now), self._channels[heard.channel].show_work(heard.sender)
        )
        if answer is None or await self._wants_nothing(contact):
            return "done"
        async with self._database.write() as tx:
            if not await arrivals.answering(tx, arrival_of(heard), real_now=real_now):
                return TAKEN_OVER
        is_late = now - heard.at > LATEST
        return _state(await self._say(contact, answer, reply=heard.reply), is_late=is_late)

    async def _answer_to(self, contact: Contact, heard: Heard, *, now: datetime) -> Answer | None:
        text = as_text(heard.text)
        if not text and heard.kind == "text":
            return None
        meant = await self._understanding.meant(contact, replace(heard, text=text), now=now)
        if isinstance(meant, Answer):
            return meant
        turn = await self._conversations.say(_talk(contact), meant, now=now, key=heard.key[:64])
        return await self._offering.offered(_answer_of(turn, key=heard.key), contact, now=now)

    async def _say(self, contact: Contact, answer: Answer, *, reply: str | None) -> Sent | NotSent | MaybeSent:
        outcome = await self._channels[contact.channel].answer(contact.address, answer, reply=reply)
        log.info("answer", channel=contact.channel, outcome=type(outcome).__name__)
        async with self._database.write() as tx:
            await contacts.change(tx, contact, asked=asked(answer), language=answer.language)
        return outcome

    async def _writes_too_much(self, contact: Contact, *, now: datetime) -> bool:
        """Whether this person has had their share of answers for an hour: each may cost, and nobody writes so much."""
        async with self._database.read() as tx:
            return await conversations.written_since(tx, _talk(contact), now - HOUR) >= MOST_AN_HOUR

    async def _wants_nothing(self, contact: Contact) -> bool:
        """Whether this person has forbidden text messages: what they write is done, and not answered."""
        if contact.channel != "sms":
            return False
        async with self._database.read() as tx:
            return (await ledger.opted_out(tx, contact.address))[0]

    async def _contact(self, heard: Heard, *, now: datetime) -> Contact:
        """Who wrote, with the talk that their message belongs to. A text message proves the number it comes from."""
        async with self._database.read() as tx:
            known = await contacts.get(tx, heard.channel, heard.sender)
            if known and known.conversation_id and not await _is_over(tx, known, now=now):
                return known
            number = heard.sender if heard.channel == sms.NAME else known.phone_number if known else None
            is_booked = bool(number and await callbacks.count_open(tx, number))
        language = known.language if known else languages.detect(heard.text, current="ja")
        talk = await self._conversations.begin(channel=heard.channel, language=language, is_new=not is_booked, now=now)
        new = known or Contact(channel=heard.channel, address=heard.sender, language=language, created_at=now)
        if heard.channel == sms.NAME:
            new = replace(new, phone_number=heard.sender, proved_at=now)
        async with self._database.write() as tx:
            await contacts.add(tx, new)
            await contacts.change(tx, new, conversation_id=talk)
        return replace(new, conversation_id=talk)

    async def _followed(self, heard: Heard, *, now: datetime, real_now: datetime) -> str:
        """A new friend is greeted, and has said nothing yet; somebody who blocks us is left alone."""
        gone = heard.at if heard.kind == "unfollow" else None
        async with self._database.write() as tx:
            if not gone:
                new = Contact(channel=heard.channel, address=heard.sender, created_at=now)
                await contacts.add(tx, new)
            contact = await contacts.get(tx, heard.channel, heard.sender)
            is_news = contact is not None and await contacts.followed(tx, contact, blocked_at=gone, at=heard.at)
            if contact is None or gone or not is_news:
                return "done"
            await contacts.change(tx, contact, stopped_at=None)
            if not await arrivals.answering(tx, arrival_of(heard), real_now=real_now):
                return TAKEN_OVER
        return _state(await self._say(contact, self._greeting(contact, heard), reply=heard.reply), is_late=True)

    def _greeting(self, contact: Contact, heard: Heard) -> Answer:
        language = contact.language
        greeting = say("chat.followed", language, business=self._business.name(language))
        return Answer(texts=(greeting,), choices=self._offering.ways_in(language), language=language, key=heard.key)


async def _is_over(tx: Transaction, contact: Contact, *, now: datetime) -> bool:
    """Whoever comes back long after begins anew, with whatever is booked for their number. Of somebody without a proved
    number, the talk is all that knows their bookings: it goes on."""
    if contact.phone_number is None:
        return False
    talk = await conversations.get(tx, _talk(contact))
    return talk is None or now - talk.updated_at > OVER_AFTER


def _talk(contact: Contact) -> str:
    if contact.conversation_id is None:
        raise ValueError("somebody without a talk")
    return contact.conversation_id


def _answer_of(turn: Turn, *, key: str) -> Answer:
    choices = tuple(
        Choice(title=title, value=value) for utterance in turn.utterances for title, value in utterance.buttons
    )
    return Answer(
        texts=tuple(utterance.text for utterance in turn.utterances),
        choices=choices,
        language=turn.language,
        key=key,
        expects=turn.expects,
    )


def _state(outcome: Sent | NotSent | MaybeSent, *, is_late: bool) -> str:
    match outcome:
        case Sent():
            return "done"
        case NotSent(try_later=True) if not is_late:
            return "waiting"
        case NotSent():
            return "refused"
        case MaybeSent():
            return "unknown"
