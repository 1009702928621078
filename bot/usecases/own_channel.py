"""A customer's own channel: who can be reached on LINE is told there, and what was said in a talk is not told twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.booking.business import Business
from bot.booking.callback import Callback
from bot.booking.window import Window
from bot.channels import line, sms
from bot.channels.channel import Answer, Choice, MaybeSent, NotSent, Sent, TalkChannel
from bot.store import contacts, conversations, ledger
from bot.store.contacts import Contact
from bot.store.database import Transaction
from bot.store.notices import Notice
from bot.usecases.offering import asked, timed_choice
from bot.wording import dates

ANSWERED_WITHIN = timedelta(minutes=2)
"""A change and its answer in the talk are so close together."""


class OwnChannel:
    """Where a customer reads notices beside SMS. `channel` None: there is no LINE account, or it is for talks only."""

    def __init__(self, channel: TalkChannel | None, *, business: Business) -> None:
        self._channel = channel
        self._business = business

    async def reader(self, tx: Transaction, callback: Callback) -> Contact | None:
        """Who is told on LINE: whoever booked there, or has proved the number there last; nobody who wants no messages,
        has blocked us, or whose number said that it wants nothing of us at all."""
        _, no_calls = await ledger.opted_out(tx, callback.phone_number)
        if self._channel is None or no_calls:
            return None
        known = [person for person in await _people(tx, callback) if person.channel == line.NAME]
        return next((person for person in known if person.takes_messages), None)

    async def tell(
        self, notice: Notice, callback: Callback, reader: Contact, text: str, *, offered: Sequence[Window],
        replies: Sequence[dict[str, str]],
    ) -> tuple[Sent | NotSent | MaybeSent, dict[str, Any] | None]:  # fmt: skip
        """Tell it there; also returns what a tap or a bare digit means from then on, None where nothing is asked."""
        if self._channel is None:
            return NotSent(code=0, try_later=False), None
        choices = [timed_choice(window, reader.language, tz=self._business.timezone) for window in offered]
        choices += [Choice(title=reply["title"], value=reply["value"]) for reply in replies]
        answer = Answer(
            texts=(text,),
            choices=tuple(choices),
            language=reader.language,
            key=f"notice:{notice.id}",
            reference=callback.reference if offered else "",
        )
        outcome = await self._channel.answer(reader.address, answer, reply=None)
        return outcome, asked(answer)

    async def was_told(self, tx: Transaction, notice: Notice, callback: Callback) -> bool:
        """Whether the customer who made this change by SMS or on LINE has read there what the notice would tell."""
        since = notice.due_at - ANSWERED_WITHIN
        for person in await _people(tx, callback):
            when = dates.start(callback.window, tz=self._business.timezone, language=person.language)
            facts = {"confirmation": (callback.reference,), "moved": (callback.reference, when), "cancelled": (when,)}
            wanted = facts.get(notice.kind, ())
            told = await conversations.answers_since(tx, person.conversation_id or "", since)
            if wanted and any(all(fact in text for fact in wanted) for text in told):
                return True
        return False


async def _people(tx: Transaction, callback: Callback) -> list[Contact]:
    """The contacts of a callback's customer, the one who booked it first."""
    booked = await contacts.of_conversation(tx, callback.conversation_id) if callback.conversation_id else None
    proved = [
        person
        for channel in (line.NAME, sms.NAME)
        for person in await contacts.of_number(tx, callback.phone_number, channel=channel)
    ]
    return [booked, *proved] if booked else proved


def writer(callback: Callback, *, now: datetime) -> Contact:
    """Whoever answers a text message to the number of a callback."""
    return Contact(
        channel=sms.NAME, address=callback.phone_number, phone_number=callback.phone_number, proved_at=now,
        language="en" if callback.language == "en" else "ja", created_at=now,
    )  # fmt: skip
