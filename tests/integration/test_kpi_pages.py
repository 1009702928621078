"""The supervisors' page of figures, over HTTP and in a real browser."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from markupsafe import escape
from playwright.async_api import async_playwright

from bot.booking.kpis import FIGURES, Grouping
from bot.gateway.desk.kpis import SECTIONS
from bot.store.database import Database
from tests.support.browser import FLAGS, executable
from tests.support.desk import PASSWORD, DeskServer, Office, Visitor, enter, serving
from tests.support.histories import FIRST_DAY, add_agents, happen, pasts
from tests.support.looking import require_accessible

SEPTEMBER = "from=2026-09-01&until=2026-09-30"


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """The desk after a September full of callbacks."""
    office = await Office(sqlite).open()
    await add_agents(sqlite)
    await happen(sqlite, pasts(11, many=60))
    office.clock.moment = FIRST_DAY + timedelta(days=60)
    async with serving(office, tmp_path) as running:
        yield running


@pytest.fixture
async def supervisor(server: DeskServer) -> AsyncIterator[Visitor]:
    """Hana, logged in."""
    visitor = Visitor(server.url)
    assert (await visitor.log_in("hana", next="/desk/kpis")).headers["location"] == "/desk/kpis"
    yield visitor
    await visitor.http.aclose()


def test_every_figure_has_its_place_on_the_page() -> None:
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(figure.name for figure in FIGURES)


@pytest.mark.parametrize("grouping", Grouping)
async def test_every_figure_stands_there_with_its_meaning_and_its_table(
    supervisor: Visitor, grouping: Grouping
) -> None:
    for language in ("ja", "en"):
        page = (await supervisor.get(f"/desk/kpis?{SEPTEMBER}&by={grouping}&lang={language}")).text
        for figure in FIGURES:
            assert str(escape(figure.title.in_(language))) in page
            assert str(escape(figure.meaning.in_(language))) in page
        assert page.count("<table>") >= 18  # chats have neither topic nor agent
        assert not re.search(r"<script(?! type=\"module\" src=\"/static/)|<style|\son\w+=|\sstyle=", page)


@pytest.mark.parametrize("grouping", [Grouping.CHANNEL, Grouping.DAY])
async def test_every_link_of_the_page_opens_callbacks(supervisor: Visitor, grouping: Grouping) -> None:
    page = (await supervisor.get(f"/desk/kpis?{SEPTEMBER}&by={grouping}")).text
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/desk/kpis/[^"]+)"', page)}
    assert len(links) > 60
    for link in sorted(links)[:: len(links) // 20]:
        assert "/desk/callbacks/" in (await supervisor.get(link)).text, link


async def test_the_list_behind_a_figure_holds_as_many_as_the_figure_says(
    server: DeskServer, supervisor: Visitor
) -> None:
    page = (await supervisor.get(f"/desk/kpis?{SEPTEMBER}&by=topic&lang=en")).text
    told = re.search(r'id="title-cancel_rate".*?class="made-of">(\d+) of (\d+)<', page, re.DOTALL)
    assert told
    cancelled, whole = int(told[1]), int(told[2])
    for query, expected in (("", cancelled), ("&missed=1", whole - cancelled)):
        behind = (await supervisor.get(f"/desk/kpis/cancel_rate?{SEPTEMBER}{query}")).text
        assert behind.count('href="/desk/callbacks/') == expected
    assert (await supervisor.get("/desk/kpis/nonsense")).status_code == 404


async def test_an_agent_is_kept_out_and_not_even_told_of_the_page(server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("sakura", PASSWORD)
    for path in ("/desk/kpis", "/desk/kpis/callbacks"):
        answer = await visitor.get(path)
        assert answer.status_code == 403
        assert "管理者だけ" in answer.text
    assert "/desk/kpis" not in (await visitor.get("/desk")).text
    await visitor.http.aclose()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=yesterday", "直近28日を表示"),
        ("from=2026-09-30&until=2026-09-01", "直近28日を表示"),
        ("until=9999-12-31", "直近28日を表示"),
        ("by=colour", "直近28日を表示"),
        ("from=2026-01-01&until=2026-09-30", "最後の100日"),
        ("from=2027-01-01&until=2027-01-31", "まだ数えるものがありません"),
    ],
)
async def test_what_cannot_be_shown_is_said(supervisor: Visitor, query: str, sentence: str) -> None:
    answer = await supervisor.get(f"/desk/kpis?{query}")
    assert answer.status_code == 200
    assert sentence in answer.text


async def test_no_width_language_or_light_breaks_a_rule_of_axe_or_the_page(server: DeskServer) -> None:
    wrong: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        context = await browser.new_context(color_scheme="dark")
        page = await context.new_page()
        page.on("console", lambda told: wrong.append(told.text))
        await enter(page, server.url, path="/desk/kpis")
        for width, scheme, path in (
            (1280, "light", f"/desk/kpis?{SEPTEMBER}&by=agent&lang=ja"),
            (360, "dark", f"/desk/kpis?{SEPTEMBER}&by=day&lang=en"),
            (360, "light", f"/desk/kpis/wait_promise_p90?{SEPTEMBER}&lang=ja"),
        ):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            await page.goto(f"{server.url}{path}")
            for summary in (await page.locator("summary").all())[:3]:
                await summary.click()
            await require_accessible(page, place=(width, scheme))
        await browser.close()
    assert wrong == []
