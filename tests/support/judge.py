"""Prism between a real client and a simulator: every answer that does not fit a vendor's own document is an error."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.ports import free_port
from tests.support.products import ROOT
from tools import prism

STARTS_WITHIN_S = 60.0


def need_prism() -> None:
    """Skip the test where Prism is missing; in CI it has to be there."""
    if not (shutil.which("node") and prism.is_there(ROOT / prism.FOLDER, ROOT / prism.LOCKED)):
        missing = "this test needs Node.js and Prism: make system"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)


@contextlib.asynccontextmanager
async def proxy(specification: Path, upstream: str) -> AsyncIterator[str]:
    """Prism before the simulator; `--errors` makes an error of every violation."""
    async with _prism("proxy", str(specification), upstream, "--errors") as url:
        yield url


@contextlib.asynccontextmanager
async def mock(specification: Path) -> AsyncIterator[str]:
    """Prism in the vendor's place: it refuses every request that does not fit the document, and answers by it."""
    async with _prism("mock", str(specification), "--errors") as url:
        yield url


@contextlib.asynccontextmanager
async def _prism(*words: str) -> AsyncIterator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        str(ROOT / prism.FOLDER / prism.COMMAND), *words, "--host", "127.0.0.1", "--port", str(port),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(STARTS_WITHIN_S), httpx.AsyncClient(trust_env=False) as http:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await http.get(f"http://127.0.0.1:{port}/")
                    break
                await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()
