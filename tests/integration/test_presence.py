"""Who takes calls: what people say of it, a desk that was closed, and the time after a call."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import select

from bot.booking.presence import Presence
from bot.store.database import Database
from bot.store.presence_schema import presence_spells
from bot.usecases.kpis import Kpis, Period
from bot.usecases.outcomes import AFTER_CALL
from bot.usecases.presences import AWAY_AFTER
from tests.support.browser import FLAGS, executable
from tests.support.clocks import REAL, TOKYO
from tests.support.desk import PASSWORD, DeskServer, Office, Visitor, serving
from tests.support.products import SLOT

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def office(database: Database) -> Office:
    """Sakura takes calls at her desk; the demo's others by phone alone."""
    return await at_desk(await Office(database).open())


async def at_desk(office: Office, login: str = "sakura") -> Office:
    known = (await office.people.person(login)).agent
    await office.people.change(
        login, name=known.name, phone_number=known.phone_number, role=known.role, skills=known.skills, needs_desk=True,
        actor="aoi", now=REAL,
    )  # fmt: skip
    return office


async def presence(office: Office, login: str = "sakura") -> str:
    return (await office.agent(login)).presence


async def test_a_closed_desk_is_not_ready_and_an_open_one_is_again(office: Office) -> None:
    sakura = await office.agent()
    await office.presences.choose(sakura, Presence.READY, now=office.now, real_now=REAL)
    almost = REAL + AWAY_AFTER
    await office.presences.look(now=office.now, real_now=almost)
    assert await presence(office) == "ready"
    await office.presences.look(now=office.now, real_now=almost + timedelta(seconds=1))
    assert await presence(office) == "away"
    assert await presence(office, "ken") == "ready"  # by phone alone
    await office.presences.seen([sakura.id], now=office.now, real_now=almost + timedelta(seconds=2))
    assert await presence(office) == "ready"


@pytest.mark.parametrize("chosen", [Presence.BREAK, Presence.OFFLINE, Presence.AFTER_CALL])
async def test_who_is_not_ready_stays_so_whatever_the_desk_does(office: Office, chosen: Presence) -> None:
    sakura = await office.agent()
    await office.presences.choose(sakura, chosen, now=office.now, real_now=REAL)
    await office.presences.look(now=office.now + timedelta(days=1), real_now=REAL + timedelta(days=1))
    await office.presences.seen([sakura.id], now=office.now, real_now=REAL + timedelta(days=1))
    assert await presence(office) == chosen


async def test_nobody_is_dialled_for_whoever_is_away(office: Office) -> None:
    for login in ("ken", "emma"):
        await office.presences.choose(await office.agent(login), Presence.OFFLINE, now=office.now, real_now=REAL)
    await office.presences.look(now=office.now, real_now=REAL)  # her desk was never open
    await office.world.book(SLOT)
    assert await office.world.at(SLOT.start) == 0
    await office.presences.seen([(await office.agent()).id], now=office.now, real_now=REAL)
    assert await office.world.at(SLOT.start + timedelta(seconds=1)) == 1


async def test_after_a_call_there_is_time_to_write_and_then_the_agent_is_ready(office: Office) -> None:
    await office.presences.choose(await office.agent(), Presence.READY, now=office.now, real_now=REAL)
    attempt = await office.dials(await office.has())
    await office.talks(attempt)
    await office.hangs_up(attempt, duration_s=60)
    assert await presence(office) == "after_call"
    await office.presences.look(now=office.now + AFTER_CALL - timedelta(seconds=1), real_now=REAL)
    assert await presence(office) == "after_call"
    await office.presences.look(now=office.now + AFTER_CALL, real_now=REAL)
    assert await presence(office) == "ready"


async def test_a_break_that_was_chosen_during_the_call_begins_after_it(office: Office) -> None:
    attempt = await office.dials(await office.has())
    await office.talks(attempt)
    await office.presences.choose(await office.agent(), Presence.BREAK, now=office.now, real_now=REAL)
    await office.hangs_up(attempt, duration_s=60)
    assert await presence(office) == "break"


@pytest.mark.parametrize("status", ["no-answer", "busy"])
async def test_there_is_nothing_to_write_after_a_call_that_nobody_answered(office: Office, status: str) -> None:
    await office.presences.choose(await office.agent(), Presence.READY, now=office.now, real_now=REAL)
    await office.hangs_up(await office.dials(await office.has()), status)
    assert await presence(office) == "ready"


async def test_who_takes_calls_by_phone_alone_is_ready_at_once(office: Office) -> None:
    attempt = await office.dials(await office.has(), "ken")
    await office.talks(attempt)
    await office.hangs_up(attempt, duration_s=60)
    assert await presence(office, "ken") == "ready"


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    office = await at_desk(await Office(sqlite).open())
    async with serving(office, tmp_path) as running:
        yield running


