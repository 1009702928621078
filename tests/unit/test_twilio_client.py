"""The carrier's client against a server of our own: may the carrier have acted, or surely not?"""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from twilio.request_validator import RequestValidator

from bot.booking.callback import Outcome
from bot.telephony.dialer import Accepted, CarrierUnavailable, Rejected, Unknown
from bot.telephony.twilio import CallUrls, TwilioDialer
from bot.vendors import twilio
from bot.vendors.twilio import CarrierRefused, CarrierSilent, TwilioClient
from tests.support.ports import free_port

SID, TOKEN = "AC" + "1" * 32, "t0ken"
CALL = "CA" + "2" * 32
ATTEMPT = "0123456789abcdef0123456789abcdef"


class Carrier:
    """Answers every request in one way and keeps what it was asked."""

    def __init__(self) -> None:
        self.behaviour: Any = (201, {"sid": CALL, "status": "queued", "to": "+819012345678"})
        self.posts: list[tuple[str, dict[str, list[str]]]] = []
        self.gets: list[str] = []
        self.released = threading.Event()
        carrier = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                carrier.posts.append((self.path, parse_qs(body)))
                self.answer()

            def do_GET(self) -> None:
                carrier.gets.append(self.path)
                self.answer()

            def answer(self) -> None:
                self.close_connection = True
                if carrier.behaviour == "hang":
                    carrier.released.wait(5)
                    return
                if carrier.behaviour == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                status, body = carrier.behaviour
                sent = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    started = Carrier()
    yield started
    started.stop()


def a_client(url: str, monkeypatch: pytest.MonkeyPatch) -> TwilioClient:
    """A client that loses patience soon."""
    monkeypatch.setattr(twilio, "TIMEOUT_S", 0.4)
    return TwilioClient(account_sid=SID, auth_token=TOKEN, base_url=url)


def a_dialer(client: TwilioClient) -> TwilioDialer:
    return TwilioDialer(client, number="+815031234567", urls=CallUrls("https://shop.example"), ring_seconds=25)


FAULTS = [
    ((201, {"sid": CALL, "status": "queued"}), Accepted(call_sid=CALL)),
    ((400, {"code": 21211, "message": "bad number"}), Rejected(code=21211, number_is=Outcome.INVALID)),
    ((400, {"code": 21215, "message": "not permitted"}), Rejected(code=21215)),
    ((401, {"code": 20003, "message": "who are you"}), Rejected(code=20003)),
    ((429, {"code": 20429, "message": "slow down"}), Rejected(code=20429, try_later=True)),
    ((500, {"code": 20500, "message": "oops"}), Unknown(cause="status 500")),
    ((503, b"<html>busy</html>"), Unknown(cause="status 503")),
    ((201, b"<html>hello</html>"), Unknown(cause="unreadable answer")),
    ("hang", Unknown(cause="ReadTimeout")),
    ("reset", Unknown(cause="ConnectionError")),
]


@pytest.mark.parametrize(("behaviour", "answer"), FAULTS, ids=lambda value: str(value)[:24])
async def test_every_answer_is_accepted_rejected_or_unknown_and_asked_for_once(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch, behaviour: Any, answer: Accepted | Rejected | Unknown
) -> None:
    carrier.behaviour = behaviour
    client = a_client(carrier.url, monkeypatch)
    assert await a_dialer(client).dial(ATTEMPT, "+819012345678") == answer
    assert len(carrier.posts) == 1
    client.close()


async def test_a_carrier_that_refuses_the_connection_surely_did_not_act(monkeypatch: pytest.MonkeyPatch) -> None:
    client = a_client(f"http://127.0.0.1:{free_port()}", monkeypatch)
    assert await a_dialer(client).dial(ATTEMPT, "+819012345678") == Rejected(code=0, try_later=True)
    with pytest.raises(CarrierRefused) as refused:
        await client.ping()
    assert refused.value.try_later


