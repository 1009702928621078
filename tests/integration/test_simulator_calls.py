"""The simulated carrier places calls for the unmodified twilio-python client."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.support.simulator_stage import ACCOUNT_SID, AGENT, BUSINESS, CUSTOMER, Stage, stage

OTHER = "+815033334444"
ANSWERED = ["initiated", "ringing", "in-progress", "completed"]
CONNECT = """
<Dial action="/dialed" timeout="20">
  <Number url="/whisper" statusCallback="/status" statusCallbackEvent="initiated ringing answered completed">
    {agent}
  </Number>
</Dial>
"""


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        running.documents["/voice"] = (
            '<Gather action="/key" numDigits="1" timeout="6" actionOnEmptyResult="true">'
            '<Say language="ja-JP">つなぐ場合は1を押してください。</Say></Gather>'
        )
        running.documents["/key"] = '<Say language="ja-JP">おつなぎします。</Say>' + CONNECT.format(agent=AGENT)
        running.documents["/whisper"] = (
            '<Gather action="/screen" numDigits="1" timeout="8">'
            '<Say language="ja-JP">佐藤様、契約の件。</Say></Gather><Hangup/>'
        )
        running.documents["/screen"] = " "
        running.documents["/dialed"] = "<Hangup/>"
        yield running


async def test_a_customer_answers_presses_1_and_talks_with_the_agent(play: Stage) -> None:
    await play.behave(AGENT, "answer", talk_s=30)
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.asks(CUSTOMER)
    await play.act(CUSTOMER, "press", digits="1")
    await play.eventually(lambda: "おつなぎします。" in play.handset(CUSTOMER)["in_call"][0]["heard"])
    await play.pass_time(2)
    await play.rings(AGENT)
    await play.pass_time(2)
    await play.asks(AGENT)
    await play.pass_time(1)
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["connected_to"] == AGENT)
    agent = play.handset(AGENT)["in_call"][0]
    assert agent["connected_to"] == CUSTOMER
    assert agent["heard"] == ["佐藤様、契約の件。"]
    await play.pass_time(30)
    call = await play.ends(sid)
    assert play.statuses(sid) == ANSWERED
    assert call.status == "completed"
    [dialed] = play.asked("/dialed")
    assert (dialed["DialCallStatus"], dialed["DialBridged"], dialed["DialCallDuration"]) == ("completed", "true", "30")
    assert play.statuses(dialed["DialCallSid"]) == ANSWERED


async def test_an_agent_who_does_not_press_1_is_not_connected(play: Stage) -> None:
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.act(CUSTOMER, "press", digits="1")
    await play.eventually(lambda: play.asked("/key"))
    await play.pass_time(2)
    await play.rings(AGENT)
    await play.act(AGENT, "answer")
    await play.asks(AGENT)
    await play.pass_time(3)
    await play.pass_time(8)
    await play.ends(sid)
    [dialed] = play.asked("/dialed")
    assert (dialed["DialCallStatus"], dialed["DialBridged"]) == ("no-answer", "false")


async def test_the_agents_phone_stops_ringing_when_the_customer_hangs_up(play: Stage) -> None:
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.act(CUSTOMER, "press", digits="1")
    await play.eventually(lambda: play.asked("/key"))
    await play.pass_time(2)
    await play.rings(AGENT)
    await play.act(CUSTOMER, "hang_up")
    assert (await play.ends(sid)).status == "completed"
    await play.eventually(lambda: not play.handset(AGENT)["ringing"])
    [leg] = play.handset(AGENT)["calls"]
    assert leg["status"] == "canceled"


@pytest.mark.parametrize(
    ("behaviour", "seconds", "status", "sip_code"),
    [("no_answer", 25, "no-answer", "487"), ("busy", 0, "busy", "486"), ("unreachable", 0, "failed", "480")],
)
async def test_a_phone_that_is_not_answered(
    play: Stage, behaviour: str, seconds: float, status: str, sip_code: str
) -> None:
    await play.behave(CUSTOMER, behaviour)
    sid = await play.call()
    if seconds:
        await play.rings(CUSTOMER)
        await play.pass_time(seconds)
    call = await play.ends(sid)
    last = play.asked("/status")[-1]
    assert (call.status, call.duration, last["SipResponseCode"]) == (status, "0", sip_code)
    assert play.asked("/voice") == []


async def test_a_declined_call_is_busy(play: Stage) -> None:
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "decline")
    assert (await play.ends(sid)).status == "busy"
    assert play.asked("/status")[-1]["SipResponseCode"] == "603"


@pytest.mark.parametrize(
    ("mode", "answered_by"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")]
)
async def test_a_voicemail_is_detected_as_a_machine_and_presses_nothing(
    play: Stage, mode: str, answered_by: str
) -> None:
    await play.behave(CUSTOMER, "voicemail")
    sid = await play.call(machine_detection=mode)
    await play.rings(CUSTOMER)
    await play.pass_time(10)
    await play.eventually(lambda: "in-progress" in play.statuses(sid))
    await play.pass_time(6)
    await play.asks(CUSTOMER)
    assert play.asked("/voice")[0]["AnsweredBy"] == answered_by
    await play.pass_time(5)
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["heard"])
    await play.pass_time(8)
    await play.eventually(lambda: play.asked("/key"))
    assert play.asked("/key")[0]["Digits"] == ""
    assert (await play.fetch(sid)).answered_by == answered_by


async def test_a_ringing_call_can_be_cancelled_and_an_ended_one_cannot(play: Stage) -> None:
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.do(lambda: play.twilio.calls(sid).update(status="canceled"))
    assert (await play.ends(sid)).status == "canceled"
    with pytest.raises(TwilioRestException) as refusal:
        await play.do(lambda: play.twilio.calls(sid).update(status="canceled"))
    assert (refusal.value.status, refusal.value.code) == (400, 21220)


async def test_a_call_in_progress_can_be_redirected_and_completed(play: Stage) -> None:
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.asks(CUSTOMER)
    twiml = "<Response><Say>elsewhere</Say><Pause length='60'/></Response>"
    await play.do(lambda: play.twilio.calls(sid).update(twiml=twiml))
    await play.eventually(lambda: "elsewhere" in play.handset(CUSTOMER)["in_call"][0]["heard"])
    await play.do(lambda: play.twilio.calls(sid).update(status="completed"))
    assert (await play.ends(sid)).status == "completed"


async def test_an_unreadable_document_leads_to_the_fallback(play: Stage) -> None:
    play.failing.add("/voice")
    play.documents["/sorry"] = "<Say>Sorry.</Say>"
    sid = await play.call(fallback_url=f"{play.base}/sorry")
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.eventually(lambda: play.asked("/sorry"))
    assert play.asked("/sorry")[0]["ErrorCode"] == "11200"
    await play.pass_time(1)
    await play.ends(sid)
    [note] = await play.do(lambda: play.twilio.calls(sid).notifications.list())
    assert note.error_code == "11200"


async def test_an_unknown_verb_is_noted_and_skipped(play: Stage) -> None:
    play.documents["/voice"] = "<Sing>la</Sing><Say>on we go</Say>"
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["heard"] == ["on we go"])
    await play.pass_time(2)
    await play.ends(sid)
    [note] = await play.do(lambda: play.twilio.calls(sid).notifications.list())
    assert note.error_code == "12200"


async def test_calls_are_listed_newest_first_and_page_by_page(play: Stage) -> None:
    await play.behave(CUSTOMER, "busy")
    sids = [await play.call() for _ in range(3)]
    await play.behave(AGENT, "busy")
    await play.call(to=AGENT)
    found = await play.do(lambda: play.twilio.calls.list(to=CUSTOMER, page_size=2))
    assert [call.sid for call in found] == sids[::-1]
    assert await play.do(lambda: play.twilio.calls.list(to=CUSTOMER, status="completed")) == []
    page = await play.do(lambda: play.twilio.calls.page(page_size=3).next_page())
    assert [call.sid for call in page] == sids[:1]


async def test_start_time_filters_by_the_day_in_utc(play: Stage) -> None:
    sid = await play.call()
    await play.rings(CUSTOMER)
    day = (await play.fetch(sid)).start_time.date()
    assert [call.sid for call in await play.do(lambda: play.twilio.calls.list(start_time=day))] == [sid]
    assert await play.do(lambda: play.twilio.calls.list(start_time_before="2026-11-23")) == []


@pytest.mark.parametrize(
    ("to", "options", "status", "code"),
    [
        ("", {}, 400, 21201),
        ("0312345678", {}, 400, 21217),
        ("+15005550001", {}, 400, 21217),
        (CUSTOMER, {"url": "not a url"}, 400, 21205),
        (CUSTOMER, {"url": None}, 400, 21205),
        (CUSTOMER, {"timeout": "soon"}, 400, 20001),
    ],
)
async def test_a_wrong_order_is_refused_with_the_carriers_code(
    play: Stage, to: str, options: dict[str, object], status: int, code: int
) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        await play.call(to=to, **options)
    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert await play.do(play.twilio.calls.list) == []


async def test_only_the_accounts_own_token_is_let_in(play: Stage) -> None:
    stranger = Client(ACCOUNT_SID, "another")
    stranger.api.base_url = f"{play.base}/simulator"
    with pytest.raises(TwilioRestException) as refusal:
        await play.do(lambda: stranger.api.accounts(ACCOUNT_SID).fetch())
    assert (refusal.value.status, refusal.value.code) == (401, 20003)
    assert (await play.do(lambda: play.twilio.api.accounts(ACCOUNT_SID).fetch())).status == "active"


async def test_an_unknown_call_is_not_found(play: Stage) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        await play.fetch("CA" + "0" * 32)
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


async def test_a_call_that_was_live_when_the_process_died_ends_as_failed(play: Stage) -> None:
    sid = await play.call()
    await play.eventually(lambda: play.statuses(sid) == ["initiated", "ringing"])
    await play.carrier.stop()
    await play.carrier.start()
    play.carrier.resume()
    call = await play.ends(sid)
    assert call.status == "failed"
    assert play.statuses(sid) == ["initiated", "ringing", "failed"]


async def test_a_jump_backward_keeps_what_remains_of_the_ringing(play: Stage) -> None:
    sid = await play.call(timeout=20)
    await play.rings(CUSTOMER)
    await play.pass_time(15)
    await play.pass_time(-86400)
    assert play.handset(CUSTOMER)["ringing"]
    await play.pass_time(6)
    assert (await play.ends(sid)).status == "no-answer"


async def test_all_numbers_ring_and_the_first_that_accepts_is_connected(play: Stage) -> None:
    play.documents["/voice"] = (
        f'<Dial action="/dialed"><Number url="/whisper">{AGENT}</Number><Number url="/whisper">{OTHER}</Number></Dial>'
    )
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.rings(AGENT)
    await play.rings(OTHER)
    await play.act(AGENT, "answer")
    await play.asks(AGENT)
    assert play.handset(OTHER)["ringing"]
    await play.act(AGENT, "press", digits="1")
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["connected_to"] == AGENT)
    await play.eventually(lambda: play.handset(OTHER)["calls"][0]["status"] == "canceled")
    await play.act(AGENT, "hang_up")
    await play.ends(sid)
    assert play.asked("/dialed")[0]["DialCallStatus"] == "completed"


async def test_a_phone_reacts_anew_when_its_behaviour_changes_while_it_rings(play: Stage) -> None:
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.behave(CUSTOMER, "answer")
    await play.pass_time(2)
    await play.asks(CUSTOMER)
    await play.pass_time(1)
    await play.eventually(lambda: play.asked("/key"))
    assert play.asked("/key")[0]["Digits"] == "1"
    await play.act(CUSTOMER, "hang_up")
    await play.ends(sid)


async def test_a_call_ends_at_its_time_limit(play: Stage) -> None:
    play.documents["/voice"] = "<Pause length='600'/>"
    sid = await play.call(time_limit=60)
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.eventually(lambda: play.asked("/voice"))
    await play.pass_time(61)
    call = await play.ends(sid)
    assert (call.status, 60 <= int(call.duration) <= 62) == ("completed", True)


async def test_detection_beside_the_call_is_told_by_its_own_callback(play: Stage) -> None:
    sid = await play.call(
        machine_detection="Enable", async_amd="true", async_amd_status_callback=f"{play.base}/detected"
    )
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.asks(CUSTOMER)
    await play.pass_time(3)
    await play.eventually(lambda: play.asked("/detected"))
    assert (play.asked("/detected")[0]["CallSid"], play.asked("/detected")[0]["AnsweredBy"]) == (sid, "human")


async def test_a_webhook_that_is_not_taken_is_repeated_as_its_fragment_asks(play: Stage) -> None:
    play.failing.add("/status")
    await play.behave(CUSTOMER, "busy")
    sid = await play.call(status_callback=f"{play.base}/status#rc=2&rp=5xx", status_callback_event=["completed"])
    await play.eventually(lambda: len(play.statuses(sid)) == 3)
    play.failing.clear()
    other = await play.call(status_callback_event=["completed"])
    await play.ends(other)
    assert play.statuses(sid) == ["busy"] * 3


async def test_a_handset_can_call_the_business(play: Stage) -> None:
    play.documents["/inbound"] = "<Say>Hello</Say><Pause length='30'/>"
    await play.act(CUSTOMER, "call")
    await play.eventually(lambda: play.asked("/inbound"))
    [form] = play.asked("/inbound")
    assert (form["From"], form["To"], form["Direction"]) == (CUSTOMER, BUSINESS, "inbound")
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["heard"] == ["Hello"])
    assert (await play.act(CUSTOMER, "hang_up")).status_code == 200
