"""Notices by e-mail: plain text, with the header by which mail programs unsubscribe with one click (RFC 8058)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.vendors.smtp import MailRefused, MailSilent, SmtpClient

NAME = "email"
POLICY = SMTP.clone(cte_type="7bit")
"""Lines that any server on the way may carry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What is written to somebody. `unsubscribe` is an address of ours that stops it by a POST."""

    subject: str
    text: str
    language: str
    sender_name: str
    unsubscribe: str


class EmailChannel:
    """Sends from the business's own address."""

    def __init__(self, client: SmtpClient, *, sender: str) -> None:
        self._client = client
        self._sender = sender

    async def send(self, to: str, mail: Mail, *, now: datetime) -> Sent | NotSent | MaybeSent:
        """Send one message, once."""
        message_id = f"{secrets.token_hex(16)}@{self._sender.rpartition('@')[2]}"
        try:
            message = self._message(to, mail, message_id=message_id, now=now)
            await self._client.send(message, sender=self._sender, to=to)
        except MailRefused as refusal:
            return NotSent(code=refusal.code, try_later=refusal.try_later)
        except MailSilent as silence:
            return MaybeSent(cause=silence.cause)
        return Sent(message_sid=message_id[:64])

    def _message(self, to: str, mail: Mail, *, message_id: str, now: datetime) -> EmailMessage:
        """Every header is set through the policy, which refuses a line break in a value: nothing can be injected."""
        message = EmailMessage(policy=POLICY)
        message["From"] = Address(mail.sender_name, addr_spec=self._sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{message_id}>"
        message["Auto-Submitted"] = "auto-generated"
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.text)
        message["Content-Language"] = mail.language  # behind the content: setting it drops what says Content-
        return message
