"""Many short writes in one commit: on SQLite each commit waits for the disk, and one wait is enough for all."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncConnection

MOST_AT_ONCE = 64
Work = Callable[[AsyncConnection], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Something to write, and who waits for what comes of it."""

    work: Work
    waiter: "asyncio.Future[Any]"


class GroupCommit:
    """Writes for all who wait, one after the other in the order of asking, each undone by itself when it fails.

    `one_writer` is the lock under which everybody in this process writes.
    """

    def __init__(self, engine: Engine, one_writer: asyncio.Lock) -> None:
        self._engine = engine
        self._one_writer = one_writer
        self._waiting: list[Job] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, work: Work) -> Any:
        """What `work` returns, once it is on the disk; raises what it raised, with nothing of it kept."""
        job = Job(work=work, waiter=asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_waiting())
        return await job.waiter

    async def close(self) -> None:
        """Finish what was asked for and give the connection back."""
        if self._task:
            await self._task
        self._engine.dispose()

    async def _write_waiting(self) -> None:
        while self._waiting:
            async with self._one_writer:
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                answers = await asyncio.to_thread(self._commit, batch)
            for job, answer in zip(batch, answers, strict=True):
                if job.waiter.done():  # whoever asked has gone meanwhile; what was written stays
                    continue
                if isinstance(answer, Exception):
                    job.waiter.set_exception(answer)
                else:
                    job.waiter.set_result(answer)

    def _commit(self, batch: list[Job]) -> list[Any]:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                answers = [_apart(connection, job.work) for job in batch]
                connection.commit()
                return answers
        except Exception as failed:  # a commit that failed kept nothing for anybody
            return [failed] * len(batch)


class _AtOnce:
    """A connection in the shape that store functions await, which never makes them wait."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, *arguments: Any) -> Any:
        return self._connection.execute(*arguments)


def _apart(connection: Connection, work: Work) -> Any:
    """What the work returns or raises; in a savepoint of its own, so that it fails alone."""
    connection.exec_driver_sql("SAVEPOINT job")
    try:
        answer = _run(work(cast("AsyncConnection", _AtOnce(connection))))
    except Exception as failed:
        connection.exec_driver_sql("ROLLBACK TO job")
        answer = failed
    connection.exec_driver_sql("RELEASE job")
    return answer


def _run(steps: Coroutine[Any, Any, Any]) -> Any:
    try:
        steps.send(None)
    except StopIteration as ended:
        return ended.value
    steps.close()
    raise RuntimeError("work in a group commit may wait for nothing but its transaction")
