"""Notices by e-mail against a real mail server: asked for, confirmed, told, tried again, stopped."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.booking.window import Window
from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.channels.email import EmailChannel, Mail
from bot.store.database import Database
from bot.usecases.mailing import TRY_AGAIN_AFTER, Mailing
from bot.vendors.smtp import SmtpClient
from tests.support.asking import WITH_MAIL, asking
from tests.support.clocks import TUESDAY
from tests.support.link_page import Holder
from tests.support.mail_server import MailServer
from tests.support.ports import free_port
from tests.support.products import BUSINESS, LINKS, SLOT, World

ADDRESS = "yumi@example.jp"
NEXT = Window(start=SLOT.end, end=SLOT.end + timedelta(minutes=30))
MAIL = Mail(subject="s", text="t", language="ja", sender_name="みなと", unsubscribe="https://call.example.jp/m/stop/x")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


def channel_to(port: int) -> EmailChannel:
    client = SmtpClient(host="127.0.0.1", port=port, security="none", timeout_s=0.5)
    return EmailChannel(client, sender="callback@example.jp")


@pytest.fixture
async def world(sqlite: Database, server: MailServer) -> World:
    world = World(sqlite)
    world.notices._mail = Mailing(sqlite, channel_to(server.port), business=BUSINESS, key=LINKS)
    return world


@pytest.fixture
async def http(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(world, tmp_path, WITH_MAIL) as client:
        yield client


def text_of(server: MailServer, index: int = -1) -> str:
    return str(server.taken[index][1].get_content())


def path_in(text: str, what: str) -> str:
    found = re.search(rf"https://call\.example\.jp(/m/{what}/\S{{28}})", text)
    assert found is not None, text
    return found[1]


async def press(http: httpx.AsyncClient, path: str) -> httpx.Response:
    """The one button of a page behind a link in an e-mail."""
    page = await http.get(path)
    mark = re.search(r'name="mark" value="([\w-]+)"', page.text)
    assert mark is not None
    return await http.post(path, data={"mark": mark[1]})


async def confirmed(world: World, http: httpx.AsyncClient, server: MailServer, **fields: str) -> Holder:
    """A booking whose customer reads at ADDRESS; what was sent so far is forgotten."""
    holder = Holder(http, await world.book())
    await holder.press("email", address=ADDRESS, **fields)
    await world.send_notices()
    assert "メールアドレスを確認しました" in (await press(http, path_in(text_of(server), "confirm"))).text
    server.taken.clear()
    return holder


async def test_nothing_but_the_question_goes_to_an_address_before_it_is_confirmed(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    made = await world.book()
    holder = Holder(http, made)
    asked = await holder.press("email", address=ADDRESS)
    assert asked.status_code == 303
    assert "y•••@example.jp に確認のメールをお送りします。" in (await holder.look("/email")).text
    await world.send_notices()
    await world.bookings.move(made.reference, NEXT, now=world.now)
    await world.send_notices()
    ((to, message),) = server.taken
    assert to == message["To"] == ADDRESS
    assert message["From"] == "みなと家電サポート <callback@example.jp>"
    text = text_of(server)
    assert LINKS.path(made) not in text
    assert made.reference not in text.replace(path_in(text, "confirm"), "").replace(path_in(text, "stop"), "")


async def test_opening_the_link_confirms_nothing_and_pressing_the_button_does(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    made = await world.book()
    await Holder(http, made).press("email", address=ADDRESS)
    await world.send_notices()
    path = path_in(text_of(server), "confirm")
    for method in ("GET", "HEAD", "GET"):
        answer = await http.request(method, path)
        assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")
    known = await world.emails.of(made)
    assert known is not None
    assert not known.is_active
    assert (await http.post(path, headers={"Origin": "https://evil.example"})).status_code == 403
    assert (await http.post(path, data={"mark": "x"})).status_code == 200
    known = await world.emails.of(made)
    assert known is not None
    assert not known.is_active
    await press(http, path)
    known = await world.emails.of(made)
    assert known is not None
    assert known.is_active


@pytest.mark.parametrize("instead", [False, True])
async def test_notices_go_to_the_address_too_or_instead(
    world: World, http: httpx.AsyncClient, server: MailServer, instead: bool
) -> None:
    holder = await confirmed(world, http, server, **({"instead": "yes"} if instead else {}))
    await holder.pressed("move", time=NEXT.start.isoformat())
    texts = await world.send_notices() + await world.send_notices()
    assert len(texts) == (0 if instead else 1)
    ((_, message),) = server.taken
    assert message["Subject"] == "【みなと家電サポート】11月24日(火) 15:30のお電話について"
    assert "お電話の時間を11月24日(火) 15:30〜16:00に変更しました。" in text_of(server)
    assert holder.path in text_of(server)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert await world.send_notices() == []
    assert len(server.taken) == 1


async def test_one_click_in_the_mail_program_stops_it_and_text_messages_go_on(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    holder = await confirmed(world, http, server, instead="yes")
    await holder.pressed("move", time=NEXT.start.isoformat())
    await world.send_notices()
    await world.send_notices()
    unsubscribe = path_in(server.taken[-1][1]["List-Unsubscribe"], "stop")
    assert (await http.get(unsubscribe)).status_code == 200
    foreign = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    answer = await http.post(unsubscribe, content="List-Unsubscribe=One-Click", headers=foreign)
    assert "メールを停止しました" in answer.text
    server.taken.clear()
    await holder.pressed("cancel")
    assert len(await world.send_notices()) == 1
    await world.send_notices()
    assert server.taken == []


async def test_a_server_that_asks_for_patience_is_asked_again_and_one_that_refuses_is_not(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    holder = await confirmed(world, http, server, instead="yes")
    server.at_rcpt.extend(["450 later", "250 OK", "550 no such user"])
    await holder.pressed("move", time=NEXT.start.isoformat())
    await world.send_notices()
    await world.send_notices()
    assert server.taken == []
    world.clock.pass_by(seconds=TRY_AGAIN_AFTER.total_seconds())
    await world.send_notices()
    assert len(server.taken) == 1
    await holder.pressed("cancel")
    texts = [text for _ in range(3) for text in await world.send_notices()]
    assert len(server.taken) == 1
    assert ["取り消しました" in text for text in texts] == [True]  # by SMS, once the address has refused


async def test_nobody_is_flooded_and_no_address_is_taken_that_is_none(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    holder = Holder(http, await world.book())
    wrong = await holder.press("email", address="yumi@example.jp\r\nBcc: victim@example.jp")
    assert wrong.status_code == 422
    assert "メールアドレスとして確認できませんでした" in wrong.text
    answers = []
    for _ in range(4):
        world.clock.pass_by(seconds=1)
        answers.append((await holder.press("email", address=ADDRESS)).status_code)
    assert answers == [303, 303, 303, 422]
    await world.send_notices()
    assert {to for to, _ in server.taken} == {ADDRESS}


async def test_links_of_e_mails_are_no_use_to_anybody_else(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    holder = await confirmed(world, http, server)
    made = (await world.bookings.listing())[0]
    stop, confirm = (LINKS.mail_path(made, what, ADDRESS) for what in ("stop", "confirm"))
    wrong = [
        stop.replace("stop", "confirm"), confirm.replace("confirm", "stop"), holder.path.replace("/c/", "/m/stop/"),
        LINKS.mail_path(made, "stop", "other@example.jp"), "/m/stop/" + "x" * 22 + made.reference, "/m/stop/x",
    ]  # fmt: skip
    answers = [await http.request(method, path) for path in wrong for method in ("GET", "POST")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert (await http.get(stop.replace("/m/stop/", "/c/"))).status_code == 404
    known = await world.emails.of(made)
    assert known is not None
    assert known.is_active


async def test_without_a_mail_server_nothing_offers_it(world: World, tmp_path: Path) -> None:
    async with asking(world, tmp_path) as http:
        made = await world.book()
        holder = Holder(http, made)
        assert "メールで受け取る" not in (await holder.look()).text
        assert 'name="email"' not in (await http.get("/form")).text
        answer = await http.post(f"{holder.path}/email", data={"mark": LINKS.mark(made, "email"), "address": ADDRESS})
        assert answer.status_code == 409
        assert await world.emails.of(made) is None


async def test_the_form_takes_an_address_and_asks_there_once(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    token = re.search(r'name="token" value="([\w-]{43})"', (await http.get("/form")).text)
    assert token is not None
    fields = {
        "token": token[1], "topic": "general", "times_of": "general", "reason": "洗濯機が回りません", "do": "book",
        "phone_number": "090-1234-5678", "time": SLOT.start.isoformat(),
    }  # fmt: skip
    wrong = await http.post("/form", data={**fields, "email": "yumi@"})
    assert wrong.status_code == 422
    assert "メールアドレスとして確認できませんでした" in wrong.text
    for _ in range(2):
        assert (await http.post("/form", data={**fields, "email": ADDRESS})).status_code == 303
    await world.send_notices()
    assert [to for to, _ in server.taken] == [ADDRESS]


@pytest.mark.parametrize(
    ("at_rcpt", "at_data", "answer"),
    [
        ("250 OK", "250 taken", Sent),
        ("450 later", "", NotSent(code=450, try_later=True)),
        ("550 nobody", "", NotSent(code=550, try_later=False)),
        ("250 OK", "452 full", NotSent(code=452, try_later=True)),
        ("250 OK", "554 spam", NotSent(code=554, try_later=False)),
        ("250 OK", "close", MaybeSent),
        ("250 OK", "hang", MaybeSent),
    ],
)
async def test_every_answer_of_a_mail_server_says_whether_it_may_be_sent_again(
    server: MailServer, at_rcpt: str, at_data: str, answer: object
) -> None:
    server.at_rcpt.append(at_rcpt)
    server.at_data.append(at_data)
    told = await channel_to(server.port).send(ADDRESS, MAIL, now=TUESDAY)
    assert told == answer or (isinstance(answer, type) and isinstance(told, answer))


async def test_a_server_that_is_not_there_has_surely_taken_nothing() -> None:
    assert await channel_to(free_port()).send(ADDRESS, MAIL, now=TUESDAY) == NotSent(code=0, try_later=True)


async def test_a_server_that_is_away_is_asked_once_in_a_while_and_holds_up_no_text_message(
    world: World, http: httpx.AsyncClient, server: MailServer
) -> None:
    holder = await confirmed(world, http, server)
    away = free_port()
    tries: list[int] = []
    channel = channel_to(away)

    class Counted(EmailChannel):
        async def send(self, to: str, mail: Mail, *, now: datetime) -> Sent | NotSent | MaybeSent:
            tries.append(1)
            return await channel.send(to, mail, now=now)

    world.notices._mail = Mailing(
        world.database, Counted(channel._client, sender="callback@example.jp"), business=BUSINESS, key=LINKS
    )
    await holder.pressed("move", time=NEXT.start.isoformat())
    await holder.pressed("cancel")
    texts = [text for _ in range(3) for text in await world.send_notices()]
    assert len(texts) == 1
    second = await world.book(phone_number="+819011112222")
    await Holder(http, second).press("email", address="other@example.jp")
    for _ in range(3):
        await world.send_notices()
    assert tries == [1]
    world.notices._mail = Mailing(world.database, channel_to(server.port), business=BUSINESS, key=LINKS)
    world.clock.pass_by(seconds=TRY_AGAIN_AFTER.total_seconds())
    await world.send_notices()
    assert sorted(to for to, _ in server.taken) == ["other@example.jp", ADDRESS]
