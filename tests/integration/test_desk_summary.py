"""The card's summary and its hints: made of what was booked and changed, and of nothing else."""

from datetime import timedelta

import pytest

from bot.booking.callback import Status
from bot.booking.window import Window
from bot.gateway.desk.summary import identity_hints, summary
from bot.gateway.desk.words import Words
from bot.store.database import Database
from bot.usecases.ratings import Ratings
from tests.support.clocks import TOKYO
from tests.support.desk import Office
from tests.support.products import SLOT, number

LATER = Window(start=SLOT.start + timedelta(hours=1), end=SLOT.end + timedelta(hours=1))


@pytest.fixture
async def office(sqlite: Database) -> Office:
    return await Office(sqlite).open()


async def told(office: Office, reference: str) -> tuple[list[str], list[str]]:
    dossier = await office.desk.dossier(reference, reader=await office.agent(), now=office.now)
    words = Words("en", tz=TOKYO, now=office.now)
    return summary(dossier, words), identity_hints(dossier, words)


async def test_a_first_request_without_changes_is_one_sentence(office: Office) -> None:
    booked = await office.world.book(SLOT)
    lines, hints = await told(office, booked.reference)
    assert lines == ["Asked at 10:00 AM (API)."]
    assert len(hints) == 2
    assert booked.reference not in " ".join(hints)


async def test_what_happened_is_told_and_numbers_are_masked(office: Office) -> None:
    await office.has("E", window_shift=-timedelta(days=7), reason="前回の相談")
    booked = await office.world.book(SLOT, name="佐藤", company="佐藤商店", alternate_phone_number=number(7))
    await office.world.bookings.move(booked.reference, LATER, now=office.now)
    await office.hangs_up(await office.dials(booked), "no-answer")
    lines, hints = await told(office, booked.reference)
    text = " ".join(lines)
    assert "Moved 1×." in text
    assert "Called 1× before; last: No answer." in text
    assert "前回の相談" in text
    assert number(7) not in text
    assert len(hints) == 4
    assert "佐藤" not in " ".join(hints)  # ask, never tell


async def test_what_the_customer_thought_of_the_call_is_told_with_their_last_words(office: Office) -> None:
    spoken = await office.has("S", status=Status.COMPLETED)
    ratings = Ratings(office.world.database)
    await ratings.rate(spoken.reference, 2, comment="長く待ちました <b>", now=office.now)
    await ratings.rate(spoken.reference, 4, now=office.now)
    lines, _ = await told(office, spoken.reference)
    assert lines[1:] == ["The call was rated 4 of 5.", "What was said of it: “長く待ちました <b>”"]
