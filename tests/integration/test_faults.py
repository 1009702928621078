"""Faults, each by its number in the list that the product is judged by: nothing lost, nothing doubled."""

import asyncio
from collections import Counter, deque
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from bot.booking.callback import Callback, Outcome, Status
from bot.booking.errors import CallbackNotOpen
from bot.booking.pacing import Line, Pace
from bot.booking.window import Window
from bot.store import callbacks
from bot.store import database as database_module
from bot.store.database import Database
from bot.telephony.twilio import CallUrls, TwilioDialer
from bot.usecases.dispatch import POST_WITHIN_S
from bot.usecases.leases import LEASE
from bot.vendors import twilio
from bot.vendors.twilio import TwilioClient
from tests.support.carrier_server import CarrierServer
from tests.support.carriers import BUSY_CARRIER, ScriptedDialer, call, sid_of
from tests.support.clocks import tokyo
from tests.support.products import SLOT, World, a_callback, number

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


async def owed(world: World, count: int, *, first: int = 0) -> list[Callback]:
    """So many callbacks for one window, stored past the slots' capacity."""
    made = [a_callback(phone_number=number(index), reference=f"R{index:05d}") for index in range(first, first + count)]
    async with world.database.write() as tx:
        for callback in made:
            await callbacks.add(tx, callback)
    return made


async def test_row_02_killed_before_the_carrier_was_asked_is_dialled_exactly_once_by_another(
    database: Database, second_database: Database
) -> None:
    carrier = ScriptedDialer()
    dead = await World(database, dialer=carrier).with_agents(3)
    heir = World(second_database, dialer=carrier)
    made = await owed(dead, 3)
    await dead.leases.renew(real_now=dead.real)
    assert len(await dead.dispatch.claim(now=SLOT.start, real_now=dead.real)) == 3  # and here it dies
    heir.real = dead.real + LEASE - SECOND
    assert await heir.leases.take_over(now=SLOT.start, real_now=heir.real) == 0
    heir.real = dead.real + LEASE + SECOND
    assert await heir.leases.take_over(now=SLOT.start, real_now=heir.real) == 3
    assert await heir.at(SLOT.start + LEASE) == 3
    assert Counter(dial.to for dial in carrier.dials) == {callback.phone_number: 1 for callback in made}


async def test_row_02_killed_after_the_carrier_was_asked_is_found_in_its_list_and_not_dialled_again(
    database: Database, second_database: Database
) -> None:
    carrier = ScriptedDialer()
    dead = await World(database, dialer=carrier).with_agents()
    heir = World(second_database, dialer=carrier)
    await owed(dead, 1)
    await dead.leases.renew(real_now=dead.real)
    asked = asyncio.Event()

    async def die(_attempt_id: str) -> None:
        asked.set()
        await asyncio.Event().wait()

    carrier.before = die
    dying = asyncio.create_task(dead.at(SLOT.start))
    await asked.wait()
    dying.cancel()
    carrier.before = None
    carrier.listed = [call("CAfound", "ringing", created_at=SLOT.start + SECOND)]
    heir.clock.moment = SLOT.start + 20 * SECOND
    heir.real += LEASE + 5 * SECOND
    assert await heir.leases.take_over(now=heir.now, real_now=heir.real) == 0
    await heir.check_quiet(seconds=1)
    assert (await heir.the_dial()).call_sid == "CAfound"
    assert await heir.at(SLOT.start + MINUTE) == 0
    assert len(carrier.dials) == 1


@pytest.mark.parametrize("mode", ["reset", "stall", "error"])
async def test_row_03_an_accepted_call_whose_answer_is_lost_is_found_within_a_minute(
    database: Database, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "TIMEOUT_S", 0.5)
    server = await CarrierServer(mode=mode).start()
    client = TwilioClient(account_sid="AC" + "0" * 32, auth_token="t", base_url=server.url)
    urls = CallUrls("https://callback.example.jp")
    dialer = TwilioDialer(client, number="+815031234567", urls=urls, ring_seconds=25)
    world = await World(database, dialer=dialer).with_agents()  # type: ignore[arg-type]  # the real one
    await owed(world, 1)
    monkeypatch.setattr("bot.usecases.reconcile.CLOCK_SKEW", timedelta(days=3650))  # the server has the real clock
    assert await world.at(SLOT.start) == 1
    assert (await world.the_dial()).carrier_state == "unknown"
    for _ in range(3):
        await world.check_quiet(seconds=20)
        assert await world.at(world.now + 20 * SECOND) == 0
    assert (await world.the_dial()).call_sid == server.calls[0]["sid"]
    assert len(server.calls) == 1
    client.close()
    await server.stop()


