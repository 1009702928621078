"""The simulated carrier's answers, judged by Twilio's own OpenAPI document: Prism stands between it and the real client
and turns every answer that does not fit into an error."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.support.judge import need_prism, proxy
from tests.support.products import ROOT
from tests.support.simulator_stage import ACCOUNT_SID, AGENT, AUTH_TOKEN, BUSINESS, CUSTOMER, Stage, stage
from tools import prism

OURS = ("Calls", "Messages", "Conferences")
WHERE = "/2010-04-01/Accounts/{AccountSid}"


@pytest.fixture(scope="module")
def specification(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twilio's document, of it what we serve, and corrected where Twilio itself does not keep to it."""
    need_prism()
    document = json.loads((ROOT / prism.FOLDER / prism.SPECIFICATION).read_text())
    document["paths"] = {
        path: operations
        for path, operations in document["paths"].items()
        if path in ("/2010-04-01/Accounts/{Sid}.json",) or path.startswith(tuple(f"{WHERE}/{name}" for name in OURS))
    }
    for operations in document["paths"].values():
        _say_that_lists_are_repeated_fields(operations.get("post", {}))
        _say_that_pages_are_named_by_paths(operations.get("get", {}))
    path = tmp_path_factory.mktemp("prism") / "twilio.json"
    path.write_text(json.dumps(document))
    return path


def _say_that_lists_are_repeated_fields(operation: dict[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        fields = content.get("schema", {}).get("properties", {})
        repeated = [name for name, field in fields.items() if field.get("type") == "array"]
        content["encoding"] = {name: {"style": "form", "explode": True} for name in repeated}


def _say_that_pages_are_named_by_paths(operation: dict[str, Any]) -> None:
    """They begin with a slash, and twilio-python puts the host before them; the document wants whole addresses."""
    for response in operation.get("responses", {}).values():
        for content in response.get("content", {}).values():
            for name, field in content.get("schema", {}).get("properties", {}).items():
                if name == "uri" or name.endswith("_page_uri"):
                    field.pop("format", None)


@pytest.fixture
async def judged(specification: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """The carrier, its real client behind Prism."""
    async with stage(tmp_path) as play, proxy(specification, f"{play.base}/simulator") as url:
        play.twilio = Client(ACCOUNT_SID, AUTH_TOKEN)
        play.twilio.api.base_url = url
        yield play


async def test_every_answer_is_one_that_twilio_could_give(judged: Stage) -> None:
    play, twilio = judged, judged.twilio
    play.documents["/voice"] = '<Dial><Conference startConferenceOnEnter="false">room</Conference></Dial>'
    sid = await play.call(
        machine_detection="DetectMessageEnd", async_amd="true", async_amd_status_callback=f"{play.base}/machine"
    )
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.eventually(lambda: "♪" in play.handset(CUSTOMER)["calls"][-1]["heard"])  # waiting in the room

    def look() -> None:
        """Everything that can be asked for, by the client that we use."""
        assert twilio.calls(sid).fetch().status == "in-progress"
        assert [call.sid for call in twilio.calls.list(to=CUSTOMER, limit=5)] == [sid]
        twilio.api.accounts(ACCOUNT_SID).fetch()
        room = twilio.conferences.list(friendly_name="room", limit=5)[0]
        twilio.conferences(room.sid).fetch()
        added = twilio.conferences(room.sid).participants.create(from_=BUSINESS, to=AGENT, label="agent")
        twilio.conferences(room.sid).participants.list()
        twilio.conferences(room.sid).participants(added.call_sid).fetch()
        twilio.conferences(room.sid).participants(sid).update(hold=True)
        twilio.calls(added.call_sid).update(status="canceled")
        twilio.calls(sid).update(twiml="<Response><Hangup/></Response>")
        message = twilio.messages.create(
            from_=BUSINESS, to=CUSTOMER, body="こんにちは", status_callback=f"{play.base}/s"
        )
        twilio.messages(message.sid).fetch()
        twilio.messages.list(to=CUSTOMER, limit=5)

    await play.do(look)
    await play.eventually(lambda: play.statuses(sid)[-1:] == ["completed"])
    for behaviour in ("busy", "unreachable", "no_answer"):
        await play.behave(CUSTOMER, behaviour)
        failed = await play.call(timeout=10)
        await play.eventually(lambda: play.handset(CUSTOMER)["calls"][-1]["status"] not in ("queued", "initiated"))
        await play.pass_time(11)
        await play.ends(failed)
    listed = await play.do(lambda: twilio.calls.list(limit=20, page_size=2))
    assert {call.status for call in listed} >= {"busy", "failed", "no-answer"}


async def test_the_judge_refuses_an_answer_that_does_not_fit(judged: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def unfitting(*_: Any) -> dict[str, object]:
        return {"sid": "CA1", "status": "teleported"}

    monkeypatch.setattr("bot.simulator.rest.call_resource", unfitting)
    with pytest.raises(TwilioRestException):
        await judged.call()