@pytest.mark.parametrize("chosen", ["away", "sleeping", ""])
async def test_nobody_says_anything_else_of_themselves(server: DeskServer, chosen: str) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in()
    assert (await visitor.post("/desk/presence", presence=chosen)).status_code == 403
    assert (await visitor.post("/desk/alive")).status_code == 204
    await visitor.http.aclose()


async def test_without_scripts_it_is_chosen_all_the_same_and_a_logout_ends_it(server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in()
    assert (await visitor.post("/desk/presence", presence="break")).status_code == 303
    assert await presence(server.office) == "break"
    await visitor.post("/desk/presence", presence="ready")
    await visitor.post("/desk/logout")
    assert await presence(server.office) == "offline"
    await visitor.http.aclose()


async def enter(page: Page, server: DeskServer, login: str) -> None:
    await page.goto(f"{server.url}/desk")
    await page.get_by_label("ログインID").fill(login)
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.get_by_role("button", name="ログインする").click()
    await page.wait_for_url("**/desk")
    await page.wait_for_load_state("load")


async def test_two_browsers_a_key_a_closed_page_and_a_session_that_is_ended(server: DeskServer) -> None:
    office = server.office
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        sakura = await (await browser.new_context()).new_page()
        ken = await (await browser.new_context()).new_page()
        await enter(sakura, server, "sakura")
        await enter(ken, server, "ken")
        await sakura.keyboard.press("3")
        await expect(sakura.get_by_role("button", name="休憩")).to_have_attribute("aria-pressed", "true")
        await expect(ken.get_by_role("button", name="受付可")).to_have_attribute("aria-pressed", "true")
        assert await presence(office) == "break"
        await sakura.get_by_role("button", name="受付可").click()
        await expect(sakura.get_by_role("button", name="受付可")).to_have_attribute("aria-pressed", "true")
        # A page that follows nothing counts as being at the desk, too.
        await office.presences.choose(
            await office.agent(), Presence.READY, now=office.now, real_now=REAL - timedelta(days=1)
        )
        await sakura.goto(f"{server.url}/desk/account")
        await office.presences.look(now=office.now, real_now=REAL)
        await expect_presence(office, "ready")
        # The time after a call is told without a reload.
        await sakura.goto(f"{server.url}/desk")
        attempt = await office.dials(await office.has())
        await office.talks(attempt)
        await office.hangs_up(attempt, duration_s=60)
        await expect(sakura.get_by_role("button", name="後処理")).to_have_attribute("aria-pressed", "true")
        await office.people.disable("ken", actor="aoi", now=REAL)
        await ken.wait_for_url("**/desk/login*", timeout=10_000)
        await browser.close()


async def expect_presence(office: Office, wanted: str) -> None:
    for _ in range(100):
        if await presence(office) == wanted:
            return
        await asyncio.sleep(0.1)
    assert await presence(office) == wanted


async def test_every_spell_that_is_over_is_kept_whoever_or_whatever_ended_it(office: Office) -> None:
    sakura, at = await office.agent(), office.now
    await office.presences.choose(sakura, Presence.READY, now=at, real_now=REAL)
    await office.presences.choose(sakura, Presence.READY, now=at + MINUTE, real_now=REAL)  # said again
    await office.presences.look(now=at + 2 * MINUTE, real_now=REAL + timedelta(days=1))
    await office.presences.seen([sakura.id], now=at + 5 * MINUTE, real_now=REAL + timedelta(days=1))
    await office.presences.leave(sakura, now=at + 9 * MINUTE)
    async with office.world.database.read() as tx:
        found = (await tx.execute(select(presence_spells).order_by(presence_spells.c.id))).all()
    assert [(row.state, row.started_at - at, row.ended_at - at) for row in found] == [
        ("ready", 0 * MINUTE, 2 * MINUTE), ("away", 2 * MINUTE, 5 * MINUTE), ("ready", 5 * MINUTE, 9 * MINUTE),
    ]  # fmt: skip


async def test_time_that_a_call_fills_counts_when_the_call_ends_after_the_spell(office: Office) -> None:
    """A break that is chosen during a call ends the time on duty; the call ends later and is counted in it."""
    kpis, at = Kpis(office.world.database, timezone=TOKYO), office.now
    today = Period(start=at.astimezone(TOKYO).date(), end=at.astimezone(TOKYO).date() + timedelta(days=1))

    async def occupancy() -> tuple[int | None, int]:
        value = (await kpis.report(today, now=office.now)).total["occupancy"]
        return value.part, value.whole

    await office.presences.choose(await office.agent(), Presence.READY, now=at, real_now=REAL)
    attempt = await office.dials(await office.has())
    office.clock.moment = at + 10 * MINUTE
    await office.presences.choose(await office.agent(), Presence.BREAK, now=office.now, real_now=REAL)
    assert await occupancy() == (0, 600)
    await office.talks(attempt)
    office.clock.moment = at + 12 * MINUTE
    await office.hangs_up(attempt, duration_s=60)
    assert await occupancy() == (600, 600)
