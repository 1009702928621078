"""Our LINE channel with LINE's own SDK against the simulated LINE on a real server: free replies first, pushes once."""

import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.window import Window
from bot.channels import line_menu
from bot.channels.channel import Answer, Choice, MaybeSent, NotSent, Sent
from bot.channels.line import QUOTA_READ_EVERY_S, LineChannel
from bot.channels.seals import Seals
from bot.vendors.line import LineClient, LineRefused, LineSilent, Quota
from bot.wording import names
from tests.support.clocks import TOKYO, tokyo
from tests.support.line_stage import HANAKO, SECRET, TOKEN, LineStage, line_stage

START = tokyo("2026-11-25 15:00")
HELLO = Answer(texts=("こんにちは",), choices=(Choice(title="はい", value="はい"),), language="ja", key="1")
TIMES = Answer(
    texts=("いつがよろしいですか？",),
    choices=(Choice(title="できるだけ早く", value="できるだけ早く"),),
    language="ja",
    key="times",
    more=tuple(
        Window(start=START + index * timedelta(hours=5), end=START + index * timedelta(hours=5, minutes=6))
        for index in range(30)
    ),
    until=START + timedelta(days=14),
)


class Business:
    """Our side: the client and the channel, with a stopwatch that stands still."""

    def __init__(self, base_url: str) -> None:
        self.client = LineClient(channel_secret=SECRET, access_token=TOKEN, base_url=base_url)
        self.passed_s = 0.0
        self.channel = LineChannel(self.client, seals=Seals(SECRET), timezone=TOKYO, stopwatch=lambda: self.passed_s)


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[LineStage]:
    async with line_stage(tmp_path) as stage:
        await stage.befriend()
        yield stage


@pytest.fixture
def ours(play: LineStage) -> Business:
    return Business(play.host)


async def used(ours: Business) -> int:
    return (await ours.client.quota()).used


async def test_an_answer_is_a_free_reply_while_its_token_is_good_and_a_push_after(
    play: LineStage, ours: Business
) -> None:
    token = await play.says("もしもし")
    assert isinstance(await ours.channel.answer(HANAKO, HELLO, reply=token), Sent)
    assert await used(ours) == 0
    assert isinstance(await ours.channel.answer(HANAKO, replace(HELLO, key="2"), reply=token), Sent)
    assert await used(ours) == 1
    assert isinstance(await ours.channel.answer(HANAKO, replace(HELLO, key="2"), reply=None), Sent)  # the same again
    assert await used(ours) == 1
    assert (await play.texts()).count("こんにちは") == 2


async def test_a_carousel_of_times_is_one_that_line_takes(play: LineStage, ours: Business) -> None:
    token = await play.says("もしもし")
    assert isinstance(await ours.channel.answer(HANAKO, TIMES, reply=token), Sent)
    assert await used(ours) == 0


@pytest.mark.parametrize("fault", ["push_500", "push_500_after"])
async def test_a_push_that_meets_an_error_is_sent_again_under_its_key_and_read_once(
    play: LineStage, ours: Business, fault: str
) -> None:
    await play.show_faults(**{fault: 0.5, "seed": 3})
    outcomes = [await ours.channel.answer(HANAKO, replace(HELLO, key=str(n)), reply=None) for n in range(8)]
    await play.show_faults()
    sent = sum(isinstance(outcome, Sent) for outcome in outcomes)
    assert sent >= 4
    read = (await play.texts()).count("こんにちは")
    assert sent <= read <= 8
    assert await used(ours) == read


async def test_when_the_month_is_used_up_nothing_is_pushed_and_the_caller_is_told(
    play: LineStage, ours: Business
) -> None:
    await play.show_faults(quota=2)
    assert await ours.client.quota() == Quota(limit=2, used=0)
    outcomes = [await ours.channel.send(HANAKO, f"{n}") for n in range(3)]
    assert [type(outcome) for outcome in outcomes] == [Sent, Sent, NotSent]
    assert outcomes[2] == NotSent(code=429, try_later=False)
    await play.show_faults(quota=5)
    assert isinstance(await ours.channel.send(HANAKO, "still"), NotSent)
    ours.passed_s += QUOTA_READ_EVERY_S + 1
    assert isinstance(await ours.channel.send(HANAKO, "again"), Sent)


async def test_errors_are_sorted_into_refused_and_silent(play: LineStage, ours: Business) -> None:
    with pytest.raises(LineRefused) as refused:
        await ours.client.reply("no such token", [{"type": "text", "text": "x"}])
    assert (refused.value.status, refused.value.try_later) == (400, False)
    other = LineClient(channel_secret=SECRET, access_token="other", base_url=play.host)
    with pytest.raises(LineRefused) as refused:
        await other.quota()
    assert refused.value.status == 401
    await play.show_faults(push_500=1.0)
    with pytest.raises(LineSilent):
        await ours.client.push(HANAKO, [{"type": "text", "text": "x"}], retry_key=str(uuid.uuid4()))
    assert isinstance(await ours.channel.answer(HANAKO, HELLO, reply=None), MaybeSent)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        nobody = Business(f"http://127.0.0.1:{sock.getsockname()[1]}")
        with pytest.raises(LineRefused) as refused:
            await nobody.client.quota()
        assert (refused.value.status, refused.value.try_later) == (0, True)
        assert await nobody.channel.answer(HANAKO, HELLO, reply=None) == NotSent(code=0, try_later=True)
        await nobody.channel.show_work(HANAKO)


async def test_somebody_sees_that_an_answer_is_on_its_way(play: LineStage, ours: Business) -> None:
    await ours.channel.show_work(HANAKO)
    assert (await play.chat())["loading_until"]


async def test_the_menu_is_made_once_and_replaces_its_elders(play: LineStage, ours: Business) -> None:
    elder = line_menu.menu() | {"name": "orikaeshi-elder"}
    somebody_elses = line_menu.menu() | {"name": "campaign"}
    for menu in (elder, somebody_elses):
        await ours.client.add_rich_menu(menu, line_menu.PICTURE.read_bytes())
    assert await line_menu.set_up(ours.client)
    assert not await line_menu.set_up(ours.client)
    assert set(await ours.client.rich_menus()) == {"campaign", line_menu.menu()["name"]}
    assert (await play.chat())["rich_menu"]
    for label in line_menu.AREAS.values():
        await play.act("tap", button=label)
    await play.eventually(lambda: len(play.events("postback")) == 4)
    assert [event["postback"]["data"] for event in play.events("postback")] == [
        f"{line_menu.PRESSED}{area}" for area in line_menu.AREAS
    ]


def test_what_the_menu_says_is_worded_in_both_languages() -> None:
    for area in line_menu.AREAS:
        assert {f"chat.{area}_words"} <= names("ja") & names("en")
