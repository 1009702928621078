"""The chats between people and the business: what arrives in them and what is written."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.simulator.changes import Changes
from bot.simulator.line.api import Json
from bot.simulator.line.books import Books
from bot.simulator.line.records import ChatMessage, Person, Sender, new_message_id

_QUOTABLE = ("text", "textV2", "sticker", "image", "video", "template", "flex")


class Chats:
    """Everybody's chat with the one business."""

    def __init__(self, books: Books, changes: Changes, now: Callable[[], datetime]) -> None:
        self.books = books
        self._changes = changes
        self.now = now

    def save(self, person: Person) -> None:
        """Note somebody's state and wake whoever looks at the chat, or at all of them."""
        known = self.books.person(person.user_id) is not None
        self.books.save(person)
        self.tell(person.user_id)
        if not known:
            self._changes.tell_all()

    def tell(self, user_id: str) -> None:
        """Something happened in this chat."""
        self._changes.tell(user_id)

    def tell_all(self) -> None:
        """Something happened that concerns every chat."""
        self._changes.tell_all()

    def receive(self, person: Person, messages: Sequence[Json], sent_as: str) -> list[Json]:
        """Messages of the business arrive, unless the person has blocked it; returns LINE's sentMessages."""
        kept = [self._kept(person.user_id, "business", sent_as, message) for message in messages]
        if person.is_following:
            for message in kept:
                self.books.save(message)
            last = kept[-1]
            quick = last.id if "quickReply" in last.content else None
            self.save(replace(person, quick_replies_of=quick, loading_until=None))
        return [_sent(message) for message in kept]

    def write(self, person: Person, text: str, sent_as: str) -> ChatMessage:
        """The person's words appear in the chat; quick replies are gone with them."""
        message = self._kept(person.user_id, "person", sent_as, {"type": "text", "text": text})
        self.books.save(message)
        self.save(replace(person, quick_replies_of=None))
        return message

    def _kept(self, user_id: str, sender: Sender, sent_as: str, content: Json) -> ChatMessage:
        return ChatMessage(
            id=new_message_id(),
            user_id=user_id,
            sender=sender,
            sent_as=sent_as,
            at=self.now(),
            quote_token=secrets.token_urlsafe(32),
            content=content,
        )


def _sent(message: ChatMessage) -> Json:
    if message.content.get("type") not in _QUOTABLE:
        return {"id": message.id}
    return {"id": message.id, "quoteToken": message.quote_token}
