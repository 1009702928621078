"""What supervisors see: promises that need a look, what is odd about the settings, and who changed them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.callback import Status
from bot.store.database import Database
from bot.usecases.settings_history import SettingsHistory
from tests.support.clocks import TUESDAY
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.products import ROOT, number

PAGE = "/desk/supervision"
ODD = '\n[[capacity.shifts]]\nagents = 3\nlanguages = ["ja"]\n'


@pytest.fixture
async def office(sqlite: Database) -> Office:
    return await Office(sqlite).open()


@pytest.fixture
async def server(office: Office, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """The desk of a business whose settings say one odd thing."""
    file = tmp_path / "shop.toml"
    told = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
    file.write_text(told.replace("\n[[capacity.shifts]]\nagents = 3\n", ODD), encoding="utf-8")
    async with serving(office, tmp_path, ORIKAESHI_SETTINGS=str(file)) as running:
        yield running


async def seen_by(server: DeskServer, login: str, path: str = PAGE) -> tuple[int, str]:
    visitor = Visitor(server.url)
    await visitor.log_in(login)
    answer = await visitor.get(path)
    return answer.status_code, answer.text


async def test_the_list_holds_what_needs_a_look_and_nothing_else(office: Office, server: DeskServer) -> None:
    await office.has("A", name="要確認", attention="set_aside")
    await office.has("B", name="時間変更", attention="hours_changed", phone_number=number(1))
    await office.has("C", name="期限切れ", attention="late", status=Status.EXPIRED, phone_number=number(2))
    await office.has("D", name="普通", phone_number=number(3))
    await office.has("E", name="終わった", attention="late", status=Status.COMPLETED, phone_number=number(4))
    await office.has("F", name="昔の", status=Status.EXPIRED, phone_number=number(5), window_shift=-timedelta(days=15))
    status, page = await seen_by(server, "hana")
    assert status == 200
    assert all(name in page for name in ("要確認", "時間変更", "期限切れ", "時間・体制の変更"))
    assert not any(name in page for name in ("普通", "終わった", "昔の"))


async def test_topics_are_named_by_the_settings(office: Office, server: DeskServer) -> None:
    await office.has("A", attention="set_aside")
    assert "総合" in (await seen_by(server, "hana"))[1]
    assert "General" in (await seen_by(server, "hana", f"{PAGE}?lang=en"))[1]


async def test_the_board_shows_the_latest_three_of_them_and_the_way_to_all(office: Office, server: DeskServer) -> None:
    for index, letter in enumerate("ABCDE"):
        shift = timedelta(minutes=30 * index)
        await office.has(letter, status=Status.UNREACHED, window_shift=shift, phone_number=number(index))
    _, page = await seen_by(server, "hana", "/desk")
    assert [f'data-key="unsettled-{letter}7Q4MN"' in page for letter in "ABCDE"] == [False, False, True, True, True]
    assert "すべて見る" in page


async def test_odd_settings_are_told_in_the_readers_language(server: DeskServer) -> None:
    _, page = await seen_by(server, "hana")
    assert "「総合」: 英語で話せる担当者がどの枠にもいません。" in page
    _, page = await seen_by(server, "hana", f"{PAGE}?lang=en")
    assert "General: nobody on shift speaks English in any slot" in page


async def test_the_page_is_for_supervisors_and_only_they_are_led_there(server: DeskServer) -> None:
    status, page = await seen_by(server, "sakura")
    assert status == 403
    assert "この画面は管理者だけが見られます。" in page
    assert PAGE in (await seen_by(server, "hana", "/desk"))[1]
    assert PAGE not in (await seen_by(server, "sakura", "/desk"))[1]
    assert (await Visitor(server.url).get(PAGE)).status_code == 303


async def test_who_changed_what_and_when_is_shown(office: Office, server: DeskServer) -> None:
    database = office.world.database
    await SettingsHistory(database, in_force={"hours": {"friday": ["09:00-18:00"]}}, who="a.toml (mai)").keep(
        now=TUESDAY
    )
    later = TUESDAY + timedelta(hours=2)
    await SettingsHistory(database, in_force={"hours": {"friday": ["<b>"]}}, who="a.toml (ren)").keep(now=later)
    _, page = await seen_by(server, "hana")
    for told in ("第1版", "第2版", "a.toml (mai)", "a.toml (ren)", "hours.friday", "09:00-18:00", "&lt;b&gt;", "12:00"):
        assert told in page


async def test_settings_that_did_not_change_make_no_version_however_many_start(database: Database) -> None:
    def process(hours: str) -> SettingsHistory:
        return SettingsHistory(database, in_force={"hours": {"friday": [hours]}, "web": {"n": 1.5}}, who="file")

    await asyncio.gather(*(process("09:00-18:00").keep(now=TUESDAY) for _ in range(5)))
    await asyncio.gather(*(process("09:00-17:00").keep(now=TUESDAY) for _ in range(5)))
    newest, first = await process("-").listing()
    assert (first.changes, newest.changes) == (
        [], [{"setting": "hours.friday", "before": "09:00-18:00", "after": "09:00-17:00"}],
    )  # fmt: skip


async def test_each_version_is_held_against_the_open_promises_once(database: Database) -> None:
    first = SettingsHistory(database, in_force={"slots": 1}, who="file")
    assert await first.is_unchecked(now=TUESDAY)
    assert await SettingsHistory(database, in_force={"slots": 1}, who="file").is_unchecked(now=TUESDAY)
    await first.checked(now=TUESDAY + timedelta(seconds=2))
    assert await first.is_unchecked(now=TUESDAY)  # somebody may not go by it yet
    await first.checked(now=TUESDAY + timedelta(seconds=5))
    assert not await first.is_unchecked(now=TUESDAY)
    assert not await SettingsHistory(database, in_force={"slots": 1}, who="file").is_unchecked(now=TUESDAY)
    assert await SettingsHistory(database, in_force={"slots": 2}, who="file").is_unchecked(now=TUESDAY)
