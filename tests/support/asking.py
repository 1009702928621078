"""The gateway over a test's own world, asked in this process."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from sanic import Sanic

from bot.gateway.app import create_app
from tests.support.ports import free_port
from tests.support.products import ROOT, World, a_product

SETTINGS = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
WITH_MAIL = SETTINGS.replace('host = ""', 'host = "127.0.0.1"').replace('sender = ""', 'sender = "callback@example.jp"')


@contextlib.asynccontextmanager
async def asking(world: World, folder: Path, settings: str = SETTINGS) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway with these settings and the world's rules."""
    file = folder / "shop.toml"
    file.write_text(settings, encoding="utf-8")
    product = await a_product(world, folder, ORIKAESHI_SETTINGS=str(file), PORT=str(free_port()))
    Sanic.test_mode = True
    app: Any = create_app(replace(product, rules=world.rules))
    app.asgi = True
    await app._startup()
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client
    product.carrier.close()
    await product.health.close()
    Sanic.test_mode = False
