"""The simulated LINE by its real client: what is sent, answered, refused and counted."""

import asyncio
import json
import struct
import uuid
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    MessageAction,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
)

from tests.support.line_stage import HANAKO, JUN, LineStage, line_stage


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[LineStage]:
    async with line_stage(tmp_path) as running:
        await running.befriend()
        yield running


def pushed(text: str = "明日の15時にお電話します。", to: str = HANAKO) -> PushMessageRequest:
    return PushMessageRequest(to=to, messages=[TextMessage(text=text)])


def replied(token: str, *texts: str) -> ReplyMessageRequest:
    messages: list[Any] = [TextMessage(text=text) for text in texts]
    return ReplyMessageRequest(replyToken=token, messages=messages)


def refusal(error: pytest.ExceptionInfo[ApiException]) -> tuple[int, dict[str, Any]]:
    return error.value.status, json.loads(error.value.body)


async def test_a_reply_reaches_the_person_and_costs_nothing(play: LineStage) -> None:
    token = await play.says("こんにちは")
    answer = await play.ask(lambda line: line.reply_message(replied(token, "ご用件をどうぞ。", "お名前は?")))
    assert [sent.id for sent in answer.sent_messages] == [each["id"] for each in (await play.chat())["messages"][1:]]
    assert await play.texts() == ["こんにちは", "ご用件をどうぞ。", "お名前は?"]
    assert (await play.ask(lambda line: line.get_message_quota_consumption())).total_usage == 0


async def test_the_asynchronous_client_does_the_same(play: LineStage) -> None:
    token = await play.says("こんにちは")
    async with AsyncApiClient(play.configuration()) as client:
        line = AsyncMessagingApi(client)
        await line.reply_message(replied(token, "はい。"), _request_timeout=5)
        await line.push_message(pushed("後ほど。"), x_line_retry_key=str(uuid.uuid4()), _request_timeout=5)
    assert await play.texts() == ["こんにちは", "はい。", "後ほど。"]


@pytest.mark.parametrize("why", ["used", "late", "unknown"])
async def test_a_reply_token_is_good_once_and_for_a_minute_of_real_time(play: LineStage, why: str) -> None:
    token = await play.says("こんにちは")
    await play.pass_time(hours=5)
    if why == "used":
        await play.ask(lambda line: line.reply_message(replied(token, "一度")))
    play.real_s += 61 if why == "late" else 0
    with pytest.raises(ApiException) as error:
        await play.ask(lambda line: line.reply_message(replied("x" * 32 if why == "unknown" else token, "二度")))
    assert refusal(error) == (400, {"message": "Invalid reply token"})
    assert "二度" not in await play.texts()


async def test_a_refused_message_leaves_the_reply_token_good(play: LineStage) -> None:
    token = await play.says("こんにちは")
    assert (await play.post("/message/reply", {"replyToken": token, "messages": []})).status_code == 400
    await play.ask(lambda line: line.reply_message(replied(token, "はい。")))


async def test_only_what_can_be_repeated_takes_a_retry_key(play: LineStage) -> None:
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
    body = {"replyToken": await play.says("こんにちは"), "messages": [{"type": "text", "text": "x"}]}
    for path in ("/message/reply", "/message/validate/push", "/chat/loading/start"):
        assert (await play.post(path, body, **headers)).status_code == 400
    assert (await play.post("/message/reply", body)).status_code == 200


async def test_the_same_push_under_the_same_key_is_accepted_once(play: LineStage) -> None:
    key = str(uuid.uuid4())
    first = await play.ask(lambda line: line.push_message_with_http_info(pushed(), x_line_retry_key=key))
    with pytest.raises(ApiException) as error:
        await play.ask(lambda line: line.push_message(pushed(), x_line_retry_key=key))
    status, body = refusal(error)
    assert (status, body["message"]) == (409, "The retry key is already accepted")
    assert [sent["id"] for sent in body["sentMessages"]] == [sent.id for sent in first.data.sent_messages]
    assert error.value.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert error.value.headers["x-line-request-id"] != first.headers["x-line-request-id"]
    assert len(await play.texts()) == 1
    assert (await play.ask(lambda line: line.get_message_quota_consumption())).total_usage == 1


@pytest.mark.parametrize(("hours", "status"), [(0, 400), (23.9, 400), (24, 200)])
async def test_another_push_under_the_same_key_is_refused_for_a_day(play: LineStage, hours: float, status: int) -> None:
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
    message = {"type": "text", "text": "x"}
    assert (await play.post("/message/push", {"to": HANAKO, "messages": [message]}, **headers)).status_code == 200
    await play.pass_time(hours=hours)
    other = {"to": HANAKO, "messages": [message, message]}
    assert (await play.post("/message/push", other, **headers)).status_code == status


