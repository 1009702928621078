"""Text messages: sent through Twilio, answered in as few parts as need be, and the words by which people stop them."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import structlog

from bot.channels.channel import Answer, Choice, Heard, MaybeSent, NotSent, Sent
from bot.vendors.twilio import CarrierRefused, CarrierSilent, TwilioClient
from bot.wording.segments import segments

NAME = "sms"
log = structlog.get_logger(__name__)

STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "停止", "配信停止", "解除"}
)
"""Twilio's own English ones (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out) and the Japanese ones.

CANCEL is one of Twilio's too: it is handled by the carrier, and we never ask anybody to write it.
"""
START_WORDS = frozenset({"start", "unstop", "再開"})
HELP_WORDS = frozenset({"help", "info", "ヘルプ"})

PLAIN = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " ", "•": "*"})
"""One typographic character in an English message halves what a segment holds, from 160 characters to 70."""

MOST_CHOICES = 9
_NUMBER = re.compile(r"([1-9])(?:番目?|で|です|でお願いします|がいい|[.。、)!])*")
"""A number and what people put around it."""

Keyword = Literal["stop", "start", "help"]


def keyword(text: str) -> Keyword | None:
    """The command that a whole message stands for, or None for anything else."""
    word = unicodedata.normalize("NFKC", text).strip().strip("。.!").casefold()
    if word in STOP_WORDS:
        return "stop"
    if word in START_WORDS:
        return "start"
    return "help" if word in HELP_WORDS else None


def heard(fields: Mapping[str, str], *, now: datetime) -> Heard:
    """The message of a webhook's fields, which tell no time of their own."""
    return Heard(channel=NAME, key=fields["MessageSid"], sender=fields["From"], text=fields.get("Body", ""), at=now)


_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日(\([月火水木金土日]\)) ?")
"""A day in full, which a list of times need not spell out."""


def worded(answer: Answer) -> str:
    """The answer as one message: what is said, then the choices behind their numbers."""
    numbered = [f"{number} {_brief(choice)}" for number, choice in enumerate(in_order(answer.choices), start=1)]
    return as_sent("\n".join((*answer.texts, *numbered)))


def in_order(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The choices as they are numbered: the times first, so that "the second" is the second of them in words, too."""
    return tuple(sorted(choices, key=lambda choice: choice.title == choice.value))[:MOST_CHOICES]


def chosen(text: str, values: list[str]) -> str | None:
    """What a message says that is nothing but the number of a choice; None for any other message."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return values[int(found[1]) - 1] if found and 1 <= int(found[1]) <= len(values) else None


def _brief(choice: Choice) -> str:
    """What choosing it says: of a time that is the start alone."""
    return _DAY.sub(r"\1/\2\3", choice.value)


def as_sent(text: str) -> str:
    """The text with plain signs in place of typographic ones."""
    return text.translate(PLAIN)


class SmsChannel:
    """Sends from the business's own number."""

    def __init__(self, client: TwilioClient, *, number: str, status_url: str) -> None:
        self._client = client
        self._number = number
        self._status_url = status_url

    async def send(self, to: str, text: str) -> Sent | NotSent | MaybeSent:
        """Send one message, once."""
        try:
            sid = await self._client.send_sms(
                to=to, sender=self._number, text=as_sent(text), status_url=self._status_url
            )
        except CarrierRefused as refusal:
            return NotSent(code=refusal.code, try_later=refusal.try_later)
        except CarrierSilent as silence:
            return MaybeSent(cause=silence.cause)
        return Sent(message_sid=sid)

    async def show_work(self, to: str) -> None:
        """A text message shows nothing before it is there."""

    async def answer(self, to: str, answer: Answer, *, reply: str | None) -> Sent | NotSent | MaybeSent:
        """Send the answer as one message, once. Nothing is needed to answer (`reply`)."""
        text = worded(answer)
        log.info("sms_answer", segments=segments(text))
        return await self.send(to, text)
