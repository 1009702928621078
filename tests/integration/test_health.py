"""Whether every part answers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from bot.store.database import Database
from bot.usecases import health as module
from bot.usecases.health import SILENT_AFTER, Health
from tests.support.clocks import REAL
from tests.support.products import FakeAssistant

ALL = {"assistant", "actions", "scheduler", "database", "carrier"}


class Parts:
    """A product whose parts can be taken away one by one."""

    def __init__(self, database: Database) -> None:
        self.assistant = FakeAssistant()
        self.faults: set[str] = set()
        self.health = Health(
            database,
            self.assistant,  # type: ignore[arg-type]  # a fake
            ping_carrier=self._carrier,
            actions_url="http://actions",
        )
        self.health._http = httpx.AsyncClient(
            base_url="http://actions", transport=httpx.MockTransport(lambda _: httpx.Response(self._actions()))
        )

    async def _carrier(self) -> None:
        if "carrier" in self.faults:
            raise ConnectionError

    def _actions(self) -> int:
        return 500 if "actions" in self.faults else 200


@pytest.fixture
async def parts(sqlite: Database) -> AsyncIterator[Parts]:
    made = Parts(sqlite)
    await made.health.beat("scheduler", real_now=REAL)
    yield made
    await made.health.close()


async def test_all_is_well(parts: Parts) -> None:
    assert await parts.health.parts(real_now=REAL) == dict.fromkeys(ALL, True)


@pytest.mark.parametrize("missing", ["carrier", "actions"])
async def test_the_part_that_does_not_answer_is_named(parts: Parts, missing: str) -> None:
    parts.faults.add(missing)
    assert await parts.health.parts(real_now=REAL) == {name: name != missing for name in ALL}


async def test_a_silent_assistant_is_named(parts: Parts) -> None:
    parts.assistant.is_down = True
    assert not (await parts.health.parts(real_now=REAL))["assistant"]


@pytest.mark.parametrize(("seconds", "alive"), [(0, True), (10, True), (11, False)])
async def test_a_scheduler_that_stopped_beating_is_named(parts: Parts, seconds: int, alive: bool) -> None:
    later = REAL + timedelta(seconds=seconds)
    assert (await parts.health.parts(real_now=later))["scheduler"] == alive
    assert timedelta(seconds=10) == SILENT_AFTER


async def test_a_beat_is_the_latest_one(parts: Parts) -> None:
    later = REAL + timedelta(hours=1)
    await parts.health.beat("scheduler", real_now=later)
    assert (await parts.health.parts(real_now=later))["scheduler"]


async def test_a_part_that_hangs_is_not_waited_for(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    monkeypatch.setattr(parts.assistant, "ping", hang)
    assert not (await parts.health.parts(real_now=REAL))["assistant"]
