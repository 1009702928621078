"""The booking form as a browser without scripts sends it: the same rules and the same protection as the chat."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.booking.callback import Callback, Channel, Kind
from bot.gateway.form.pages import texts
from bot.settings import load
from bot.store import callbacks, ledger
from bot.store.database import Database
from tests.support.asking import SETTINGS, asking
from tests.support.clocks import tokyo
from tests.support.products import NUMBER, ROOT, SLOT, World, number, settings_of

TOKEN = re.compile(r'name="token" value="([\w-]{43})"')
TWO_TOPICS = '[[topics]]\nid = "repair"\nname_ja = "修理"\nname_en = "Repairs"\n[topics.hours]\nmonday = []\n\n[urgent]'
STRANGER = ("203.0.113.7", 50_000)


class Customer:
    """A browser without scripts at the form."""

    def __init__(self, http: httpx.AsyncClient, *, language: str = "ja") -> None:
        self.http = http
        self.address = f"/form?lang={language}"

    async def open(self) -> str:
        """The empty form."""
        answer = await self.http.get(self.address)
        assert answer.status_code == 200
        return answer.text

    async def send(self, page: str | None = None, **changes: str) -> httpx.Response:
        """Fill in the form and press the button; `changes` are what differs from a good one."""
        fields = self.filled(page or await self.open(), **changes)
        return await self.http.post(self.address, data=fields)

    def filled(self, page: str, **changes: str) -> Mapping[str, str]:
        token = TOKEN.search(page)
        assert token is not None
        good = {
            "token": token[1], "topic": "general", "times_of": "general", "reason": "洗濯機が回りません",
            "name": "佐藤 由美", "phone_number": "090-1234-5678", "time": SLOT.start.isoformat(), "do": "book",
        }  # fmt: skip
        return good | changes


@pytest.fixture
async def world(sqlite: Database) -> World:
    return World(sqlite)


@pytest.fixture
def settings() -> str:
    """The settings file of these tests."""
    return SETTINGS


@pytest.fixture
async def http(world: World, settings: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway over the test's own world."""
    async with asking(world, tmp_path, settings) as client:
        yield client


@pytest.fixture
def customer(http: httpx.AsyncClient) -> Customer:
    return Customer(http)


async def stored(world: World) -> list[Callback]:
    async with world.database.read() as tx:
        return await callbacks.listing(tx)


async def test_what_is_sent_is_booked_and_told(world: World, customer: Customer) -> None:
    sent = await customer.send()
    (made,) = await stored(world)
    assert (made.window, made.channel, made.language, made.phone_number) == (SLOT, Channel.FORM, "ja", NUMBER)
    assert (made.reason, made.name, made.topic, made.kind) == (
        "洗濯機が回りません",
        "佐藤 由美",
        "general",
        Kind.SCHEDULED,
    )
    assert sent.status_code == 303
    page = (await customer.http.get(sent.headers["location"])).text
    for told in ("ご予約を承りました", "11月24日(火) 15:00〜15:30", "•••••••5678", made.reference, "SMS"):
        assert told in page
    assert NUMBER not in page
    assert [text for text in await world.send_notices() if made.reference in text]


async def test_both_languages_have_the_same_sentences() -> None:
    said = [{(section, name) for section, table in texts(lang).items() for name in table} for lang in ("ja", "en")]
    assert said[0] == said[1]


async def test_in_english_everything_is_english(world: World, http: httpx.AsyncClient) -> None:
    english = Customer(http, language="en")
    page = await english.open()
    assert '<html lang="en">' in page
    assert "3:00 PM–3:30 PM" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert not re.search(r"[ぁ-んァ-ン]", page.replace("日本語", ""))
    assert (await english.send(page, reason="My washer is broken")).status_code == 303
    assert [callback.language for callback in await stored(world)] == ["en"]


async def test_sent_twice_at_once_it_books_once_and_both_answers_are_the_same(world: World, customer: Customer) -> None:
    page = await customer.open()
    answers = await asyncio.gather(*(customer.send(page) for _ in range(8)))
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, answers[0].headers["location"])
    }
    assert len(await stored(world)) == 1


