"""A part of the gateway on a real server of this machine."""

import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

from sanic import Blueprint, Sanic

from bot.gateway import embedding, problems, rendering


def bound_socket() -> socket.socket:
    """A socket on a free port: what is to be served may have to know its own address."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock


@contextlib.asynccontextmanager
async def serving_at(sock: socket.socket, *blueprints: Blueprint, embed_on: tuple[str, ...] = ()) -> AsyncIterator[str]:
    """The blueprints as the gateway serves them; yields where."""
    port = sock.getsockname()[1]
    Sanic.test_mode = True
    app: Sanic[Any, Any] = Sanic(f"{blueprints[0].name}-{port}", configure_logging=False)
    problems.install(app)
    rendering.install(app)
    embedding.install(app, embed_on)
    app.blueprint(list(blueprints))
    server: Any = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.start_serving()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.before_stop()
        await server.close()
