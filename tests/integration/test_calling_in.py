"""Customers who call: from a handset of the simulated carrier through its signed webhooks, as any carrier would."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.booking.callback import Channel, Kind, Status
from bot.booking.reference import keyed
from bot.booking.topic import Topic
from bot.store import callbacks, ledger
from bot.store.database import Database
from bot.usecases.call_steps import AskCaller
from bot.usecases.inbound import Inbound, InboundPolicy
from tests.support.callers import Caller
from tests.support.clocks import tokyo
from tests.support.databases import SqliteFiles
from tests.support.products import BUSINESS, NUMBER, NUMBERS, SLOT, World, office_hours, rules_of
from tests.support.telephone import PATIENCE_S, Telephone, telephone

LANDLINE = "+81312345678"
WITHHELD = "+266696687"
"""As Twilio writes an anonymous caller."""
TOLL_FREE = "+81120444444"


@asynccontextmanager
async def business(tmp_path: Path, files: SqliteFiles, **changed: Any) -> AsyncIterator[Telephone]:
    async with telephone(tmp_path, await files.fresh(tmp_path), **changed) as phone:
        yield phone


@pytest.fixture
async def phone(tmp_path: Path, sqlite_files: SqliteFiles) -> AsyncIterator[Telephone]:
    """A business that takes calls, on a Tuesday at ten."""
    async with business(tmp_path, sqlite_files) as phone:
        yield phone


async def test_a_caller_keeps_their_place_and_hangs_up(phone: Telephone) -> None:
    caller = Caller(phone)
    await caller.call("みなと家電サポート", "待ち時間は", "1を押してください", "For English, press 9.")
    await caller.press("1", "末尾が5 6 7 8")
    said = await caller.press("1", "承りました")
    [made] = await caller.booked()
    assert " ".join(made.reference) in said
    assert (made.kind, made.channel, made.reason, made.language) == (
        Kind.ASAP,
        Channel.VOICE,
        "電話でのお問い合わせ",
        "ja",
    )
    assert await caller.is_over()


async def test_a_wait_is_told_only_as_the_line_tells_it(phone: Telephone) -> None:
    for index in range(4):
        await phone.book(window=None, phone_number=f"+8190111100{index:02d}")
    minutes = re.search(r"およそ(\d+)分", await Caller(phone).call("待ち時間は"))
    assert minutes
    assert int(minutes[1]) > 10


async def test_a_time_is_chosen_by_key_in_english_for_another_number(phone: Telephone) -> None:
    caller = Caller(phone)
    await caller.call()
    await caller.press("9", "Thank you for calling Minato Home Support.", "日本語は9を押してください。")
    await caller.press("2")
    await caller.press("2", "enter the phone number")
    await caller.press("0312345678#", "0 3 1 2 3 4 5 6 7 8")
    first = await caller.press("1", "press 1")
    second = await caller.press("9", "press 1")
    assert second != first
    await caller.press("2", "You are booked.")
    [made] = await Caller(phone, LANDLINE).booked()
    assert (made.kind, made.language, made.reason) == (Kind.SCHEDULED, "en", "Phone enquiry")


async def test_outside_the_hours_the_call_is_promised_for_the_opening(phone: Telephone) -> None:
    phone.carrier.set_clock({"now": tokyo("2026-11-24 20:00").isoformat()})
    caller = Caller(phone, LANDLINE)
    await caller.call("営業時間外です", "11月25日水曜日9時からお電話します")
    await caller.press("1")
    await caller.press("1", "11月25日水曜日9時にお電話します")
    [made] = await caller.booked()
    assert (made.kind, made.window.start) == (Kind.AFTER_HOURS, tokyo("2026-11-25 09:00"))


@pytest.mark.parametrize(("number", "words"), [(WITHHELD, "折り返しのお電話番号を"), (TOLL_FREE, "フリーダイヤル")])
async def test_a_number_that_is_withheld_or_not_allowed_is_asked_for_another(
    phone: Telephone, number: str, words: str
) -> None:
    caller = Caller(phone, number)
    await caller.call()
    assert words in await caller.press("1")
    await caller.press("110#", "緊急用の番号には")
    await caller.press("12#", "電話番号として確認できません")
    await caller.press("09012345678#", "0 9 0 1 2 3 4 5 6 7 8")


async def test_known_incidents_are_said_first(tmp_path: Path, sqlite_files: SqliteFiles) -> None:
    told = '[{ja = "停電のため、お電話が混み合っています。", en = "There is a power cut."}]'
    async with business(tmp_path, sqlite_files, incidents=told) as phone:
        caller = Caller(phone)
        said = await caller.call("停電のため", "待ち時間は")
        assert said.index("停電のため") < said.index("待ち時間は")
        await caller.press("9", "There is a power cut.")


async def test_who_hangs_up_while_waiting_gets_the_link_once_an_hour(phone: Telephone) -> None:
    for caller in (Caller(phone), Caller(phone), Caller(phone, LANDLINE)):
        await caller.call()
        await caller.hang_up()
        await phone.until(lambda: not phone.handset(caller.number)["in_call"])  # noqa: B023 (awaited in the loop)
        await _sent(phone)
    assert [text for text in Caller(phone).texts if "/form?lang=ja" in text] == Caller(phone).texts
    assert len(Caller(phone).texts) == 1
    assert Caller(phone, LANDLINE).texts == []


async def _sent(phone: Telephone) -> None:
    """Wait until the carrier has told that the call is over, and what follows from it was done."""
    async with asyncio.timeout(PATIENCE_S):
        while not await phone.product.inbound.send_due(now=phone.now):  # noqa: ASYNC110 (the report comes by HTTP)
            await asyncio.sleep(0.01)
    await phone.pass_time(5.0)


async def test_who_wants_no_text_messages_or_has_a_promise_gets_no_link(phone: Telephone) -> None:
    await phone.product.consent.stop(NUMBER, calls=False, now=phone.now)
    other = "+819099998888"
    await phone.book(phone_number=other)
    for caller in (Caller(phone), Caller(phone, other)):
        await caller.call()
        await caller.hang_up()
        await _sent(phone)
        assert not any("/form" in text for text in caller.texts)


async def test_who_withholds_their_number_and_hangs_up_gets_no_link(phone: Telephone) -> None:
    caller = Caller(phone, WITHHELD)
    await caller.call()
    await caller.hang_up()
    await _sent(phone)
    assert caller.texts == []
    assert await phone.product.inbound.send_due(now=phone.now) == 0


async def test_a_promise_is_told_by_its_time_alone_and_moved_after_the_code(phone: Telephone) -> None:
    made = await phone.book(name="佐藤")
    caller = Caller(phone)
    said = await caller.call("お約束のお電話は、11月24日火曜日15時です", "For English")
    assert made.reason not in said
    assert "佐藤" not in said
    await caller.press("3", "6桁のコード")
    code = await caller.code()
    await caller.press(("1" if code[0] != "1" else "2") + code[1:] + "#", "番号が違います")
    await caller.press(code + "#", "ご希望の時間を")
    await caller.press("3", "変更しました")
    moved = await phone.read(made)
    assert moved.window.start != SLOT.start
    assert moved.status == Status.BOOKED


async def test_a_promise_to_a_landline_is_cancelled_by_the_keys_of_its_reference(phone: Telephone) -> None:
    made = await phone.book(phone_number=LANDLINE)
    caller = Caller(phone, LANDLINE)
    await caller.call()
    await caller.press("4", "受付番号を押し")
    await caller.press(keyed(made.reference) + "#", "取り消します")
    await caller.press("1", "取り消しました")
    assert (await phone.read(made)).status == Status.CANCELLED


async def test_a_made_up_number_cannot_try_out_references(phone: Telephone) -> None:
    made = await phone.book(phone_number=LANDLINE)
    wrong = "".join(str((int(key) + 1) % 10) for key in keyed(made.reference))
    for tries, words in ((3, "確認できませんでした"), (2, "番号が違います")):
        caller = Caller(phone, LANDLINE)
        await caller.call()
        await caller.press("4")
        for _ in range(tries - 1):
            await caller.press(wrong + "#", "番号が違います")
        await caller.press(wrong + "#", words)
        await (caller.is_over() if tries == 3 else caller.hang_up())
    caller = Caller(phone, LANDLINE)
    await caller.call()
    await caller.press("4", "しばらくお電話では変更できません")
    assert (await phone.read(made)).status == Status.BOOKED


async def test_who_wanted_no_calls_is_called_again_by_their_own_word(phone: Telephone) -> None:
    await phone.product.consent.stop(NUMBER, calls=True, now=phone.now)
    caller = Caller(phone)
    await caller.call()
    await caller.press("1")
    await caller.press("1", "お申し出により停止しています")
    assert await caller.booked() == []
    await caller.press("1", "承りました")
    [made] = await caller.booked()
    async with phone.product.database.read() as tx:
        assert await ledger.opted_out(tx, NUMBER) == (True, False)
        assert "calls_resumed" in [what for _, what, _ in await callbacks.history(tx, made.id)]


async def test_the_topic_is_chosen_by_key_where_there_are_several(sqlite: Database) -> None:
    rules = rules_of(office_hours())
    world = World(sqlite, rules=replace(rules, topics={**rules.topics, "repair": rules.topics["general"]}))
    topics = (Topic(id="general", names={"ja": "製品", "en": "Products"}),
              Topic(id="repair", names={"ja": "修理", "en": "Repairs"}))  # fmt: skip
    policy = InboundPolicy(incidents={}, topics=lambda: topics, form_url="https://call.example.jp/form")
    inbound = Inbound(
        sqlite, world.bookings, world.identity, world.sms, business=BUSINESS, numbers=NUMBERS, policy=policy
    )
    await inbound.begin("CA1", NUMBER, now=world.now)
    asked = await inbound.pressed("CA1", "number", "1", {"wish": "soonest"}, now=world.now)
    assert isinstance(asked, AskCaller)
    assert asked.lines[0].text == "ご用件をお選びください。製品は1、 修理は2、押してください。"
    await inbound.pressed("CA1", asked.step, "2", asked.query, now=world.now)
    async with sqlite.read() as tx:
        [made] = await callbacks.of_number(tx, NUMBER)
    assert (made.topic, made.reason) == ("repair", "電話でのお問い合わせ（修理）")


async def test_a_step_that_is_delivered_twice_books_once(phone: Telephone) -> None:
    inbound, now = phone.product.inbound, phone.now
    for _ in range(2):
        await inbound.begin("CA1", NUMBER, now=now)
    await inbound.pressed("CA1", "menu", "1", {}, now=now)
    answers: list[Any] = [await inbound.pressed("CA1", "number", "1", {"wish": "soonest"}, now=now) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(await Caller(phone).booked()) == 1
    assert await inbound.send_due(now=now + timedelta(hours=1)) == 0