async def test_gone_back_to_and_changed_it_asks_before_it_books_again(world: World, customer: Customer) -> None:
    page = await customer.open()
    await customer.send(page)
    again = await customer.send(page, reason="別の用件です")
    assert again.status_code == 409
    assert "この画面からのご予約は完了しています" in again.text
    assert "別の用件です" in again.text
    assert (await customer.send(again.text, reason="別の用件です")).status_code == 303
    assert len(await stored(world)) == 2


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"reason": ""}, "reason", "ご用件をお書きください。"),
        ({"reason": "コンセントから煙が出ています"}, "urgent", "今すぐ 0120-000-000 へ"),
        ({"phone_number": "12345"}, "phone_number", "電話番号として確認できません"),
        ({"phone_number": "+1 212 555 0123"}, "phone_number", "その国や地域"),
        ({"time": ""}, "time", "ご希望の時間をお選びください。"),
        ({"time": "2026-11-24T15:10:00+09:00"}, "time", "その時間にはお電話できません"),
        ({"time": "2999-12-31T15:00:00+09:00"}, "time", "その時間にはお電話できません"),
        ({"topic": "nonsense"}, "topic", "種類をお選びください"),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    world: World, customer: Customer, changes: dict[str, str], field: str, says: str
) -> None:
    answer = await customer.send(**changes)
    assert answer.status_code in (409, 422)
    assert answer.text.count(says) == 2 or field == "topic"  # in the summary and beside the field
    assert "入力をご確認ください:" in answer.text
    typed = {"reason": "洗濯機が回りません", "name": "佐藤 由美", "phone_number": "090-1234-5678"} | changes
    for name in ("reason", "name", "phone_number"):
        assert html.escape(typed[name]) in answer.text
    assert await stored(world) == []


async def test_a_full_time_is_answered_with_others_and_what_was_typed_stays(world: World, customer: Customer) -> None:
    page = await customer.open()
    for index in range(3):
        await world.book(phone_number=number(index))
    answer = await customer.send(page)
    assert answer.status_code == 409
    assert "その時間は埋まりました" in answer.text
    near = re.findall(r'id="time-near-\d" name="time" value="([^"]+)"', answer.text)
    assert len(near) == 3
    assert SLOT.start.isoformat() not in answer.text
    assert "洗濯機が回りません" in answer.text
    assert (await customer.send(answer.text, time=near[0])).status_code == 303


async def test_only_free_times_are_offered_by_day(world: World, customer: Customer) -> None:
    for index in range(3):
        await world.book(phone_number=number(index))
    page = await customer.open()
    offered = re.findall(r'name="time" value="([^"]+)"', page)
    free = [slot.window.start.isoformat() for slot in await world.bookings.slots(now=world.now) if slot.free]
    assert offered == ["soonest", *free]
    assert "11月24日(火)" in page
    assert "11月23日" not in page


@pytest.mark.parametrize(
    ("now", "hint", "kind"),
    [
        ("2026-11-24 15:02", "いまのお申し込みで、11月24日(火) 15:05ごろの見込みです", Kind.ASAP),
        ("2026-11-24 19:00", "11月25日(水) 9:00の営業開始後すぐ", Kind.AFTER_HOURS),
    ],
)
async def test_the_soonest_is_told_as_what_it_is(
    world: World, customer: Customer, now: str, hint: str, kind: Kind
) -> None:
    world.clock.moment = tokyo(now)
    assert hint in await customer.open()
    assert (await customer.send(time="soonest")).status_code == 303
    assert [callback.kind for callback in await stored(world)] == [kind]


async def test_something_urgent_gets_the_hotline_and_may_be_booked_all_the_same(
    world: World, customer: Customer
) -> None:
    answer = await customer.send(reason="停電して冷蔵庫が止まりました")
    assert 'href="tel:0120-000-000"' in answer.text
    assert await stored(world) == []
    assert (
        await customer.send(answer.text, reason="停電して冷蔵庫が止まりました", urgent_anyway="yes")
    ).status_code == 303


async def test_as_many_open_bookings_as_in_the_chat(world: World, customer: Customer) -> None:
    for _ in range(3):
        assert (await customer.send()).status_code == 303
    answer = await customer.send(time="2026-11-25T15:00:00+09:00")
    assert answer.status_code == 409
    assert "すでに3件のご予約があります" in answer.text


async def test_a_number_that_wants_no_calls_is_not_booked(world: World, customer: Customer) -> None:
    async with world.database.write() as tx:
        await ledger.set_consent(tx, NUMBER, do_not_call_at=world.now)
    answer = await customer.send()
    assert (answer.status_code, await stored(world)) == (422, [])
    assert "お電話を差し上げない設定" in answer.text


async def test_the_form_shows_nothing_of_other_bookings_of_the_number(world: World, customer: Customer) -> None:
    other = await world.book(reason="秘密の用件", channel=Channel.WEB)
    page = (await customer.http.get((await customer.send()).headers["location"])).text
    assert other.reference not in page
    assert "秘密の用件" not in page


