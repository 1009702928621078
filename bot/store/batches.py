"""Several jobs in one transaction, as each database does it; the SQL in it goes to the driver itself."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import asyncpg  # type: ignore[import-untyped]  # it publishes no types
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.together import DriverFault, Job, Spoilt

ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(held.number) FROM "
    "(SELECT DISTINCT hashtextextended(name, 0) AS number FROM unnest(CAST(:names AS text[])) AS name ORDER BY 1) held"
)
"""Locks in one order for everybody: two who want the same names never wait for each other."""


class SqliteBatches:
    """One writer in a thread of its own, behind the lock under which everybody in this process writes."""

    def __init__(self, engine: Engine, one_writer: asyncio.Lock) -> None:
        self._engine = engine
        self._one_writer = one_writer

    async def commit(self, jobs: list[Job]) -> list[Any]:
        """See Batches."""
        async with self._one_writer:
            return await asyncio.to_thread(self._commit, jobs)

    async def close(self) -> None:
        """See Batches."""
        self._engine.dispose()

    def _commit(self, jobs: list[Job]) -> list[Any]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            tx = _AtOnce(connection)
            try:
                answers = [_run(_answer(tx, index, job)) for index, job in enumerate(jobs)]
                tx.write_postponed()
            except sqlite3.IntegrityError as error:
                raise DriverFault("collision", str(error)) from None
            except sqlite3.Error as error:
                raise DriverFault("other", str(error)) from None
            try:
                connection.commit()
            except Exception as failed:
                return [failed] * len(jobs)
            return answers


class PostgresBatches:
    """One connection at a time; the names of all jobs are locked before the first one looks."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def commit(self, jobs: list[Job]) -> list[Any]:
        """See Batches."""
        async with self._engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            try:
                await connection.execute(ONE_AT_A_TIME, {"names": [job.name for job in jobs]})
                tx = _Pipelined(connection, raw)
                answers = [await _answer(tx, index, job) for index, job in enumerate(jobs)]
                await tx.write_postponed()
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                with suppress(Exception):
                    await connection.rollback()
                _raise_fault(error)
            try:
                await connection.commit()
            except Exception as failed:
                return [failed] * len(jobs)
            return answers

    async def close(self) -> None:
        """See Batches."""


class _Writing:
    """What both kinds of transaction know: whether anything was written, and what is still to be."""

    def __init__(self) -> None:
        self.written = 0
        self.postponed: list[tuple[str, Sequence[Any]]] = []

    def later(self, sql: str, values: Sequence[Any]) -> None:
        """See Swift."""
        self.postponed.append((sql, values))

    def in_bulk(self) -> dict[str, list[Sequence[Any]]]:
        """What was postponed, the kinds in the order in which they first came."""
        kinds: defaultdict[str, list[Sequence[Any]]] = defaultdict(list)
        for sql, values in self.postponed:
            kinds[sql].append(values)
        return kinds

    def count(self, result: Any) -> Any:
        """The result, its changed rows counted."""
        if not result.returns_rows:
            self.written += max(0, result.rowcount)
        return result


class _AtOnce(_Writing):
    """SQLite: a connection in the shape that store functions await, which never makes them wait."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self._cursor = connection.connection.cursor()
        self.dialect = connection.dialect

    async def execute(self, *arguments: Any) -> Any:
        """As SQLAlchemy's own."""
        return self.count(self._connection.execute(*arguments))

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """See Swift."""
        self._cursor.execute(sql, tuple(values))
        return self._cursor.fetchall()

    async def change(self, sql: str, values: Sequence[Any]) -> int:
        """See Swift."""
        self._cursor.execute(sql, tuple(values))
        self.written += self._cursor.rowcount
        return self._cursor.rowcount

    def write_postponed(self) -> None:
        """Everything that was kept for the end."""
        for sql, rows in self.in_bulk().items():
            self._cursor.executemany(sql, rows)


class _Pipelined(_Writing):
    """PostgreSQL: SQLAlchemy's connection for what is rare, asyncpg's below it for what every booking says."""

    def __init__(self, connection: AsyncConnection, raw: Any) -> None:
        super().__init__()
        self._connection = connection
        self._raw = raw
        self.dialect = connection.dialect

    async def execute(self, *arguments: Any) -> Any:
        """As SQLAlchemy's own."""
        return self.count(await self._connection.execute(*arguments))

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """See Swift."""
        found: Sequence[Sequence[Any]] = await self._raw.fetch(sql, *values)
        return found

    async def change(self, sql: str, values: Sequence[Any]) -> int:
        """See Swift."""
        changed = int((await self._raw.execute(sql, *values)).rsplit(" ", 1)[1])  # "INSERT 0 1", "UPDATE 1"
        self.written += changed
        return changed

    async def write_postponed(self) -> None:
        """Everything that was kept for the end."""
        for sql, rows in self.in_bulk().items():
            await self._raw.executemany(sql, rows)


async def _answer(tx: _AtOnce | _Pipelined, index: int, job: Job) -> Any:
    """What the job returns, or raises before it has written anything."""
    written, postponed = tx.written, len(tx.postponed)
    try:
        return await job.work(tx)
    except (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError):
        raise
    except DBAPIError as error:
        raise DriverFault(
            "collision" if isinstance(error, IntegrityError) else "other", type(error.orig).__name__
        ) from None
    except Exception as failed:
        del tx.postponed[postponed:]
        if tx.written != written:
            raise Spoilt(index, failed) from None
        return failed


def _run(steps: Coroutine[Any, Any, Any]) -> Any:
    try:
        steps.send(None)
    except StopIteration as ended:
        return ended.value
    steps.close()
    raise RuntimeError("work in a group commit may wait for nothing but its transaction")


def _raise_fault(error: Exception) -> NoReturn:
    """Only PostgreSQL's first line is told on: the others may quote what was to be stored."""
    sentence = str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        raise DriverFault("collision", sentence) from None
    if isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.SerializationError):
        raise DriverFault("deadlock", sentence) from None
    raise DriverFault("other", sentence) from None
