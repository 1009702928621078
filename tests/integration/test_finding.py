"""The callback manager: what is found by which words, in which order, page by page, and what is taken away."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.callback import Channel, Status
from bot.store.database import Database
from bot.usecases.finding import Finding, Order, Place, Wanted
from tests.support.desk import DeskServer, Office, Visitor, serving
from tests.support.products import NUMBER, NUMBERS, number

PAGE = "/desk/callbacks"


@pytest.fixture
async def office(database: Database) -> Office:
    """Three callbacks, half an hour apart."""
    office = await Office(database).open()
    await office.has("A", name="佐藤 由美", attention="late")
    await office.has(
        "B", name="Smith 100%", language="en", channel=Channel.LINE, status=Status.UNREACHED,
        window_shift=timedelta(minutes=30), phone_number=number(1),
    )  # fmt: skip
    await office.has("C", name=None, window_shift=timedelta(minutes=60), phone_number=number(2))
    return office


@pytest.fixture
async def server(office: Office, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with serving(office, tmp_path) as running:
        yield running


def finding(office: Office) -> Finding:
    return Finding(office.world.database, numbers=NUMBERS)


async def letters(office: Office, wanted: Wanted, order: Order = "window") -> str:
    """The first letters of the references that are found, in two-by-two pages."""
    read: str = ""
    after: Place | None = None
    while True:
        page = await finding(office).page(wanted, order=order, after=after, limit=2)
        read, after = read + "".join(callback.reference[0] for callback in page.callbacks), page.after
        if after is None:
            assert page.total == len(read)
            return read


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a7q4mn", "A"), ("090-1234-5678", "A"),
        ("０９０１２３４５６７８", "A"), (NUMBER, "A"), ("+81 90 1234 5678", "A"),
        ("5678", "A"), ("由美", "A"), ("smith", "B"), ("0%", "B"), ("%", "B"), ("_", ""), ("678", ""), ("nobody", ""),
        ("' OR 1=1 --", ""),
    ],
)  # fmt: skip
async def test_words_find_a_reference_a_number_in_any_writing_or_a_name(
    office: Office, words: str, expected: str
) -> None:
    assert await letters(office, finding(office).said(Wanted(), words)) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), "ABC"),
        (Wanted(status="unreached"), "B"),
        (Wanted(attention="late"), "A"),
        (Wanted(language="en"), "B"),
        (Wanted(channel="line"), "B"),
        (Wanted(topic="nothing"), ""),
        (Wanted(status="booked", language="ja"), "AC"),
    ],
)
async def test_what_is_asked_for_narrows_it_down(office: Office, wanted: Wanted, expected: str) -> None:
    assert await letters(office, wanted) == expected


async def test_the_time_bounds_the_beginning_of_the_promise(office: Office) -> None:
    begin = (await office.read(await office.has("D", window_shift=timedelta(minutes=90)))).window.start
    half = timedelta(minutes=30)
    assert await letters(office, Wanted(start=begin - 2 * half, end=begin)) == "BC"


async def test_it_is_told_in_the_order_asked_for_also_where_many_begin_at_once(office: Office) -> None:
    for letter in "DEFGH":
        await office.has(letter, phone_number=number(ord(letter)))
    rising = await letters(office, Wanted())
    assert (len(rising), set(rising)) == (8, set("ABCDEFGH"))
    assert await letters(office, Wanted(), "latest") == rising[::-1]
    await office.world.bookings.cancel("C7Q4MN", now=office.now + timedelta(hours=1))
    assert (await letters(office, Wanted(), "updated"))[0] == "C"


async def table(server: DeskServer, query: str = "") -> list[list[str]]:
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    answer = await visitor.get(f"/desk/callbacks.csv?lang=en&{query}")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))


async def test_a_table_is_taken_away_with_masked_numbers_and_full_ones_are_audited(
    office: Office, server: DeskServer
) -> None:
    await office.has("D", name='=HYPERLINK("x")', reason="Call 090-1234-5678", window_shift=timedelta(minutes=90))
    rows = await table(server)
    assert [row[0] for row in rows] == ["Reference", "A7Q4MN", "B7Q4MN", "C7Q4MN", "D7Q4MN"]
    assert rows[4][1:3] == ['\'=HYPERLINK("x")', "•••••••5678"]
    assert "1234" not in str(rows)
    assert (await table(server, "numbers=full&status=booked"))[1][2] == "090-1234-5678"
    told = [(entry.actor, entry.facts) for entry in await office.audit.listing(action="exported", limit=9)]
    assert told == [("hana", '{"numbers": "full"}'), ("hana", '{"numbers": "masked"}')]


async def test_a_search_is_not_narrowed_by_a_day_that_nobody_typed(office: Office, server: DeskServer) -> None:
    await office.has("P", name="Old Friend", window_shift=timedelta(days=-30), phone_number=number(9))
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    from_today = (await visitor.get(f"{PAGE}?from=")).text
    assert 'name="from" type="date" value=""' in from_today
    assert "Old Friend" not in from_today
    assert "Old Friend" in (await visitor.get(f"{PAGE}?q=friend&from=")).text


async def test_the_page_is_for_supervisors_and_keeps_what_was_asked_for(server: DeskServer) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("sakura")
    assert [(await visitor.get(path)).status_code for path in (PAGE, "/desk/callbacks.csv")] == [403, 403]
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    page = (await visitor.get(f"{PAGE}?q=%3Cb%3E&status=booked")).text
    assert 'value="&lt;b&gt;"' in page
    assert "当てはまる折り返しはありません。" in page
    assert "佐藤 由美" in (await visitor.get(f"{PAGE}?q=%E7%94%B1%E7%BE%8E")).text


@pytest.mark.parametrize(
    "query", ["after=x", "after=2026-01-01+a", "from=99999", "until=9999-12-31", "sort=no", "q=%00"]
)
async def test_a_spoilt_address_is_read_as_far_as_it_can_be(server: DeskServer, query: str) -> None:
    visitor = Visitor(server.url)
    await visitor.log_in("hana")
    assert (await visitor.get(f"{PAGE}?{query}")).status_code == 200


async def test_too_many_are_said_to_be_many_and_read_page_by_page_all_the_same(office: Office) -> None:
    few_at_once = Finding(office.world.database, numbers=NUMBERS, counts_at_most=2)
    page = await few_at_once.page(Wanted(), order="updated", after=None, limit=2)
    assert (page.total, page.many, page.counts, len(page.callbacks)) == (2, 2, {}, 2)
    rest = await few_at_once.page(Wanted(), order="updated", after=page.after, limit=2)
    assert len({one.id for one in (*page.callbacks, *rest.callbacks)}) == 3
    one = await few_at_once.page(Wanted(reference="A7Q4MN"), order="updated", after=None, limit=2)
    assert (one.total, one.many, one.counts) == (1, None, {"booked": 1})
