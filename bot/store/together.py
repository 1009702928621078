"""Many short writes in one commit: each commit waits for the disk, and one wait is enough for all."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

MOST_AT_ONCE = 64
MOST_TRIES = 3
Work = Callable[[Any], Coroutine[Any, Any, Any]]


class Collision(Exception):
    """Somebody else stored the same name first: look again, and decide anew."""


class DriverFault(Exception):
    """A statement failed, and with it everything in the transaction. `kind` decides what can be done about it."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class Spoilt(Exception):
    """The job at `index` failed after it had written: it must go, and whatever else the transaction held, again."""

    def __init__(self, index: int, cause: Exception) -> None:
        super().__init__("A job failed after it had written.")
        self.index = index
        self.cause = cause


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Job:
    """Something to write, and who waits for what comes of it.

    Two jobs of one name never share a transaction, nor run at the same time in two processes. `order` is the same for
    all processes, so that no two wait for each other.
    """

    work: Work
    name: str
    order: tuple[str, ...]
    waiter: "asyncio.Future[Any]"


class Batches(Protocol):
    """How a database runs several jobs in one transaction."""

    async def commit(self, jobs: list[Job]) -> list[Any]:
        """What each job returned, or raised before it had written anything, once all is on the disk.

        Raises Spoilt and DriverFault with nothing kept. A commit that fails is everybody's answer.
        """

    async def close(self) -> None:
        """Give the connection back."""


class GroupCommit:
    """Writes for all who wait, in one transaction after the other; each job fails alone."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._waiting: list[Job] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, work: Work, *, name: str, order: tuple[str, ...] = ()) -> Any:
        """What `work` returns, once it is on the disk; raises what it raised, with nothing of it kept.

        Raises Collision when another transaction stored a name first that `work` stores too.
        """
        job = Job(work=work, name=name, order=order, waiter=asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_waiting())
        return await job.waiter

    async def close(self) -> None:
        """Finish what was asked for and give the connection back."""
        if self._task:
            await self._task
        await self._batches.close()

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            for job, answer in zip(batch, await self._settle(batch), strict=True):
                if job.waiter.done():  # whoever asked has gone meanwhile; what was written stays
                    continue
                if isinstance(answer, Exception):
                    job.waiter.set_exception(answer)
                else:
                    job.waiter.set_result(answer)

    def _next_batch(self) -> list[Job]:
        """Those who have waited longest, one of each name."""
        batch: dict[str, Job] = {}
        rest: list[Job] = []
        for job in self._waiting:
            if len(batch) < MOST_AT_ONCE and job.name not in batch:
                batch[job.name] = job
            else:
                rest.append(job)
        self._waiting = rest
        return sorted(batch.values(), key=lambda job: job.order)

    async def _settle(self, jobs: list[Job]) -> list[Any]:
        """The answer to each job: what it returned or raised."""
        if not jobs:
            return []
        try:
            return await self._batches.commit(jobs)
        except Spoilt as spoilt:
            rest = await self._settle([*jobs[: spoilt.index], *jobs[spoilt.index + 1 :]])
            return [*rest[: spoilt.index], spoilt.cause, *rest[spoilt.index :]]
        except DriverFault as fault:
            if len(jobs) == 1:
                return [await self._alone(jobs[0], fault)]
            # Nobody knows whose statement it was: one transaction for each, then.
            return [answer for job in jobs for answer in await self._settle([job])]
        except Exception as failed:  # the database is away
            return [failed] * len(jobs)

    async def _alone(self, job: Job, fault: DriverFault) -> Any:
        for _ in range(MOST_TRIES):
            if fault.kind != "deadlock":
                break
            try:
                (answer,) = await self._batches.commit([job])
            except DriverFault as again:
                fault = again
            except Spoilt as spoilt:
                return spoilt.cause
            except Exception as failed:  # the database is away
                return failed
            else:
                return answer
        return Collision() if fault.kind == "collision" else SQLAlchemyError(str(fault))
