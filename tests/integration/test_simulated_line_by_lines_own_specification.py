"""The simulated LINE, judged by LINE's own OpenAPI documents: Prism stands between its answers and the real client, and
every webhook is checked by the document about them. LINE_OPENAPI_DIR is the folder of github.com/line/line-openapi."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from linebot.v3.messaging import (
    ApiException,
    FlexContainer,
    FlexMessage,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
    ValidateMessageRequest,
)
from openapi_schema_validator import OAS30Validator

from bot.channels import line_menu
from bot.channels.line_messages import messages
from bot.channels.seals import Seals
from bot.vendors.line import LineClient, Quota
from tests.integration.test_line_client import TIMES
from tests.integration.test_simulated_line import MENU, a_picture
from tests.integration.test_simulated_line_people import OFFER
from tests.support.clocks import TOKYO
from tests.support.judge import need_prism, proxy
from tests.support.line_stage import HANAKO, SECRET, TOKEN, LineStage, line_stage


@pytest.fixture(scope="module")
def documents() -> Path:
    """Where LINE's documents lie."""
    folder = Path(os.environ.get("LINE_OPENAPI_DIR", ""))
    if not os.environ.get("LINE_OPENAPI_DIR") or not (folder / "messaging-api.yml").is_file():
        pytest.skip("LINE_OPENAPI_DIR must name the folder with LINE's messaging-api.yml and webhook.yml")
    return folder


@pytest.fixture
async def judged(documents: Path, tmp_path: Path) -> AsyncIterator[LineStage]:
    """LINE, with Prism before its API."""
    need_prism()
    async with line_stage(tmp_path) as play, proxy(documents / "messaging-api.yml", play.host) as url:
        await play.befriend()
        play.host = url
        yield play


async def test_every_answer_is_one_that_line_could_give(judged: LineStage) -> None:
    play = judged
    text = TextMessage(text="こんにちは")
    flex = FlexMessage(altText="空いている時間", contents=FlexContainer.from_dict(OFFER["contents"]))
    token = await play.says("予約したい")
    picture = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "image/png"}
    menu_id = (await play.ask(lambda line: line.create_rich_menu(RichMenuRequest.from_dict(MENU)))).rich_menu_id
    await play.http.post(f"/v2/bot/richmenu/{menu_id}/content", content=a_picture(800, 270), headers=picture)

    def everything(line: MessagingApi) -> None:
        """All that we ask for, by the client that we use."""
        line.get_bot_info()
        line.show_loading_animation(ShowLoadingAnimationRequest(chatId=HANAKO, loadingSeconds=20))
        line.reply_message(ReplyMessageRequest(replyToken=token, messages=[text, flex]))
        line.validate_push(ValidateMessageRequest(messages=[flex]))
        line.push_message(PushMessageRequest(to=HANAKO, messages=[flex]), x_line_retry_key=str(uuid.uuid4()))
        line.multicast(MulticastRequest(to=[HANAKO], messages=[text]))
        assert line.get_message_quota().value == 200
        assert line.get_message_quota_consumption().total_usage == 2
        line.get_profile(HANAKO)
        line.issue_link_token(HANAKO)
        line.validate_rich_menu_object(RichMenuRequest.from_dict(MENU))
        line.set_default_rich_menu(menu_id)
        line.link_rich_menu_id_to_user(HANAKO, menu_id)
        assert line.get_default_rich_menu_id().rich_menu_id == menu_id
        assert line.get_rich_menu_id_of_user(HANAKO).rich_menu_id == menu_id
        assert line.get_rich_menu(menu_id).areas
        assert [menu.rich_menu_id for menu in line.get_rich_menu_list().richmenus] == [menu_id]
        line.unlink_rich_menu_id_from_user(HANAKO)
        line.cancel_default_rich_menu()
        line.delete_rich_menu(menu_id)

    await play.ask(everything)


