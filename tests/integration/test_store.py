"""The contract of the store: the same answers on SQLite and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it publishes no types
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.booking.callback import Status
from bot.booking.errors import ForbiddenTransition
from bot.booking.priority import OrderPolicy
from bot.store import callbacks, claims, conversations, ledger, order, slots
from bot.store.callbacks import StaleCallback
from bot.store.database import Database
from tests.support.clocks import REAL, TUESDAY
from tests.support.databases import PostgresServer
from tests.support.products import SLOT, World, a_callback, number

LATER = TUESDAY + timedelta(minutes=1)


async def test_a_callback_comes_back_as_it_was_stored(database: Database) -> None:
    stored = a_callback(name="山田 太郎", reason="エアコンが動かない 🥶", company="港商事", priority=3)
    async with database.write() as tx:
        await callbacks.add(tx, stored)
    async with database.read() as tx:
        assert await callbacks.get(tx, stored.id) == stored
        assert await callbacks.by_reference(tx, stored.reference) == stored
        assert await callbacks.by_reference(tx, "ZZZZZZ") is None


async def test_times_come_back_in_utc(database: Database) -> None:
    async with database.write() as tx:
        await callbacks.add(tx, a_callback())
    async with database.read() as tx:
        (found,) = await callbacks.listing(tx)
    assert found.window.start.tzinfo is UTC
    assert found.window.start == SLOT.start


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        async with database.write() as tx:
            await ledger.beat(tx, "scheduler", real_now=datetime(2026, 1, 1))  # noqa: DTZ001 (the fault under test)


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as tx:
            await callbacks.add(tx, a_callback())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.read() as tx:
        assert await callbacks.listing(tx) == []


async def test_a_change_to_an_old_version_is_refused(database: Database) -> None:
    seen = a_callback()
    async with database.write() as tx:
        await callbacks.add(tx, seen)
        changed = await callbacks.change(tx, seen, now=LATER, priority=5)
    assert (changed.version, changed.priority, changed.updated_at) == (2, 5, LATER)
    with pytest.raises(StaleCallback):
        async with database.write() as tx:
            await callbacks.change(tx, seen, now=LATER, status=Status.CANCELLED)


async def test_of_many_changes_to_one_version_one_succeeds(database: Database) -> None:
    seen = a_callback()
    async with database.write() as tx:
        await callbacks.add(tx, seen)

    async def cancel() -> bool:
        try:
            async with database.write() as tx:
                await callbacks.change(tx, seen, now=LATER, status=Status.CANCELLED)
        except StaleCallback:
            return False
        return True

    assert sum(await asyncio.gather(*(cancel() for _ in range(20)))) == 1


async def test_a_forbidden_transition_writes_nothing(database: Database) -> None:
    stored = a_callback()
    async with database.write() as tx:
        await callbacks.add(tx, stored)
    with pytest.raises(ForbiddenTransition):
        async with database.write() as tx:
            await callbacks.change(tx, stored, now=LATER, status=Status.UNREACHED)
    async with database.read() as tx:
        assert await callbacks.get(tx, stored.id) == stored


async def test_history_tells_what_happened_in_order(database: Database) -> None:
    stored = a_callback()
    async with database.write() as tx:
        await callbacks.add(tx, stored)
        await callbacks.change(tx, stored, now=LATER, status=Status.CANCELLED)
    async with database.read() as tx:
        told = await callbacks.history(tx, stored.id)
    assert [(at, kind) for at, kind, _ in told] == [(stored.created_at, "booked"), (LATER, "cancelled")]


async def test_the_line_is_in_promise_order_then_priority_and_leaves_out_what_was_set_aside(database: Database) -> None:
    hour = timedelta(hours=1)
    second = a_callback("B", due_at=SLOT.start)
    urgent = a_callback("C", due_at=SLOT.start, priority=9)
    first = a_callback("A", due_at=SLOT.start - hour, window_shift=-hour)
    aside = a_callback("D", due_at=SLOT.start, attention="set_aside")
    future = a_callback("E", due_at=SLOT.start + hour, window_shift=hour)
    over = a_callback("F", due_at=SLOT.start, status=Status.CANCELLED)
    async with database.write() as tx:
        for callback in (second, urgent, first, aside, future, over):
            await callbacks.add(tx, callback)
    async with database.read() as tx:
        found = await order.line(tx, policy=OrderPolicy(), now=SLOT.start)
    assert [place.callback_id for place in found] == [urgent.id, second.id, first.id]  # the first is broken already


async def test_a_listing_goes_on_just_behind_the_last_one_shown(database: Database) -> None:
    async with database.write() as tx:
        for letter in "ABCDE":
            await callbacks.add(tx, a_callback(letter))
    shown: list[str] = []
    after = None
    async with database.read() as tx:
        while page := await callbacks.listing(tx, after=after, limit=2):
            shown += [callback.id for callback in page]
            after = (page[-1].window.start, page[-1].id)
    assert len(shown) == len(set(shown)) == 5


async def test_a_slot_sells_its_places_and_no_more(database: Database) -> None:
    async def take() -> bool:
        async with database.write() as tx:
            return await slots.take(tx, "general", SLOT, capacity=7)

    assert sum(await asyncio.gather(*(take() for _ in range(40)))) == 7


async def test_a_lowered_capacity_keeps_what_is_sold_and_sells_nothing_new(database: Database) -> None:
    async with database.write() as tx:
        assert all([await slots.take(tx, "general", SLOT, capacity=3) for _ in range(3)])
        assert not await slots.take(tx, "general", SLOT, capacity=1)
        (shown,) = await slots.read(tx, "general", [SLOT], capacity=lambda _window: 1, now=TUESDAY)
        assert (shown.booked, shown.free) == (3, 0)
        await slots.give_back(tx, "general", SLOT.start)
        assert not await slots.take(tx, "general", SLOT, capacity=1)
        assert await slots.take(tx, "general", SLOT, capacity=3)


async def test_a_place_given_back_twice_is_counted_once_too_many_never(database: Database) -> None:
    async with database.write() as tx:
        await slots.take(tx, "general", SLOT, capacity=1)
        await slots.give_back(tx, "general", SLOT.start)
        await slots.give_back(tx, "general", SLOT.start)
        (shown,) = await slots.read(tx, "general", [SLOT], capacity=lambda _window: 1, now=TUESDAY)
    assert shown.booked == 0


async def test_topics_have_places_of_their_own(database: Database) -> None:
    async with database.write() as tx:
        assert await slots.take(tx, "general", SLOT, capacity=1)
        assert await slots.take(tx, "repairs", SLOT, capacity=1)


async def test_a_webhook_is_seen_for_the_first_time_once(database: Database) -> None:
    async def seen() -> bool:
        async with database.write() as tx:
            return await ledger.first_time(tx, "twilio-sms", "SM1", now=TUESDAY)

    assert sum(await asyncio.gather(*(seen() for _ in range(10)))) == 1


async def test_consent_is_remembered_and_taken_back(database: Database) -> None:
    number = "+819012345678"
    async with database.write() as tx:
        assert await ledger.opted_out(tx, number) == (False, False)
        await ledger.set_consent(tx, number, sms_opted_out_at=TUESDAY)
        assert await ledger.opted_out(tx, number) == (True, False)
        await ledger.set_consent(tx, number, do_not_call_at=TUESDAY)
        assert await ledger.opted_out(tx, number) == (True, True)
        await ledger.set_consent(tx, number, sms_opted_out_at=None)
        assert await ledger.opted_out(tx, number) == (False, True)


async def test_messages_keep_their_order_and_their_buttons(database: Database) -> None:
    buttons = ({"title": "はい", "value": "yes"},)
    async with database.write() as tx:
        await conversations.open_talk(tx, "talk", channel="web", language="ja", now=TUESDAY)
        for number in range(3):
            await conversations.add_message(
                tx, "talk", sender="assistant", text=str(number), now=TUESDAY, buttons=buttons
            )
    async with database.read() as tx:
        said = await conversations.transcript(tx, "talk")
    assert [message.text for message in said] == ["0", "1", "2"]
    assert said[0].buttons == buttons


async def test_two_processes_write_without_losing_each_others_rows(
    database: Database, second_database: Database
) -> None:
    async def write(where: Database, letter: str) -> None:
        async with where.write() as tx:
            await callbacks.add(tx, a_callback(letter))

    await asyncio.gather(
        *(write(where, letter) for where, letters in ((database, "ABCDEFGH"), (second_database, "JKLMNPQR"))
          for letter in letters)
    )  # fmt: skip
    async with database.read() as tx:
        assert len(await callbacks.listing(tx, limit=50)) == 16


async def test_a_database_error_never_tells_what_was_to_be_stored(database: Database) -> None:
    stored = a_callback(reason="秘密の用件")
    async with database.write() as tx:
        await callbacks.add(tx, stored)
    with pytest.raises(IntegrityError) as caught:
        async with database.write() as tx:
            await callbacks.add(tx, stored)
    assert "秘密の用件" not in str(caught.value)
    assert stored.phone_number not in str(caught.value)


async def test_sqlite_promises_to_survive_a_power_cut(sqlite: Database) -> None:
    async with sqlite.read() as tx:
        pragmas = {
            name: (await tx.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_connections_that_the_server_has_closed_are_made_anew(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """As after a restart: once they are gone, nobody who asks notices."""
    url = await postgres_server.fresh(tmp_path)
    database, outside = Database(url), await asyncpg.connect(url)
    await asyncio.gather(*(database.ping() for _ in range(5)))
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    assert await outside.fetchval(f"SELECT count(pg_terminate_backend(pid)) {others}")
    for _ in range(100):
        answers = await asyncio.gather(*(database.ping() for _ in range(5)), return_exceptions=True)
        if not any(answers):
            break
        await asyncio.sleep(0.05)  # a real server closes them in real time
    assert answers == [None] * 5
    async with database.write() as tx:
        await tx.execute(text("SELECT 1"))
    await database.close()
    await outside.close()


async def test_a_call_that_belongs_to_another_attempt_leaves_the_others_of_its_batch_their_own(
    database: Database,
) -> None:
    world = await World(database).with_agents(3)
    for index in range(3):
        await world.book(phone_number=number(index))
    claimed = await world.dispatch.claim(now=SLOT.start, real_now=REAL)
    first, second, third = [one.attempt_id for one in claimed]
    async with database.write() as tx:
        assert await claims.adopt_all(tx, {first: "CA1"}) == {first: "CA1"}
        assert await claims.adopt_all(tx, {first: "CA9", second: "CA1", third: "CA3"}) == {
            first: "CA1", second: None, third: "CA3",
        }  # fmt: skip
