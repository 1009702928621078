"""Bookings through the HTTP API of a real gateway process, from many connections that stay open."""

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.plain_http import Connection
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
    async with Connection(port, API_KEY) as connection:
        slot = (await connection.get("/api/v1/slots")).body["slots"][20]
    window = {name: slot[name] for name in ("start", "end")}
    indices = iter(range(first, first + bookings))
    answers: Counter[int] = Counter()
    began = time.perf_counter()
    await asyncio.gather(*(_client(port, indices, window, answers) for _ in range(clients)))
    seconds = time.perf_counter() - began
    if set(answers) != {201}:
        raise RuntimeError(f"not every booking was made: {answers}")
    return bookings / seconds


async def _client(port: int, indices: Iterator[int], window: dict[str, str], answers: Counter[int]) -> None:
    async with Connection(port, API_KEY) as connection:
        for index in indices:
            body = {"phone_number": number(index), "reason": "洗濯機の修理", "window": window}
            answer = await connection.post("/api/v1/callbacks", body, idempotency_key=f"order-{index}")
            answers[answer.status] += 1


async def _until_it_answers(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            async with Connection(port, API_KEY) as connection:
                await connection.get("/healthz")
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)
        else:
            return
