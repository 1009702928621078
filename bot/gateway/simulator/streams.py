"""State told by server-sent events: at once, at each change, every fifteen seconds."""

import asyncio
import json
from collections.abc import Callable, Collection

from sanic import Request

from bot.simulator.changes import Changes

_HEARTBEAT_S = 15.0
_TOGETHER_S = 0.03
"""Changes that come this close together are told as one."""


async def stream(
    request: Request,
    changes: Changes,
    watched: Collection[str],
    *,
    stopping: asyncio.Event,
    state: Callable[[], object],
) -> None:
    """Tell `state` until the reader leaves or everything stops; `watched` are the names that changes are told by."""
    response = await request.respond(content_type="text/event-stream", headers={"Cache-Control": "no-store"})
    if response is None:
        return
    with changes.watching(watched) as changed:
        while not stopping.is_set():
            changed.clear()
            await response.send(f"data: {json.dumps(state(), ensure_ascii=False)}\n\n")
            try:
                async with asyncio.timeout(_HEARTBEAT_S):
                    await changed.wait()
                await asyncio.sleep(_TOGETHER_S)
            except TimeoutError:
                continue
