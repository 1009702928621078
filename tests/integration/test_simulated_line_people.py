"""The simulated LINE from a person's side: what they do becomes signed webhooks, once, late, twice or never."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from linebot.v3.webhook import WebhookParser
from linebot.v3.webhooks import FollowEvent, MessageEvent, PostbackEvent, UnfollowEvent

from bot.simulator.line.postman import AGAIN_AFTER_S
from tests.support.line_stage import HANAKO, JUN, PATIENCE_S, SECRET, LineStage, line_stage

DAY = {
    "type": "bubble",
    "body": {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {"type": "text", "text": "11月24日（火）"},
            {
                "type": "button",
                "action": {"type": "postback", "label": "15:00", "data": "slot=24-15", "displayText": "24日 15:00"},
            },
            {"type": "button", "action": {"type": "uri", "label": "地図", "uri": "https://example.jp/map"}},
            {"type": "button", "action": {"type": "clipboard", "label": "番号", "clipboardText": "K7Q4MN"}},
        ],
    },
}
NEXT_DAY = {
    "type": "bubble",
    "footer": {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {"type": "button", "action": {"type": "postback", "label": "15:00", "data": "slot=25-15"}},
        ],
    },
}
OFFER = {
    "type": "flex",
    "altText": "空いている時間",
    "contents": {"type": "carousel", "contents": [DAY, NEXT_DAY]},
    "quickReply": {
        "items": [
            {"type": "action", "action": {"type": "message", "label": "他の日", "text": "他の日"}},
            {
                "type": "action",
                "action": {
                    "type": "datetimepicker",
                    "label": "日時を指定",
                    "data": "pick",
                    "mode": "datetime",
                    "initial": "2026-11-24T16:00",
                    "min": "2026-11-24T15:30",
                    "max": "2026-12-08T18:00",
                },
            },
        ]
    },
}


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[LineStage]:
    async with line_stage(tmp_path) as running:
        await running.befriend()
        yield running


async def offer(play: LineStage) -> None:
    answer = await play.post("/message/push", {"to": HANAKO, "messages": [OFFER]})
    assert answer.status_code == 200, answer.text


async def postback(play: LineStage) -> dict[str, Any]:
    await play.eventually(lambda: play.events("postback"))
    told: dict[str, Any] = play.events("postback")[-1]["postback"]
    return told


async def test_the_real_sdk_reads_every_event(play: LineStage) -> None:
    await offer(play)
    await play.act("text", text="こんにちは")
    await play.act("tap", message=0, button="15:00")
    await play.act("unfollow")
    await play.act("follow")
    await play.eventually(lambda: len(play.webhooks) == 4)
    parser = WebhookParser(SECRET)
    events = [
        parser.parse(body.decode(), headers["x-line-signature"], as_payload=True) for body, headers in play.webhooks
    ]
    assert {payload.destination for payload in events} == {play.line.destination}
    kinds = [type(payload.events[0]) for payload in events]
    assert kinds == [MessageEvent, PostbackEvent, UnfollowEvent, FollowEvent]
    followed = events[-1].events[0]
    assert (followed.follow.is_unblocked, followed.source.user_id) == (True, HANAKO)
    assert 0 <= play.clock.now().timestamp() - followed.timestamp / 1000 < PATIENCE_S


async def test_the_signature_is_over_the_very_bytes(play: LineStage) -> None:
    await play.says("「空白  と記号」")
    body, headers = play.webhooks[0]
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    assert headers["x-line-signature"] == base64.b64encode(digest).decode()


async def test_a_first_follow_is_no_unblocking(play: LineStage) -> None:
    await play.http.put(f"/people/{JUN}", json={"display_name": "潤", "language": "en"})
    await play.act("follow", user_id=JUN)
    await play.eventually(lambda: play.events("follow"))
    [event] = play.events("follow")
    assert event["follow"] == {"isUnblocked": False}
    await play.post("/message/reply", {"replyToken": event["replyToken"], "messages": [{"type": "text", "text": "x"}]})
    assert await play.texts(JUN) == ["x"]


async def test_events_are_named_by_ulids_in_their_order(play: LineStage) -> None:
    for text in "abc":
        await play.says(text)
        await play.pass_time(seconds=1)
    ids = [event["webhookEventId"] for event in play.events()]
    assert ids == sorted(ids)
    assert {len(each) for each in ids} == {26}


@pytest.mark.parametrize("button", ["15:00", "slot=24-15", {**DAY["body"]["contents"][1]["action"]}])  # type: ignore[index] # of a plain table
async def test_a_button_is_tapped_by_label_data_or_action(play: LineStage, button: object) -> None:
    await offer(play)
    shown = await play.act("tap", message=-1, button=button)
    assert await postback(play) == {"data": "slot=24-15"}
    assert shown["messages"][-1]["message"] == {"type": "text", "text": "24日 15:00"}
    assert shown["messages"][-1]["sender"] == "person"


async def test_the_same_label_in_another_bubble_is_meant_by_its_data(play: LineStage) -> None:
    await offer(play)
    await play.act("tap", message=0, button="slot=25-15")
    assert await postback(play) == {"data": "slot=25-15"}
    assert len(await play.texts()) == 1  # a postback without displayText leaves no words


async def test_an_old_button_still_works(play: LineStage) -> None:
    await offer(play)
    message_id = (await play.chat())["messages"][0]["id"]
    await play.says("やっぱり")
    await play.act("tap", message=message_id, button="15:00")
    assert await postback(play) == {"data": "slot=24-15"}


async def test_links_open_and_texts_are_copied_without_anybody_being_told(play: LineStage) -> None:
    await offer(play)
    assert (await play.act("tap", message=0, button="地図"))["opens"] == "https://example.jp/map"
    assert (await play.act("tap", message=0, button="番号"))["copies"] == "K7Q4MN"
    assert play.webhooks == []


async def test_a_quick_reply_is_gone_once_it_was_tapped(play: LineStage) -> None:
    await offer(play)
    shown = await play.act("tap", button="他の日")
    assert shown["quick_replies"] == []
    await play.eventually(lambda: play.events("message"))
    assert play.events("message")[0]["message"]["text"] == "他の日"
    with pytest.raises(Exception, match="409"):
        await play.act("tap", button="他の日")


async def test_the_picker_sends_what_was_picked(play: LineStage) -> None:
    await offer(play)
    await play.act("tap", button="日時を指定", datetime="2026-11-25T10:00")
    assert await postback(play) == {"data": "pick", "params": {"datetime": "2026-11-25T10:00"}}


@pytest.mark.parametrize(
    ("written", "status"),
    [("2026-11-24T15:29", 409), ("2026-12-08T18:01", 409), ("2026-11-25", 422), ("soon", 422), (None, 422)],
)
async def test_the_picker_offers_nothing_else(play: LineStage, written: object, status: int) -> None:
    await offer(play)
    answer = await play.http.post(f"/people/{HANAKO}/tap", json={"button": "日時を指定", "datetime": written})
    assert answer.status_code == status
    assert len((await play.chat())["quick_replies"]) == 2
    assert play.webhooks == []


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("follow", {}, 409),
        ("tap", {"button": "x"}, 409),
        ("tap", {"message": 0, "button": "x"}, 409),
        ("tap", {"message": "1", "button": "x"}, 409),
        ("text", {"text": " "}, 422),
        ("text", {"text": "あ" * 5001}, 422),
        ("text", {}, 422),
        ("redeliver", {"event": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, 409),
    ],
)
async def test_what_cannot_be_done_says_why(play: LineStage, action: str, body: object, status: int) -> None:
    answer = await play.http.post(f"/people/{HANAKO}/{action}", json=body)
    assert answer.status_code == status
    assert answer.json()["title"].endswith(".")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/people/{JUN}", {"display_name": ""}, 422),
        (f"/people/{JUN}", {"display_name": "x" * 21}, 422),
        (f"/people/{JUN}", {"display_name": "x", "language": "fr"}, 422),
        (f"/people/{JUN}", {"name": "x"}, 422),
        ("/people/U123", {"display_name": "x"}, 422),
        ("/faults", {"weather": 1}, 422),
        ("/faults", {"lost": 2}, 422),
        ("/faults", {"redelivery": 1}, 422),
        ("/faults", {"quota": -1}, 422),
        ("/faults", {"seed": "x"}, 422),
        ("/faults", [], 422),
    ],
)
async def test_what_cannot_be_read_is_unprocessable(play: LineStage, path: str, body: object, status: int) -> None:
    assert (await play.http.put(path, json=body)).status_code == status


async def test_somebody_is_created_renamed_and_listed(play: LineStage) -> None:
    made = await play.http.post("/people", json={"display_name": "潤"})
    assert made.status_code == 201
    user_id = made.json()["user_id"]
    await play.http.put(f"/people/{user_id}", json={"display_name": "じゅん"})
    people = (await play.http.get("/people")).json()["people"]
    assert people[-1] == {"user_id": user_id, "display_name": "じゅん", "is_following": False}
    assert (await play.http.get(f"/people/{JUN}")).status_code == 409


async def test_only_friends_write_and_tap(play: LineStage) -> None:
    await play.act("unfollow")
    for action in ("text", "tap", "unfollow"):
        assert (await play.http.post(f"/people/{HANAKO}/{action}", json={"text": "x"})).status_code == 409


async def test_an_event_comes_again_when_asked_for_and_its_token_lives_on(play: LineStage) -> None:
    token = await play.says("こんにちは")
    play.real_s += 90
    await play.act("redeliver")
    await play.eventually(lambda: len(play.events("message")) == 2)
    first, again = play.events("message")
    assert again == first | {"deliveryContext": {"isRedelivery": True}}
    body = {"replyToken": token, "messages": [{"type": "text", "text": "x"}]}
    assert (await play.post("/message/reply", body)).status_code == 200
    assert (await play.post("/message/reply", body)).status_code == 400


async def test_a_token_ends_twenty_minutes_after_its_event_however_often_that_comes(play: LineStage) -> None:
    token = await play.says("こんにちは")
    play.real_s += 20 * 60 + 1
    await play.act("redeliver")
    await play.eventually(lambda: len(play.events("message")) == 2)
    body = {"replyToken": token, "messages": [{"type": "text", "text": "x"}]}
    assert (await play.post("/message/reply", body)).status_code == 400


async def test_without_redelivery_a_failed_webhook_is_gone(play: LineStage) -> None:
    play.status = 503
    await play.says("こんにちは")
    await play.pass_time(hours=1)
    play.status = 200
    await play.says("まだいますか")
    assert [event["message"]["text"] for event in play.events("message")] == ["こんにちは", "まだいますか"]


async def test_with_redelivery_a_failed_webhook_comes_again_until_it_is_taken(play: LineStage) -> None:
    await play.show_faults(redelivery=True)
    play.status = 503
    await play.says("こんにちは")
    for count in range(2, len(AGAIN_AFTER_S) + 2):
        play.status = 503 if count <= len(AGAIN_AFTER_S) else 200
        await play.pass_time_until(lambda count=count: len(play.events("message")) == count)  # type: ignore[misc] # bound to this round
    await play.pass_time(hours=1)
    events = play.events("message")
    assert len({event["webhookEventId"] for event in events}) == 1
    assert [event["deliveryContext"]["isRedelivery"] for event in events] == [False, True, True, True]


async def test_a_lost_webhook_does_not_arrive_and_a_doubled_one_twice(play: LineStage) -> None:
    await play.show_faults(lost=1, seed=1)
    await play.act("text", text="失われる")
    await play.show_faults(duplicate=1, seed=1)
    await play.act("text", text="二度届く")
    await play.eventually(lambda: len(play.events("message")) == 2)
    assert [event["message"]["text"] for event in play.events()] == ["二度届く", "二度届く"]
    assert {event["deliveryContext"]["isRedelivery"] for event in play.events()} == {False}


async def test_webhooks_overtake_one_another_if_told_so(play: LineStage) -> None:
    await play.show_faults(reordered=1)
    for text in ("一", "二", "三"):
        await play.act("text", text=text)
    await play.eventually(lambda: len(play.events("message")) == 2)
    await play.pass_time(seconds=3)
    await play.eventually(lambda: len(play.events("message")) == 3)
    assert [event["message"]["text"] for event in play.events()] == ["二", "一", "三"]


async def test_webhooks_come_late_on_the_simulated_clock(play: LineStage) -> None:
    await play.show_faults(late_s=300)
    await play.act("text", text="遅れる")
    assert play.webhooks == []
    await play.pass_time(seconds=300)
    await play.eventually(lambda: play.events("message"))


async def test_the_faults_can_be_read_and_cleared(play: LineStage) -> None:
    answer = await play.http.put("/faults", json={"push_500": 0.5, "redelivery": True, "seed": 3})
    assert answer.json() == (await play.http.get("/faults")).json()
    assert (answer.json()["push_500"], answer.json()["quota"]) == (0.5, 200)
    assert (await play.http.put("/faults", json={})).json()["redelivery"] is False


async def test_chats_tokens_and_menus_outlive_the_process(play: LineStage) -> None:
    token = await play.says("こんにちは")
    await play.line.stop()
    await play.line.start()
    play.line.resume()
    body = {"replyToken": token, "messages": [{"type": "text", "text": "まだここに"}]}
    assert (await play.post("/message/reply", body)).status_code == 200
    assert await play.texts() == ["こんにちは", "まだここに"]


async def test_what_was_on_its_way_arrives_after_a_restart(play: LineStage) -> None:
    await play.show_faults(late_s=300)
    await play.act("text", text="途中")
    await play.line.stop()
    await play.line.start()
    play.line.resume()
    await play.eventually(lambda: play.events("message"))


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "203.0.113.9"}, {"Host": "evil.example"}])
async def test_strangers_are_not_let_in(play: LineStage, headers: dict[str, str]) -> None:
    assert (await play.http.get(f"/people/{HANAKO}", headers=headers)).status_code == 404
    answer = await play.post("/message/push", {"to": HANAKO, "messages": []}, **headers)
    assert answer.status_code == 404
