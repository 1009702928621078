"""The desk edits the rules: every process follows, nobody overwrites what they have not seen, and undo is an edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import wiring
from bot.settings import RULES, load
from bot.settings_review import in_force
from bot.store.database import Database
from bot.store.settings_history import Version
from bot.usecases.editing import Editing, NotEditable, SettingsMoved
from bot.usecases.following import Following
from bot.usecases.settings_history import SettingsHistory
from bot.wiring import Product
from tests.integration.test_following import FRIDAY_EVENING, settings_with
from tests.support.clocks import TUESDAY


@dataclass
class Process:
    """A process that was started with a file of its own; each of its looks is a second after the last."""

    product: Product
    history: SettingsHistory
    following: Following
    editing: Editing

    @classmethod
    async def start(cls, database: Database, folder: Path, **lines: str) -> "Process":
        product = wiring.connect(load(settings_with(folder, **lines)))
        await product.close()
        seconds = iter(range(1, 1000))
        history = SettingsHistory(database, in_force=in_force(product.settings), who=folder.name, edited=RULES)
        following = Following(database, history, adopt=product.adopt, stopwatch=lambda: float(next(seconds) * 2))
        editing = product.editing
        editing._database = database
        started = cls(product, history, following, editing)
        await started.looks()
        return started

    async def looks(self) -> bool:
        return await self.following.look(now=TUESDAY)

    async def newest(self) -> Version:
        return (await self.history.listing())[0]

    def is_open(self) -> bool:
        return self.product.rules.of("general").hours.is_open(FRIDAY_EVENING)


@pytest.fixture
async def shop(database: Database, tmp_path: Path) -> Process:
    return await Process.start(database, tmp_path / "first")


async def short_friday(process: Process) -> dict[str, Any]:
    hours = dict((await process.newest()).settings["hours"])
    return {"hours": {**hours, "friday": ["09:00-13:00"]}}


async def edit(process: Process) -> Version:
    seen = (await process.newest()).number
    return await process.editing.save(await short_friday(process), who="suzuki", seen_number=seen, now=TUESDAY)


async def test_an_edit_is_in_force_in_every_process_with_who_and_what(
    shop: Process, database: Database, tmp_path: Path
) -> None:
    other = await Process.start(database, tmp_path / "other")
    saved = await edit(shop)
    assert saved.who == "suzuki"
    assert [(one["setting"], one["after"]) for one in saved.changes] == [("hours.friday", "09:00-13:00")]
    assert saved.checked_at is None
    for process in (shop, other):
        assert process.is_open()
        assert await process.looks()
        assert not process.is_open()


async def test_who_has_not_seen_the_newest_version_overwrites_nothing(shop: Process) -> None:
    seen = (await shop.newest()).number
    told = await short_friday(shop)
    await edit(shop)
    with pytest.raises(SettingsMoved):
        await shop.editing.save(told, who="sato", seen_number=seen, now=TUESDAY)
    assert (await shop.newest()).who == "suzuki"


@pytest.mark.parametrize("told", [{"hours": {"friday": ["9 to 5"]}}, {"slots": {"unheard_of": 1}}])
async def test_what_cannot_be_settings_is_not_saved(shop: Process, told: Mapping[str, Any]) -> None:
    before = await shop.newest()
    with pytest.raises(ValueError, match=r"validation error"):
        await shop.editing.save(told, who="suzuki", seen_number=before.number, now=TUESDAY)
    assert await shop.newest() == before


async def test_other_sections_are_not_for_the_desk(shop: Process) -> None:
    before = await shop.newest()
    with pytest.raises(NotEditable):
        await shop.editing.save({"carrier": {}}, who="suzuki", seen_number=before.number, now=TUESDAY)
    with pytest.raises(NotEditable):
        await shop.editing.undo(999, who="suzuki", seen_number=before.number, now=TUESDAY)
    assert await shop.newest() == before


async def test_undo_saves_the_old_version_again(shop: Process) -> None:
    first = await shop.newest()
    edited = await edit(shop)
    await shop.looks()
    undone = await shop.editing.undo(first.number, who="sato", seen_number=edited.number, now=TUESDAY)
    assert (undone.who, undone.settings) == ("sato", first.settings)
    assert undone.number > edited.number
    assert await shop.looks()
    assert shop.is_open()


async def test_nothing_changed_is_no_new_version(shop: Process) -> None:
    first = await shop.newest()
    told = {"hours": first.settings["hours"]}
    assert await shop.editing.save(told, who="suzuki", seen_number=first.number, now=TUESDAY) == first


async def test_a_start_with_the_same_file_keeps_the_edit(shop: Process, database: Database, tmp_path: Path) -> None:
    edited = await edit(shop)
    again = await Process.start(database, tmp_path / "first")
    assert not again.is_open()
    assert await again.newest() == edited


async def test_a_start_with_another_section_changed_keeps_the_edit(
    shop: Process, database: Database, tmp_path: Path
) -> None:
    await edit(shop)
    again = await Process.start(database, tmp_path / "again", hold_minutes="7")
    assert not again.is_open()
    newest = await again.newest()
    assert [one["setting"] for one in newest.changes] == ["slots.hold_minutes"]
    assert await shop.looks()
    assert not shop.is_open()


async def test_a_section_changed_in_the_file_replaces_the_edit_and_says_whose(
    shop: Process, database: Database, tmp_path: Path
) -> None:
    edited = await edit(shop)
    with capture_logs() as logs:
        again = await Process.start(database, tmp_path / "again", thursday='["09:00-12:00"]')
    assert again.is_open()
    told = next(line for line in logs if line["event"] == "desk_edit_replaced")
    assert (told["log_level"], told["section"], told["version"], told["who"]) == (
        "warning", "hours", edited.number, "suzuki",
    )  # fmt: skip
    assert await shop.looks()
    assert shop.is_open()