@pytest.mark.parametrize(
    ("path", "key", "status"), [("push", "no-uuid", 400), ("push", "", 400), ("multicast", "no-uuid", 400)]
)
async def test_a_retry_key_is_a_uuid(play: LineStage, path: str, key: str, status: int) -> None:
    to = [HANAKO] if path == "multicast" else HANAKO
    body = {"to": to, "messages": [{"type": "text", "text": "x"}]}
    assert (await play.post(f"/message/{path}", body, **{"X-Line-Retry-Key": key})).status_code == status


async def test_pushes_are_counted_by_people_until_the_month_is_used_up(play: LineStage) -> None:
    await play.befriend(JUN, "潤")
    await play.show_faults(quota=3)
    message = TextMessage(text="お知らせ")
    await play.ask(lambda line: line.push_message(PushMessageRequest(to=HANAKO, messages=[message] * 5)))
    both = MulticastRequest(to=[HANAKO, JUN, HANAKO, "U" + "0" * 32], messages=[message])
    await play.ask(lambda line: line.multicast(both))
    assert (await play.ask(lambda line: line.get_message_quota())).value == 3
    assert (await play.ask(lambda line: line.get_message_quota_consumption())).total_usage == 3
    with pytest.raises(ApiException) as error:
        await play.ask(lambda line: line.push_message(pushed()))
    assert refusal(error) == (429, {"message": "You have reached your monthly limit."})
    await play.pass_time(days=6, hours=9)  # 24 November 15:00 in Japan; now it is December there
    assert (await play.ask(lambda line: line.get_message_quota_consumption())).total_usage == 0
    await play.ask(lambda line: line.push_message(pushed()))


async def test_who_blocked_the_account_gets_nothing_and_costs_nothing(play: LineStage) -> None:
    await play.act("unfollow")
    await play.ask(lambda line: line.push_message(pushed()))
    assert await play.texts() == []
    assert (await play.ask(lambda line: line.get_message_quota_consumption())).total_usage == 0
    with pytest.raises(ApiException) as error:
        await play.ask(lambda line: line.get_profile(HANAKO))
    assert refusal(error) == (404, {"message": "Not found"})


@pytest.mark.parametrize(("to", "message"), [("U" + "0" * 32, "Failed to send messages"), ("+8190", "The property")])
async def test_nobody_is_pushed_to_in_vain(play: LineStage, to: str, message: str) -> None:
    with pytest.raises(ApiException) as error:
        await play.ask(lambda line: line.push_message(pushed(to=to)))
    status, body = refusal(error)
    assert status == 400
    assert body["message"].startswith(message)


async def test_another_token_is_refused_everywhere(play: LineStage) -> None:
    calls: list[Any] = [
        lambda line: line.push_message(pushed()),
        lambda line: line.get_profile(HANAKO),
        lambda line: line.get_rich_menu_list(),
        lambda line: line.get_message_quota(),
    ]
    for call in calls:
        with pytest.raises(ApiException) as error:
            await play.ask(call, access_token="another")
        status, body = refusal(error)
        assert status == 401
        assert body["message"].startswith("Authentication failed due to the following reason")
        assert error.value.headers["x-line-request-id"]
    assert await play.texts() == []


async def test_profile_link_token_and_loading_animation(play: LineStage) -> None:
    profile = await play.ask(lambda line: line.get_profile(HANAKO))
    assert (profile.display_name, profile.user_id, profile.language) == ("花子", HANAKO, "ja")
    assert (await play.ask(lambda line: line.issue_link_token(HANAKO))).link_token
    loading = ShowLoadingAnimationRequest(chatId=HANAKO, loadingSeconds=10)
    await play.ask(lambda line: line.show_loading_animation(loading))
    assert (await play.chat())["loading_until"] is not None
    await play.ask(lambda line: line.push_message(pushed()))
    assert (await play.chat())["loading_until"] is None
    await play.ask(lambda line: line.show_loading_animation(loading))
    await play.pass_time(seconds=10)
    assert (await play.chat())["loading_until"] is None


@pytest.mark.parametrize("seconds", [0, 7, 65])
async def test_the_loading_animation_lasts_five_to_sixty_seconds_in_fives(play: LineStage, seconds: int) -> None:
    answer = await play.post("/chat/loading/start", {"chatId": HANAKO, "loadingSeconds": seconds})
    assert answer.status_code == 400
    assert {each["property"] for each in answer.json()["details"]} == {"loadingSeconds"}


@pytest.mark.parametrize("fault", ["push_500", "push_500_after", "timeout"])
async def test_a_failed_push_is_safe_to_send_again_under_its_key(play: LineStage, fault: str) -> None:
    await play.show_faults(**{fault: 1})
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
    body = {"to": HANAKO, "messages": [{"type": "text", "text": "一度だけ"}]}
    sending = asyncio.create_task(play.post("/message/push", body, **headers))
    if fault == "timeout":
        await play.eventually(lambda: play.line.people.view(HANAKO)["messages"])
        play.line.stopping.set()
    assert (await sending).status_code >= 500
    assert len(await play.texts()) == (0 if fault == "push_500" else 1)
    await play.show_faults()
    again = await play.post("/message/push", body, **headers)
    assert again.status_code == (200 if fault == "push_500" else 409)
    assert await play.texts() == ["一度だけ"]


