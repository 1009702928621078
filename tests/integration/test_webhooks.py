"""The carrier's webhooks: believed only when they are signed for this very address."""

from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
from twilio.request_validator import RequestValidator

from bot.booking.callback import Outcome, Status
from bot.gateway.voice import STEPS
from bot.store.attempts import Dial
from bot.usecases.inbound import STEPS as INBOUND_STEPS
from tests.integration.conftest import Gateway
from tests.support.carriers import sid_of
from tests.support.products import NUMBER, SLOT

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def a_call(gateway: Gateway, **booking: Any) -> Dial:
    """A call that rings at the customer's."""
    await gateway.world.with_agents()
    await gateway.world.book(SLOT, **booking)
    await gateway.world.at(SLOT.start)
    return await gateway.world.the_dial()


def signature(gateway: Gateway, path: str, fields: dict[str, str], *, base: str = "", token: str = "") -> str:
    """As the carrier signs it."""
    url = (base or gateway.product.settings.public_base_url) + path
    return str(RequestValidator(token or gateway.product.account.auth_token).compute_signature(url, fields))


async def post(gateway: Gateway, path: str, fields: dict[str, str], signed: str | None = None) -> httpx.Response:
    """Deliver a webhook, rightly signed unless told otherwise."""
    headers = {"X-Twilio-Signature": signature(gateway, path, fields) if signed is None else signed}
    return await gateway.public.post(path, content=urlencode(fields), headers=headers | FORM)


def voice(dial: Dial, step: str) -> str:
    return f"/webhooks/twilio/voice/{dial.id}/{step}"


