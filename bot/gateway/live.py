"""What happens in other processes, told to browsers as server-sent events: one reader of the database for all."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic

import structlog
from pydantic import BaseModel
from sanic import Request

from bot.gateway.shapes import said_shape
from bot.store.conversations import Said
from bot.store.trail import Trail
from bot.usecases.conversation import Conversations

READ_EVERY_S = 0.5
BEAT_EVERY_S = 15.0
"""A comment line this often keeps proxies from cutting a quiet stream."""

log = structlog.get_logger(__name__)


class LiveTalks:
    """Hands what the business says later to whoever listens to that talk."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._listeners: defaultdict[str, set[asyncio.Queue[Said]]] = defaultdict(set)

    async def run(self) -> None:
        """Read on and on, until cancelled."""
        trail = Trail(floor=await self._newest())
        while True:
            await asyncio.sleep(READ_EVERY_S)
            try:
                found = {said.id: said for said in await self._conversations.said_later(trail.floor)}
                trail, fresh = trail.follow(found, at=monotonic())
                for number in sorted(fresh):
                    for queue in self._listeners.get(found[number].conversation_id, ()):
                        queue.put_nowait(found[number])
            except Exception:  # the database may be away for a while; the stream goes on when it is back
                log.exception("live_read_failed")

    async def listen(self, conversation_id: str) -> AsyncGenerator[Said | None]:
        """What is said from now on; None now and then, to keep the stream warm."""
        queue: asyncio.Queue[Said] = asyncio.Queue()
        self._listeners[conversation_id].add(queue)
        try:
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), BEAT_EVERY_S)
                except TimeoutError:
                    yield None
        finally:
            self._listeners[conversation_id].discard(queue)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    async def _newest(self) -> int:
        while True:
            try:
                return await self._conversations.newest_message()
            except Exception:
                log.exception("live_read_failed")
                await asyncio.sleep(READ_EVERY_S)


async def stream(request: Request, events: AsyncGenerator[Said | None]) -> None:
    """Send events until the browser goes away."""
    response = await request.respond(
        content_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    if response is None:
        return
    await response.send(": open\n\n")
    async with aclosing(events):
        async for said in events:
            await response.send(": still here\n\n" if said is None else event("message", said_shape(said), id=said.id))


def event(name: str, data: BaseModel, *, id: int) -> str:  # noqa: A002 (the field's own name in the standard)
    """One event in the format of https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    return f"id: {id}\nevent: {name}\ndata: {data.model_dump_json()}\n\n"