async def test_what_the_product_asks_for_is_what_line_takes(judged: LineStage) -> None:
    ours = LineClient(channel_secret=SECRET, access_token=TOKEN, base_url=judged.host)
    offered = messages(TIMES, tz=TOKYO, sealed=lambda text: Seals(SECRET).seal(text, to=HANAKO))
    await ours.show_loading(HANAKO)
    await ours.reply(await judged.says("予約したい"), offered)
    assert await ours.push(HANAKO, offered, retry_key=str(uuid.uuid4()))
    assert await ours.quota() == Quota(limit=200, used=1)
    await judged.ask(lambda line: line.validate_rich_menu_object(RichMenuRequest.from_dict(line_menu.menu())))
    # Prism takes no pictures: it hands them on as text. LINE takes them at another host, too.
    beside = LineClient(channel_secret=SECRET, access_token=TOKEN, base_url=f"{judged.base}/simulator/line")
    assert await line_menu.set_up(beside)
    beside.close()
    (menu_id,) = (await ours.rich_menus()).values()
    await ours.show_rich_menu(menu_id)
    await ours.drop_rich_menu(menu_id)
    ours.close()


async def test_every_refusal_is_one_that_line_could_give(judged: LineStage) -> None:
    play, key = judged, str(uuid.uuid4())
    push = PushMessageRequest(to=HANAKO, messages=[TextMessage(text="x")])
    await play.ask(lambda line: line.push_message(push, x_line_retry_key=key))
    await play.show_faults(quota=1)
    expected: list[tuple[int, Any]] = [
        (409, lambda line: line.push_message(push, x_line_retry_key=key)),
        (429, lambda line: line.push_message(push)),
        (400, lambda line: line.reply_message(ReplyMessageRequest(replyToken="x", messages=[TextMessage(text="x")]))),
    ]
    for status, call in expected:
        with pytest.raises(ApiException) as error:
            await play.ask(call)
        assert error.value.status == status


async def test_the_judge_refuses_an_answer_that_does_not_fit(
    judged: LineStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.simulator.line.menus.as_json", lambda menu: {"richMenuId": menu.id})
    menu_id = (await judged.ask(lambda line: line.create_rich_menu(RichMenuRequest.from_dict(MENU)))).rich_menu_id
    with pytest.raises(ApiException) as error:
        await judged.ask(lambda line: line.get_rich_menu(menu_id))
    assert error.value.status == 500


async def test_every_webhook_is_one_that_line_could_send(documents: Path, tmp_path: Path) -> None:
    components = yaml.safe_load((documents / "webhook.yml").read_text())["components"]
    async with line_stage(tmp_path) as play:
        await play.befriend()
        await play.post("/message/push", {"to": HANAKO, "messages": [OFFER]})
        await play.act("text", text="こんにちは")
        await play.act("tap", message=-2, button="15:00")
        await play.act("tap", message=0, button="slot=25-15")
        await play.act("unfollow")
        await play.act("follow")
        await play.act("redeliver")
        await play.eventually(lambda: len(play.webhooks) == 6)
        for body, _ in play.webhooks:
            assert list(_faults_of(yaml.safe_load(body), "CallbackRequest", components)) == []
        event = play.events("message")[0]
    assert list(_faults_of(event | {"message": {"type": "text", "id": 7}}, "Event", components))
    assert list(_faults_of({**event, "source": {"type": "user", "userId": 7}}, "Event", components))


def _faults_of(value: Any, name: str, components: dict[str, Any]) -> list[str]:
    """What is wrong with a value by the schema `name`; each object by the schema that its discriminator names."""
    schema = components["schemas"][name]
    mapping = schema.get("discriminator", {}).get("mapping", {})
    if mapping:
        name = mapping[value["type"]].rsplit("/", 1)[1]
    validator = OAS30Validator({"$ref": f"#/components/schemas/{name}", "components": components})
    faults = [f"{name}: {error.message}" for error in validator.iter_errors(value)]
    within = {"source": "Source", "message": "MessageContent"}
    for key, inner in within.items():
        if key in value and name != "CallbackRequest":
            faults += _faults_of(value[key], inner, components)
    for event in value.get("events", ()):
        faults += _faults_of(event, "Event", components)
    return faults
