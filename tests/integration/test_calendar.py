"""The week of places, and its page."""

from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.booking.errors import UnknownTopic
from bot.booking.hours import Period
from bot.booking.rules import Rules, TopicRules
from bot.booking.window import Window
from bot.store.database import Database
from bot.usecases.calendar import CapacityCalendar
from tests.support.clocks import tokyo
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.looking import looks, require_accessible, supervising
from tests.support.products import SLOTS, World, number, office_hours, rules_of
from tests.support.rosters import a_roster, a_shift

NOON = tokyo("2026-11-24 12:00")
HALF_AN_HOUR = timedelta(minutes=30)
SHORT_FRIDAY, BY_HAND = date(2026, 11, 27), tokyo("2026-11-26 10:00")


def at(moment: str) -> Window:
    return Window(start=tokyo(moment), end=tokyo(moment) + HALF_AN_HOUR)


def the_rules(*, overrides: dict[str, int] | None = None) -> Rules:
    """Four agents, half of whose time is for callbacks: two at once, so four a slot of half an hour. Monday is a public
    holiday, and Friday ends early."""
    hours = office_hours(
        "09:00", "18:00", holidays_country="JP",
        exceptions={SHORT_FRIDAY: (Period(start=time(9), end=time(10)),)},
    )  # fmt: skip
    set_by_hand = {("general", tokyo(start)): capacity for start, capacity in (overrides or {}).items()}
    roster = a_roster(a_shift(4), overrides=set_by_hand)
    return rules_of(hours, topics={"general": TopicRules(hours=hours, policy=SLOTS, roster=roster)})


async def test_each_slot_of_the_week_tells_what_it_holds_and_what_is_sold(database: Database) -> None:
    world = World(database, rules=the_rules(overrides={"2026-11-26 10:00": 9}))
    world.clock.moment = NOON
    for index in range(2):
        await world.book(at("2026-11-25 10:00"), phone_number=number(index))
    calendar = CapacityCalendar(database, rules=world.rules, seats=world.seats)
    week = await calendar.week(None, None, now=NOON)
    assert [day.day for day in week.days] == [date(2026, 11, 23) + timedelta(days=days) for days in range(7)]
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = week.days
    assert (monday.is_holiday, monday.places) == (True, ())
    assert saturday.places == sunday.places == ()
    assert len(tuesday.places) == 18  # this morning's, too
    assert (friday.is_exception, len(friday.places)) == (True, 2)
    by_start = {one.window.start: one for day in (wednesday, thursday) for one in day.places}
    ten = by_start[tokyo("2026-11-25 10:00")]
    assert (ten.sold, ten.capacity, ten.on_shift, ten.by_hand) == (2, 4, 2.0, False)
    set_by_hand = by_start[BY_HAND]
    assert (set_by_hand.capacity, set_by_hand.by_hand) == (9, True)
    with pytest.raises(UnknownTopic):
        await calendar.week("nonsense", None, now=NOON)


async def test_what_was_promised_beyond_a_lowered_capacity_is_shown_as_too_many(database: Database) -> None:
    world = World(database, rules=the_rules())
    world.clock.moment = NOON
    for index in range(2):
        await world.book(at("2026-11-25 10:00"), phone_number=number(index))
    lowered = CapacityCalendar(database, rules=the_rules(overrides={"2026-11-25 10:00": 1}), seats=world.seats)
    week = await lowered.week("general", date(2026, 11, 28), now=NOON)
    (over,) = [one for day in week.days for one in day.places if one.is_oversold]
    assert (over.window, over.sold, over.capacity) == (at("2026-11-25 10:00"), 2, 1)


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    office = await Office(sqlite, rules=the_rules(overrides={"2026-11-26 10:00": 1, "2026-11-26 10:30": 0})).open()
    office.clock.moment = NOON
    await office.world.book(at("2026-11-26 10:00"))
    async with serving(office, tmp_path) as running:
        yield running


async def test_the_page_is_for_supervisors_and_turns_by_weeks(server: DeskServer) -> None:
    agent, supervisor = Visitor(server.url), Visitor(server.url)
    await agent.log_in("sakura")
    assert (await agent.get("/desk/calendar")).status_code == 403
    await supervisor.log_in("hana")
    page = (await supervisor.get("/desk/calendar?lang=en")).text
    assert "Public holiday" in page
    assert "Other hours" in page
    assert "Set by hand" in page
    assert "<b>Full</b>" in page
    assert "<b>No places</b>" in page
    assert "day=2026-11-30" in page
    assert "/desk/calendar" in (await supervisor.get("/desk/supervision")).text
    for odd in ("?day=nonsense", "?day=9999-12-31", "?topic=dropped", "?day=2026-12-31"):
        assert (await supervisor.get(f"/desk/calendar{odd}")).status_code == 200
    for visitor in (agent, supervisor):
        await visitor.http.aclose()


async def test_no_width_language_or_light_breaks_a_rule_of_axe_or_the_page(server: DeskServer, tmp_path: Path) -> None:
    async with supervising(server.url, "/desk/calendar") as page:
        async for width, scheme, language in looks(page):
            await page.goto(f"{server.url}/desk/calendar?lang={language}")
            await page.screenshot(path=tmp_path / f"calendar-{width}-{scheme}-{language}.png", full_page=True)
            await require_accessible(page, place=(width, scheme))
        await page.get_by_role("link", name="次の週").click()
        await page.wait_for_url("**day=2026-11-30")
