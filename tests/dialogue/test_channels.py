"""One conversation on every channel: the same talk ends in the same state; what a channel knows is not asked again."""

import itertools
import re
from collections.abc import AsyncIterator

import pytest

from bot.booking.callback import Status
from bot.usecases.identity import Identity
from bot.wiring import Product
from bot.wording import say
from bot.wording.segments import segments
from tests.support.carriers import ScriptedSms
from tests.support.clocks import tokyo
from tests.support.correspondents import PEOPLE, BySms, OnLine, OnThePhone, OnTheWeb, Person, Writer

NUMBERS = (f"+81807{index:03d}0001" for index in itertools.count())


@pytest.fixture
def number() -> str:
    return next(NUMBERS)


def spoken(number: str) -> str:
    """As people write it."""
    return f"0{number[3:5]}-{number[5:9]}-{number[9:]}"


@pytest.fixture(params=PEOPLE, ids=lambda person: person.channel)
async def person(request: pytest.FixtureRequest, product: Product, number: str) -> AsyncIterator[Person]:
    made: Person = request.param(product, number)
    await made.open()
    yield made
    await made.leave()


@pytest.fixture
async def sms(product: Product, number: str) -> AsyncIterator[BySms]:
    made = BySms(product, number)
    yield made
    await made.leave()


async def when(person: Person) -> list[tuple[str, Status]]:
    """What is booked for them: the time in business time, and how it stands."""
    tz = person.product.business.timezone
    return [
        (f"{callback.window.start.astimezone(tz):%m-%d %H:%M}", callback.status) for callback in await person.bookings()
    ]


async def book(person: Writer) -> None:
    """Everything in one message where the channel does not know the number, and a yes."""
    await person.say(f"洗濯機が動かない。明日の15時に{spoken(person.number)}へ電話してください")
    await person.say("はい")


async def test_the_same_talk_ends_in_the_same_state(person: Person) -> None:
    await person.books(tokyo("2026-11-25 15:00"))
    assert await when(person) == [("11-25 15:00", Status.BOOKED)]
    (callback,) = await person.bookings()
    assert (callback.channel, callback.phone_number) == (person.channel, person.number)
    assert callback.name == ("山田" if isinstance(person, Writer) else None)  # nobody spells a name by keys
    await person.moves(tokyo("2026-11-26 10:00"))
    assert await when(person) == [("11-26 10:00", Status.BOOKED)]
    await person.checks(tokyo("2026-11-26 10:00"))
    await person.cancels()
    assert await when(person) == []
    assert (await person.product.bookings.find(callback.reference)).status == Status.CANCELLED


async def test_what_was_booked_by_phone_is_moved_by_sms_unasked(product: Product, sms: BySms) -> None:
    caller = OnThePhone(product, sms.number)
    await caller.open()
    try:
        await caller.books(tokyo("2026-11-25 15:00"))
        await sms.moves(tokyo("2026-11-26 10:00"))
        await caller.checks(tokyo("2026-11-26 10:00"))
    finally:
        await caller.leave()


async def test_an_unknown_sender_books_with_their_own_number_unasked(sms: BySms) -> None:
    said = [await sms.say(text) for text in ("冷蔵庫が冷えないので電話をください", "スキップ", "明日の15時")]
    assert not any("番号を教えて" in answer for answer in said)
    assert f"***{sms.number[-4:]}" in said[-1]
    await sms.say("1")
    assert await when(sms) == [("11-25 15:00", Status.BOOKED)]


async def test_a_whole_booking_by_sms_costs_few_parts(sms: BySms) -> None:
    for text in ("冷蔵庫が冷えないので電話をください", "スキップ", "明日の15時", "1"):
        await sms.say(text)
    costs = [segments(text) for _, text in sms.phone.texts]
    assert len(costs) == 4
    assert max(costs) <= 2
    assert sum(costs) <= 7


async def test_offered_times_are_chosen_by_their_numbers(sms: BySms) -> None:
    await sms.say("冷蔵庫が冷えないので電話をください")
    offered = await sms.say("スキップ")
    assert "\n1 11/24(火)" in offered
    second = next(line for line in offered.splitlines() if line.startswith("2 "))
    repeated = await sms.say("２番")
    month, day = second[2:].split("(")[0].split("/")
    assert f"{month}月{day}日" in repeated
    assert segments(repeated) <= 2


async def test_a_reply_is_about_the_right_booking_and_asks_which_of_several(product: Product, sms: BySms) -> None:
    web = OnTheWeb(product, sms.number)
    await web.open()
    await book(web)
    assert "変更しました" in await sms.say("明日の10時にして")
    assert await when(sms) == [("11-25 10:00", Status.BOOKED)]
    await web.open()
    await book(web)
    assert "どのご予約" in await sms.say("明後日の16時に変更して")
    await sms.say("2")
    assert await when(sms) == [("11-25 10:00", Status.BOOKED), ("11-26 16:00", Status.BOOKED)]


