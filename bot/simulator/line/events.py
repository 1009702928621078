"""What happens to people becomes webhook events, which can be answered by their reply tokens."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.simulator.errors import NotFitting
from bot.simulator.line.api import Json
from bot.simulator.line.books import Books
from bot.simulator.line.postman import Postman
from bot.simulator.line.records import Delivery, Person, ReplyToken, ulid

REPLY_WITHIN_S = 60.0
"""Real seconds in which a reply token is good, counted anew from a redelivery."""
REPLY_AT_LATEST_S = 20 * 60.0
"""Real seconds after the event, redelivered or not."""


class Events:
    """Tells the business what people do."""

    def __init__(
        self, books: Books, postman: Postman, *, now: Callable[[], datetime], real_now: Callable[[], float]
    ) -> None:
        self._books = books
        self._postman = postman
        self._now = now
        self._real_now = real_now

    def tell(self, person: Person, kind: str, facts: Json, *, answerable: bool = True) -> None:
        """Send an event about this person; one that can be answered has a reply token."""
        milliseconds = round(self._now().timestamp() * 1000)
        event_id = ulid(milliseconds)
        event: Json = {
            "type": kind,
            "mode": "active",
            "timestamp": milliseconds,
            "source": {"type": "user", "userId": person.user_id},
            "webhookEventId": event_id,
            "deliveryContext": {"isRedelivery": False},
            **facts,
        }
        token = self._token(person) if answerable else None
        if token is not None:
            event["replyToken"] = token
        delivery = Delivery(event_id=event_id, user_id=person.user_id, event=event, reply_token=token)
        self._postman.deliver(delivery)

    def repeat(self, person: Person, event_id: object) -> None:
        """Send the latest event, or this one, as a redelivery. Raises NotFitting."""
        if event_id is None:
            delivery = self._books.latest_delivery(person.user_id)
        else:
            delivery = self._books.delivery(str(event_id))
        if delivery is None or delivery.user_id != person.user_id:
            raise NotFitting("There is no such event of this person.")
        self._postman.deliver_again(delivery)

    def renew(self, delivery: Delivery) -> None:
        """A reply token that was not used is good for another minute once its event comes again."""
        token = self._books.reply_token(delivery.reply_token or "")
        if token is not None:
            until = min(self._real_now() + REPLY_WITHIN_S, token.event_at_real + REPLY_AT_LATEST_S)
            self._books.save(replace(token, valid_until_real=until))

    def _token(self, person: Person) -> str:
        real = self._real_now()
        token = ReplyToken(
            token=secrets.token_hex(16),
            user_id=person.user_id,
            event_at_real=real,
            valid_until_real=real + REPLY_WITHIN_S,
        )
        self._books.save(token)
        return token.token
