"""The supervisors' board of the day: every promise stands somewhere, and the pages say where."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from bot.booking.callback import Callback, Kind, Outcome, Status
from bot.booking.window import Window
from bot.store import attempts, callbacks
from bot.store.database import Database
from bot.usecases.today import Figure, Overview, Today
from tests.support.browser import FLAGS, executable
from tests.support.clocks import TOKYO, tokyo
from tests.support.desk import DeskServer, Office, Visitor, enter, serving
from tests.support.looking import looks, require_accessible, supervising
from tests.support.products import number

DAY = "2026-11-24"
LETTERS = "ACDEFGHJKMNPQRTUVWXY"


class Desk:
    """A day at the office, told promise by promise."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.today = Today(office.world.database, tz=TOKYO, line=office.world.line, lines=60)
        self._made = 0

    async def promised(self, clock: str, *, day: str = DAY, **facts: object) -> Callback:
        """For half an hour from then on."""
        start = tokyo(f"{day} {clock}")
        self._made += 1
        return await self.office.has(
            LETTERS[self._made], window=Window(start=start, end=start + timedelta(minutes=30)), slot_start=start,
            due_at=start, phone_number=number(self._made), **facts,
        )  # fmt: skip

    async def dialled(self, callback: Callback, clock: str, outcome: Outcome | None = None) -> None:
        """At that time; `outcome` None: the call is still under way."""
        self.office.clock.moment = tokyo(f"{DAY} {clock}")
        attempt = await self.office.dials(callback)
        if outcome:
            async with self.office.world.database.write() as tx:
                await attempts.end(tx, attempt, outcome=outcome, now=self.office.now)

    async def given_up(self, callback: Callback) -> None:
        """Nobody tries any more."""
        async with self.office.world.database.write() as tx:
            known = await callbacks.get(tx, callback.id)
            await callbacks.change(tx, known, now=self.office.now, status=Status.UNREACHED)

    async def seen(self, clock: str) -> Overview:
        """The board at that time."""
        self.office.clock.moment = tokyo(f"{DAY} {clock}")
        return await self.today.overview(now=self.office.now)

    async def references(self, figure: Figure) -> set[str]:
        """Whom a figure counts."""
        return {entry.callback.reference for entry in await self.today.behind(figure, now=self.office.now, limit=99)}


async def test_every_promise_of_the_day_stands_somewhere_and_the_list_behind_a_figure_is_what_it_counts(
    database: Database,
) -> None:
    desk = Desk(await Office(database).open())
    kept = await desk.promised("10:00")
    kept_though_late_by_seconds = await desk.promised("10:00")
    dialled_late = await desk.promised("10:00")
    gone_without_a_dial = await desk.promised("10:00", status=Status.EXPIRED)
    never_reached = await desk.promised("10:30")
    taken_back = await desk.promised("10:30", status=Status.CANCELLED)
    held_up = await desk.promised("15:00", attention="set_aside")
    foreseen = await desk.promised("15:00", attention="late")
    ahead = await desk.promised("15:00")
    for other_day in ("2026-11-25", "2026-11-20"):
        await desk.promised("15:00", day=other_day)
    await desk.dialled(kept, "10:02", Outcome.CONNECTED)
    await desk.dialled(never_reached, "10:40", Outcome.NO_ANSWER)
    await desk.dialled(kept_though_late_by_seconds, "10:31", Outcome.NO_ANSWER)
    await desk.dialled(dialled_late, "10:45", Outcome.NO_ANSWER)
    await desk.given_up(never_reached)
    overview = await desk.seen("14:00")
    assert dict(overview.counts) == {
        Figure.DUE: 8, Figure.KEPT: 3, Figure.LATE: 2, Figure.AT_RISK: 2, Figure.AHEAD: 1, Figure.UNREACHED: 2,
    }  # fmt: skip
    told = {figure: await desk.references(figure) for figure in Figure}
    assert {figure: len(found) for figure, found in told.items()} == dict(overview.counts)
    assert told[Figure.LATE] == {dialled_late.reference, gone_without_a_dial.reference}
    assert told[Figure.AT_RISK] == {held_up.reference, foreseen.reference}
    assert told[Figure.AHEAD] == {ahead.reference}
    assert told[Figure.UNREACHED] == {never_reached.reference, gone_without_a_dial.reference}
    assert taken_back.reference not in told[Figure.DUE]