async def test_a_yes_to_a_reminder_keeps_the_booking(product: Product, sms: BySms) -> None:
    web = OnTheWeb(product, sms.number)
    await web.open()
    await book(web)
    assert "ご予約はそのまま" in await sms.say("はい、お願いします")
    assert await when(sms) == [("11-25 15:00", Status.BOOKED)]


async def test_what_was_booked_by_sms_is_proved_by_code_on_the_web(product: Product, sms: BySms) -> None:
    await book(sms)
    web = OnTheWeb(product, sms.number)
    await web.open()
    assert "受付番号" in await web.say("予約を確認したい")


@pytest.fixture
async def line(product: Product, number: str) -> AsyncIterator[OnLine]:
    made = OnLine(product, number)
    yield made
    await made.leave()


async def code_for(product: Product) -> str:
    """What the phone receives."""
    phone = ScriptedSms()
    await Identity(product.database, phone, business=product.business).send_due(now=product.clock.now())
    found = re.search(r"\d{6}", phone.texts[-1][1])
    assert found
    return found[0]


async def test_a_number_that_is_proved_once_on_line_is_known_there_from_then_on(product: Product, line: OnLine) -> None:
    web = OnTheWeb(product, line.number)
    await web.open()
    await book(web)
    await line.say("予約を確認したい")
    await line.say(spoken(line.number))
    assert "11月25日(水) 15:00" in await line.say(await code_for(product))
    assert "変更しました" in await line.say("明後日の10時にして")
    assert await when(line) == [("11-26 10:00", Status.BOOKED)]
    await line.say("もう一件、冷蔵庫の音がうるさいので電話をください")
    said = [await line.say(text) for text in ("スキップ", "明日の9時")]
    assert not any("番号を教えて" in answer for answer in said)
    assert f"•••{line.number[-4:]}" in said[-1]


async def test_a_tap_on_a_time_books_what_it_shows(line: OnLine) -> None:
    for text in ("洗濯機が動かないので電話がほしい", "スキップ", spoken(line.number)):
        await line.say(text)
    offer = line.talks.last
    assert len({window.start.date() for window in offer.more}) == 5
    start = offer.more[-1].start
    repeated = await line.does(kind="slot", offer=offer.offer, start=start.isoformat())
    assert "よろしいですか" in repeated
    await line.say("はい")
    (callback,) = await line.bookings()
    assert callback.window.start == start
    assert "終了しました" in await line.does(kind="slot", offer=offer.offer, start=offer.more[0].start.isoformat())
    assert [one.window for one in await line.bookings()] == [callback.window]


@pytest.mark.parametrize("reply", ["やめます", "できるだけ早く"])
async def test_what_the_quick_replies_under_the_times_say_is_understood(line: OnLine, reply: str) -> None:
    for text in ("洗濯機が動かないので電話がほしい", "スキップ", spoken(line.number)):
        await line.say(text)
    answer = await line.say(reply)
    assert ("よろしいですか" in answer) == (reply == "できるだけ早く")
    assert "わかりません" not in answer


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("電話の予約をお願いします", "ご用件"),
        ("予約を確認したい", "受付番号"),
        ("担当者と話したい", "0120"),
        ("予約を変更したい", "受付番号"),
    ],
)
async def test_what_the_menu_says_is_understood(line: OnLine, words: str, told: str) -> None:
    assert told in await line.say(words)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("book", "about"),
        ("check", "reference"),
        ("move", "reference"),
        ("person", "0120"),
    ],
)
async def test_what_the_menu_says_in_english_is_understood(line: OnLine, words: str, told: str) -> None:
    assert told in await line.say(say(f"chat.{words}_words", "en"))


async def test_an_english_talk_on_line_offers_times_and_is_left_with_one_tap(line: OnLine) -> None:
    for text in ("My washing machine is broken, please call me", "Skip", spoken(line.number)):
        await line.say(text)
    offer = line.talks.last
    assert (offer.language, offer.expects) == ("en", "preferred_slot")
    assert offer.more
    await line.say(say("chat.leave_words", "en"))
    assert line.talks.last.expects is None


async def test_a_second_friendly_word_after_booking_by_sms_costs_one_message(sms: BySms) -> None:
    await book(sms)
    assert len(await when(sms)) == 1
    before = len(sms.phone.texts)
    await sms.say("ありがとうございます")
    assert len(sms.phone.texts) - before == 1
