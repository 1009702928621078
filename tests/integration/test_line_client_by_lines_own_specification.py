"""Everything that we send to LINE, judged by LINE's own OpenAPI document: Prism in LINE's place, and before the
simulated LINE. LINE_OPENAPI_DIR is the folder of github.com/line/line-openapi."""

import os
import uuid
from pathlib import Path

import pytest

from bot.channels import line_menu
from bot.channels.channel import MaybeSent, NotSent, Sent
from bot.channels.line import LineChannel
from bot.channels.seals import Seals
from bot.vendors.line import LineClient, LineRefused, LineSilent
from tests.integration.test_line_client import HELLO, TIMES, Business
from tests.support.clocks import TOKYO
from tests.support.judge import mock, need_prism, proxy
from tests.support.line_stage import HANAKO, SECRET, TOKEN, line_stage

TEXT = [{"type": "text", "text": "こんにちは"}]


@pytest.fixture(scope="module")
def document() -> Path:
    """LINE's messaging-api.yml."""
    folder = os.environ.get("LINE_OPENAPI_DIR")
    if not folder or not (Path(folder) / "messaging-api.yml").is_file():
        pytest.skip("LINE_OPENAPI_DIR must name the folder with LINE's messaging-api.yml")
    need_prism()
    return Path(folder) / "messaging-api.yml"


def preferring(url: str, code: int) -> LineClient:
    """A client that asks Prism for this very answer."""
    client = LineClient(channel_secret=SECRET, access_token=TOKEN, base_url=url)
    client.always_send("Prefer", f"code={code}")
    return client


async def test_line_itself_would_take_everything_that_we_send(document: Path) -> None:
    async with mock(document) as url:
        client = LineClient(channel_secret=SECRET, access_token=TOKEN, base_url=url)
        channel = LineChannel(client, seals=Seals(SECRET), timezone=TOKYO)
        await client.show_loading(HANAKO)
        await client.quota()
        await client.rich_menus()
        await client.add_rich_menu(line_menu.menu(), line_menu.PICTURE.read_bytes())
        for answer in (HELLO, TIMES):
            assert isinstance(await channel.answer(HANAKO, answer, reply="token"), Sent)
            assert isinstance(await channel.answer(HANAKO, answer, reply=None), Sent)
        assert isinstance(await channel.send(HANAKO, "こんにちは"), Sent)


async def test_what_line_would_not_take_is_refused_so_that_the_judge_is_awake(document: Path) -> None:
    async with mock(document) as url:
        client = LineClient(channel_secret=SECRET, access_token=TOKEN, base_url=url)
        with pytest.raises(ValueError, match="at most 5"):  # the SDK itself
            await client.push(HANAKO, [*TEXT] * 6, retry_key=str(uuid.uuid4()))
        with pytest.raises((LineRefused, LineSilent)):
            await client.push(HANAKO, TEXT, retry_key="no uuid")


async def test_every_refusal_of_lines_is_sorted(document: Path) -> None:
    async with mock(document) as url:
        assert await preferring(url, 409).push(HANAKO, TEXT, retry_key=str(uuid.uuid4())) == ""
        for status in (400, 403, 429):
            with pytest.raises(LineRefused) as refused:
                await preferring(url, status).push(HANAKO, TEXT, retry_key=str(uuid.uuid4()))
            assert refused.value.status == status
        with pytest.raises(LineRefused):
            await preferring(url, 400).reply("token", TEXT)


async def test_what_our_channel_says_and_what_the_simulated_line_answers_both_fit(
    document: Path, tmp_path: Path
) -> None:
    async with line_stage(tmp_path) as play, proxy(document, play.host) as url:
        await play.befriend()
        ours = Business(url)
        token = await play.says("もしもし")
        assert isinstance(await ours.channel.answer(HANAKO, TIMES, reply=token), Sent)
        assert isinstance(await ours.channel.answer(HANAKO, HELLO, reply=token), Sent)  # the token is used: a push
        assert isinstance(await ours.channel.answer(HANAKO, HELLO, reply=None), Sent)  # the same push again: 409
        await play.show_faults(push_500=1.0)
        assert isinstance(await ours.channel.send(HANAKO, "x"), MaybeSent)
        await play.show_faults(quota=1)
        assert isinstance(await Business(url).channel.send(HANAKO, "x"), NotSent)
