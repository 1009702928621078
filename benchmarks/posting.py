"""Bookings through the HTTP API of a real gateway process, from many connections that stay open."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.ports import free_port
from tests.support.products import ROOT, number, settings_of

API_KEY = "a-key-for-the-measurement-of-bookings"
PATIENCE_S = 60


@asynccontextmanager
async def gateway(folder: Path, database_url: str) -> AsyncIterator[int]:
    """A gateway over this database whose slots do not fill; its port."""
    shop = folder / "shop.toml"
    settings = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
    shop.write_text(settings.replace("capacity = 0 ", "capacity = 10000 "), encoding="utf-8")
    port = free_port()
    told = settings_of(
        folder, ORIKAESHI_SETTINGS=str(shop), DATABASE_URL=database_url, PORT=str(port),
        ORIKAESHI_DEMO_API_KEY=API_KEY, LOG_LEVEL="error",
    )  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "bot.gateway"], cwd=ROOT, env={**os.environ, **told})  # noqa: ASYNC220 (returns at once)
    try:
        await _until_it_answers(port)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


async def rate(port: int, *, clients: int, bookings: int, first: int) -> float:
    """Bookings a second; every one of them must be made."""
    slots = json.loads((await _asked(port, "GET", "/api/v1/slots", b""))[1])["slots"]
    window = {name: slots[20][name] for name in ("start", "end")}
    indices = iter(range(first, first + bookings))
    answers: Counter[int] = Counter()
    began = time.perf_counter()
    await asyncio.gather(*(_client(port, indices, window, answers) for _ in range(clients)))
    seconds = time.perf_counter() - began
    if set(answers) != {201}:
        raise RuntimeError(f"not every booking was made: {answers}")
    return bookings / seconds


async def _client(port: int, indices: Iterator[int], window: dict[str, str], answers: Counter[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for index in indices:
        body = json.dumps({"phone_number": number(index), "reason": "洗濯機の修理", "window": window}).encode()
        headers = f"Idempotency-Key: order-{index}\r\n"
        status, _ = await _exchange(reader, writer, "POST", "/api/v1/callbacks", body, headers)
        answers[status] += 1
    writer.close()


async def _asked(port: int, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = await _exchange(reader, writer, method, path, body, "")
    writer.close()
    return answer


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, path: str, body: bytes, headers: str
) -> tuple[int, bytes]:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {API_KEY}\r\n{headers}"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{head}\r\n".encode() + body)
    told = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(int(line.split(":")[1]) for line in told.lower().split("\r\n") if line.startswith("content-length"))
    return int(told.split(" ")[1]), await reader.readexactly(length)


async def _until_it_answers(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            await _asked(port, "GET", "/healthz", b"")
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)
        else:
            return