@pytest.mark.parametrize("dispatchers", [2, 4])
async def test_row_04_many_dispatchers_share_the_work_and_double_nothing(database_url: str, dispatchers: int) -> None:
    carrier = ScriptedDialer()
    line = Line(number="+815031234567", lines=1000, pace=Pace(per_second=1e6, ahead=MINUTE / 1e6))
    opened = [Database(database_url) for _ in range(dispatchers)]
    worlds = [World(each, dialer=carrier, line=line) for each in opened]
    await worlds[0].with_agents(300)
    await owed(worlds[0], 300)

    async def work(world: World) -> None:
        while await world.at(SLOT.start):
            world.real += SECOND

    for _ in range(20):
        await asyncio.gather(*(work(world) for world in worlds))
    assert len(carrier.dials) == len({dial.to for dial in carrier.dials}) == 300
    live = await worlds[0].live()
    assert len({dial.agent_id for dial in live}) == len(live) == 300
    for each in opened:
        await each.close()


async def test_row_05_a_dispatcher_that_was_stopped_for_longer_than_its_lease_dials_nothing_of_its_old_claim(
    database: Database, second_database: Database
) -> None:
    carrier = ScriptedDialer()
    stopped = await World(database, dialer=carrier).with_agents(5)
    other = World(second_database, dialer=carrier)
    await owed(stopped, 5)
    await stopped.leases.renew(real_now=stopped.real)
    claimed = await stopped.dispatch.claim(now=SLOT.start, real_now=stopped.real)
    other.real += 90 * SECOND
    await other.leases.renew(real_now=other.real)
    await other.leases.take_over(now=SLOT.start + 90 * SECOND, real_now=other.real)
    assert await other.at(SLOT.start + 90 * SECOND) == 5
    await stopped.dispatch.dial(claimed, now=SLOT.start, real_now=stopped.real)
    assert len(carrier.dials) == 5
    assert Counter(dial.to for dial in carrier.dials).most_common(1)[0][1] == 1


async def test_row_05_a_dispatcher_that_was_stopped_behind_the_fence_does_not_dial(database: Database) -> None:
    world = await World(database).with_agents()
    await owed(world, 1)
    claimed = await world.dispatch.claim(now=SLOT.start, real_now=world.real)
    readings = deque([0.0, POST_WITHIN_S + 1])
    world.dispatch._stopwatch = readings.popleft
    await world.dispatch.dial(claimed, now=SLOT.start, real_now=world.real)
    assert world.dialer.dials == []
    await world.check_quiet(seconds=75)
    assert (await world.read(claimed[0].callback)).attempts[0].outcome == Outcome.CARRIER_FAILED


async def test_row_06_after_ten_minutes_without_a_scheduler_every_missed_call_is_made_or_its_customer_told(
    database: Database,
) -> None:
    world = await World(database, grace=30 * MINUTE).with_agents(2)
    made = await owed(world, 8)
    world.clock.moment = SLOT.start + 10 * MINUTE
    while world.now < SLOT.end + 60 * MINUTE:
        await world.at(world.now)
        await world.overdue.tell_lateness(now=world.now)
        for dial in await world.live():  # each talk takes ten minutes
            await world.report(dial, "no-answer" if dial.number > 2 else "busy")
        world.clock.pass_by(minutes=10)
    seen = [await world.read(callback) for callback in made]
    assert all(callback.attempts or callback.status == Status.EXPIRED for callback in seen)
    await world.send_notices()
    told = " ".join(body for _, body in world.sms.texts)
    assert all(callback.reference in told for callback in seen if callback.status == Status.EXPIRED)


async def test_row_08_a_cut_connection_loses_and_doubles_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await World(database).with_agents(4)
    await owed(world, 4)
    assert await world.at(SLOT.start - SECOND) == 0
    if database.is_sqlite:
        monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 50)
        locker = Database(str(database._engine.url))
        world_again = World(Database(str(database._engine.url)), dialer=world.dialer)
        async with locker.write():
            assert await world_again.at(SLOT.start) == 0
        await world_again.database.close()
        await locker.close()
    else:
        async with database.read() as tx:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            await tx.execute(text(cut + "WHERE pid <> pg_backend_pid() AND datname = current_database()"))
    assert await world.at(SLOT.start + SECOND) == 4
    assert len({dial.to for dial in world.dialer.dials}) == len(world.dialer.dials) == 4


