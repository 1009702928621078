"""A mail server of this machine (aiosmtpd) that keeps what it takes, and refuses as it is told."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.serving import bound_socket


@dataclass
class MailServer:
    """`at_rcpt` and `at_data` are answers to come, such as "450 later"; "close" breaks the connection, "hang" says
    nothing. What is left over is taken."""

    port: int = 0
    at_rcpt: deque[str] = field(default_factory=deque)
    at_data: deque[str] = field(default_factory=deque)
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def __aenter__(self) -> "MailServer":
        sock = bound_socket()
        self.port = sock.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop, hostname="mail.example.jp"), sock=sock)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.close()

    async def handle_RCPT(  # noqa: N802  # as aiosmtpd calls it
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_rcpt.popleft() if self.at_rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # the same
        answer = self.at_data.popleft() if self.at_data else "250 taken"
        if answer == "close":
            server.transport.abort()
        if answer == "hang":
            await asyncio.sleep(1)
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append((envelope.rcpt_tos[0], message_from_bytes(content, policy=policy.default)))
        return answer
