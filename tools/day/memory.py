"""A database for a day that passes in minutes: the product's own, in this process's memory, without threads and disks.

The statements are the same; only the driver underneath does not make them wait. Nothing here suspends inside a
transaction, so one connection serves all.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, StaticPool, create_engine

from bot.store.database import Database, Transaction
from bot.store.schema import metadata

Answer = TypeVar("Answer")


class AtOnce:
    """A connection in the shape that store functions await, which never makes them wait."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = connection.connection.cursor()
        self.dialect = connection.dialect

    async def execute(self, *arguments: Any) -> Any:
        """As an asynchronous connection's."""
        return self._connection.execute(*arguments)

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """See `bot.store.prepared.Swift`."""
        self._cursor.execute(sql, tuple(values))
        return self._cursor.fetchall()

    async def change(self, sql: str, values: Sequence[Any]) -> int:
        """See `bot.store.prepared.Swift`."""
        self._cursor.execute(sql, tuple(values))
        return self._cursor.rowcount

    def later(self, sql: str, values: Sequence[Any]) -> None:
        """At once: nobody waits here."""
        self._cursor.execute(sql, tuple(values))

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        """As an asynchronous connection's."""
        self._connection.exec_driver_sql("SAVEPOINT inner_work")
        try:
            yield
        except BaseException:
            self._connection.exec_driver_sql("ROLLBACK TO inner_work")
            raise
        finally:
            self._connection.exec_driver_sql("RELEASE inner_work")


class MemoryDatabase(Database):
    """SQLite in memory."""

    def __init__(self) -> None:  # not the parent's: no pool, no file
        self.is_sqlite = True
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        metadata.create_all(engine)
        self._held = engine.connect()
        driver = cast("Any", self._held.connection.dbapi_connection)
        driver.isolation_level = None  # the driver begins no transaction by itself; write() does
        self._tx = cast("Transaction", AtOnce(self._held))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """As the parent's."""
        yield self._tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """As the parent's."""
        self._held.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield self._tx
        except BaseException:
            self._held.exec_driver_sql("ROLLBACK")
            raise
        self._held.exec_driver_sql("COMMIT")

    async def together(
        self, work: Callable[[Transaction], Coroutine[Any, Any, Answer]], *, name: str, order: tuple[str, ...] = ()
    ) -> Answer:
        """As the parent's."""
        async with self.write() as tx:
            return await work(tx)

    async def close(self) -> None:
        """Forget everything."""
        self._held.close()
