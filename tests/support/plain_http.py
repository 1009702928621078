"""HTTP with as little around it as there can be: where many requests are sent, the client must not take the machine."""

import asyncio
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A status and the JSON that came with it."""

    status: int
    body: Any


class Connection:
    """One connection to a gateway on this machine that stays open, with an API key."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._key = key

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._writer.close()

    async def get(self, path: str) -> Answer:
        """Ask."""
        return await self._send("GET", path, b"", "")

    async def post(self, path: str, body: dict[str, Any], *, idempotency_key: str | None = None) -> Answer:
        """Send JSON."""
        headers = "Content-Type: application/json\r\n"
        if idempotency_key:
            headers += f"Idempotency-Key: {idempotency_key}\r\n"
        return await self._send("POST", path, json.dumps(body).encode(), headers)

    async def _send(self, method: str, path: str, body: bytes, headers: str) -> Answer:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._key}\r\n{headers}"
        if body:
            head += f"Content-Length: {len(body)}\r\n"
        self._writer.write(f"{head}\r\n".encode() + body)
        told = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.partition(":")[2]) for line in told.lower().split("\r\n") if line.startswith("content-length")
        )
        return Answer(status=int(told.split(" ")[1]), body=json.loads(await self._reader.readexactly(length)))
