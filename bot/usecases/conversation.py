"""A talk: what the customer writes goes to the assistant, what it answers is kept and handed back."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from weakref import WeakValueDictionary

from bot.assistant import Assistant, AssistantUnavailable, Reply, Utterance
from bot.booking.business import Business
from bot.booking.callback import Callback
from bot.booking.errors import IdempotencyConflict
from bot.booking.when import Language
from bot.store import callbacks, conversations
from bot.store.conversations import Conversation, Said
from bot.store.database import Database, Transaction
from bot.wording import language as languages
from bot.wording import say


class ConversationNotFound(Exception):
    """No talk has this id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What comes back for one message: what is said, what is asked, and the booking that the talk is about."""

    utterances: tuple[Utterance, ...]
    expects: str | None
    callback: Callback | None
    language: Language


class Conversations:
    """Talks on any channel. One message of a talk is answered at a time."""

    def __init__(self, database: Database, assistant: Assistant, *, business: Business) -> None:
        self._database = database
        self._assistant = assistant
        self._business = business
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self, *, channel: str, language: Language, now: datetime) -> tuple[str, Turn]:
        """Begin a talk; returns its unguessable id (256 bits) and the greeting."""
        conversation_id = await self._begin(channel=channel, language=language, now=now)
        try:
            reply = await self._assistant.open(conversation_id, language=language, channel=channel)
        except AssistantUnavailable:
            return conversation_id, await self._apologise(
                conversation_id, language, "chat.unavailable_at_first", now=now
            )
        return conversation_id, await self._keep(conversation_id, language, reply, now=now)

    async def begin(self, *, channel: str, language: Language, is_new: bool, now: datetime) -> str:
        """Begin a talk in silence, for somebody who has written first: the answer to that is the greeting.

        `is_new`: nothing is booked, and what they write answers the first question, as in a chat window.
        """
        conversation_id = await self._begin(channel=channel, language=language, now=now)
        if is_new:
            with contextlib.suppress(AssistantUnavailable):  # told with the answer to what they wrote
                await self._assistant.open(conversation_id, language=language, channel=channel)
        return conversation_id

    async def say(self, conversation_id: str, text: str, *, now: datetime, key: str | None = None) -> Turn:
        """Answer a customer's message. Raises ConversationNotFound.

        `key` is the client's own name for the message: one that arrives twice is answered once, and told the same
        again; IdempotencyConflict where it stands for another text. While the assistant is down the message is kept,
        the customer told, and the answer follows by `catch_up`.
        """
        async with self._lock(conversation_id):
            async with self._database.write() as tx:
                talk = await self._get(tx, conversation_id)
                known, is_answered = (key and await conversations.by_key(tx, conversation_id, key)) or (None, False)
                if known and known.text != text:
                    raise IdempotencyConflict
                if known and is_answered:
                    return await _told_again(tx, talk, known)
                language = languages.detect(text, current=talk.language)
                if known is None:
                    await conversations.add_message(
                        tx, conversation_id, sender="customer", text=text, now=now, answered=False, key=key
                    )
                *earlier, message = await conversations.unanswered(tx, conversation_id)
            try:
                for waiting in earlier:
                    await self._answer(waiting, talk, language, now=now, later=True)
                return await self._answer(message, talk, language, now=now)
            except AssistantUnavailable as error:
                return await self._apologise(conversation_id, language, _sorry(error), now=now)

    async def catch_up(self, *, now: datetime) -> int:
        """Answer what customers wrote while the assistant was down; returns how many messages were answered."""
        async with self._database.read() as tx:
            talks = {message.conversation_id for message in await conversations.unanswered(tx)}
        answered = 0
        for conversation_id in talks:
            async with self._lock(conversation_id):
                async with self._database.read() as tx:
                    talk = await self._get(tx, conversation_id)
                    waiting = await conversations.unanswered(tx, conversation_id)
                try:
                    for message in waiting:
                        await self._answer(message, talk, talk.language, now=now, later=True)
                        answered += 1
                except AssistantUnavailable as error:
                    if error.was_sent:
                        await self._apologise(conversation_id, talk.language, _sorry(error), now=now, later=True)
                    return answered
        return answered

    async def transcript(self, conversation_id: str) -> list[Said]:
        """Everything said in a talk. Raises ConversationNotFound."""
        async with self._database.read() as tx:
            await self._get(tx, conversation_id)
            return await conversations.transcript(tx, conversation_id)

    async def standing(self, conversation_id: str) -> Turn:
        """Where a talk stands, with nothing new said. Raises ConversationNotFound."""
        async with self._database.read() as tx:
            talk = await self._get(tx, conversation_id)
            callback = await _about(tx, talk)
        return Turn(utterances=(), expects=talk.expects, callback=callback, language=talk.language)

    async def said_later(self, last_id: int) -> list[Said]:
        """What the business said in any talk since that message, for those who listen live."""
        found: list[Said] = []
        async with self._database.read() as tx:
            while page := await conversations.said_later(tx, found[-1].id if found else last_id):
                found += page
        return found

    async def newest_message(self) -> int:
        """Where listening begins."""
        async with self._database.read() as tx:
            return await conversations.last_message_id(tx)

    async def _begin(self, *, channel: str, language: Language, now: datetime) -> str:
        conversation_id = secrets.token_urlsafe(32)
        async with self._database.write() as tx:
            await conversations.open_talk(tx, conversation_id, channel=channel, language=language, now=now)
        return conversation_id

    async def _answer(
        self, message: Said, talk: Conversation, language: Language, *, now: datetime, later: bool = False
    ) -> Turn:
        try:
            reply = await self._assistant.say(talk.id, message.text, language=language, channel=talk.channel)
        except AssistantUnavailable as error:
            if error.was_sent:  # it may have been read: handing it over again could answer twice
                async with self._database.write() as tx:
                    await conversations.mark_answered(tx, message.id)
            raise
        async with self._database.write() as tx:
            await conversations.mark_answered(tx, message.id)
        return await self._keep(message.conversation_id, language, reply, now=now, later=later)

    async def _keep(
        self, conversation_id: str, language: Language, reply: Reply, *, now: datetime, later: bool = False
    ) -> Turn:
        async with self._database.write() as tx:
            before = await conversations.last_answer(tx, conversation_id)
            reply = replace(reply, utterances=_in_other_words(reply.utterances, before, language))
            for utterance in reply.utterances:
                buttons = tuple({"title": title, "value": value} for title, value in utterance.buttons)
                await conversations.add_message(
                    tx, conversation_id, sender="assistant", text=utterance.text, now=now, buttons=buttons, later=later
                )
            await conversations.change(tx, conversation_id, now=now, language=language, expects=reply.expects)
            talk = await self._get(tx, conversation_id)
            callback = await _about(tx, talk)
        return Turn(utterances=reply.utterances, expects=reply.expects, callback=callback, language=language)

    async def _apologise(
        self, conversation_id: str, language: Language, sentence: str, *, now: datetime, later: bool = False
    ) -> Turn:
        """The open question stays open: the customer goes on where they were."""
        text = say(sentence, language, hotline=self._business.hotline)
        async with self._database.write() as tx:
            await conversations.add_message(tx, conversation_id, sender="system", text=text, now=now, later=later)
            await conversations.change(tx, conversation_id, now=now, language=language)
            talk = await self._get(tx, conversation_id)
            callback = await _about(tx, talk)
        return Turn(utterances=(Utterance(text=text),), expects=talk.expects, callback=callback, language=language)

    async def _get(self, tx: Transaction, conversation_id: str) -> Conversation:
        talk = await conversations.get(tx, conversation_id)
        if talk is None:
            raise ConversationNotFound
        return talk

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation_id, asyncio.Lock())


async def _about(tx: Transaction, talk: Conversation) -> Callback | None:
    """The booking that the talk is about. Of one that was booked elsewhere, the reason is never read back."""
    if talk.callback_id is None:
        return None
    callback = await callbacks.get(tx, talk.callback_id)
    return callback if callback.conversation_id == talk.id else replace(callback, reason="")


async def _told_again(tx: Transaction, talk: Conversation, message: Said) -> Turn:
    """The answer that a message had, for a client that lost it. What is open now is open, whatever was then."""
    said = tuple(
        Utterance(text=line.text, buttons=tuple((button["title"], button["value"]) for button in line.buttons))
        for line in await conversations.answer_to(tx, message)
    )
    callback = await _about(tx, talk)
    return Turn(utterances=said, expects=talk.expects, callback=callback, language=talk.language)


def _in_other_words(
    utterances: tuple[Utterance, ...], before: frozenset[str], language: Language
) -> tuple[Utterance, ...]:
    """Nothing is said twice in a row: what the last answer said already is introduced as such."""
    return tuple(
        replace(one, text=say("chat.as_said", language, sentence=one.text)) if one.text in before else one
        for one in utterances
    )


def _sorry(error: AssistantUnavailable) -> str:
    """A message that the assistant may have read is not handed over again, so its answer must not be promised."""
    return "chat.interrupted" if error.was_sent else "chat.unavailable"
