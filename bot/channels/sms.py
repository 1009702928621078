"""Text messages: sent through Twilio, and the words by which people stop or restart them."""

import unicodedata
from typing import Literal

from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.vendors.twilio import CarrierRefused, CarrierSilent, TwilioClient

STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "停止", "配信停止", "解除"}
)
"""Twilio's own English ones (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out) and the Japanese ones.

CANCEL is one of Twilio's too: it is handled by the carrier, and we never ask anybody to write it.
"""
START_WORDS = frozenset({"start", "unstop", "再開"})
HELP_WORDS = frozenset({"help", "info", "ヘルプ"})

PLAIN = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " "})
"""One typographic character in an English message halves what a segment holds, from 160 characters to 70."""

Keyword = Literal["stop", "start", "help"]


def keyword(text: str) -> Keyword | None:
    """The command that a whole message stands for, or None for anything else."""
    word = unicodedata.normalize("NFKC", text).strip().strip("。.!").casefold()
    if word in STOP_WORDS:
        return "stop"
    if word in START_WORDS:
        return "start"
    return "help" if word in HELP_WORDS else None


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
