"""Faults of real processes: killed, told to stop. The carrier is a server of the test's, asked by the real client."""

import asyncio
import os
import random
import re
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.booking.hours import Period
from bot.booking.lawful import LawfulHours
from bot.booking.window import Window
from bot.store import callbacks
from bot.store.database import Database
from bot.store.schema import attempts
from bot.telephony.twilio import CallUrls, TwilioDialer
from bot.vendors.twilio import TwilioClient
from tests.support.carrier_server import CarrierServer
from tests.support.clocks import TOKYO
from tests.support.products import LINE, ROOT, World, a_callback, number, office_hours, rules_of

COUNT = int(os.environ.get("SOAK_COUNT", "120"))
SEEDS = [int(seed) for seed in os.environ.get("SOAK_SEEDS", "1").split(",")]
"""`make soak ARGS=--rows` kills at twenty moments with two thousand due."""
SETTLED_WITHIN_S = 45 + COUNT / 8
ALL_DAY = "\n".join(
    f'{day} = ["00:00-24:00"]' for day in "monday tuesday wednesday thursday friday saturday sunday".split()
)


def settings(folder: Path) -> Path:
    """The repository's own settings, for a shop that never closes and a carrier that keeps up."""
    text = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^monday.*^holidays = \S+", ALL_DAY + '\nholidays = ""', text)
    # These processes go by the real clock, and tests run at night, too.
    text = re.sub(r"(?ms)^(\[lawful_hours\].*?^default = )\S+", r'\1["00:00-24:00"]', text)
    for name, value in (
        ("kind", '"twilio"'),
        ("calls_per_second", "1000"),
        ("lines", "10000"),
        ("carrier_failed", "{ minutes = [1], most = 6 }"),
    ):
        text = re.sub(rf"(?m)^{name} = ([{{].*[}}]|\S+)", f"{name} = {value}", text)
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path


async def a_scheduler(folder: Path, database_url: str, carrier: CarrierServer) -> asyncio.subprocess.Process:
    """`python -m scheduler` as it is started for a real carrier."""
    environ = {
        "PATH": os.environ["PATH"], "ORIKAESHI_SETTINGS": str(settings(folder)), "ORIKAESHI_VAR": str(folder),
        "DATABASE_URL": database_url, "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_API_BASE_URL": carrier.url, "PUBLIC_BASE_URL": "https://callback.example.jp", "LOG_LEVEL": "warning",
    }  # fmt: skip
    with (folder / "scheduler.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "scheduler", env=environ, cwd=ROOT, stdout=log, stderr=log
        )


async def owed(database: Database) -> None:
    """Callbacks that are due now, and an agent for each."""
    now = datetime.now(UTC)
    window = Window(start=now - timedelta(minutes=1), end=now + timedelta(minutes=29))
    await World(database).with_agents(COUNT)
    async with database.write() as tx:
        for index in range(COUNT):
            made = a_callback(
                phone_number=number(index), reference=f"R{index:05d}", window=window, slot_start=window.start,
                due_at=window.start,
            )  # fmt: skip
            await callbacks.add(tx, made)


async def unsettled(database: Database) -> int:
    """How many callbacks have no attempt that the carrier is known to have."""
    async with database.read() as tx:
        settled = await tx.execute(select(func.count()).select_from(attempts).where(attempts.c.call_sid.is_not(None)))
        return COUNT - int(settled.scalar_one())


def a_survivor(database: Database, client: TwilioClient) -> World:
    """A second dispatcher, in the test's own process: its time passes as the test says."""
    urls = CallUrls("https://callback.example.jp")
    dialer = TwilioDialer(client, number="+815031234567", urls=urls, ring_seconds=25)
    hours = office_hours("00:00", "23:59", holidays_country=None)
    all_day = (Period(start=time(0), end=time.max),)
    always = replace(hours, weekly=dict.fromkeys(range(7), all_day))
    rules = rules_of(always, lawful=LawfulHours(unknown_zone=TOKYO, default=all_day))
    line = replace(LINE, lines=COUNT)
    return World(database, dialer=dialer, rules=rules, line=line)  # type: ignore[arg-type]  # the real one


async def survive(world: World, database: Database) -> None:
    """Work on, twenty seconds at a time, until the carrier is known to have every call."""
    world.real = datetime.now(UTC)
    for _ in range(30):
        await world.check_quiet(seconds=20)
        await world.leases.renew(real_now=world.real)
        await world.leases.take_over(now=world.real, real_now=world.real)
        await world.at(world.real)
        if await unsettled(database) == 0:
            return
    pytest.fail("calls were lost")


async def until(what: object, *, within_s: float = SETTLED_WITHIN_S) -> None:
    """Wait for an awaitable condition."""
    assert callable(what)
    async with asyncio.timeout(within_s):
        while not await what():  # noqa: ASYNC110 (what is waited for happens in another process)
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("seed", SEEDS)
async def test_row_01_a_dispatcher_killed_at_a_random_point_loses_and_doubles_nothing(
    database: Database, database_url: str, tmp_path: Path, seed: int
) -> None:
    carrier = await CarrierServer(answer_s=0.05).start()
    await owed(database)
    kill_at = random.Random(seed).randrange(1, COUNT)

    async def enough() -> bool:
        return len(carrier.calls) >= kill_at

    first = await a_scheduler(tmp_path, database_url, carrier)
    await until(enough)
    first.kill()
    await first.wait()
    client = TwilioClient(account_sid="AC" + "0" * 32, auth_token="token", base_url=carrier.url)
    await survive(a_survivor(database, client), database)
    client.close()
    assert carrier.per_callback() == {number(index): 1 for index in range(COUNT)}
    await carrier.stop()


async def test_row_07_told_to_stop_a_dispatcher_finishes_what_is_under_way_and_claims_nothing_more(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    carrier = await CarrierServer(answer_s=1.0).start()
    await owed(database)

    async def under_way() -> bool:
        return len(carrier.calls) >= 90

    process = await a_scheduler(tmp_path, database_url, carrier)
    await until(under_way)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(30):
        assert await process.wait() == 0
    async with database.read() as tx:
        rows = (await tx.execute(select(attempts.c.carrier_state, attempts.c.call_sid))).all()
    assert {row.carrier_state for row in rows} == {"accepted"}
    assert {row.call_sid for row in rows} == {call["sid"] for call in carrier.calls}
    await carrier.stop()
