"""Each request of a server is one decision: it goes by one version of the rules from its beginning to its answer."""

from collections.abc import Callable
from typing import Any

from bot.wiring import Product


def install(app: Any, product: Callable[[], Product]) -> None:
    """For a Sanic application, the gateway's or rasa_sdk's own. A stream begins with its answer: what is sent in it
    later goes by the newest rules."""

    async def begin(request: Any) -> None:
        made = product()
        await made.following.look(now=made.clock.now())
        request.ctx.decision = made.in_force.begin()

    async def end(request: Any, _response: Any) -> None:
        if hasattr(request.ctx, "decision"):  # not where the request could not even be read
            request.ctx.decision.end()

    app.register_middleware(begin, "request")
    app.register_middleware(end, "response")
