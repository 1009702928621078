"""The simulator's own HTTP contract: handsets, SMS, faults, the clock, and who may use it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from tests.support.simulator_stage import BUSINESS, CUSTOMER, Stage, stage

UNKNOWN = "+819000000000"


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        running.documents["/voice"] = "<Pause length='60'/>"
        yield running


async def send(play: Stage, body: str, to: str = CUSTOMER) -> str:
    message = await play.do(
        lambda: play.twilio.messages.create(to=to, from_=BUSINESS, body=body, status_callback=f"{play.base}/sms-status")
    )
    return str(message.sid)


async def received(play: Stage) -> list[str]:
    await play.pass_time(1)
    await play.pass_time(1)
    return [message["body"] for message in play.handset(CUSTOMER)["messages"] if message["direction"] == "inbound"]


async def test_an_unknown_handset_is_empty_and_plus_may_be_written_either_way(play: Stage) -> None:
    for path in (f"/handsets/{UNKNOWN}", f"/handsets/%2B{UNKNOWN[1:]}"):
        answer = await play.http.get(path)
        assert answer.status_code == 200
        assert answer.json() == {"ringing": [], "in_call": [], "calls": [], "messages": []}
    assert (await play.http.get("/handsets")).json() == {"handsets": []}


async def test_a_call_shows_on_its_handset_as_the_contract_says(play: Stage) -> None:
    await play.call()
    await play.rings(CUSTOMER)
    [call] = (await play.http.get(f"/handsets/{CUSTOMER}")).json()["ringing"]
    assert call.keys() == {
        *("sid", "from", "to", "direction", "status", "started_at", "answered_at", "ended_at"),
        *("heard", "asks_for_digits", "connected_to"),
    }
    assert (call["from"], call["to"], call["status"]) == (BUSINESS, CUSTOMER, "ringing")


@pytest.mark.parametrize("action", ["answer", "decline", "hang_up", "press"])
async def test_what_does_not_fit_is_a_conflict_with_a_sentence(play: Stage, action: str) -> None:
    answer = await play.act(CUSTOMER, action, digits="1")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"].endswith(".")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/handsets/0901234", None),
        ("PUT", f"/handsets/{CUSTOMER}", {}),
        ("PUT", f"/handsets/{CUSTOMER}", {"behaviour": "sleeps"}),
        ("PUT", f"/handsets/{CUSTOMER}", {"behaviour": "answer", "talk_s": -1}),
        ("PUT", f"/handsets/{CUSTOMER}", {"behaviour": "answer", "talks": 1}),
        ("PUT", f"/handsets/{CUSTOMER}", "answer"),
        ("POST", f"/handsets/{CUSTOMER}/press", {"digits": "1a"}),
        ("POST", f"/handsets/{CUSTOMER}/sms", {}),
        ("POST", f"/handsets/{CUSTOMER}/sms", {"text": " "}),
        ("PUT", "/clock", {"now": "2026-11-24T15:00:00"}),
        ("PUT", "/clock", {"speed": 0}),
        ("PUT", "/clock", {"speed": 3601}),
        ("PUT", "/clock", {"speed": "fast"}),
        ("PUT", "/clock", {"now": "1066-10-14T09:00:00Z"}),
        ("PUT", "/clock", []),
        ("PUT", "/faults", {"calls": {"418": 1}}),
        ("PUT", "/faults", {"weather": {}}),
        ("PUT", "/faults", {"webhooks": {"lost": 2}}),
    ],
)
async def test_what_cannot_be_read_is_unprocessable(play: Stage, method: str, path: str, body: object) -> None:
    answer = await play.http.request(method, path, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["message"]


async def test_a_message_goes_from_queued_to_delivered(play: Stage) -> None:
    sid = await send(play, "ご予約を承りました。" * 8)
    assert await received(play) == ["ご予約を承りました。" * 8]
    await play.eventually(lambda: len(play.asked("/sms-status")) == 3)
    assert [form["MessageStatus"] for form in play.asked("/sms-status")] == ["queued", "sent", "delivered"]
    message = await play.do(lambda: play.twilio.messages(sid).fetch())
    assert (message.status, message.num_segments, message.direction) == ("delivered", "2", "outbound-api")


async def test_a_handset_writes_and_the_business_answers(play: Stage) -> None:
    play.documents["/sms"] = "<Message>承知しました。</Message>"
    answer = await play.act(CUSTOMER, "sms", text="明日でお願いします")
    assert answer.status_code == 200
    await play.eventually(lambda: play.asked("/sms"))
    [form] = play.asked("/sms")
    assert (form["From"], form["To"], form["Body"], form["NumMedia"]) == (CUSTOMER, BUSINESS, "明日でお願いします", "0")
    await play.eventually(lambda: len(play.handset(CUSTOMER)["messages"]) == 1)
    assert await received(play) == ["承知しました。"]
    bodies = [message["body"] for message in play.handset(CUSTOMER)["messages"]]
    assert bodies == ["明日でお願いします", "承知しました。"]


async def test_after_stop_nothing_can_be_sent_until_start(play: Stage) -> None:
    await play.act(CUSTOMER, "sms", text="Stop")
    with pytest.raises(TwilioRestException) as refusal:
        await send(play, "hello")
    assert refusal.value.code == 21610
    await play.act(CUSTOMER, "sms", text="START")
    await send(play, "hello")
    await play.eventually(lambda: len(play.asked("/sms")) == 2)
    assert "hello" in await received(play)


@pytest.mark.parametrize(
    ("to", "body", "code"), [("0901", "x", 21211), ("+15005550009", "x", 21614), (CUSTOMER, "x" * 1601, 21617)]
)
async def test_a_wrong_message_is_refused(play: Stage, to: str, body: str, code: int) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        await send(play, body, to)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("fault", "status", "placed"), [("429", 429, 0), ("500_before_accept", 500, 0), ("500_after_accept", 500, 1)]
)
async def test_a_faulty_creation_places_as_many_calls_as_its_name_says(
    play: Stage, fault: str, status: int, placed: int
) -> None:
    await play.http.put("/faults", json={"calls": {fault: 1}, "seed": 7})
    with pytest.raises(TwilioRestException) as refusal:
        await play.call()
    assert refusal.value.status == status
    assert len(await play.do(play.twilio.calls.list)) == placed
    await play.http.put("/faults", json={})
    await play.call()
    assert len(await play.do(play.twilio.calls.list)) == placed + 1


async def test_the_faults_can_be_read_and_cleared(play: Stage) -> None:
    answer = await play.http.put("/faults", json={"calls": {"429": 0.5}, "webhooks": {"late_s": 5}, "seed": 3})
    assert answer.json() == (await play.http.get("/faults")).json()
    assert answer.json()["calls"] == {"429": 0.5}
    assert (await play.http.put("/faults", json={})).json()["calls"] == {}


async def test_a_hanging_creation_has_placed_the_call(play: Stage) -> None:
    await play.http.put("/faults", json={"calls": {"timeout": 1}})
    creation = asyncio.create_task(play.call())
    await play.rings(CUSTOMER)
    assert not creation.done()
    play.carrier.stopping.set()
    with pytest.raises(TwilioRestException):
        await creation


async def test_lost_webhooks_do_not_arrive_and_the_call_goes_on(play: Stage) -> None:
    await play.http.put("/faults", json={"webhooks": {"lost": 1}})
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "decline")
    assert (await play.fetch(sid)).status == "busy"
    assert play.statuses(sid) == []


async def test_webhooks_come_twice_if_told_so(play: Stage) -> None:
    await play.http.put("/faults", json={"webhooks": {"duplicate": 1}})
    await play.behave(CUSTOMER, "busy")
    sid = await play.call()
    await play.eventually(lambda: len(play.statuses(sid)) == 4)
    assert play.statuses(sid) == ["initiated", "initiated", "busy", "busy"]


async def test_webhooks_come_late_on_the_simulated_clock(play: Stage) -> None:
    await play.http.put("/faults", json={"webhooks": {"late_s": 300}})
    await play.behave(CUSTOMER, "busy")
    sid = await play.call()
    assert play.statuses(sid) == []
    await play.pass_time(300)
    await play.eventually(lambda: play.statuses(sid) == ["initiated", "busy"])


async def test_webhooks_overtake_one_another_if_told_so(play: Stage) -> None:
    await play.http.put("/faults", json={"webhooks": {"reordered": 1}})
    await play.behave(CUSTOMER, "busy")
    sid = await play.call()
    await play.eventually(lambda: len(play.statuses(sid)) == 2)
    assert play.statuses(sid) == ["busy", "initiated"]


async def test_the_clock_moves_either_way_and_changes_its_speed(play: Stage) -> None:
    answer = await play.http.put("/clock", json={"now": "2030-01-01T09:00:00+09:00", "speed": 60})
    assert answer.json()["now"].startswith("2030-01-01T00:00:")
    answer = await play.http.put("/clock", json={"now": "2020-01-01T09:00:00+09:00"})
    assert answer.json()["now"].startswith("2020-01-01T00:00:")
    assert (await play.http.get("/clock")).json()["speed"] == 60


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Forwarded-For": "203.0.113.9"}, 404),
        ({"Forwarded": "for=203.0.113.9"}, 404),
        ({"Host": "evil.example"}, 404),
        ({"Host": "127.0.0.1.evil.example"}, 404),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
async def test_strangers_change_nothing(play: Stage, headers: dict[str, str], status: int) -> None:
    before = (await play.http.get("/clock")).json()["speed"]
    answer = await play.http.put("/clock", json={"speed": 99}, headers=headers)
    assert answer.status_code == status
    assert (await play.http.get("/clock")).json()["speed"] == before


async def test_the_pages_own_requests_are_let_in(play: Stage) -> None:
    headers = {"Origin": play.base, "Sec-Fetch-Site": "same-origin"}
    assert (await play.http.put("/clock", json={"speed": 2}, headers=headers)).status_code == 200


@pytest.mark.parametrize("path", [f"/phone/{CUSTOMER}", f"/phone/%2B{CUSTOMER[1:]}", "/phones"])
@pytest.mark.parametrize(("query", "language"), [("", "ja"), ("?lang=en", "en")])
async def test_the_pages_speak_both_languages_under_a_strict_policy(
    play: Stage, path: str, query: str, language: str
) -> None:
    page = await play.http.get(path + query)
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert "style=" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        assert (await play.http.get(f"{play.base}{address}")).status_code == 200


async def test_the_page_hears_of_a_ring_at_once(play: Stage) -> None:
    async with play.http.stream("GET", "/events", params={"number": CUSTOMER}) as events:
        states = told(events)
        assert (await anext(states))["handsets"][CUSTOMER]["ringing"] == []
        await play.call()
        async with asyncio.timeout(5):
            async for state in states:
                if state["handsets"][CUSTOMER]["ringing"]:
                    break


async def told(events: httpx.Response) -> AsyncIterator[dict[str, dict[str, dict[str, object]]]]:
    async for line in events.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))
