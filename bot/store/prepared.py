"""Statements that are put together and compiled once: what a booking says to the database, it says a thousand times."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, cast, runtime_checkable

import asyncpg  # type: ignore[import-untyped]  # it publishes no types
from sqlalchemy import BindParameter, Dialect, Insert, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import UtcDateTime


@runtime_checkable
class Swift(Protocol):
    """A transaction that talks to the driver itself, in finished SQL and in values that the driver knows."""

    dialect: Dialect

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """What a query finds."""

    async def change(self, sql: str, values: Sequence[Any]) -> int:
        """How many rows a statement changed."""

    def later(self, sql: str, values: Sequence[Any]) -> None:
        """Write at the end of the transaction, together with all others of the same kind."""


def given(name: str) -> BindParameter[Any]:
    """A parameter that gets its value, and its type from what it is compared with."""
    return bindparam(name, None)


class Prepared:
    """A Core statement whose parameters are given by name each time it is used.

    `build` gets the dialect's own `insert`, which knows ON CONFLICT. An INSERT sets `columns`.
    """

    def __init__(self, build: Callable[[Callable[[Table], Any]], Any], *, columns: Sequence[str] = ()) -> None:
        self._build = build
        self._columns = columns
        self._forms: dict[str, _Form] = {}

    async def rows(self, tx: AsyncConnection | Swift, **values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        form = self._form(tx.dialect)
        if isinstance(tx, AsyncConnection):
            return form.told(await _asked(tx, form.sql, form.bound(values)))
        return form.told(await tx.rows(form.sql, form.bound(values)))

    async def run(self, tx: AsyncConnection | Swift, **values: Any) -> int:
        """How many rows it changed."""
        form = self._form(tx.dialect)
        if isinstance(tx, AsyncConnection):
            return (await tx.execute(form.statement, values)).rowcount
        return await tx.change(form.sql, form.bound(values))

    async def later(self, tx: AsyncConnection | Swift, **values: Any) -> None:
        """Run it before the transaction is committed; nothing of it can be read before."""
        if isinstance(tx, AsyncConnection):
            await self.run(tx, **values)
        else:
            form = self._form(tx.dialect)
            tx.later(form.sql, form.bound(values))

    def _form(self, dialect: Dialect) -> "_Form":
        form = self._forms.get(dialect.name)
        if form is None:
            insert = (postgresql if dialect.name == "postgresql" else sqlite).insert
            form = self._forms[dialect.name] = _Form(self._build(insert), self._columns, dialect)
        return form


async def _asked(tx: AsyncConnection, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """Straight to the driver: a query needs nothing of what SQLAlchemy does around it, which takes most of the time."""
    raw: Any = (await tx.get_raw_connection()).driver_connection
    try:
        fetch = raw.fetch(sql, *values) if tx.dialect.name == "postgresql" else raw.execute_fetchall(sql, values)
        found = await fetch
    except (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise SQLAlchemyError(type(error).__name__) from None
    return cast("Sequence[Sequence[Any]]", found)


class _Form:
    """One statement as one database takes it."""

    def __init__(self, statement: Any, columns: Sequence[str], dialect: Dialect) -> None:
        self.statement = statement
        compiled = statement.compile(
            dialect=dialect,
            column_keys=list(columns) if isinstance(statement, Insert) else None,
            compile_kwargs={} if isinstance(statement, Insert) else {"render_postcompile": True},
        )
        self.sql = str(compiled)
        given = compiled.params
        self._wanted = [
            (name, given.get(name), _to_driver(compiled.binds.get(name), dialect)) for name in compiled.positiontup
        ]
        selected = getattr(statement, "selected_columns", ())
        self._readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in selected]

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the statement's order, as the driver takes them."""
        return [
            convert(value) if convert else value
            for name, fixed, convert in self._wanted
            for value in (values.get(name, fixed),)
        ]

    def told(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """The driver's rows in our values."""
        return [
            tuple(read(value) if read else value for read, value in zip(self._readers, row, strict=True))
            for row in rows
        ]


def _to_driver(bind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    if bind is None:
        return None
    convert: Callable[[Any], Any] | None = bind.type.dialect_impl(dialect).bind_processor(dialect)
    # A booking tells the same few moments many times, and so do all that are booked at once.
    return lru_cache(maxsize=1024)(convert) if convert and isinstance(bind.type, UtcDateTime) else convert