async def test_a_promise_becomes_late_a_minute_after_its_window(database: Database) -> None:
    desk = Desk(await Office(database).open())
    await desk.promised("10:00")
    assert (await desk.seen("10:31")).counts[Figure.LATE] == 0
    desk.office.clock.moment = tokyo(f"{DAY} 10:31") + timedelta(seconds=1)
    assert (await desk.today.overview(now=desk.office.now)).counts[Figure.LATE] == 1


async def test_people_are_counted_by_what_they_do_and_whoever_is_on_a_call_comes_first(database: Database) -> None:
    desk = Desk(await Office(database).open())
    await desk.dialled(await desk.promised("10:00"), "10:02")
    overview = await desk.seen("10:03")
    assert (overview.on_calls, overview.lines_used, overview.lines) == (1, 1, 60)
    sakura = overview.people[0]
    assert (sakura.name, sakura.since) == ((await desk.office.agent()).name, tokyo(f"{DAY} 10:02"))
    assert sum(overview.presences.values()) == len(await desk.today.people()) - 1


async def test_who_waits_for_the_soonest_call_stands_there_with_place_and_time(database: Database) -> None:
    desk = Desk(await Office(database).open())
    first = await desk.promised("10:00", kind=Kind.ASAP)
    await desk.promised("10:30", kind=Kind.ASAP)
    await desk.promised("10:00")
    overview = await desk.seen("10:05")
    assert overview.in_line_count == 2
    assert overview.in_line[0].callback.reference == first.reference
    assert all(entry.standing and entry.standing.queue_position for entry in overview.in_line)


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """Three o'clock of a day on which not everything went well."""
    office = await Office(sqlite).open()
    desk = Desk(office)
    await desk.dialled(await desk.promised("10:00", name="佐藤"), "10:02", Outcome.CONNECTED)
    await desk.dialled(await desk.promised("11:00", name="鈴木"), "11:40", Outcome.NO_ANSWER)
    await desk.promised("15:30", name="高橋", attention="late")
    await desk.promised("14:50", name="田中", kind=Kind.ASAP)
    await desk.dialled(await desk.promised("14:30", name="伊藤"), "14:58")
    office.clock.moment = tokyo(f"{DAY} 15:00")
    async with serving(office, tmp_path) as running:
        yield running


async def test_the_board_is_for_supervisors(server: DeskServer) -> None:
    agent, supervisor = Visitor(server.url), Visitor(server.url)
    await agent.log_in("sakura")
    await supervisor.log_in("hana")
    for path in ("", "/people", "/late", "/late/2"):
        assert (await agent.get(f"/desk/today{path}")).status_code == 403
        assert (await supervisor.get(f"/desk/today{path}")).status_code == 200
    assert (await supervisor.get("/desk/today/nonsense")).status_code == 404
    assert "鈴木" in (await supervisor.get("/desk/today/late")).text
    assert "佐藤" not in (await supervisor.get("/desk/today/late")).text
    assert 'href="/desk/today"' in (await supervisor.get("/desk/supervision")).text
    for visitor in (agent, supervisor):
        await visitor.http.aclose()


async def test_the_board_follows_what_happens_without_a_reload(server: DeskServer) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = await browser.new_page()
        await enter(page, server.url, path="/desk/today")
        due = page.locator(".figure-due b")
        assert await due.inner_text() == "5"
        await Desk(server.office).office.has("Z", phone_number=number(70))
        await page.locator(".figure-due b", has_text="6").wait_for()
        await browser.close()


async def test_no_width_language_or_light_breaks_a_rule_of_axe_or_the_page(server: DeskServer, tmp_path: Path) -> None:
    async with supervising(server.url, "/desk/today") as page:
        async for width, scheme, language in looks(page):
            for path in ("", "/people", "/late"):
                await page.goto(f"{server.url}/desk/today{path}?lang={language}")
                name = path.removeprefix("/") or "board"
                await page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}-{language}.png", full_page=True)
                await require_accessible(page, place=(width, scheme))
