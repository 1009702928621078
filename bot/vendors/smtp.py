"""A mail server through aiosmtplib, its faults sorted as the carrier's: was the message surely not taken, or maybe?

The server takes a message with its answer to the end of the data (RFC 5321, 4.1.1.4): before, nothing was sent; a
connection that breaks in between leaves it open, and a message that may be on its way is not sent twice.
"""

import contextlib
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

TIMEOUT_S = 10.0
Security = Literal["starttls", "tls", "none"]


class MailRefused(Exception):
    """The message was surely not taken. `code` is the server's, 0 when no answer came."""

    def __init__(self, code: int, *, try_later: bool) -> None:
        super().__init__(f"The mail server refused the message with code {code}.")
        self.code = code
        self.try_later = try_later


class MailSilent(Exception):
    """Nobody knows whether the message was taken."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"The mail server's answer is unknown: {cause}.")
        self.cause = cause


@dataclass(frozen=True, kw_only=True, repr=False)
class SmtpClient:
    """One account at one server; a connection for each message."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = ""
    timeout_s: float = TIMEOUT_S

    async def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Hand one message over, once. Raises MailRefused or MailSilent."""
        server = aiosmtplib.SMTP(
            hostname=self.host, port=self.port, use_tls=self.security == "tls",
            start_tls=self.security == "starttls", timeout=self.timeout_s,
            username=self.username or None, password=self.password or None,
        )  # fmt: skip
        try:
            await self._open(server, sender=sender, to=to)
            await self._hand_over(server, message)
        finally:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await server.quit()
            server.close()

    async def _open(self, server: aiosmtplib.SMTP, *, sender: str, to: str) -> None:
        """Everything before the message itself: whatever goes wrong here, it was not sent."""
        try:
            await server.connect()
            await server.mail(sender)
            await server.rcpt(to)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise MailRefused(error.code, try_later=True) from error  # ours to mend: the customer's notice waits
        except aiosmtplib.SMTPResponseException as error:
            raise MailRefused(error.code, try_later=error.code < 500) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailRefused(0, try_later=True) from error

    async def _hand_over(self, server: aiosmtplib.SMTP, message: EmailMessage) -> None:
        try:
            await server.data(message.as_bytes())
        except aiosmtplib.SMTPResponseException as error:
            raise MailRefused(error.code, try_later=error.code < 500) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailSilent(type(error).__name__) from error
