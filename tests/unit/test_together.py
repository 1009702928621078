"""Many writes in one commit: who shares it, and what becomes of the others when one fails."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.store.together import MOST_AT_ONCE, MOST_TRIES, Collision, DriverFault, GroupCommit, Job, Spoilt


class FakeBatches:
    """Notes which jobs came together; `faults` are raised for a job that holds the name."""

    def __init__(self, faults: dict[str, Callable[[int], Exception]] | None = None, *, times: int = 1_000) -> None:
        self.commits: list[list[str]] = []
        self._faults = faults or {}
        self._times = times

    async def commit(self, jobs: list[Job]) -> list[Any]:
        self.commits.append([job.name for job in jobs])
        await asyncio.sleep(0)
        for index, job in enumerate(jobs):
            if job.name in self._faults and self._times > 0:
                self._times -= 1
                raise self._faults[job.name](index)
        return [await job.work(None) for job in jobs]

    async def close(self) -> None:
        """Nothing to give back."""


async def written(
    batches: FakeBatches, *names: str, order: Callable[[str], tuple[str, ...]] = lambda _: ()
) -> list[Any]:
    """What each of these gets; all ask at once."""
    group = GroupCommit(batches)

    def job(name: str) -> Any:
        async def work(_tx: Any) -> str:
            return f"{name} is stored"

        return group.write(work, name=name, order=order(name))

    answers = await asyncio.gather(*(job(name) for name in names), return_exceptions=True)
    await group.close()
    return answers


async def test_all_who_ask_at_once_share_a_commit_in_the_common_order_and_no_name_comes_twice_in_one() -> None:
    batches = FakeBatches()
    answers = await written(batches, "b", "a", "b", "c", order=lambda name: (name,))
    assert answers == ["b is stored", "a is stored", "b is stored", "c is stored"]
    assert batches.commits == [["a", "b", "c"], ["b"]]


async def test_a_commit_has_no_more_jobs_than_are_allowed_and_the_others_come_next() -> None:
    batches = FakeBatches()
    await written(batches, *(f"{index:03d}" for index in range(MOST_AT_ONCE + 5)))
    assert [len(commit) for commit in batches.commits] == [MOST_AT_ONCE, 5]


async def test_a_job_that_failed_after_it_had_written_goes_and_the_others_are_written_without_it() -> None:
    batches = FakeBatches({"b": lambda index: Spoilt(index, ValueError("too late"))})
    first, second, third = await written(batches, "a", "b", "c")
    assert (first, third) == ("a is stored", "c is stored")
    assert isinstance(second, ValueError)
    assert batches.commits == [["a", "b", "c"], ["a", "c"]]


async def test_when_a_statement_fails_each_is_written_alone_and_only_the_guilty_one_is_told() -> None:
    batches = FakeBatches({"b": lambda _: DriverFault("collision", "UNIQUE constraint failed")})
    first, second, third = await written(batches, "a", "b", "c")
    assert (first, third) == ("a is stored", "c is stored")
    assert isinstance(second, Collision)


@pytest.mark.parametrize(("times", "is_stored"), [(1, True), (MOST_TRIES, True), (MOST_TRIES + 2, False)])
async def test_who_waited_for_each_other_for_ever_tries_again_a_few_times(times: int, is_stored: bool) -> None:
    batches = FakeBatches({"a": lambda _: DriverFault("deadlock", "deadlock detected")}, times=times)
    (answer,) = await written(batches, "a")
    assert (answer == "a is stored") == is_stored
    assert is_stored or isinstance(answer, SQLAlchemyError)


async def test_a_database_that_is_away_is_everybodys_answer() -> None:
    batches = FakeBatches({"a": lambda _: OSError("no route")})
    answers = await written(batches, "a", "b")
    assert all(isinstance(answer, OSError) for answer in answers)
    assert len(batches.commits) == 1


async def test_somebody_who_stops_waiting_keeps_nobody_else_from_being_told() -> None:
    batches = FakeBatches()
    group = GroupCommit(batches)

    async def work(_tx: Any) -> str:
        return "stored"

    gone = asyncio.create_task(group.write(work, name="a"))
    stays = asyncio.create_task(group.write(work, name="b"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == "stored"
    await group.close()
