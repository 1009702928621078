"""One process is started with other settings: those that run follow within a second, on both databases."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.settings import load
from bot.settings_review import in_force
from bot.store import settings_history
from bot.store.database import Database
from bot.usecases.following import Following
from bot.usecases.settings_history import SettingsHistory
from bot.wiring import Product
from tests.support.clocks import TUESDAY, MovableClock, tokyo
from tests.support.products import ROOT, settings_of

FRIDAY_EVENING = tokyo("2026-11-27 17:30")
TOLD = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")


def settings_with(folder: Path, **lines: str) -> Mapping[str, str]:
    """An environment whose settings file says something else in these lines."""
    told = TOLD
    for name, value in lines.items():
        before = next(line for line in told.splitlines() if line.startswith(f"{name} ="))
        told = told.replace(before, f"{name} = {value}", 1)
    folder.mkdir(exist_ok=True)
    (folder / "shop.toml").write_text(told, encoding="utf-8")
    return settings_of(folder, ORIKAESHI_SETTINGS=str(folder / "shop.toml"))


class Process:
    """A process of the product with a settings file of its own, over the test's database."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.seconds = 0.0

    @classmethod
    async def start(cls, database: Database, folder: Path, **lines: str) -> "Process":
        product = wiring.connect(load(settings_with(folder, **lines)))
        await product.close()
        history = SettingsHistory(database, in_force=in_force(product.settings), who=folder.name)
        process = cls(product)
        following = Following(database, history, adopt=product.adopt, stopwatch=lambda: process.seconds)
        process.product = replace(
            product, database=database, clock=MovableClock(), settings_history=history, following=following
        )
        assert not await process.looks()
        return process

    async def looks(self, after: float = 1.0) -> bool:
        self.seconds += after
        return await self.product.following.look(now=TUESDAY)

    def is_open(self) -> bool:
        return self.product.rules.of("general").hours.is_open(FRIDAY_EVENING)


@pytest.fixture
async def two(database: Database, tmp_path: Path) -> tuple[Process, Process]:
    """The first was started with the file as it was, the second after Friday afternoon was taken out of it."""
    first = await Process.start(database, tmp_path / "first")
    return first, await Process.start(database, tmp_path / "second", friday='["09:00-13:00"]')


async def test_who_runs_goes_by_the_rules_of_who_was_started_last(two: tuple[Process, Process]) -> None:
    first, second = two
    assert (first.is_open(), second.is_open()) == (True, False)
    assert await first.looks()
    assert (first.is_open(), second.is_open()) == (False, False)
    assert not await first.looks()
    assert not await second.looks()


async def test_nobody_looks_more_than_once_a_second(two: tuple[Process, Process]) -> None:
    first, _ = two
    assert not await first.looks(after=0.5)
    assert first.is_open()
    assert await first.looks(after=0.5)


async def test_a_decision_under_way_ends_by_the_rules_that_it_began_with(two: tuple[Process, Process]) -> None:
    first, _ = two
    seen: list[bool] = []
    followed = asyncio.Event()

    async def decide() -> None:
        with first.product.in_force.pinned():
            seen.append(first.is_open())
            await followed.wait()
            seen.append(first.is_open())

    deciding = asyncio.create_task(decide())
    await asyncio.sleep(0)
    assert await first.looks()
    followed.set()
    await deciding
    assert seen == [True, True]
    async with first.product.decision():
        assert not first.is_open()


async def test_slots_are_laid_out_anew_when_the_rules_change(two: tuple[Process, Process]) -> None:
    first, _ = two
    span: dict[str, Any] = {"start": FRIDAY_EVENING, "end": FRIDAY_EVENING + timedelta(hours=1), "now": TUESDAY}
    seats = first.product.forecast._seats
    async with first.product.database.write() as tx:
        await seats.lay_out(tx, "general", now=TUESDAY)
        assert await seats.read(tx, "general", **span)
    assert seats.is_laid_out("general", now=TUESDAY)
    await first.looks()
    assert not seats.is_laid_out("general", now=TUESDAY)
    async with first.product.database.read() as tx:
        assert not await seats.read(tx, "general", **span)


async def test_settings_that_cannot_be_read_leave_a_process_as_it_is(two: tuple[Process, Process]) -> None:
    first, _ = two
    async with first.product.database.write() as tx:
        odd = {"hours": {"friday": ["9 to 5"]}}
        await settings_history.add(tx, who="another release", settings=odd, changes=[], now=TUESDAY)
    assert not await first.looks()
    assert first.is_open()


async def test_a_version_says_no_more_about_the_roster_than_its_file(tmp_path: Path) -> None:
    """Capacities set by hand are held against the roster only where somebody wrote one."""
    bare = TOLD.replace("\n[[capacity.shifts]]\nagents = 3\n", "\n")
    assert bare != TOLD
    (tmp_path / "shop.toml").write_text(bare, encoding="utf-8")
    settings = load(settings_of(tmp_path, ORIKAESHI_SETTINGS=str(tmp_path / "shop.toml")))
    followed = settings.with_rules(in_force(settings))
    assert "shifts" not in followed.capacity.model_fields_set
    assert in_force(followed) == in_force(settings)
    written = load(settings_of(tmp_path)).with_rules(in_force(settings))
    assert "shifts" in written.capacity.model_fields_set