@pytest.mark.parametrize(
    ("behaviour", "try_later"),
    [((400, {"code": 21610, "message": "stopped"}), False), ((429, {"code": 20429, "message": "slow down"}), True)],
)
async def test_whether_a_refused_message_may_be_tried_again(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch, behaviour: Any, try_later: bool
) -> None:
    carrier.behaviour = behaviour
    client = a_client(carrier.url, monkeypatch)
    with pytest.raises(CarrierRefused) as refused:
        await client.send_sms(to="+819012345678", sender="+815031234567", text="x", status_url="https://shop.example/s")
    assert (refused.value.code, refused.value.try_later) == (behaviour[1]["code"], try_later)


@pytest.mark.parametrize("behaviour", ["hang", "reset", (500, {}), (201, b"")])
async def test_a_message_whose_answer_is_lost_is_not_repeated(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch, behaviour: Any
) -> None:
    carrier.behaviour = behaviour
    client = a_client(carrier.url, monkeypatch)
    with pytest.raises(CarrierSilent):
        await client.send_sms(to="+819012345678", sender="+815031234567", text="x", status_url="https://shop.example/s")
    assert len(carrier.posts) == 1


async def test_what_the_carrier_is_told_of_a_call(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_dialer(a_client(carrier.url, monkeypatch)).dial(ATTEMPT, "+819012345678")
    ((path, fields),) = carrier.posts
    assert path == f"/2010-04-01/Accounts/{SID}/Calls.json"
    assert fields["To"] == ["+819012345678"]
    assert fields["From"] == ["+815031234567"]
    assert fields["Timeout"] == ["25"]
    assert fields["Url"] == [f"https://shop.example/webhooks/twilio/voice/{ATTEMPT}/answered"]
    assert fields["StatusCallback"][0].startswith(f"https://shop.example/webhooks/twilio/voice/{ATTEMPT}/status")
    assert fields["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]


async def test_asking_again_is_harmless_and_says_when_nobody_answers(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialer = a_dialer(a_client(carrier.url, monkeypatch))
    carrier.behaviour = (200, {"sid": CALL, "status": "ringing", "to": "+81", "duration": "7"})
    found = await dialer.fetch(CALL)
    assert found is not None
    assert (found.status, found.duration_s) == ("ringing", 7)
    carrier.behaviour = (404, {"code": 20404, "message": "no such call"})
    assert await dialer.fetch(CALL) is None
    for behaviour in ((500, {}), (429, {"code": 20429}), "reset"):
        carrier.behaviour = behaviour
        for question in (dialer.fetch(CALL), dialer.latest("+819012345678"), dialer.end(CALL)):
            with pytest.raises(CarrierUnavailable):
                await question


URL = "https://shop.example/webhooks/twilio/voice/0123/status"
FIELDS = {"CallSid": CALL, "CallStatus": "completed", "To": "+819012345678", "Digits": "", "名": "値"}


def signed(url: str = URL, fields: dict[str, str] = FIELDS, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, fields))


@pytest.mark.parametrize(
    ("url", "fields", "signature", "valid"),
    [
        (URL, FIELDS, signed(), True),
        (URL, dict(reversed(FIELDS.items())), signed(), True),
        (URL, {**FIELDS, "CallStatus": "busy"}, signed(), False),
        (URL, {**FIELDS, "More": "x"}, signed(), False),
        (URL, {name: value for name, value in FIELDS.items() if value}, signed(), False),
        (URL.replace("0123", "4567"), FIELDS, signed(), False),
        (URL.replace("shop", "other"), FIELDS, signed(), False),
        (URL.replace("https", "http"), FIELDS, signed(), False),
        (URL, FIELDS, signed(token="other"), False),
        (URL, FIELDS, "", False),
        (URL, FIELDS, "AAAA", False),
        (URL, FIELDS, "署名", False),
    ],
)
def test_a_webhook_is_believed_only_when_it_was_signed_for_this_address_and_these_fields(
    url: str, fields: dict[str, str], signature: str, valid: bool
) -> None:
    client = TwilioClient(account_sid=SID, auth_token=TOKEN)
    assert client.is_signed(url, fields, signature) == valid


def test_twilios_own_example_is_believed() -> None:
    """https://www.twilio.com/docs/usage/webhooks/webhooks-security"""
    client = TwilioClient(account_sid=SID, auth_token="12345")
    fields = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert client.is_signed("https://mycompany.com/myapp.php?foo=1&bar=2", fields, signature)
