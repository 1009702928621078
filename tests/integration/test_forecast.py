"""The forecast over stored callbacks, and its page."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.booking.callback import Status
from bot.booking.errors import UnknownTopic
from bot.booking.rules import TopicRules
from bot.booking.window import Window
from bot.store import callbacks
from bot.store.database import Database
from bot.usecases.forecast import Forecast
from tests.support.clocks import tokyo
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.looking import looks, require_accessible, supervising
from tests.support.products import SLOTS, World, a_callback, number, office_hours, rules_of
from tests.support.rosters import a_roster, a_shift

WEDNESDAYS = ("2026-11-18", "2026-11-11", "2026-11-04")
_COUNT = count()
EVERY_OPEN_DAY = [date(2026, 10, 1) + timedelta(days=days) for days in range(54)]


async def promised(database: Database, *moments: str, each: int = 1, status: Status = Status.BOOKED) -> None:
    """So many callbacks for each of these moments in Tokyo."""
    async with database.write() as tx:
        for moment in moments:
            start = tokyo(moment)
            for _ in range(each):
                made = a_callback(
                    reference=f"F{next(_COUNT):06}", phone_number=number(next(_COUNT)), slot_start=start,
                    window=Window(start=start, end=start + timedelta(minutes=30)), due_at=start,
                    created_at=start - timedelta(days=1), status=status,
                )  # fmt: skip
                await callbacks.add(tx, made)


def a_forecast(world: World) -> Forecast:
    """With the world's own rules."""
    return Forecast(world.database, rules=world.rules, seats=world.seats, target=0.95)


async def test_a_coming_day_is_foretold_from_its_like_and_other_topics_and_cancelled_calls_are_left_out(
    database: Database,
) -> None:
    world = World(database)
    both_halves = [f"{day} {clock}" for day in WEDNESDAYS for clock in ("10:00", "10:30")]
    await promised(database, *both_halves, each=2)
    await promised(database, "2026-11-17 10:00", each=3, status=Status.CANCELLED)
    outlook = await a_forecast(world).outlook(None, now=tokyo("2026-11-24 12:00"))
    assert [day.day for day in outlook.days] == [date(2026, 11, 24) + timedelta(days=days) for days in range(7)]
    assert (outlook.calls, outlook.since) == (12, date(2026, 11, 4))
    tuesday, wednesday = outlook.days[:2]
    by_hour = {hour.window.start: hour.demand for hour in wednesday.hours}
    ten = by_hour[tokyo("2026-11-25 10:00")]
    assert ten
    assert ten.expected == pytest.approx(4.0)
    assert ten.least == ten.most == 4
    assert wednesday.expected == pytest.approx(4.0)
    assert tuesday.expected is None  # two Tuesdays since the first call are too few
    with pytest.raises(UnknownTopic):
        await a_forecast(world).outlook("nonsense", now=world.now)


async def test_without_any_call_nothing_is_guessed(database: Database) -> None:
    outlook = await a_forecast(World(database)).outlook(None, now=tokyo("2026-11-24 12:00"))
    assert outlook.is_thin
    assert (outlook.calls, outlook.since) == (0, None)


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """The desk after eight weeks of calls."""
    hours = office_hours("09:00", "18:00", holidays_country="JP")
    roster = a_roster(a_shift(12, "09:00", "15:30"))
    rules = rules_of(hours, topics={"general": TopicRules(hours=hours, policy=SLOTS, roster=roster)})
    office = await Office(sqlite, rules=rules).open()
    await promised(sqlite, *(f"{day} 11:00" for day in EVERY_OPEN_DAY), each=40)
    office.clock.moment = tokyo("2026-11-24 12:00")
    async with serving(office, tmp_path) as running:
        yield running


async def test_the_page_is_for_supervisors_and_says_what_is_expected_and_how(server: DeskServer) -> None:
    agent = Visitor(server.url)
    await agent.log_in("sakura")
    assert (await agent.get("/desk/forecast")).status_code == 403
    supervisor = Visitor(server.url)
    await supervisor.log_in("hana")
    english = (await supervisor.get("/desk/forecast?lang=en")).text
    assert "About 40 calls." in english
    assert "Too few agents at 11:00 AM." in english  # twelve, half of whose time is kept for people who call in
    assert "6 too few" in english
    assert "Erlang C" in english
    assert "/desk/forecast" in (await supervisor.get("/desk/kpis")).text
    japanese = (await supervisor.get("/desk/forecast?lang=ja")).text
    assert "約40件" in japanese
    assert "休業" in japanese  # Saturday and Sunday
    for visitor in (agent, supervisor):
        await visitor.http.aclose()


async def test_a_page_without_history_says_what_is_missing(sqlite: Database, tmp_path: Path) -> None:
    office = await Office(sqlite).open()
    async with serving(office, tmp_path) as running:
        supervisor = Visitor(running.url)
        await supervisor.log_in("hana")
        page = (await supervisor.get("/desk/forecast?lang=en")).text
        assert "Too few calls are known yet" in page
        assert "<table>" not in page
        assert (await supervisor.get("/desk/forecast?topic=dropped")).status_code == 200
        await supervisor.http.aclose()


async def test_no_width_language_or_light_breaks_a_rule_of_axe_or_the_page(server: DeskServer, tmp_path: Path) -> None:
    async with supervising(server.url, "/desk/forecast") as page:
        async for width, scheme, language in looks(page):
            await page.goto(f"{server.url}/desk/forecast?lang={language}")
            if not await page.locator("details[open]").count():
                await page.locator("summary").first.click()
            await page.screenshot(path=tmp_path / f"forecast-{width}-{scheme}-{language}.png", full_page=True)
            await require_accessible(page, place=(width, scheme))