@pytest.mark.parametrize("jump", [timedelta(hours=1), -timedelta(hours=1), timedelta(days=730)])
async def test_row_11_a_clock_that_jumps_and_comes_back_stops_nothing_and_doubles_nothing(
    database: Database, jump: timedelta
) -> None:
    line = Line(number="+815031234567", lines=60, pace=Pace(per_second=1))
    world = await World(database, line=line).with_agents(4)
    await owed(world, 4)
    await world.leases.renew(real_now=world.real)
    assert await world.at(SLOT.start) == 1
    world.real += jump
    await world.leases.renew(real_now=world.real)
    assert await world.at(SLOT.start) == 1
    world.real += SECOND - jump
    assert await world.leases.take_over(now=SLOT.start, real_now=world.real) == 0
    await world.leases.renew(real_now=world.real)
    for _ in range(2):
        world.real += SECOND
        assert await world.at(SLOT.start) == 1
    assert len({dial.to for dial in world.dialer.dials}) == 4


@pytest.mark.parametrize(
    ("due", "dials"),
    [("17:59:58", 1), ("17:59:59.400", 1), ("17:59:59.700", 0), ("18:00:00", 0), ("18:00:01", 0)],
)
async def test_row_13_the_last_dial_begins_before_closing(sqlite: Database, due: str, dials: int) -> None:
    world = await World(sqlite).with_agents()
    window = Window(start=tokyo("2026-11-24 17:30"), end=tokyo("2026-11-24 18:00")).in_utc()
    made = a_callback(window=window, due_at=window.start, slot_start=window.start)
    async with sqlite.write() as tx:
        await callbacks.add(tx, made)
    assert await world.at(tokyo(f"2026-11-24 {due}")) == dials
    if dials:
        await world.report(await world.the_dial(), "no-answer")
        assert (await world.read(made)).due_at == tokyo("2026-11-25 09:00")


async def test_row_14_a_burst_is_dialled_in_promise_order_within_pace_and_lines(database: Database) -> None:
    line = Line(number="+815031234567", lines=5, pace=Pace(per_second=1))
    world = await World(database, line=line).with_agents(9)
    await owed(world, 12, first=20)
    earlier = [a_callback(window_shift=-30 * MINUTE, phone_number=number(index)) for index in range(2)]
    async with database.write() as tx:
        for index, callback in enumerate(earlier):
            await callbacks.add(tx, replace(callback, reference=f"E{index:05d}"))
    begun: list[tuple[datetime, str]] = []
    for tick in range(300):  # half seconds; a call lasts ten seconds
        world.real += SECOND / 2
        before = len(world.dialer.dials)
        await world.at(SLOT.start + tick * SECOND / 2)
        begun += [(world.real, dial.to) for dial in world.dialer.dials[before:]]
        live = await world.live()
        assert len(live) <= 5
        for dial in live:
            if world.real - dial.begun_at >= 10 * SECOND:
                await world.report(dial, "busy")
    first_dials = list(dict.fromkeys(to for _, to in begun))
    assert len(first_dials) == 14
    assert set(first_dials[:2]) == {number(0), number(1)}
    moments = [moment for moment, _ in begun]
    assert all(later - sooner >= SECOND for sooner, later in pairwise(moments))


async def test_row_15_a_carrier_without_room_for_ten_minutes_uses_up_no_attempt(database: Database) -> None:
    world = await World(database).with_agents(3)
    made = await owed(world, 3)
    moment, over_at = SLOT.start, SLOT.start + 10 * MINUTE
    asked: list[float] = []
    while moment < over_at:
        world.dialer.script = deque([BUSY_CARRIER] * 3)
        if await world.at(moment):
            asked.append((moment - SLOT.start).total_seconds())
        moment += SECOND
        world.real += SECOND
    assert all(later - sooner <= 5 for sooner, later in pairwise(asked))
    assert len(asked) < 150
    assert [(await world.read(callback)).attempts for callback in made] == [(), (), ()]
    world.dialer.script = deque()
    world.real += 5 * SECOND
    assert await world.at(over_at) + await world.at(over_at) == 3
    assert len(await world.live()) == 3


async def test_row_20_what_was_cancelled_is_not_dialled_and_what_is_dialled_is_not_cancelled(
    database: Database,
) -> None:
    world = await World(database).with_agents(30)
    world.clock.moment = SLOT.start
    made = await owed(world, 30)

    async def cancel(callback: Callback) -> bool:
        try:
            await world.bookings.cancel(callback.reference, now=world.now)
        except CallbackNotOpen:
            return False
        return True

    first = [asyncio.create_task(cancel(callback)) for callback in made[::2]]
    await asyncio.sleep(0)
    await asyncio.gather(world.at(SLOT.start), world.at(SLOT.start))
    gone = await asyncio.gather(*first)
    called = {dial.to for dial in world.dialer.dials}
    cancelled = {callback.phone_number for callback, done in zip(made[::2], gone, strict=True) if done}
    assert not called & cancelled
    await world.at(SLOT.start + SECOND)
    assert {dial.to for dial in world.dialer.dials} | cancelled == {callback.phone_number for callback in made}
    assert all(dial.call_sid == sid_of(dial.id) for dial in await world.live())
