"""Connections and transactions on SQLite (WAL) and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.store.batches import PostgresBatches, SqliteBatches
from bot.store.together import GroupCommit

Answer = TypeVar("Answer")
Transaction = AsyncConnection
"""What every store function takes first. Committed by whoever opened it, rolled back on any error."""

CACHE_KB = 32 * 1024
"""Pages that a SQLite connection keeps at most: a large day fits, which halves what counting it takes."""
BUSY_TIMEOUT_MS = 10_000
FAULTS = (SQLAlchemyError, OSError, TimeoutError)
"""What a database that is away, locked or out of room raises: nothing is wrong with what was asked of it."""
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class Database:
    """One pool of connections. `url`: `sqlite:///var/orikaeshi.db` or `postgresql://user:password@host/name`."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = make_url(url)
        parsed = parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # What was to be stored is nobody's business in a log: SQLAlchemy's errors would quote it.
        options: dict[str, Any] = {"hide_parameters": True}
        if not self.is_sqlite:
            # Conditional updates wait for each other at this level; at a higher one they would fail. A server may begin
            # at another by itself.
            options["isolation_level"] = "READ COMMITTED"
        self._engine = create_async_engine(parsed, pool_size=pool_size, max_overflow=pool_size, **options)
        # SQLite has one writer; queueing here is fair, its own busy handler is not (it sleeps, and some starve).
        self._one_writer = asyncio.Lock() if self.is_sqlite else None
        if self._one_writer is None:
            event.listen(self._engine.sync_engine, "checkout", _refuse_a_dead_one)
            self._together = GroupCommit(PostgresBatches(self._engine))
        else:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            writer = create_engine(
                parsed.set(drivername="sqlite+pysqlite"), pool_size=1, max_overflow=0, hide_parameters=True,
                connect_args={"check_same_thread": False},
            )  # fmt: skip
            event.listen(writer, "connect", _prepare_sqlite)
            self._together = GroupCommit(SqliteBatches(writer, self._one_writer))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A connection to read from; nothing written in it is kept."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction that is committed at the end of the block and rolled back on any error."""
        if self._one_writer is None:
            async with self._engine.begin() as connection:
                yield connection
            return
        async with self._one_writer, self._engine.begin() as connection:
            # Taken at once: a transaction that reads first and writes later fails with BUSY when another wrote between.
            await connection.execute(text("BEGIN IMMEDIATE"))
            yield connection

    async def together(
        self, work: Callable[[Transaction], Coroutine[Any, Any, Answer]], *, name: str, order: tuple[str, ...] = ()
    ) -> Answer:
        """A transaction for `work`, which awaits nothing but it: where many ask at once, one commit for all.

        Works of one name, wherever they run, come one after the other; `order` is in which those of one commit run.
        What they write `later` is not there to be read before the commit. Raises Collision.
        """
        return cast("Answer", await self._together.write(work, name=name, order=order))

    async def ping(self) -> None:
        """Raise when the database does not answer."""
        async with self.read() as tx:
            await tx.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self._together.close()
        await self._engine.dispose()


def upsert(tx: Transaction, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the database's own dialect."""
    return (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(table)


async def one_at_a_time(tx: Transaction, name: str) -> None:
    """Wait until no other transaction holds this name; it is held until this one ends. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _refuse_a_dead_one(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have a new connection made where the driver has heard that the server went away. SQLAlchemy's own way is to ask
    the server each time, which takes three round trips of a transaction's five."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("the server closed the connection")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transaction by itself; write() does
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a booking that was confirmed survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KB}")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()
