"""A booking of another talk is told, moved and cancelled only after the code that its phone received."""

import itertools
import re
from collections.abc import AsyncIterator, Callable

import pytest

from bot.booking.callback import Callback, Status
from bot.usecases.identity import Identity
from bot.wiring import Product
from tests.support.assistant import Talk
from tests.support.carriers import ScriptedSms

STEPS = ("プリンターが動かない", "スキップ", "{number}", "明日の15時", "はい")
NUMBERS = (f"080-6{index:03d}-0002" for index in itertools.count())


class Phones:
    """Every phone's inbox: codes go out when the bell rings."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._sms = ScriptedSms()
        self._identity = Identity(product.database, self._sms, business=product.business)

    async def texts(self) -> list[tuple[str, str]]:
        await self._identity.send_due(now=self._product.clock.now())
        return self._sms.texts

    async def code(self) -> str:
        found = re.search(r"\d{6}", (await self.texts())[-1][1])
        assert found
        return found[0]


@pytest.fixture
def phones(product: Product) -> Phones:
    return Phones(product)


Told = tuple[Callback, str]


@pytest.fixture
async def booked(product: Product) -> AsyncIterator[Told]:
    """A callback from an earlier talk, and its number as people write it."""
    earlier, number = Talk(product), next(NUMBERS)
    await earlier.open()
    for line in STEPS:
        await earlier.say(line.replace("{number}", number))
    (callback,) = await earlier.bookings()
    yield callback, number
    await product.bookings.cancel(callback.reference, now=product.clock.now())


async def status(product: Product, callback: Callback) -> tuple[Status, str]:
    now = await product.bookings.find(callback.reference)
    return now.status, f"{now.window.start.astimezone(product.business.timezone):%m-%d %H:%M}"


BY_REFERENCE: Callable[[Callback, str], str] = lambda callback, number: callback.reference  # noqa: E731  # a table's cell
BY_NUMBER: Callable[[Callback, str], str] = lambda callback, number: number  # noqa: E731  # a table's cell


@pytest.mark.parametrize("named", [BY_REFERENCE, BY_NUMBER], ids=["by its reference", "by the number alone"])
async def test_it_is_told_after_the_code_and_never_its_reason(
    named: Callable[[Callback, str], str], booked: Told, product: Product, phones: Phones
) -> None:
    talk = Talk(product)
    await talk.open()
    await talk.say("予約の確認をしたい")
    assert talk.turn.expects == "phone_number"
    await talk.say(named(*booked))
    assert talk.turn.expects == "verification_code"
    assert "15:00" not in talk.text
    await talk.say(await phones.code())
    assert "11月25日(水) 15:00" in talk.text
    assert "プリンター" not in talk.text
    assert talk.turn.callback is not None
    assert talk.turn.callback.reference == booked[0].reference
    assert talk.turn.callback.reason == ""


async def test_it_is_cancelled_after_the_code_and_one_question(booked: Told, product: Product, phones: Phones) -> None:
    talk = Talk(product)
    await talk.open()
    await talk.say(f"受付番号{booked[0].reference}の予約をキャンセルしたいです")
    assert talk.turn.expects == "verification_code"
    await talk.say(await phones.code())
    assert talk.turn.expects == "confirmation"
    assert (await status(product, booked[0]))[0] == Status.BOOKED
    await talk.say("はい")
    assert (await status(product, booked[0]))[0] == Status.CANCELLED


async def test_it_is_moved_after_the_code(booked: Told, product: Product, phones: Phones) -> None:
    talk = Talk(product, "en")
    await talk.open()
    for line in ("I want to move my booking", f"my number is {booked[1]}"):
        await talk.say(line)
    assert talk.turn.expects == "verification_code"
    await talk.say(f"it's {await phones.code()}")
    assert talk.turn.expects == "preferred_slot"
    await talk.say("Friday at 10am")
    assert await status(product, booked[0]) == (Status.BOOKED, "11-27 10:00")


@pytest.mark.parametrize("named", ["Z7Z7Z7", "090-9999-0000"])
async def test_what_nobody_booked_is_answered_alike_and_sends_nothing(
    named: str, booked: Told, product: Product, phones: Phones
) -> None:
    said = []
    for claim in (booked[0].reference, named):
        talk = Talk(product)
        await talk.open()
        await talk.say("予約をキャンセルしたい")
        await talk.say(claim)
        said.append((talk.text, talk.turn.expects))
        await phones.texts()
        await talk.say("000000")
        said.append((talk.text, talk.turn.expects))
    assert said[:2] == said[2:]
    assert len(await phones.texts()) == 1


async def test_wrong_codes_open_nothing_and_the_sixth_try_is_too_many(
    booked: Told, product: Product, phones: Phones
) -> None:
    talk = Talk(product)
    await talk.open()
    await talk.say("予約をキャンセルしたい")
    await talk.say(booked[1])
    code = await phones.code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(4):
        await talk.say(wrong)
        assert talk.turn.expects == "verification_code"
    await talk.say(wrong)
    assert "回数" in talk.text
    await talk.say(code)
    assert talk.turn.callback is None
    assert (await status(product, booked[0]))[0] == Status.BOOKED


async def test_a_code_is_sent_anew_on_request_and_the_earlier_one_counts_no_more(
    booked: Told, product: Product, phones: Phones
) -> None:
    talk = Talk(product)
    await talk.open()
    await talk.say("予約の確認をしたい")
    await talk.say(booked[1])
    first = await phones.code()
    await talk.say("届きません")
    assert talk.turn.expects == "verification_code"
    assert len(await phones.texts()) == 2
    second = await phones.code()
    await talk.say(first)
    assert first == second or "違う" in talk.text
    await talk.say(second)
    assert "15:00" in talk.text


async def test_a_question_in_between_is_answered_and_the_code_asked_again(
    booked: Told, product: Product, phones: Phones
) -> None:
    talk = Talk(product)
    await talk.open()
    await talk.say("予約の確認をしたい")
    await talk.say(booked[1])
    await talk.say("営業時間は何時までですか？")
    assert "9:00" in talk.text
    assert talk.turn.expects == "verification_code"


async def test_the_fourth_code_of_an_hour_is_not_sent(booked: Told, product: Product, phones: Phones) -> None:
    talk = Talk(product)
    await talk.open()
    await talk.say("予約の確認をしたい")
    await talk.say(booked[1])
    for _ in range(3):
        await talk.say("再送してください")
    assert "1時間に3回" in talk.text
    own = "+81" + booked[1].replace("-", "")[1:]
    assert [number for number, _ in await phones.texts()].count(own) == 3
