"""Whether every part of the product answers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import structlog

from bot.assistant import Assistant
from bot.store import ledger
from bot.store.database import Database

HEARTBEAT_EVERY = timedelta(seconds=2)
SILENT_AFTER = timedelta(seconds=10)
PATIENCE_S = 3.0

log = structlog.get_logger(__name__)


class Health:
    """Asks each part. Beats are told in real time: a moved business clock makes nobody ill."""

    def __init__(
        self,
        database: Database,
        assistant: Assistant,
        *,
        ping_carrier: Callable[[], Awaitable[None]],
        actions_url: str,
    ) -> None:
        self._database = database
        self._assistant = assistant
        self._ping_carrier = ping_carrier
        self._http = httpx.AsyncClient(base_url=actions_url, timeout=PATIENCE_S, trust_env=False)

    async def beat(self, process: str, *, real_now: datetime) -> None:
        """A process without an HTTP face says that it is alive."""
        async with self._database.write() as tx:
            await ledger.beat(tx, process, real_now=real_now)

    async def parts(self, *, real_now: datetime) -> dict[str, bool]:
        """Each part and whether it answers."""
        checks = {
            "assistant": self._assistant.ping(),
            "actions": self._ask_actions(),
            "scheduler": self._heard_of("scheduler", real_now=real_now),
            "database": self._database.ping(),
            "carrier": self._ping_carrier(),
        }
        answers = await asyncio.gather(*(_answers(name, check) for name, check in checks.items()))
        return dict(zip(checks, answers, strict=True))

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def _ask_actions(self) -> None:
        (await self._http.get("/health")).raise_for_status()

    async def _heard_of(self, process: str, *, real_now: datetime) -> None:
        async with self._database.read() as tx:
            beat_at = await ledger.last_beat(tx, process)
        if beat_at is None or real_now - beat_at > SILENT_AFTER:
            raise TimeoutError(f"no heartbeat of {process}")


async def _answers(name: str, check: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await check
    except Exception as error:  # whatever stops a part from answering, it is not ready
        log.debug("part_not_ready", part=name, error=str(error))
        return False
    return True
