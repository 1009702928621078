"""Customer and agent meet in a room, whoever is rung first; nobody hears silence, and nobody is left waiting."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.callback import Callback, Outcome, Status
from bot.store.database import Database
from bot.telephony.dialer import Accepted, CallState, Rejected, Unknown
from bot.usecases.call_steps import EnterRoom, HangUp, SayAndHangUp, Wait
from tests.support.carriers import sid_of
from tests.support.databases import SqliteFiles
from tests.support.products import NUMBER, SLOT, World
from tests.support.telephone import AGENTS, Telephone, ringing, telephone

FIRST, SECOND = AGENTS[:2]
AGENT_FIRST = '"agent_first"'
Opening = Callable[..., contextlib.AbstractAsyncContextManager[Telephone]]


@pytest.fixture
def opened(tmp_path: Path, sqlite_files: SqliteFiles) -> Opening:
    """A business with so many agents and such settings, and the simulated carrier."""

    @contextlib.asynccontextmanager
    async def open_(agents: int = 1, **changed: str) -> AsyncIterator[Telephone]:
        async with telephone(tmp_path, await sqlite_files.fresh(tmp_path), agents=agents, **changed) as phone:
            yield phone

    return open_


async def customer_waits(phone: Telephone) -> None:
    """The customer has answered, pressed 1 and waits for an agent."""
    await phone.pick_up(NUMBER)
    await phone.press(NUMBER, "1")
    await phone.hears(NUMBER, "担当者を呼び出しています")


async def both_talk(phone: Telephone, *numbers: str) -> None:
    await phone.until(lambda: all(phone.is_connected(number) for number in numbers))


async def test_customer_first_they_meet_and_the_end_of_one_is_the_end_of_both(opened: Opening) -> None:
    async with opened() as phone:
        made = await ringing(phone, name="山田", reason="冷蔵庫の修理")
        await customer_waits(phone)
        await phone.pick_up(FIRST)
        await phone.hears(FIRST, "山田様、ご用件は、冷蔵庫の修理")
        await phone.press(FIRST, "1")
        await phone.until(lambda: phone.is_connected(FIRST), passing=1.0)
        await both_talk(phone, NUMBER, FIRST)
        assert (await phone.read(made)).status == Status.IN_CALL
        await phone.pass_time(60)
        await phone.act(FIRST, "hang_up")
        over = await phone.over(made)
        assert (over.status, over.attempts[0].outcome) == (Status.COMPLETED, Outcome.CONNECTED)
        assert not phone.handset(NUMBER)["in_call"]


async def test_an_agent_who_does_not_press_is_followed_by_the_next(opened: Opening) -> None:
    async with opened(agents=2) as phone:
        made = await ringing(phone)
        await customer_waits(phone)
        await phone.pick_up(FIRST)  # and nobody presses: a voicemail
        await phone.until(lambda: phone.handset(SECOND)["ringing"], passing=1.0)
        await phone.pick_up(SECOND)
        await phone.press(SECOND, "1")
        await phone.until(lambda: phone.is_connected(SECOND), passing=1.0)
        await both_talk(phone, NUMBER, SECOND)
        await phone.act(NUMBER, "hang_up")
        assert (await phone.over(made)).status == Status.COMPLETED


async def test_where_no_agent_comes_the_customer_hears_it_and_loses_no_attempt(opened: Opening) -> None:
    async with opened(agents=2) as phone:
        for agent in (FIRST, SECOND):
            phone.behave(agent, "no_answer")
        made = await ringing(phone)
        await customer_waits(phone)
        await phone.hears(NUMBER, "担当者につながりませんでした")
        waiting = await phone.over(made)
        assert [attempt.outcome for attempt in waiting.attempts] == [Outcome.AGENT_MISSED]
        assert waiting.status == Status.RETRY_WAIT
        assert [len(phone.handset(agent)["calls"]) for agent in (FIRST, SECOND)] == [1, 1]


async def test_when_the_customer_hangs_up_while_waiting_the_agents_phone_stops_ringing(opened: Opening) -> None:
    async with opened() as phone:
        made = await ringing(phone)
        await customer_waits(phone)
        await phone.until(lambda: phone.handset(FIRST)["ringing"])
        await phone.act(NUMBER, "hang_up")
        assert (await phone.over(made)).attempts[0].outcome == Outcome.AGENT_MISSED
        await phone.until(lambda: not phone.handset(FIRST)["ringing"])


async def test_when_both_hang_up_at_once_it_was_a_talk(opened: Opening) -> None:
    async with opened() as phone:
        made = await ringing(phone)
        await customer_waits(phone)
        await phone.pick_up(FIRST)
        await phone.press(FIRST, "1")
        await phone.until(lambda: phone.is_connected(FIRST), passing=1.0)
        await phone.act(NUMBER, "hang_up")
        with contextlib.suppress(Exception):  # the room may already have closed
            await phone.act(FIRST, "hang_up")
        assert (await phone.over(made)).attempts[0].outcome == Outcome.CONNECTED


async def test_agent_first_the_customer_is_called_after_the_agents_key(opened: Opening) -> None:
    async with opened(connect=AGENT_FIRST) as phone:
        made = await rung_agent(phone)
        await phone.pick_up(FIRST)
        assert not phone.handset(NUMBER)["calls"]
        await phone.press(FIRST, "1")
        await phone.until(lambda: phone.handset(NUMBER)["ringing"])
        await phone.hears(FIRST, "お客様を呼び出しています")
        await phone.pick_up(NUMBER)
        await phone.press(NUMBER, "1")
        await phone.until(lambda: phone.is_connected(NUMBER), passing=1.0)
        await both_talk(phone, NUMBER, FIRST)
        await phone.act(NUMBER, "hang_up")
        assert (await phone.over(made)).status == Status.COMPLETED
        await phone.until(lambda: not phone.handset(FIRST)["in_call"])


async def rung_agent(phone: Telephone) -> Callback:
    """A call of the kind that begins at the agent's phone."""
    made = await phone.book()
    phone.carrier.set_clock({"now": SLOT.start.isoformat()})
    await phone.ring_bell()
    return made


