"""What happens in other processes, told to browsers as server-sent events: one reader of the database for all."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic

import structlog
from pydantic import BaseModel
from sanic import Request

from bot.gateway.shapes import said_shape
from bot.store.conversations import Said
from bot.usecases.conversation import Conversations

READ_EVERY_S = 0.5
LATE_COMMIT_S = 10.0
"""PostgreSQL numbers a row when it is written, and shows it when its transaction commits: one with a lower number may
come to light after one with a higher. What is younger than this is therefore read again."""
BEAT_EVERY_S = 15.0
"""A comment line this often keeps proxies from cutting a quiet stream."""

log = structlog.get_logger(__name__)


class Trail:
    """How far was read: from where to read again, and what of that was handed on already. Times in seconds."""

    def __init__(self, newest: int) -> None:
        self.floor = newest
        self._handed_on: set[int] = set()
        self._marks = deque([(0.0, newest)])

    def fresh(self, read: list[Said]) -> list[Said]:
        """What of this was not read before."""
        found = [said for said in read if said.id not in self._handed_on]
        self._handed_on.update(said.id for said in found)
        return found

    def move_on(self, *, at: float) -> None:
        """Read no more what was the newest so long ago that nothing older can still be committed."""
        newest = max(self._handed_on, default=self.floor)
        if newest > self._marks[-1][1]:
            self._marks.append((at, newest))
        while len(self._marks) > 1 and at - self._marks[1][0] >= LATE_COMMIT_S:
            self._marks.popleft()
        if at - self._marks[0][0] >= LATE_COMMIT_S:
            self.floor = self._marks[0][1]
            self._handed_on = {number for number in self._handed_on if number > self.floor}


class LiveTalks:
    """Hands what the business says later to whoever listens to that talk."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._listeners: defaultdict[str, set[asyncio.Queue[Said]]] = defaultdict(set)

    async def run(self) -> None:
        """Read on and on, until cancelled."""
        trail = Trail(await self._newest())
        while True:
            await asyncio.sleep(READ_EVERY_S)
            try:
                for said in trail.fresh(await self._conversations.said_later(trail.floor)):
                    for queue in self._listeners.get(said.conversation_id, ()):
                        queue.put_nowait(said)
                trail.move_on(at=monotonic())
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
