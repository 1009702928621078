"""What is seen of every part in the tables, and the page that tells it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.booking.vitals import Sending, Vitals, Waiting
from bot.store import conversations, migrations, notices, vitals
from bot.store.database import Database
from bot.telephony.dialer import Rejected
from bot.usecases.emails import BY_MAIL
from bot.usecases.health import Health
from bot.usecases.leases import LEASE
from bot.usecases.vitals import CheckUp
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.looking import looks, require_accessible, supervising
from tests.support.products import FakeAssistant, World

MINUTE = timedelta(minutes=1)
EVERY_WAY = tuple(product((1280, 360), ("light", "dark"), ("ja", "en")))


async def _carrier() -> None: ...


def a_check_up(database: Database, **options: Any) -> CheckUp:
    assistant: Any = FakeAssistant()
    health = Health(database, assistant, ping_carrier=_carrier, actions_url="http://actions")
    health._http = httpx.AsyncClient(
        base_url="http://actions", transport=httpx.MockTransport(lambda _: httpx.Response(200))
    )
    return CheckUp(database, health, **{"uses_mail": False, "line_usage": None, "model": "assistant-1", **options})


async def look(world: World, **options: Any) -> Vitals:
    return await a_check_up(world.database, **options).look(now=world.now, real_now=world.real)


async def test_the_tables_say_how_large_they_are_and_of_which_version(database: Database) -> None:
    seen = await look(World(database))
    assert seen.revision == seen.newest_revision == migrations.newest()
    assert seen.size_bytes > 100_000
    assert seen.model == "assistant-1"


async def test_a_dispatcher_tells_that_it_looks_and_how_the_carrier_answered_it(database: Database) -> None:
    world = await World(database).with_agents(1)
    callback = await world.book()
    world.dialer.script.append(Rejected(code=20429, try_later=True))
    await world.at(callback.due_at)
    await world.leases.renew(real_now=world.real, pulse=world.dispatch.pulse)
    (one,) = (await look(world)).dispatchers
    assert (one.id, one.lease_until) == (world.owner, world.real + LEASE)
    assert one.pulse.dispatched_at == one.pulse.failed_at == world.real
    assert (one.pulse.failures, one.pulse.error) == (1, "20429")
    assert one.pulse.paused_until
    assert one.pulse.paused_until > world.real
    await world.leases.leave()
    assert (await look(world)).dispatchers == ()


async def test_what_was_sent_within_a_day_is_told_by_its_way_with_the_commonest_cause(database: Database) -> None:
    world = World(database)
    callback = await world.book()
    ends = [
        ("1", "sent", None), ("2", "delivered", None), ("3", "undelivered", "30003"), ("4", "undelivered", "30003"),
        ("5", "refused", "21211"), ("6", "skipped", "opted out"), ("7", "sent", "line"),
        ("8", "refused", "line; opted out"),
        (f"9{BY_MAIL}", "sent", "email"), (f"10{BY_MAIL}", "refused", "email 550"),
    ]  # fmt: skip
    async with database.write() as tx:
        for occasion, _, _ in ends:
            name = f"n{occasion}"
            await notices.plan(tx, name, callback_id=callback.id, kind="late", occasion=occasion, due_at=world.now)
    async with database.write() as tx:
        for occasion, state, detail in ends:
            await notices.settle(tx, f"n{occasion}", state=state, now=world.now, detail=detail)
    async with database.read() as tx:
        told = await vitals.sending(tx, since=world.now - MINUTE, now=world.now, mail_ends=BY_MAIL)
        later = await vitals.sending(tx, since=world.now, now=world.now + MINUTE, mail_ends=BY_MAIL)
    assert told == {
        "text": Sending(tried=5, failed=3, cause="30003"),
        "mail": Sending(tried=2, failed=1, cause="email 550"),
        "line": Sending(tried=2, failed=1, cause="line; opted out"),
    }
    assert later == dict.fromkeys(told, Sending())


async def test_who_waits_for_an_answer_or_a_notice_is_counted_from_the_first(database: Database) -> None:
    world = World(database)
    await world.book()  # whose confirmation is due
    async with database.write() as tx:
        await conversations.open_talk(tx, "t" * 43, channel="web", language="ja", now=world.now)
        await conversations.add_message(tx, "t" * 43, sender="assistant", text="はい", now=world.now - MINUTE)
        await conversations.add_message(
            tx, "t" * 43, sender="customer", text="もしもし", now=world.now, key="k", answered=False
        )
    seen = await look(world)
    assert seen.answered_at == world.now - MINUTE
    assert seen.unanswered == Waiting(count=1, since=world.now)
    assert seen.outbox == Waiting(count=1, since=world.now)


async def test_line_is_asked_where_it_is_used_and_not_waited_for(sqlite: Database) -> None:
    async def usage() -> tuple[int, int | None]:
        return 150, 200

    async def hang() -> None:
        raise TimeoutError

    world = World(sqlite)
    seen = await look(world, line_usage=usage)
    assert (seen.uses_line, seen.line) == (True, (150, 200))
    seen = await look(world, line_usage=hang)
    assert (seen.uses_line, seen.line) == (True, None)
    assert not (await look(world)).uses_line


@pytest.fixture
async def server(sqlite: Database, tmp_path: Path) -> AsyncIterator[DeskServer]:
    """The desk of a product whose assistant, actions and dispatcher are away."""
    office = await Office(sqlite).open()
    async with serving(office, tmp_path) as running:
        yield running


async def test_the_page_is_for_supervisors_and_says_in_words_what_is_ill_and_what_to_do(server: DeskServer) -> None:
    agent, supervisor = Visitor(server.url), Visitor(server.url)
    await agent.log_in("sakura")
    assert (await agent.get("/desk/health")).status_code == 403
    await supervisor.log_in("hana")
    assert "/desk/health" in (await supervisor.get("/desk/supervision")).text
    english = (await supervisor.get("/desk/health?lang=en")).text
    assert "A part is ill." in english
    assert "No dispatcher runs: nobody is called back." in english
    assert "Start the scheduler at once." in english
    assert "It answers, and its tables are those of this version." in english
    assert "not known: no dispatcher runs" in english
    japanese = (await supervisor.get("/desk/health?lang=ja")).text
    assert "発信係が動いていません" in japanese
    assert "対処:" in japanese
    for visitor in (agent, supervisor):
        await visitor.http.aclose()


async def test_no_width_language_or_light_breaks_a_rule_of_axe_or_the_page(server: DeskServer, tmp_path: Path) -> None:
    async with supervising(server.url, "/desk/health") as page:
        async for width, scheme, language in looks(page, EVERY_WAY):
            await page.goto(f"{server.url}/desk/health?lang={language}")
            await page.screenshot(path=tmp_path / f"health-{width}-{scheme}-{language}.png", full_page=True)
            await require_accessible(page, place=(width, scheme))
