"""Conferences of the simulated carrier, and people who are called into them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.support.simulator_stage import AGENT, BUSINESS, CUSTOMER, Stage, stage

ROOM = "callback-7"
SUPERVISOR = "+815033334444"


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        running.documents["/voice"] = (
            '<Dial action="/left"><Conference startConferenceOnEnter="false" endConferenceOnExit="true" waitUrl="/wait"'
            f' statusCallback="/room" statusCallbackEvent="start end join leave mute hold">{ROOM}</Conference></Dial>'
        )
        running.documents["/wait"] = "<Say>Please hold.</Say><Pause length='20'/>"
        running.documents["/left"] = "<Hangup/>"
        yield running


async def customer_waits(play: Stage) -> str:
    sid = await play.call()
    await play.rings(CUSTOMER)
    await play.act(CUSTOMER, "answer")
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["heard"] == ["Please hold."])
    return sid


async def add(play: Stage, number: str, **options: object) -> str:
    def create() -> str:
        room = play.twilio.conferences(ROOM)
        return str(room.participants.create(from_=BUSINESS, to=number, **options).call_sid)

    sid = str(await play.do(create))
    await play.rings(number)
    await play.act(number, "answer")
    return sid


def events(play: Stage) -> list[str]:
    return [form["StatusCallbackEvent"] for form in play.asked("/room")]


async def test_a_customer_waits_until_the_agent_enters_and_both_leave_together(play: Stage) -> None:
    sid = await customer_waits(play)
    await add(play, AGENT, label="agent")
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["connected_to"] == AGENT)
    assert play.handset(AGENT)["in_call"][0]["connected_to"] == CUSTOMER
    await play.act(CUSTOMER, "hang_up")
    assert (await play.ends(sid)).status == "completed"
    await play.eventually(lambda: "conference-end" in events(play))
    await play.eventually(lambda: not play.handset(AGENT)["in_call"])
    assert events(play)[:3] == ["participant-join", "participant-join", "conference-start"]


async def test_a_participant_can_be_held_muted_and_sent_away(play: Stage) -> None:
    await customer_waits(play)
    await add(play, AGENT, label="agent")
    await play.eventually(lambda: play.handset(CUSTOMER)["in_call"][0]["connected_to"] == AGENT)
    agent = play.twilio.conferences(ROOM).participants("agent")
    assert (await play.do(lambda: agent.update(hold=True))).hold is True
    assert play.handset(CUSTOMER)["in_call"][0]["connected_to"] is None
    assert (await play.do(lambda: agent.update(hold=False, muted=True))).muted is True
    assert play.handset(CUSTOMER)["in_call"][0]["connected_to"] == AGENT
    assert await play.do(agent.delete) is True
    await play.eventually(lambda: not play.handset(AGENT)["in_call"])
    assert play.handset(CUSTOMER)["in_call"][0]["connected_to"] is None


async def test_a_supervisor_coaches_an_agent(play: Stage) -> None:
    await customer_waits(play)
    coached = await add(play, AGENT)
    sid = await add(play, SUPERVISOR)
    supervisor = play.twilio.conferences(ROOM).participants(sid)
    await play.eventually(lambda: len(play.asked("/room")) >= 4)
    updated = await play.do(lambda: supervisor.update(coaching=True, call_sid_to_coach=coached))
    assert (updated.coaching, updated.call_sid_to_coach) == (True, coached)
    people = await play.do(lambda: play.twilio.conferences(ROOM).participants.list())
    assert len(people) == 3


async def test_a_conference_is_listed_by_name_and_can_be_ended(play: Stage) -> None:
    sid = await customer_waits(play)
    [room] = await play.do(lambda: play.twilio.conferences.list(friendly_name=ROOM))
    assert room.status == "init"
    ended = await play.do(lambda: play.twilio.conferences(room.sid).update(status="completed"))
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")
    await play.ends(sid)
    assert play.asked("/left")
    with pytest.raises(TwilioRestException) as refusal:
        await play.do(lambda: play.twilio.conferences(ROOM).participants(sid).fetch())
    assert refusal.value.status == 404


async def test_a_participant_who_does_not_answer_leaves_no_seat_behind(play: Stage) -> None:
    await play.behave(AGENT, "busy")
    await play.do(lambda: play.twilio.conferences(ROOM).participants.create(from_=BUSINESS, to=AGENT))
    await play.eventually(lambda: play.handset(AGENT)["calls"][0]["status"] == "busy")
    [room] = await play.do(lambda: play.twilio.conferences.list(friendly_name=ROOM))
    assert room.status == "completed"
