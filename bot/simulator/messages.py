"""SMS in both directions, with the carrier's own handling of STOP, START and HELP."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.simulator.errors import CarrierError, DocumentError
from bot.simulator.exchange import Exchange
from bot.simulator.records import API_VERSION, E164, MessageRecord, new_sid
from bot.simulator.twiml import parse_messages
from bot.simulator.webhooks import Webhook, is_url

LONGEST_BODY = 1600
_SENT_AFTER_S = 0.2
_DELIVERED_AFTER_S = 0.3
_UNREACHABLE = 30003
_log = logging.getLogger(__name__)

# https://help.twilio.com/articles/223134027: English, the only word of the message.
_STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START_WORDS = frozenset({"START", "YES", "UNSTOP"})
_HELP_WORDS = frozenset({"HELP", "INFO"})
_STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
_STARTED = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
_HELP = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_TWO_SEPTETS = frozenset("^{}\\[~]|€\f")
_MAGIC_NUMBERS = {
    "+15005550001": (21211, "Invalid 'To' Phone Number: +15005550001"),
    "+15005550002": (21612, "The message From/To pair violates a blacklist rule or cannot be routed."),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region of the 'To' number."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}


def segments(body: str) -> int:
    """How many SMS the text takes: 160 or 153 septets each in GSM-7, else 70 or 67 UTF-16 units each."""
    if all(character in _GSM_7 or character in _GSM_7_TWO_SEPTETS for character in body):
        length = len(body) + sum(character in _GSM_7_TWO_SEPTETS for character in body)
        single, part = 160, 153
    else:
        length = len(body.encode("utf-16-le")) // 2
        single, part = 70, 67
    return 1 if length <= single else -(-length // part)


class Messages:
    """Sends the business's messages to handsets, and theirs to the business."""

    def __init__(self, exchange: Exchange, business_number: str, webhook_url: str) -> None:
        self._exchange = exchange
        self._business_number = business_number
        self._webhook_url = webhook_url

    def send(self, form: Mapping[str, list[str]]) -> MessageRecord:
        """`POST Messages.json`: accept a message; it is delivered at once. Raises CarrierError."""
        to_number, from_number, body, callback = (
            next(iter(form.get(name, [])), "").strip() for name in ("To", "From", "Body", "StatusCallback")
        )
        self._check(to_number, from_number, body)
        if callback and not is_url(callback):
            raise CarrierError(21609, f"The 'StatusCallback' URL {callback} is not a valid URL.")
        if self._exchange.ledger.opted_out(to_number):
            raise CarrierError(21610, "Attempt to send to unsubscribed recipient")
        return self._accept(to_number, body, "outbound-api", callback or None)

    def receive(self, handset: str, body: str) -> MessageRecord:
        """A handset writes to the business number."""
        now = self._exchange.now()
        message = MessageRecord(
            sid=new_sid("SM"),
            from_number=handset,
            to_number=self._business_number,
            handset=handset,
            body=body,
            direction="inbound",
            status="received",
            created_at=now,
            updated_at=now,
            sent_at=now,
        )
        self._exchange.know(handset)
        self._save(message)
        reply = self._keyword(handset, body.strip().upper())
        self._exchange.spawn(self._bring(message))
        if reply is not None:
            self._accept(handset, reply, "outbound-reply", None)
        return message

    def resume(self) -> None:
        """Deliver what was on its way when the process stopped."""
        for message in self._exchange.ledger.unsent_messages():
            self._exchange.spawn(self._deliver(message))

    def _check(self, to_number: str, from_number: str, body: str) -> None:
        if not to_number:
            raise CarrierError(21604, "A 'To' phone number is required.")
        if not from_number:
            raise CarrierError(21603, "A 'From' phone number is required.")
        if not body:
            raise CarrierError(21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            raise CarrierError(21617, "The concatenated message body exceeds the 1600 character limit")
        if to_number in _MAGIC_NUMBERS:
            raise CarrierError(*_MAGIC_NUMBERS[to_number])
        if not E164.fullmatch(to_number):
            raise CarrierError(21211, f"Invalid 'To' Phone Number: {to_number}")
        if from_number != self._business_number:
            raise CarrierError(
                21606, f"The 'From' phone number {from_number} is not a valid, SMS-capable number of your account."
            )
        if from_number == to_number:
            raise CarrierError(21266, "'To' and 'From' number cannot be the same")

    def _accept(self, to_number: str, body: str, direction: str, callback_url: str | None) -> MessageRecord:
        now = self._exchange.now()
        message = MessageRecord(
            sid=new_sid("SM"),
            from_number=self._business_number,
            to_number=to_number,
            handset=to_number,
            body=body,
            direction=direction,
            status="queued",
            created_at=now,
            updated_at=now,
            callback_url=callback_url,
        )
        self._exchange.know(to_number)
        self._save(message)
        self._exchange.spawn(self._deliver(message))
        return message

    async def _deliver(self, message: MessageRecord) -> None:
        if message.status == "queued":
            self._tell(message)
            await self._exchange.timers.sleep(_SENT_AFTER_S)
            message = self._advance(message, "sent")
        await self._exchange.timers.sleep(_DELIVERED_AFTER_S)
        if self._exchange.handset(message.handset).behaviour == "unreachable":
            self._advance(message, "undelivered", _UNREACHABLE)
        else:
            self._advance(message, "delivered")

    def _advance(self, message: MessageRecord, status: str, error_code: int | None = None) -> MessageRecord:
        now = self._exchange.now()
        message = replace(message, status=status, error_code=error_code, updated_at=now, sent_at=message.sent_at or now)
        self._save(message)
        self._tell(message)
        return message

    def _tell(self, message: MessageRecord) -> None:
        if message.callback_url is None:
            return
        params = {
            **_identity(message, self._exchange.account_sid),
            "MessageStatus": message.status,
            "SmsStatus": message.status,
        }
        if message.error_code is not None:
            params["ErrorCode"] = str(message.error_code)
        self._exchange.postman.notify(message.sid, Webhook(url=message.callback_url, params=params))

    async def _bring(self, message: MessageRecord) -> None:
        """Hand a handset's message to the business and send what the business answers with."""
        blanks = {f"{side}{place}": "" for side in ("From", "To") for place in ("City", "State", "Zip", "Country")}
        params = blanks | {
            **_identity(message, self._exchange.account_sid),
            "SmsStatus": "received",
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": str(segments(message.body)),
        }
        try:
            bodies = parse_messages(await self._exchange.postman.ask(Webhook(url=self._webhook_url, params=params)))
        except DocumentError as error:
            _log.warning("The message webhook failed (%s): %s", error.code, error.message)
            return
        for body in bodies:
            if not self._exchange.ledger.opted_out(message.handset):
                self._accept(message.handset, body, "outbound-reply", None)

    def _keyword(self, handset: str, word: str) -> str | None:
        ledger = self._exchange.ledger
        if word in _STOP_WORDS:
            ledger.set_opted_out(handset, True)
            return _STOPPED
        if word in _START_WORDS and (word != "YES" or ledger.opted_out(handset)):
            ledger.set_opted_out(handset, False)
            return _STARTED
        return _HELP if word in _HELP_WORDS else None

    def _save(self, message: MessageRecord) -> None:
        self._exchange.ledger.save(message)
        self._exchange.changes.tell(message.handset)


def _identity(message: MessageRecord, account_sid: str) -> dict[str, str]:
    return {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": account_sid,
        "From": message.from_number,
        "To": message.to_number,
        "ApiVersion": API_VERSION,
    }
