"""The two databases of the contract: SQLite in a file, and a PostgreSQL server that the tests start themselves."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]  # it publishes no types

from bot.store.migrations import upgrade
from tests.support.ports import free_port

KINDS = ("sqlite", "postgresql")
TEMPLATE = "orikaeshi_template"
PATIENCE_S = 30.0
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")
AS_IT_COMES = ("max_connections=200",)
MISSING = "PostgreSQL is not installed: `make system` installs it, or put its bin folder on PATH."

T = TypeVar("T")


def postgres_binaries() -> Path | None:
    """The folder of initdb and postgres, the newest version first; None when there is none."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True)
        folders.append(Path(told.stdout.strip()))
    if postgres := shutil.which("postgres"):
        folders.append(Path(postgres).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def outside_any_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end in a thread of its own: Playwright leaves an event loop running in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class PostgresServer:
    """A server of our own on a free port of this machine; without any promise to the disk, unless told otherwise."""

    def __init__(self, binaries: Path, *, settings: tuple[str, ...] = SETTINGS) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="orikaeshi-pg-"))
        self._port = free_port()
        self._numbers = count(1)
        # The server refuses to run as root.
        self._as_owner: list[str] = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
            self._as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", "orikaeshi", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = [word for setting in settings for word in ("-c", setting)]
        with (self._folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [
                    *self._as_owner, str(binaries / "postgres"), "-D", data, "-h", "127.0.0.1",
                    "-p", str(self._port), "-k", str(self._folder), *options,
                ],
                stdout=log, stderr=log, cwd="/",
            )  # fmt: skip
        try:
            self._wait()
            outside_any_loop(self._create(TEMPLATE, "template0"))
            with ThreadPoolExecutor(1) as thread:  # Alembic begins a loop of its own
                thread.submit(upgrade, self.url(TEMPLATE)).result()
        except BaseException:
            self.stop()
            raise

    def processor_seconds(self) -> float:
        """What the server and those of its processes that still run have used of the processor since it began."""
        parts = [(stat.read_text().rpartition(")")[2].split()) for stat in Path("/proc").glob("[0-9]*/stat")]
        mine = [own for own in parts if int(own[1]) == self._server.pid]
        (server,) = [stat.read_text().rpartition(")")[2].split() for stat in [Path(f"/proc/{self._server.pid}/stat")]]
        ticks = sum(int(value) for value in server[11:15]) + sum(int(value) for one in mine for value in one[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")

    def url(self, name: str) -> str:
        """Where one database of this server is."""
        return f"postgresql://orikaeshi@127.0.0.1:{self._port}/{name}"

    async def fresh(self, _folder: Path) -> str:
        """A new database with empty tables; returns its URL."""
        name = f"test_{next(self._numbers)}"
        await self._create(name, TEMPLATE)
        return self.url(name)

    async def empty(self) -> str:
        """A new database without any table; returns its URL."""
        name = f"test_{next(self._numbers)}"
        await self._create(name, "template0")
        return self.url(name)

    def stop(self) -> None:
        """End the server and remove what it wrote."""
        self._server.send_signal(signal.SIGINT)  # "fast": SIGTERM would wait for a client that forgot to say goodbye
        self._server.wait(PATIENCE_S)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _create(self, name: str, template: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            await connection.close()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_S
        ready = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port), "-U", "orikaeshi"]
        while subprocess.run(ready, check=False).returncode != 0:
            if self._server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()}")
            time.sleep(0.05)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, str(self._binaries / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd="/")


class SqliteFiles:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        upgrade(f"sqlite:///{self._template}")

    async def fresh(self, folder: Path) -> str:
        """A new database with empty tables; returns its URL."""
        path = folder / "orikaeshi.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"