async def test_a_good_reply_token_is_refused_if_told_so(play: LineStage) -> None:
    token = await play.says("こんにちは")
    await play.show_faults(invalid_reply_token=1)
    with pytest.raises(ApiException) as error:
        await play.ask(lambda line: line.reply_message(replied(token, "x")))
    assert refusal(error) == (400, {"message": "Invalid reply token"})


async def test_quick_replies_are_those_of_the_newest_message_only(play: LineStage) -> None:
    item = QuickReplyItem(action=MessageAction(label="はい", text="はい"))
    asked = TextMessage(text="よろしいですか。", quickReply=QuickReply(items=[item]))
    await play.ask(lambda line: line.push_message(PushMessageRequest(to=HANAKO, messages=[asked])))
    assert [each["label"] for each in (await play.chat())["quick_replies"]] == ["はい"]
    await play.ask(lambda line: line.push_message(pushed()))
    assert (await play.chat())["quick_replies"] == []


def a_picture(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    noise = b"".join(b"\x00" + bytes((x * 31 + y * 17) % 251 for x in range(width)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(noise, 0)) + chunk(b"IEND", b"")


MENU = {
    "size": {"width": 800, "height": 270},
    "selected": True,
    "name": "main",
    "chatBarText": "メニュー",
    "areas": [
        {"bounds": {"x": 0, "y": 0, "width": 400, "height": 270}, "action": {"type": "message", "text": "予約"}},
        {
            "bounds": {"x": 400, "y": 0, "width": 400, "height": 270},
            "action": {"type": "postback", "label": "確認", "data": "check"},
        },
    ],
}


async def a_menu(play: LineStage) -> str:
    return str((await play.post("/richmenu", MENU)).json()["richMenuId"])


async def test_a_rich_menu_is_shown_once_it_has_a_picture(play: LineStage) -> None:
    menu_id = await a_menu(play)
    with pytest.raises(ApiException) as error:
        await play.ask(lambda line: line.set_default_rich_menu(menu_id))
    assert refusal(error)[1]["message"] == "must upload richmenu image before applying it to user"
    picture = a_picture(800, 270)
    assert len(picture) > 100_000  # more than the gateway takes anywhere else
    headers = {"Authorization": "Bearer the-access-token", "Content-Type": "image/png"}
    answer = await play.http.post(f"/v2/bot/richmenu/{menu_id}/content", content=picture, headers=headers)
    assert answer.status_code == 200
    back = await play.http.get(f"/v2/bot/richmenu/{menu_id}/content", headers=headers)
    assert (back.content, back.headers["content-type"]) == (picture, "image/png")
    await play.ask(lambda line: line.set_default_rich_menu(menu_id))
    assert (await play.chat())["rich_menu"]["richMenuId"] == menu_id
    await play.act("tap", button="確認")
    await play.eventually(lambda: play.events("postback"))
    assert play.events("postback")[0]["postback"] == {"data": "check"}


async def test_rich_menus_are_listed_linked_and_dropped(play: LineStage) -> None:
    first, second = await a_menu(play), await a_menu(play)
    headers = {"Authorization": "Bearer the-access-token", "Content-Type": "image/png"}
    for menu_id in (first, second):
        await play.http.post(f"/v2/bot/richmenu/{menu_id}/content", content=a_picture(800, 270), headers=headers)
    listed = await play.ask(lambda line: line.get_rich_menu_list())
    assert [menu.rich_menu_id for menu in listed.richmenus] == [first, second]
    await play.ask(lambda line: line.set_default_rich_menu(first))
    await play.ask(lambda line: line.link_rich_menu_id_to_user(HANAKO, second))
    assert (await play.ask(lambda line: line.get_rich_menu_id_of_user(HANAKO))).rich_menu_id == second
    assert (await play.chat())["rich_menu"]["richMenuId"] == second
    await play.ask(lambda line: line.delete_rich_menu(second))
    assert (await play.chat())["rich_menu"]["richMenuId"] == first
    await play.ask(lambda line: line.cancel_default_rich_menu())
    assert (await play.chat())["rich_menu"] is None
    for gone in _asked_for_what_is_gone(second):
        with pytest.raises(ApiException) as error:
            await play.ask(gone)
        assert error.value.status == 404


def _asked_for_what_is_gone(menu_id: str) -> Iterator[Any]:
    yield lambda line: line.get_rich_menu(menu_id)
    yield lambda line: line.get_default_rich_menu_id()
    yield lambda line: line.get_rich_menu_id_of_user(HANAKO)
    yield lambda line: MessagingApi.link_rich_menu_id_to_user(line, HANAKO, menu_id)
