"""The simulated carrier keeps to a pace, as the real one does: faster calls wait, and too many at once are refused."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from bot.simulator.ledger import Ledger
from tests.support.simulator_stage import BUSINESS, Stage, stage

NUMBERS = [f"+81901234567{index}" for index in range(4)]


@pytest.fixture
async def paced(tmp_path: Path) -> AsyncIterator[Stage]:
    """A call in a hundred seconds, which no slow machine can miss, and three at once."""
    async with stage(tmp_path, calls_per_second=0.01, calls_at_once=3) as play:
        yield play


async def test_calls_over_the_pace_wait_in_line_and_say_for_how_long(paced: Stage) -> None:
    sids = [await paced.call(number) for number in NUMBERS[:3]]
    waits = [int((await paced.fetch(sid)).queue_time) for sid in sids]
    assert waits[0] == 0
    assert 0 < waits[1] <= 100_000 < waits[2] <= 200_000
    await paced.rings(NUMBERS[0])
    assert not paced.handset(NUMBERS[1])["ringing"]
    await paced.pass_time(100)
    await paced.rings(NUMBERS[1])
    assert (await paced.fetch(sids[2])).status == "queued"


async def test_a_call_that_waits_in_line_can_be_cancelled_and_never_rings(paced: Stage) -> None:
    await paced.call(NUMBERS[0])
    sid = await paced.call(NUMBERS[1])
    await paced.do(lambda: paced.twilio.calls(sid).update(status="canceled"))
    assert (await paced.ends(sid)).status == "canceled"
    await paced.pass_time(500)
    assert not paced.handset(NUMBERS[1])["ringing"]


async def test_more_calls_than_the_account_may_have_at_once_are_refused(paced: Stage) -> None:
    for number in NUMBERS[:3]:
        await paced.call(number)
    with pytest.raises(TwilioRestException) as refused:
        await paced.do(lambda: paced.twilio.calls.create(to=NUMBERS[3], from_=BUSINESS, url=f"{paced.base}/voice"))
    assert refused.value.code == 10004


async def test_the_refusal_can_be_had_as_a_fault(paced: Stage) -> None:
    (await paced.http.put("/faults", json={"calls": {"10004": 1}})).raise_for_status()
    with pytest.raises(TwilioRestException) as refused:
        await paced.call(NUMBERS[0])
    assert refused.value.code == 10004


def test_books_of_an_earlier_version_are_read_on(tmp_path: Path) -> None:
    path = tmp_path / "carrier.db"
    Ledger(path).close()
    with sqlite3.connect(path) as books:
        books.execute("ALTER TABLE calls DROP COLUMN queue_time_ms")
    ledger = Ledger(path)
    assert ledger.calls() == []
    ledger.close()