@pytest.mark.parametrize("token", ["x", "A" * 43, "../form", "%00" * 43])
async def test_a_made_up_address_shows_no_booking(customer: Customer, token: str) -> None:
    await customer.send()
    answer = await customer.http.get(f"/form/booked/{token}")
    assert answer.status_code == 404
    assert "5678" not in answer.text


async def test_what_was_cancelled_meanwhile_is_not_told_as_booked(world: World, customer: Customer) -> None:
    sent = await customer.send()
    (made,) = await stored(world)
    await world.bookings.cancel(made.reference, now=world.now)
    page = (await customer.http.get(sent.headers["location"])).text
    assert "この予約は終了しています" in page
    assert made.reference not in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_send_the_form(world: World, customer: Customer, headers: dict[str, str]) -> None:
    fields = customer.filled(await customer.open())
    answer = await customer.http.post(customer.address, data=fields, headers=headers)
    assert (answer.status_code, await stored(world)) == (403, [])
    assert "洗濯機が回りません" in answer.text


async def test_our_own_page_can(world: World, customer: Customer) -> None:
    fields = customer.filled(await customer.open())
    own = {"Origin": "http://gateway", "Sec-Fetch-Site": "same-origin"}
    assert (await customer.http.post(customer.address, data=fields, headers=own)).status_code == 303


async def test_whoever_sends_too_often_waits_and_loses_nothing(world: World, http: httpx.AsyncClient) -> None:
    transport: Any = http._transport
    transport.client = STRANGER
    customer = Customer(http)
    page = await customer.open()
    answers = [await customer.send(page, phone_number="1") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [422] * 20 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20
    assert "洗濯機が回りません" in answers[-1].text
    assert "秒ほど待ってから" in answers[-1].text


async def test_hostile_words_are_only_words(customer: Customer) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = await customer.send(reason=hostile, name=hostile, phone_number="x" + hostile, time=hostile, topic=hostile)
    assert "<script" not in answer.text
    assert html.escape(hostile, quote=False)[2:] in answer.text


async def test_by_default_only_our_own_pages_may_frame_it(customer: Customer) -> None:
    answer = await customer.http.get(customer.address)
    assert "frame-ancestors 'self';" in answer.headers["content-security-policy"] + ";"
    assert "x-frame-options" not in answer.headers
    assert "frame-ancestors 'none'" in (await customer.http.get("/")).headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


class TestEmbedded:
    """On a site that the settings name."""

    @pytest.fixture
    def settings(self) -> str:
        told = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
        return told.replace("embed_on = []", 'embed_on = ["https://www.example.jp"]')

    async def test_the_site_may_frame_the_form_and_nothing_else(self, customer: Customer) -> None:
        policy = (await customer.http.get(customer.address)).headers["content-security-policy"]
        assert "frame-ancestors 'self' https://www.example.jp" in policy
        for path in ("/", "/desk/login"):
            assert "example.jp" not in (await customer.http.get(path)).headers["content-security-policy"]


class TestSeveralTopics:
    """Each topic has its own times."""

    @pytest.fixture
    def settings(self) -> str:
        told = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
        return told.replace("[urgent]", TWO_TOPICS, 1)

    @pytest.fixture
    async def world(self, sqlite: Database, settings: str, tmp_path: Path) -> World:
        file = tmp_path / "rules.toml"
        file.write_text(settings, encoding="utf-8")
        rules = load(settings_of(tmp_path, ORIKAESHI_SETTINGS=str(file))).for_rules()
        return World(sqlite, rules=rules)

    async def test_the_times_of_a_topic_are_shown_on_request_and_nothing_is_booked_by_that(
        self, world: World, customer: Customer
    ) -> None:
        page = await customer.open()
        assert "修理" in page
        assert "11月30日(月)" in page
        answer = await customer.send(page, topic="repair", do="times", phone_number="")
        assert answer.status_code == 200
        assert "11月30日(月)" not in answer.text
        assert "11月27日(金)" in answer.text
        assert "洗濯機が回りません" in answer.text
        assert 'name="times_of" value="repair"' in answer.text
        assert await stored(world) == []
        assert (await customer.send(answer.text, topic="repair", times_of="repair")).status_code == 303
        assert [callback.topic for callback in await stored(world)] == ["repair"]

    async def test_a_time_of_another_topic_is_not_booked(self, world: World, customer: Customer) -> None:
        answer = await customer.send(topic="repair", times_of="general", time="2026-11-30T10:00:00+09:00")
        assert (answer.status_code, await stored(world)) == (422, [])
        assert "種類が変わりました" in answer.text