async def test_agent_first_nobody_calls_a_customer_for_whom_no_agent_is_there(opened: Opening) -> None:
    async with opened(agents=2, connect=AGENT_FIRST) as phone:
        for agent in (FIRST, SECOND):
            phone.behave(agent, "no_answer")
        made = await rung_agent(phone)
        waiting = await phone.over(made)
        assert [attempt.outcome for attempt in waiting.attempts] == [Outcome.AGENT_MISSED]
        assert not phone.handset(NUMBER)["calls"]
        assert [len(phone.handset(agent)["calls"]) for agent in (FIRST, SECOND)] == [1, 1]


async def test_agent_first_the_agent_hears_that_the_customer_was_not_reached(opened: Opening) -> None:
    async with opened(connect=AGENT_FIRST) as phone:
        phone.behave(NUMBER, "busy")
        made = await rung_agent(phone)
        await phone.pick_up(FIRST)
        await phone.press(FIRST, "1")
        await phone.hears(FIRST, "おつなぎできませんでした")
        assert (await phone.over(made)).attempts[0].outcome == Outcome.BUSY


async def test_agent_first_an_agent_who_hangs_up_stops_the_customers_phone(opened: Opening) -> None:
    async with opened(connect=AGENT_FIRST) as phone:
        made = await rung_agent(phone)
        await phone.pick_up(FIRST)
        await phone.press(FIRST, "1")
        await phone.until(lambda: phone.handset(NUMBER)["ringing"])
        await phone.act(FIRST, "hang_up")
        await phone.until(lambda: not phone.handset(NUMBER)["ringing"])
        assert (await phone.over(made)).attempts[0].outcome == Outcome.AGENT_MISSED


async def waiting(database: Database, *, agents: int = 1, agent_first: bool = False) -> tuple[World, str]:
    """A call that was dialled, and its attempt."""
    world = World(database, agent_first=frozenset({"general"} if agent_first else ()))
    await world.with_agents(agents)
    await world.book()
    await world.at(SLOT.start)
    return world, (await world.the_dial()).id


async def test_an_agent_whose_phone_cannot_be_rung_is_followed_by_the_next(database: Database) -> None:
    world, attempt = await waiting(database, agents=2)
    world.dialer.agents.append(Rejected(code=21211, number_is=Outcome.INVALID))
    room = await world.calls.key_pressed(attempt, sid_of(attempt), "1", now=world.now)
    assert isinstance(room, EnterRoom)
    assert len(set(world.dialer.rung)) == 2


