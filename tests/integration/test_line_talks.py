"""LINE's webhook and what is answered to it: believed only when signed, answered once, and no button from the past."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.assistant import Reply, Utterance
from bot.booking.callback import Status
from bot.channels.channel import Answer, MaybeSent
from bot.channels.line_messages import carried
from bot.store import contacts, ledger
from bot.store.contacts import Contact
from bot.store.schema import callbacks as callback_table
from bot.usecases.promises import plan_instead
from tests.integration.conftest import Gateway
from tests.support.products import NUMBER, SLOT, World

PERSON, OTHER = "U" + "1" * 32, "U" + "2" * 32
ASK_TIME = Reply(
    utterances=(
        Utterance(
            text="いつがよろしいですか？",
            buttons=(
                ("できるだけ早く", "できるだけ早く"),
                ("11月24日(火) 15:00〜15:30", "11月24日(火) 15:00"),
            ),
        ),
    ),
    expects="preferred_slot",
)
GREETING = Reply(utterances=(Utterance(text="こんにちは"),), expects=None)


class Line:
    """LINE as the gateway sees it: signed webhooks; and a person who reads what is answered."""

    def __init__(self, gateway: Gateway) -> None:
        assert gateway.product.line_account
        assert gateway.product.line
        self.gateway = gateway
        self.world: World = gateway.world
        self.secret = gateway.product.line_account.channel_secret
        self.seals = gateway.product.line.seals
        self.made = 0

    def event(self, kind: str = "message", *, by: str = PERSON, **facts: Any) -> dict[str, Any]:
        """What somebody did just now."""
        self.made += 1
        base = {
            "type": kind, "mode": "active", "timestamp": int(self.world.now.timestamp() * 1000) + self.made,
            "webhookEventId": f"01EVENT{self.made:05d}", "source": {"type": "user", "userId": by},
            "replyToken": f"token{self.made}", "deliveryContext": {"isRedelivery": False},
        }  # fmt: skip
        return base | facts

    def text(self, text: str, **facts: Any) -> dict[str, Any]:
        return self.event(message={"type": "text", "id": "1", "text": text}, **facts)

    def press(self, answer: Answer, start: datetime, kind: str = "slot", **params: str) -> dict[str, Any]:
        """The button of an answer."""
        data = self.seals.seal(carried(kind, answer.offer, start), to=PERSON)
        return self.event("postback", postback={"data": data} | ({"params": params} if params else {}))

    async def deliver(self, *events: dict[str, Any], signature: str | None = None, body: bytes = b"") -> httpx.Response:
        body = body or json.dumps({"destination": "U0", "events": list(events)}).encode()
        signed = base64.b64encode(hmac.digest(self.secret.encode(), body, hashlib.sha256)).decode()
        headers = {"X-Line-Signature": signed if signature is None else signature}
        return await self.gateway.public.post("/webhooks/line", content=body, headers=headers)

    async def does(self, *events: dict[str, Any]) -> list[Answer]:
        """Deliver, work behind it, and read the answers."""
        before = len(self.world.talks.said)
        assert (await self.deliver(*events)).status_code == 200
        await self.world.correspondence.answer_due(now=self.world.now, real_now=self.world.real)
        return [answer for _, answer, _ in self.world.talks.said[before:]]

    async def contact(self, by: str = PERSON) -> Contact:
        async with self.world.database.read() as tx:
            found = await contacts.get(tx, "line", by)
        assert found
        return found


@pytest.fixture
def line(gateway: Gateway) -> Line:
    return Line(gateway)


@pytest.mark.parametrize("fault", ["missing", "empty", "wrong", "other secret", "body changed", "no base64"])
async def test_a_webhook_that_is_not_rightly_signed_has_no_effect(line: Line, fault: str) -> None:
    body = json.dumps({"destination": "U0", "events": [line.text("予約を取り消して")]}).encode()
    other = base64.b64encode(hmac.digest(b"other", body, hashlib.sha256)).decode()
    right = base64.b64encode(hmac.digest(line.secret.encode(), body, hashlib.sha256)).decode()
    signature = {"empty": "", "wrong": "A" * 43 + "=", "other secret": other, "no base64": "あ"}.get(fault, right)
    if fault == "missing":
        answer = await line.gateway.public.post("/webhooks/line", content=body)
    elif fault == "no base64":
        headers = [(b"x-line-signature", "あ".encode())]
        answer = await line.gateway.public.post("/webhooks/line", content=body, headers=headers)
    else:
        changed = body + b" " if fault == "body changed" else body
        answer = await line.deliver(signature=signature, body=changed)
    assert (answer.status_code, answer.json()["type"]) == (403, "bad-signature")
    assert await line.world.correspondence.answer_due(now=line.world.now, real_now=line.world.real) == 0
    assert line.world.talks.said == []


async def test_no_events_and_unknown_ones_are_taken_and_do_nothing(line: Line) -> None:
    assert await line.does() == []
    assert await line.does(line.event("somethingNew"), line.event("join", source={"type": "group"})) == []
    assert (await line.deliver(body=b"no json")).status_code == 422


async def test_an_event_is_answered_once_with_its_reply_token_however_often_it_comes(line: Line) -> None:
    event = line.text("もしもし")
    again = event | {"deliveryContext": {"isRedelivery": True}}
    assert [answer.texts for answer in await line.does(event, again)] == [("heard: もしもし",)]
    assert await line.does(again) == []
    assert line.world.talks.said[0][2] == event["replyToken"]
    assert line.world.talks.shown == [PERSON]


async def test_what_comes_together_is_answered_in_the_order_in_which_it_was_written(line: Line) -> None:
    one, two = line.text("一"), line.text("二")
    assert [answer.texts for answer in await line.does(two, one)] == [("heard: 一",), ("heard: 二",)]


async def test_a_new_friend_is_greeted_and_one_who_blocks_us_is_left_alone(line: Line) -> None:
    follow, unfollow = line.event("follow"), line.event("unfollow", replyToken=None)
    (greeting,) = await line.does(follow)
    assert "友だち追加" in greeting.texts[0]
    assert [choice.value for choice in greeting.choices][1] == "予約を確認したい"
    assert (await line.contact()).conversation_id is None  # nobody has said anything yet
    assert await line.does(unfollow) == []
    assert not (await line.contact()).takes_messages
    assert await line.does(follow | {"webhookEventId": "01LATE"}) == []  # an old follow, delivered behind the unfollow
    assert not (await line.contact()).takes_messages
    assert len(await line.does(line.event("follow"))) == 1
    assert (await line.contact()).takes_messages


async def test_a_stranger_who_leaves_is_not_remembered(line: Line) -> None:
    assert await line.does(line.event("unfollow", replyToken=None)) == []
    async with line.world.database.read() as tx:
        assert await contacts.get(tx, "line", PERSON) is None


async def asked_for_a_time(line: Line) -> Answer:
    line.world.assistant.script.extend([GREETING, ASK_TIME])
    (answer,) = await line.does(line.text("洗濯機が動かない"))
    return answer


async def test_free_times_are_offered_by_the_day_and_a_tap_says_the_time(line: Line) -> None:
    answer = await asked_for_a_time(line)
    assert answer.more[0].start > line.world.now
    assert len({window.start.date() for window in answer.more}) == 5
    assert SLOT.start in [choice.window.start for choice in answer.choices if choice.window]
    await line.does(line.press(answer, SLOT.start))
    assert line.world.assistant.heard[-1][1] == "11月24日(火) 15:00"


async def test_a_time_that_is_picked_is_said_in_words_to_be_checked_like_any_other(line: Line) -> None:
    answer = await asked_for_a_time(line)
    await line.does(line.press(answer, SLOT.start, "when", datetime="2026-11-26T10:07"))
    assert line.world.assistant.heard[-1][1] == "11月26日(木) 10:07"


async def test_other_days_are_the_days_behind_those_that_are_shown(line: Line) -> None:
    answer = await asked_for_a_time(line)
    heard = len(line.world.assistant.heard)
    (more,) = await line.does(line.press(answer, answer.more[-1].start, "more"))
    assert min(more.more).start.date() > answer.more[-1].start.date()
    assert len(line.world.assistant.heard) == heard
    await line.does(line.press(more, more.more[0].start))
    assert line.world.assistant.heard[-1][1].startswith("12月")


@pytest.mark.parametrize("fault", ["older offer", "forged", "somebody else's"])
async def test_a_button_that_counts_no_more_is_answered_with_what_is_free_now(line: Line, fault: str) -> None:
    old = await asked_for_a_time(line)
    line.world.assistant.script.append(ASK_TIME)
    await line.does(line.text("料金は？"))
    press = line.press(old, SLOT.start)
    if fault == "forged":
        press["postback"]["data"] = press["postback"]["data"][:-3] + "abc"
    if fault == "somebody else's":
        press["postback"]["data"] = line.seals.seal(carried("slot", old.offer, SLOT.start), to=OTHER)
    heard = len(line.world.assistant.heard)
    (answer,) = await line.does(press)
    assert "古くなりました" in answer.texts[0]
    assert answer.more
    assert len(line.world.assistant.heard) == heard
    await line.does(line.press(answer, answer.more[0].start))
    assert len(line.world.assistant.heard) == heard + 1


async def test_a_button_of_a_talk_that_is_over_moves_nothing(line: Line) -> None:
    old = await asked_for_a_time(line)
    booked = await line.world.book()
    line.world.assistant.script.append(Reply(utterances=(Utterance(text="承りました"),), expects=None))
    await line.does(line.text("明日の15時"))
    (answer,) = await line.does(line.press(old, SLOT.start + timedelta(hours=1)))
    assert "終了しました" in answer.texts[0]
    assert len(answer.choices) == 3
    assert await line.world.read(booked) == booked


async def test_pictures_are_answered_with_a_word(line: Line) -> None:
    (answer,) = await line.does(line.event(message={"type": "sticker", "id": "1"}))
    assert "文字で" in answer.texts[0]


async def test_stop_on_line_stops_text_messages_in_its_place_too_and_start_brings_both_back(line: Line) -> None:
    await line.does(line.text("もしもし"))
    async with line.world.database.write() as tx:
        await contacts.change(tx, await line.contact(), phone_number=NUMBER)
    (answer,) = await line.does(line.text("停止"))
    assert "停止しました" in answer.texts[0]
    assert not (await line.contact()).takes_messages
    async with line.world.database.read() as tx:
        assert (await ledger.opted_out(tx, NUMBER))[0]
    await line.does(line.text("再開"))
    assert (await line.contact()).takes_messages
    async with line.world.database.read() as tx:
        assert not (await ledger.opted_out(tx, NUMBER))[0]


async def test_a_number_is_unlinked_on_request(line: Line) -> None:
    await line.does(line.text("もしもし"))
    async with line.world.database.write() as tx:
        await contacts.change(tx, await line.contact(), phone_number=NUMBER)
    assert [answer.texts for answer in await line.does(line.text("連携解除"))] == [("電話番号の連携を解除しました。",)]
    assert (await line.contact()).phone_number is None
    assert "ありません" in (await line.does(line.text("連携解除")))[0].texts[0]


async def test_an_answer_whose_fate_is_unknown_is_not_said_again(line: Line) -> None:
    line.world.talks.script.append(MaybeSent(cause="silence"))
    await line.does(line.text("もしもし"))
    line.world.real += timedelta(hours=1)
    assert await line.world.correspondence.answer_due(now=line.world.now, real_now=line.world.real) == 0
    assert len(line.world.talks.said) == 1


async def test_a_promise_that_needs_a_new_time_moves_with_one_tap(line: Line) -> None:
    booked = await line.world.book()
    await line.does(line.text("もしもし"))
    contact = await line.contact()
    start = SLOT.start + timedelta(hours=1)
    async with line.world.database.write() as tx:
        await tx.execute(callback_table.update().values(attention="hours_changed"))
        await plan_instead(tx, booked, "hours_changed", now=line.world.now)
        offered = Answer(texts=("",), choices=(), language="ja", key="notice", reference=booked.reference)
        asked = {"offer": offered.offer, "reference": booked.reference, "starts": [start.isoformat()]}
        await contacts.change(tx, contact, asked=asked)
    (answer,) = await line.does(line.press(offered, start))
    assert booked.reference in answer.texts[0]
    moved = await line.world.read(booked)
    assert (moved.window.start, moved.status) == (start.astimezone(UTC), Status.BOOKED)


async def test_a_signature_is_checked_over_the_very_bytes(line: Line) -> None:
    spaced = json.dumps({"destination": "U0", "events": [line.text("絵文字🙏")]}, indent=3, ensure_ascii=False).encode()
    assert (await line.deliver(body=spaced)).status_code == 200
    repacked = json.dumps(json.loads(spaced)).encode()
    signed = base64.b64encode(hmac.digest(line.secret.encode(), spaced, hashlib.sha256)).decode()
    assert (await line.deliver(body=repacked, signature=signed)).status_code == 403


def test_an_offer_has_a_name_of_its_own() -> None:
    answer = Answer(texts=("",), choices=(), language="ja", key="1")
    assert answer.offer != replace(answer, key="2").offer
