"""The audit log: what stands in it, that it only grows, and that tampering shows."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.booking.callback import Status
from bot.store.database import Database
from bot.usecases.agent import note_mark
from bot.usecases.audit import AuditLog
from bot.usecases.guessing import FREE_GUESSES, Blocked
from tests.support.clocks import REAL, TUESDAY
from tests.support.desk import PASSWORD, Office
from tests.support.products import NUMBER


@pytest.fixture
async def office(database: Database) -> Office:
    """The demo's people at their desk."""
    return await Office(database).open()


async def told(office: Office) -> list[tuple[str, str, str]]:
    """Who did what to what, oldest first."""
    found = await office.audit.listing(limit=100)
    return [(entry.actor, entry.action, entry.subject) for entry in reversed(found)]


async def without_guards(office: Office, statement: str) -> None:
    """Somebody who owns the database changes the log."""
    async with office.world.database.write() as tx:
        if tx.dialect.name == "sqlite":
            for event in ("update", "delete"):
                await tx.execute(text(f"DROP TRIGGER IF EXISTS audit_log_no_{event}"))
        else:
            await tx.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        await tx.execute(text(statement))


async def filled(office: Office, count: int = 5) -> None:
    for index in range(count):
        await office.audit.note(at=REAL, actor="aoi", action="noted", subject=f"K{index}")


async def test_logins_are_written_down_and_unknown_words_are_not(office: Office) -> None:
    await office.accounts.log_in("sakura", PASSWORD, real_now=REAL)
    await office.accounts.log_in("sakura", "wrong", real_now=REAL)
    await office.accounts.log_in("my secret password", "x", real_now=REAL)
    assert await told(office) == [
        ("sakura", "logged_in", ""),
        ("sakura", "login_failed", ""),
        ("?", "login_failed", ""),
    ]


async def test_a_block_is_written_down(office: Office) -> None:
    for _ in range(FREE_GUESSES):
        await office.accounts.log_in("ken", "guess", real_now=REAL)
    with pytest.raises(Blocked):
        await office.accounts.log_in("ken", "guess", real_now=REAL)
    assert (await told(office))[-1] == ("ken", "login_blocked", "")


async def test_what_agents_do_is_written_down_without_a_full_number(office: Office) -> None:
    await office.has("K", status=Status.UNREACHED)
    await office.has("C", attention="set_aside")
    await office.has("D")
    sakura, hana = await office.agent(), await office.agent("hana")
    await office.desk.show_number("K7Q4MN", sakura, now=office.now)
    await office.desk.write_note("K7Q4MN", sakura, "秘密", seen=note_mark(""), now=office.now)
    await office.desk.settle("K7Q4MN", hana, "no_contact", now=office.now)
    await office.desk.release("C7Q4MN", hana, now=office.now)
    await office.desk.record("D7Q4MN", sakura, "resolved", seen=Status.BOOKED, now=office.now)
    assert await told(office) == [
        ("sakura", "number_shown", "K7Q4MN"),
        ("sakura", "noted", "K7Q4MN"),
        ("hana", "promise_settled", "K7Q4MN"),
        ("hana", "promise_released", "C7Q4MN"),
        ("sakura", "outcome_recorded", "D7Q4MN"),
    ]
    kept = " ".join(entry.facts for entry in await office.audit.listing(limit=9))
    assert "5678" in kept
    assert not any(word in kept for word in (NUMBER, "1234", "秘密"))


async def test_what_admins_do_is_written_down_without_a_secret(office: Office) -> None:
    await office.people.add(
        login="mika", name="Mika", password=PASSWORD, phone_number=NUMBER, role="agent", actor="aoi", now=REAL
    )
    password = await office.people.reset_password("mika", actor="aoi", now=REAL)
    await office.people.disable("mika", actor="aoi", now=REAL)
    await office.people.enable("mika", actor="aoi", now=REAL)
    actions = ["user_added", "password_reset", "user_disabled", "user_enabled"]
    assert await told(office) == [("aoi", action, "mika") for action in actions]
    kept = " ".join(entry.facts for entry in await office.audit.listing(limit=9))
    assert not any(word in kept for word in (NUMBER, PASSWORD, password))


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
async def test_the_database_itself_refuses_to_change_the_log(office: Office, statement: str) -> None:
    await filled(office)
    with pytest.raises(SQLAlchemyError):
        async with office.world.database.write() as tx:
            await tx.execute(text(statement))
    assert len(await told(office)) == 5


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE audit_log SET actor = 'ken' WHERE number = 3", 3),
        ('UPDATE audit_log SET facts = \'{"a": "b"}\' WHERE number = 1', 1),
        ("DELETE FROM audit_log WHERE number = 2", 2),
        ("UPDATE audit_log SET hash = '0' WHERE number = 5", 5),
        ("DELETE FROM audit_log WHERE number = 1", 1),
        ("UPDATE audit_log SET at = '2020-01-01' WHERE number = 4", 4),
    ],
)
async def test_what_was_tampered_with_is_found(office: Office, statement: str, first_bad: int) -> None:
    await filled(office)
    assert (await office.audit.verify()).first_bad is None
    await without_guards(office, statement)
    assert (await office.audit.verify()).first_bad == first_bad


async def test_an_end_that_was_cut_off_is_found_by_what_was_kept_elsewhere(office: Office) -> None:
    await filled(office)
    verified = await office.audit.verify()
    anchor = (verified.count, verified.last_hash)
    assert verified.count == 5
    await filled(office, 2)
    assert (await office.audit.verify(anchor=anchor)).first_bad is None
    await without_guards(office, "DELETE FROM audit_log WHERE number >= 5")
    assert (await office.audit.verify()).first_bad is None
    assert (await office.audit.verify(anchor=anchor)).first_bad == 5
    await filled(office, 1)  # somebody writes another end
    assert (await office.audit.verify(anchor=anchor)).first_bad == 5


async def test_processes_that_write_at_once_make_one_chain(office: Office, second_database: Database) -> None:
    offices = [office, Office(second_database)]
    await asyncio.gather(*(filled(place, 10) for place in offices))
    verified = await office.audit.verify()
    assert (verified.count, verified.first_bad) == (20, None)


async def test_the_log_is_read_by_who_what_and_where_page_by_page(office: Office) -> None:
    await filled(office, 4)
    await office.audit.note(at=REAL, actor="hana", action="promise_settled", subject="K1")
    assert [entry.subject for entry in await office.audit.listing(actor="hana", limit=9)] == ["K1"]
    assert len(await office.audit.listing(subject="K1", limit=9)) == 2
    newest = await office.audit.listing(action="noted", limit=3)
    older = await office.audit.listing(action="noted", limit=3, before=newest[-1].number)
    assert [entry.number for entry in (*newest, *older)] == [4, 3, 2, 1]


async def test_many_who_note_at_once_are_all_written_and_in_one_chain(database: Database) -> None:
    log = AuditLog(database)
    await asyncio.gather(
        *(log.note(at=TUESDAY, actor="crm", action="booked", subject=f"R{index:05d}") for index in range(50))
    )
    assert sorted(one.subject for one in await log.listing(limit=99)) == [f"R{index:05d}" for index in range(50)]
    assert (await log.verify()).first_bad is None


async def test_one_who_gives_up_takes_nobody_along(database: Database) -> None:
    log = AuditLog(database)
    waiting = [
        asyncio.create_task(log.note(at=TUESDAY, actor="crm", action="booked", subject=f"R{index}"))
        for index in range(4)
    ]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert {one.subject for one in await log.listing(limit=99)} >= {"R1", "R2", "R3"}
