"""Faults of the disk, by their number: no room, and the power cut."""

import asyncio
import os
import random
import resource
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.booking.window import Window
from bot.store.database import Database
from tests.integration.conftest import Gateway
from tests.support.databases import SqliteFiles
from tests.support.products import ROOT, SLOT, World, number

CALLBACKS = "/api/v1/callbacks"
ROOM = 120_000
SNAPSHOTS = 5


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Every longer write fails with EFBIG: as good as a full disk, and nobody else on this machine notices."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def longest(database: Path) -> int:
    """The size of the database's longest file."""
    return max(part.stat().st_size for part in database.parent.glob(f"{database.name}*"))


def wait_until_stopped(pid: int) -> None:
    """A signal takes its time."""
    os.waitpid(pid, os.WUNTRACED)


def copy_without_memory(database: Path, folder: Path) -> None:
    """What is on the disk; the shared memory is gone with the power."""
    folder.mkdir()
    for part in database.parent.glob(f"{database.name}*"):
        if not part.name.endswith("-shm"):
            shutil.copy(part, folder / part.name)


async def test_row_09_on_a_full_disk_a_booking_is_refused_with_503_and_no_acknowledged_one_is_missing(
    gateway: Gateway,
) -> None:
    path = Path(str(gateway.world.database._engine.url.database))

    async def book(index: int) -> tuple[int, str]:
        window = Window(start=SLOT.start + timedelta(days=index % 3 * 7), end=SLOT.end + timedelta(days=index % 3 * 7))
        told = {"start": window.start.isoformat(), "end": window.end.isoformat()}
        body = {"phone_number": number(index), "reason": "修理", "window": told if index % 3 < 2 else None}
        answer = await gateway.api.post(CALLBACKS, json=body)
        return answer.status_code, answer.json().get("reference", "")

    acknowledged = []
    assert (await book(0))[0] == 201
    with no_file_longer_than(longest(path) + ROOM):
        for index in range(1, 60):
            status, reference = await book(index)
            if status == 503:
                break
            if status == 201:
                acknowledged.append(reference)
        assert status == 503
        assert (await book(62))[0] == 503  # the soonest call: never full
    assert acknowledged
    status, reference = await book(61)
    assert status in (201, 409)  # there is room again; a slot may be full meanwhile
    reopened = Database(str(gateway.world.database._engine.url))
    async with reopened.read() as tx:
        assert (await tx.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
        kept = set((await tx.execute(text("SELECT reference FROM callbacks"))).scalars())
    await reopened.close()
    assert set(acknowledged) <= kept


async def test_row_10_after_a_power_cut_at_any_moment_every_acknowledged_booking_is_there(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    url = await sqlite_files.fresh(tmp_path)
    path = Path(url.removeprefix("sqlite:///"))
    chance = random.Random(10)
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.booking_writer", url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout
    acknowledged = {(await writer.stdout.readline()).decode().strip()}  # it has begun
    for snapshot in range(SNAPSHOTS):
        for _ in range(chance.randrange(1, 25)):
            acknowledged.add((await writer.stdout.readline()).decode().strip())
        writer.send_signal(signal.SIGSTOP)  # between any two instructions: its files are what a cut would leave
        wait_until_stopped(writer.pid)
        folder = tmp_path / f"cut-{snapshot}"
        copy_without_memory(path, folder)
        writer.send_signal(signal.SIGCONT)
        left = Database(f"sqlite:///{folder / path.name}")
        async with left.read() as tx:
            assert (await tx.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
            kept = set((await tx.execute(text("SELECT reference FROM callbacks"))).scalars())
        await left.close()
        assert acknowledged <= kept
    writer.kill()
    await writer.wait()


async def test_row_10_a_commit_waits_for_the_disk(sqlite: Database) -> None:
    async with World(sqlite).database.read() as tx:
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar_one() == 2