async def test_where_no_phone_can_be_rung_the_customer_is_told_at_once(database: Database) -> None:
    world, attempt = await waiting(database)
    world.dialer.agents.append(Rejected(code=20429, try_later=True))
    sorry = await world.calls.key_pressed(attempt, sid_of(attempt), "1", now=world.now)
    assert isinstance(sorry, SayAndHangUp)


async def test_what_is_heard_in_a_room_never_hangs_up_even_when_the_call_is_over(database: Database) -> None:
    world, attempt = await waiting(database)
    await world.report(await world.the_dial(), "completed")
    for heard in (await world.calls.waiting(attempt, "customer"), await world.calls.on_hold(attempt)):
        assert isinstance(heard, Wait)  # the carrier refuses a document of a room that hangs up
    assert isinstance(await world.calls.waiting("nobody", "customer"), HangUp)


@pytest.mark.parametrize("state", [None, "completed"], ids=["unknown", "over"])
async def test_a_customer_whose_agents_end_was_never_reported_is_not_left_waiting(
    sqlite: Database, state: str | None
) -> None:
    world, attempt = await waiting(sqlite)
    world.dialer.agents.append(Unknown(cause="ReadTimeout") if state is None else Accepted(call_sid="CAagent"))
    if state:
        world.dialer.known["CAagent"] = CallState(call_sid="CAagent", status=state)
    world.dialer.known[sid_of(attempt)] = CallState(call_sid=sid_of(attempt), status="in-progress")
    await world.calls.answered(attempt, sid_of(attempt), now=world.now)
    await world.calls.key_pressed(attempt, sid_of(attempt), "1", now=world.now)
    world.clock.moment += timedelta(seconds=61)
    await world.check_quiet(seconds=20)
    assert world.dialer.redirected == [(sid_of(attempt), "no-agent")]


async def test_an_earlier_agent_who_answers_late_does_not_come_in(sqlite: Database) -> None:
    world, attempt = await waiting(sqlite, agents=2)
    await world.calls.key_pressed(attempt, sid_of(attempt), "1", now=world.now)
    await world.calls.agent_status_changed(attempt, "CAagent1", "no-answer", now=world.now)
    assert len(world.dialer.rung) == 2
    for step in (
        world.calls.agent_answered(attempt, "CAagent1"),
        world.calls.agent_pressed(attempt, "1", call_sid="CAagent1", now=world.now),
    ):
        assert isinstance(await step, SayAndHangUp)
    await world.calls.agent_status_changed(attempt, "CAagent1", "no-answer", now=world.now)  # told twice
    assert len(world.dialer.rung) == 2


async def test_agent_first_a_key_pressed_twice_calls_the_customer_once(database: Database) -> None:
    world, attempt = await waiting(database, agent_first=True)
    assert world.dialer.dials == []
    for _ in range(2):
        room = await world.calls.agent_pressed(attempt, "1", call_sid="CAagent1", now=world.now)
        assert isinstance(room, EnterRoom)
    assert [dialled.to for dialled in world.dialer.dials] == [NUMBER]


async def test_agent_first_an_answer_that_is_lost_is_never_asked_for_again(database: Database) -> None:
    world, attempt = await waiting(database, agent_first=True)
    world.dialer.script.append(Unknown(cause="ReadTimeout"))
    for _ in range(3):
        await world.calls.agent_pressed(attempt, "1", call_sid="CAagent1", now=world.now)
    assert len(world.dialer.dials) == 1
    assert (await world.the_dial()).carrier_state == "unknown"
    world.dialer.listed.append(CallState(call_sid="CAfound", status="ringing", created_at=world.now))
    await world.check_quiet(seconds=20)
    assert (await world.the_dial()).call_sid == "CAfound"


async def test_agent_first_a_refused_number_is_the_attempts_outcome(sqlite: Database) -> None:
    world, attempt = await waiting(sqlite, agent_first=True)
    world.dialer.script.append(Rejected(code=21211, number_is=Outcome.INVALID))
    assert isinstance(await world.calls.agent_pressed(attempt, "1", call_sid="CAagent1", now=world.now), SayAndHangUp)
    assert await world.live() == []


async def test_agent_first_an_agents_phone_that_went_quiet_does_not_keep_the_attempt_open(sqlite: Database) -> None:
    world, _ = await waiting(sqlite, agent_first=True)
    world.dialer.known["CAagent1"] = CallState(call_sid="CAagent1", status="no-answer")
    await world.check_quiet(seconds=20)
    assert await world.live() == []
