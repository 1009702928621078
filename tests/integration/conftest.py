"""The gateway's application, asked in this process."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from sanic import Sanic

from bot.gateway.app import create_app
from bot.store.database import Database
from bot.wiring import Product
from tests.support.chat_page import ChatPage, visiting
from tests.support.ports import free_port
from tests.support.products import World, a_product

API_KEY = "a-key-for-the-tests-of-the-gateway"


@dataclass
class Gateway:
    """The application, a client that holds a key, one that holds none, and what stands behind them."""

    app: Sanic[Any, Any]
    api: httpx.AsyncClient
    public: httpx.AsyncClient
    product: Product
    world: World


@pytest.fixture
def environment() -> dict[str, str]:
    """What a module's gateway is told otherwise."""
    return {}


@pytest.fixture
async def gateway(sqlite: Database, tmp_path: Path, environment: dict[str, str]) -> AsyncIterator[Gateway]:
    """A fresh gateway over a fresh database."""
    world = World(sqlite)
    nobody = f"http://127.0.0.1:{free_port()}"
    product = await a_product(
        world, tmp_path, api_key=API_KEY, ORIKAESHI_ACTIONS_URL=nobody, PORT=nobody.rsplit(":", 1)[1], **environment
    )
    Sanic.test_mode = True
    app = create_app(product)
    app.asgi = True
    await app._startup()  # type: ignore[no-untyped-call]  # what sanic_testing calls before each request
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers) as api,
        httpx.AsyncClient(transport=transport, base_url="http://gateway") as public,
    ):
        yield Gateway(app=app, api=api, public=public, product=product, world=world)
    product.carrier.close()
    await product.health.close()
    Sanic.test_mode = False


@pytest.fixture
def chat(browser: Browser) -> Iterator[ChatPage]:
    """The customer's page against a stand-in of the HTTP contract."""
    with visiting(browser) as chat:
        yield chat