def tags(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    return [element.tag for element in ElementTree.fromstring(answer.text).iter()]  # noqa: S314 (our own answer)


async def test_a_whole_call_through_its_webhooks(gateway: Gateway) -> None:
    dial = await a_call(gateway, name="山田", reason="</Say><Dial>+19005550123</Dial>")
    sid = sid_of(dial.id)
    call = {"CallSid": sid}
    assert "Gather" in tags(await post(gateway, voice(dial, "answered"), call))
    assert tags(await post(gateway, voice(dial, "key"), call | {"Digits": "1"})) == [
        "Response",
        "Say",
        "Dial",
        "Conference",
    ]
    whisper = await post(gateway, voice(dial, "screen"), {"CallSid": "CAagent1"})
    assert "Dial" not in tags(whisper)
    assert "&lt;Dial&gt;" in whisper.text
    joins = await post(gateway, voice(dial, "accepted"), {"CallSid": "CAagent1", "Digits": "1"})
    assert tags(joins) == ["Response", "Say", "Dial", "Conference"]
    assert tags(await post(gateway, voice(dial, "done"), call)) == ["Response", "Hangup"]
    over = call | {"CallStatus": "completed", "CallDuration": "61"}
    for _ in range(2):
        assert (await post(gateway, voice(dial, "status"), over)).status_code == 204
    (callback,) = await gateway.world.bookings.listing()
    assert callback.status == Status.COMPLETED
    assert [(attempt.outcome, attempt.duration_s) for attempt in callback.attempts] == [(Outcome.CONNECTED, 61)]


@pytest.mark.parametrize("fault", ["missing", "empty", "wrong", "other secret", "other host", "other path", "http"])
async def test_a_webhook_that_is_not_rightly_signed_is_403_and_changes_nothing(gateway: Gateway, fault: str) -> None:
    dial = await a_call(gateway)
    path, fields = voice(dial, "status"), {"CallSid": sid_of(dial.id), "CallStatus": "completed"}
    forged = {
        "empty": "",
        "wrong": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "other secret": signature(gateway, path, fields, token="other"),
        "other host": signature(gateway, path, fields, base="https://evil.example"),
        "other path": signature(gateway, voice(dial, "answered"), fields),
        "http": signature(
            gateway, path, fields, base=gateway.product.settings.public_base_url.replace("http:", "https:")
        ),
    }
    if fault == "missing":
        answer = await gateway.public.post(path, content=urlencode(fields), headers=FORM)
    else:
        answer = await post(gateway, path, fields, forged[fault])
    assert (answer.status_code, answer.json()["type"]) == (403, "bad-signature")
    assert await gateway.world.the_dial() == dial


@pytest.mark.parametrize(
    "change", [{"CallStatus": "completed"}, {"CallSid": "CAother"}, {"More": "x"}], ids=["status", "sid", "more"]
)
async def test_a_webhook_changed_on_its_way_is_403(gateway: Gateway, change: dict[str, str]) -> None:
    dial = await a_call(gateway)
    path, fields = voice(dial, "status"), {"CallSid": sid_of(dial.id), "CallStatus": "ringing"}
    signed = signature(gateway, path, fields)
    assert (await post(gateway, path, fields | change, signed)).status_code == 403
    assert await gateway.world.the_dial() == dial


@pytest.mark.parametrize("step", STEPS)
async def test_every_step_of_a_call_asks_for_the_signature(gateway: Gateway, step: str) -> None:
    answer = await gateway.public.post(f"/webhooks/twilio/voice/{'0' * 32}/{step}", data={"CallSid": "CA1"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/webhooks/twilio/sms", "/webhooks/twilio/sms-status"])
async def test_messages_ask_for_the_signature_too(gateway: Gateway, path: str) -> None:
    fields = {"From": NUMBER, "Body": "STOP", "MessageSid": "SM1", "MessageStatus": "sent"}
    assert (await post(gateway, path, fields, "forged")).status_code == 403
    await gateway.world.book()
    assert len(await gateway.world.send_notices()) == 1


@pytest.mark.parametrize("step", ["", "/status", *(f"/{step}" for step in INBOUND_STEPS)])
async def test_every_step_of_a_call_that_comes_in_asks_for_the_signature(gateway: Gateway, step: str) -> None:
    path, fields = f"/webhooks/twilio/voice/inbound{step}", {"CallSid": "CA1", "From": NUMBER, "Digits": "1"}
    assert (await post(gateway, path, fields, "forged")).status_code == 403
    assert (await post(gateway, path + "?wish=soonest", fields, signature(gateway, path, fields))).status_code == 403
    assert await gateway.world.bookings.listing() == []


async def test_a_call_comes_in_once_however_often_it_is_delivered(gateway: Gateway) -> None:
    path, fields = "/webhooks/twilio/voice/inbound", {"CallSid": "CA1", "From": NUMBER, "CallerName": ""}
    answers = [await post(gateway, path, fields) for _ in range(2)]
    assert tags(answers[0])[:2] == ["Response", "Gather"]
    assert answers[0].text == answers[1].text
    assert tags(await post(gateway, f"{path}/number?wish=soonest", fields | {"Digits": "1"})) == [
        "Response", "Say", "Hangup",
    ]  # fmt: skip
    over = fields | {"CallStatus": "completed"}
    for _ in range(2):
        assert (await post(gateway, f"{path}/status", over)).status_code == 204
    assert len(await gateway.world.bookings.listing()) == 1
    unknown = await post(gateway, f"{path}/menu", fields | {"CallSid": "CA2", "Digits": "1"})
    assert tags(unknown) == ["Response", "Hangup"]


async def test_blank_fields_are_signed_too(gateway: Gateway) -> None:
    dial = await a_call(gateway)
    fields = {"CallSid": sid_of(dial.id), "Digits": "", "CallerName": ""}
    assert "Gather" in tags(await post(gateway, voice(dial, "key"), fields))


async def test_a_query_in_the_address_is_signed_too(gateway: Gateway) -> None:
    dial = await a_call(gateway)
    path = voice(dial, "status") + "?x=1&y=%E3%81%82"
    fields = {"CallSid": sid_of(dial.id), "CallStatus": "ringing"}
    assert (await post(gateway, path, fields)).status_code == 204
    assert (await post(gateway, voice(dial, "status") + "?x=2", fields, signature(gateway, path, fields))
            ).status_code == 403  # fmt: skip


@pytest.mark.parametrize("attempt", ["0" * 32, "x", "0" * 31, "A" * 32])
async def test_an_unknown_attempt_hangs_up_or_is_not_found(gateway: Gateway, attempt: str) -> None:
    path = f"/webhooks/twilio/voice/{attempt}/answered"
    answer = await post(gateway, path, {"CallSid": "CA1"})
    if attempt == "0" * 32:
        assert tags(answer) == ["Response", "Hangup"]
    else:
        assert answer.status_code == 404


async def test_a_customer_who_writes_stop_is_answered_once_and_obeyed(gateway: Gateway) -> None:
    fields = {"From": NUMBER, "To": "+815031234567", "Body": "停止", "MessageSid": "SM1"}
    first = await post(gateway, "/webhooks/twilio/sms", fields)
    assert tags(first) == ["Response", "Message"]
    assert "停止しました" in first.text
    assert tags(await post(gateway, "/webhooks/twilio/sms", fields)) == ["Response"]
    await gateway.world.book()
    assert await gateway.world.send_notices() == []


async def test_a_text_message_is_answered_behind_the_webhook(gateway: Gateway) -> None:
    fields = {"From": NUMBER, "To": "+815031234567", "Body": "もしもし", "MessageSid": "SM1"}
    for _ in range(2):
        assert tags(await post(gateway, "/webhooks/twilio/sms", fields)) == ["Response"]
    assert (await post(gateway, "/webhooks/twilio/sms", fields | {"MessageSid": "SM2"}, "forged")).status_code == 403
    world = gateway.world
    await world.correspondence.answer_due(now=world.now, real_now=world.real)
    assert [text for _, text in world.sms.texts] == ["heard: もしもし"]


async def test_how_a_message_fared_is_kept(gateway: Gateway) -> None:
    await gateway.world.book()
    await gateway.world.send_notices()
    fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"}
    assert (await post(gateway, "/webhooks/twilio/sms-status", fields)).status_code == 204
