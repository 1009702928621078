"""Others in the room of a call: supervisors who listen, whisper and join, colleagues who take a call over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.booking.callback import Callback, Outcome, Status
from bot.booking.errors import CallbackNotFound
from bot.booking.matching import Skills
from bot.booking.presence import Presence
from bot.store import agents, attempts
from bot.store.agents import Agent
from bot.store.database import Database, Transaction
from bot.store.room_guests import Guest
from bot.telephony.dialer import CarrierUnavailable, Rejected, Unknown
from bot.telephony.rooms import Change, Voice, room_of
from bot.usecases.call_steps import AskKey, EnterRoom, HangUp, JoinRoom, SayAndHangUp
from bot.usecases.talks import LONGEST_HANDOVER_NOTE, NoTalk, NotFree, NotThere, NotYourCall, PhoneRefused
from tests.support.carriers import sid_of
from tests.support.databases import SqliteFiles
from tests.support.desk import Office
from tests.support.products import NUMBER, SLOT, number
from tests.support.telephone import AGENTS, Telephone, ringing, telephone

FIRST, SECOND, THIRD = AGENTS


@pytest.fixture
async def office(database: Database) -> Office:
    """The demo's people; Sakura speaks with a customer."""
    return await Office(database).open()


async def talking(office: Office, letter: str = "K", login: str = "sakura", **facts: object) -> tuple[Callback, str]:
    """A callback, and the attempt in which its customer speaks with an agent."""
    made = await office.has(letter, **facts)
    attempt_id = await office.dials(made, login)
    await office.world.report(await office.world.the_dial(), "in-progress")
    await office.talks(attempt_id)
    return made, attempt_id


async def agent_of(tx: Transaction, login: str) -> Agent:
    found = await agents.by_login(tx, login)
    assert found is not None
    return found


async def comes_in(office: Office, guest: Guest, call_sid: str) -> JoinRoom:
    """The guest picks up and presses the key."""
    asked = await office.world.guest_legs.answered(guest.id, call_sid)
    assert isinstance(asked, AskKey)
    entered = await office.world.guest_legs.pressed(guest.id, call_sid, "1", now=office.now)
    assert isinstance(entered, JoinRoom)
    return entered


async def test_a_supervisor_listens_unheard_whispers_to_the_agent_and_speaks_with_both(office: Office) -> None:
    made, attempt_id = await talking(office)
    hana, live, rooms = await office.agent("hana"), office.world.live_calls, office.world.rooms
    agents_call = f"CA-agent-{attempt_id}"
    guest = await live.listen(made.reference, hana, now=office.now)
    assert rooms.invited == [(guest.id, hana.phone_number)]
    with pytest.raises(NotThere):  # the phone still rings
        await live.speak(made.reference, hana, "whispers", now=office.now)
    entered = await comes_in(office, guest, "CAguest1")
    assert entered.voice == Voice(muted=True, coaches=agents_call)
    assert (await live.speak(made.reference, hana, "whispers", now=office.now)).voice == "whispers"
    assert (await live.speak(made.reference, hana, "speaks", now=office.now)).voice == "speaks"
    assert (await live.speak(made.reference, hana, "listens", now=office.now)).voice == "listens"
    assert [change.voice for _, change in rooms.changed] == [
        Voice(coaches=agents_call), Voice(), Voice(muted=True, coaches=agents_call),
    ]  # fmt: skip
    assert [one.agent_name for one in await live.guests(made.reference)] == ["小林 花"]
    await live.leave(made.reference, hana, now=office.now)
    assert (rooms.removed, await live.guests(made.reference)) == (["CAguest1"], [])
    assert (await office.read(made)).status == Status.IN_CALL
    assert "listened_in" in await office.history(made)


async def test_a_call_is_handed_over_to_a_colleague_who_was_asked_before(office: Office) -> None:
    made, attempt_id = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    live, rooms, customer = office.world.live_calls, office.world.rooms, sid_of(attempt_id)
    guest = await live.consult(made.reference, sakura, ken.id, now=office.now)
    assert rooms.changed == [(customer, Change(held=True))]
    with pytest.raises(NotThere):
        await live.hand_over(made.reference, sakura, now=office.now)
    await comes_in(office, guest, "CAguest1")
    with pytest.raises(NotYourCall):
        await live.hand_over(made.reference, ken, now=office.now)
    await live.bring_together(made.reference, sakura, now=office.now)
    rooms.changed.clear()
    await live.hand_over(made.reference, sakura, now=office.now)
    assert rooms.changed == [
        ("CAguest1", Change(closes=True)), (f"CA-agent-{attempt_id}", Change(closes=False)),
        (customer, Change(held=False)),
    ]  # fmt: skip
    assert rooms.removed == [f"CA-agent-{attempt_id}"]
    dial = await office.world.the_dial()
    assert (dial.agent_id, dial.agent_call_sid) == (ken.id, "CAguest1")
    assert "handed_over" in await office.history(made)
    await office.world.calls.agent_status_changed(attempt_id, f"CA-agent-{attempt_id}", "completed", now=office.now)
    await office.hangs_up(attempt_id)
    assert (await office.read(made)).attempts[0].outcome == Outcome.CONNECTED


async def test_what_answers_without_a_key_never_comes_into_the_call(office: Office) -> None:
    made, attempt_id = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    live, legs, customer = office.world.live_calls, office.world.guest_legs, sid_of(attempt_id)
    guest = await live.consult(made.reference, sakura, ken.id, now=office.now)
    heard = await legs.answered(guest.id, "CAguest1")  # his voicemail
    assert isinstance(heard, AskKey)
    assert heard.then is not None
    assert await legs.pressed(guest.id, "CAguest1", "", now=office.now) == HangUp()
    assert [one.is_here for one in await live.guests(made.reference)] == [False]
    await live.guest_status(guest.id, "CAguest1", "completed", now=office.now)
    assert await live.guests(made.reference) == []
    assert office.world.rooms.changed[-1] == (customer, Change(held=False))
    guest = await live.consult(made.reference, sakura, ken.id, now=office.now)
    assert isinstance(await legs.answered(guest.id, "CAstranger"), SayAndHangUp)  # another call than the one we placed
    await office.hangs_up(attempt_id)
    assert isinstance(await legs.pressed(guest.id, "CAguest2", "1", now=office.now), SayAndHangUp)
    assert await legs.answered("nobody", "CA1") == HangUp()


async def test_what_one_agent_knows_is_told_to_the_next(office: Office) -> None:
    made, _ = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    live = office.world.live_calls
    note = "型番は NA-VX900。保証の中です。"
    await comes_in(
        office, await live.consult(made.reference, sakura, ken.id, note=f" {note}\r\n", now=office.now), "CAguest1"
    )
    told = (await office.desk.dossier(made.reference, reader=ken, now=office.now)).handover
    assert told is not None
    assert (told.facts["note"], told.agent_name, told.to_agent_name) == (note, sakura.name, ken.name)
    await live.hand_over(made.reference, sakura, note="x" * 9999, now=office.now)
    told = (await office.desk.dossier(made.reference, reader=ken, now=office.now)).handover
    assert told is not None
    assert len(told.facts["note"]) == LONGEST_HANDOVER_NOTE


async def test_whoever_hands_a_call_over_has_time_to_write_things_down(office: Office) -> None:
    made, _attempt_id = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    async with office.world.database.write() as tx:
        await agents.change(tx, sakura.id, needs_desk=True)
    guest = await office.world.live_calls.consult(made.reference, sakura, ken.id, now=office.now)
    await comes_in(office, guest, "CAguest1")
    await office.world.live_calls.hand_over(made.reference, sakura, now=office.now)
    assert (await office.agent()).presence == Presence.AFTER_CALL
    assert (await office.agent("ken")).presence == Presence.READY


async def test_a_call_is_handed_on_at_once_and_the_customer_hears_words_meanwhile(office: Office) -> None:
    made, attempt_id = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    world = office.world
    with pytest.raises(NotYourCall):
        await world.transfers.to_colleague(made.reference, ken, sakura.id, now=office.now)
    with pytest.raises(NotFree):
        await world.transfers.to_colleague(made.reference, sakura, sakura.id, now=office.now)
    taker = await world.transfers.to_colleague(made.reference, sakura, ken.id, note="急ぎ", now=office.now)
    assert taker.id == ken.id
    assert world.dialer.redirected == [(sid_of(attempt_id), "transfer")]
    assert world.dialer.rung == [ken.phone_number]
    waits = await world.calls.handed_on(attempt_id)
    assert isinstance(waits, EnterRoom)
    assert not waits.opens
    with pytest.raises(NoTalk):
        await world.live_calls.listen(made.reference, await office.agent("hana"), now=office.now)
    # Her own leg ends, told late: it is not Ken's.
    await world.calls.agent_status_changed(
        attempt_id, f"CA-agent-{attempt_id}", "completed", now=office.now, agent_id=sakura.id
    )
    entered = await world.calls.agent_pressed(attempt_id, "1", call_sid="CAagent1", now=office.now)
    assert isinstance(entered, EnterRoom)
    assert entered.opens
    dial = await world.the_dial()
    assert (dial.agent_id, dial.agent_call_sid) == (ken.id, "CAagent1")
    assert (await office.read(made)).status == Status.IN_CALL
    await office.hangs_up(attempt_id)
    assert (await office.read(made)).attempts[0].outcome == Outcome.CONNECTED


async def test_the_next_one_is_rung_where_nobody_takes_a_call_that_was_handed_on(office: Office) -> None:
    made, attempt_id = await talking(office)
    sakura, ken, _emma = [await office.agent(login) for login in ("sakura", "ken", "emma")]
    world = office.world
    await world.transfers.to_colleague(made.reference, sakura, ken.id, now=office.now)
    await world.calls.agent_status_changed(attempt_id, "CAagent1", "no-answer", now=office.now, agent_id=ken.id)
    assert world.dialer.rung[0] == ken.phone_number
    assert len(world.dialer.rung) == 2
    async with world.database.read() as tx:
        rung = [one.phone_number for one in await agents.everybody(tx) if one.id not in (ken.id,)]
    assert world.dialer.rung[1] in rung
    await world.calls.agent_status_changed(attempt_id, "CAagent2", "no-answer", now=office.now)
    assert world.dialer.redirected[-1] == (sid_of(attempt_id), "no-agent")  # honest words, and a call later
    await office.hangs_up(attempt_id)
    over = await office.read(made)
    assert (over.status, over.attempts[0].outcome) == (Status.RETRY_WAIT, Outcome.AGENT_MISSED)


async def test_a_call_stays_where_it_is_when_the_carrier_is_silent(office: Office) -> None:
    made, _attempt_id = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    world = office.world
    before = await world.the_dial()
    world.dialer.is_down = True
    with pytest.raises(CarrierUnavailable):
        await world.transfers.to_colleague(made.reference, sakura, ken.id, now=office.now)
    after = await world.the_dial()
    assert (after.agent_id, after.agent_call_sid, after.agent_confirmed_at) == (
        before.agent_id, before.agent_call_sid, before.agent_confirmed_at,
    )  # fmt: skip
    assert world.dialer.rung == []


async def test_a_topic_finds_whoever_can_answer_it(office: Office) -> None:
    made, _ = await talking(office)
    sakura = await office.agent()
    async with office.world.database.write() as tx:
        for login, topics in (("ken", {"repair"}), ("emma", {"general"}), ("hana", {"general"})):
            await agents.change(
                tx, (await agent_of(tx, login)).id, presence="ready", skills=Skills(topics=frozenset(topics))
            )
    with pytest.raises(NotFree):
        await office.world.transfers.to_topic(made.reference, sakura, "delivery", now=office.now)
    taker = await office.world.transfers.to_topic(made.reference, sakura, "repair", now=office.now)
    assert taker.login == "ken"


async def test_somebody_asked_in_is_not_dialled_for_however_close_the_two_come(office: Office) -> None:
    """The dispatcher reserves somebody in the same moment in which they are asked into a room: one of the two wins."""
    made, _ = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    async with office.world.database.write() as tx:
        for login in ("emma", "hana"):
            await agents.set_presence(tx, (await agent_of(tx, login)).id, "offline")
    due = [await office.has(letter, phone_number=number(index)) for index, letter in enumerate("AB", start=1)]
    dialled, asked = await asyncio.gather(
        office.world.at(SLOT.start),
        office.world.live_calls.consult(made.reference, sakura, ken.id, now=office.now),
        return_exceptions=True,
    )
    assert due
    if isinstance(asked, NotFree):
        assert dialled == 1
    else:
        assert (dialled, isinstance(asked, Guest)) == (0, True)


async def test_everything_that_is_done_with_a_call_is_in_the_audit_log(office: Office) -> None:
    made, _ = await talking(office)
    sakura, ken, hana = [await office.agent(login) for login in ("sakura", "ken", "hana")]
    live = office.world.live_calls
    await comes_in(office, await live.listen(made.reference, hana, now=office.now), "CAguest1")
    await live.speak(made.reference, hana, "whispers", now=office.now)
    await live.leave(made.reference, hana, now=office.now)
    await comes_in(office, await live.consult(made.reference, sakura, ken.id, now=office.now), "CAguest2")
    await live.bring_together(made.reference, sakura, now=office.now)
    await live.hand_over(made.reference, sakura, now=office.now)
    found = await office.audit.listing(subject=made.reference, limit=99)
    assert [(one.actor, one.action) for one in reversed(found)] == [
        ("hana", "call_listens"), ("hana", "call_whispers"), ("hana", "call_left"), ("sakura", "call_consulted"),
        ("sakura", "call_together"), ("sakura", "call_handed_over"),
    ]  # fmt: skip


async def test_a_customer_is_not_left_with_music_when_the_colleague_does_not_come(office: Office) -> None:
    made, attempt_id = await talking(office)
    sakura, ken = await office.agent(), await office.agent("ken")
    live, rooms, customer = office.world.live_calls, office.world.rooms, sid_of(attempt_id)
    back = (customer, Change(held=False))
    guest = await live.consult(made.reference, sakura, ken.id, now=office.now)
    await live.guest_status(guest.id, "CAguest1", "no-answer", now=office.now)
    assert rooms.changed[-1] == back
    rooms.answers.append(Rejected(code=21211))
    with pytest.raises(PhoneRefused):
        await live.consult(made.reference, sakura, ken.id, now=office.now)
    assert rooms.changed[-1] == back
    await live.consult(made.reference, sakura, ken.id, now=office.now)
    await live.dismiss(made.reference, sakura, now=office.now)
    assert (rooms.changed[-1], rooms.removed) == (back, ["CAguest3"])
    assert await live.guests(made.reference) == []


async def test_nobody_is_in_two_calls_nor_dialled_for_one_while_asked_into_another(office: Office) -> None:
    made, _ = await talking(office)
    sakura, ken, hana = [await office.agent(login) for login in ("sakura", "ken", "hana")]
    live = office.world.live_calls
    await live.consult(made.reference, sakura, ken.id, now=office.now)
    with pytest.raises(NotFree):  # one colleague at a time
        await live.consult(made.reference, sakura, (await office.agent("emma")).id, now=office.now)
    await live.listen(made.reference, hana, now=office.now)
    with pytest.raises(NotFree):
        await live.listen(made.reference, hana, now=office.now)
    with pytest.raises(NotFree):  # herself
        await live.consult(made.reference, sakura, sakura.id, now=office.now)
    for index, letter in enumerate("AB", start=1):
        await office.has(letter, phone_number=number(index))
    assert await office.world.at(SLOT.start) == 1  # Emma alone is free
    async with office.world.database.read() as tx:
        assert [agent.login for agent in await agents.ready(tx)] == []


async def test_only_a_talk_can_be_joined_and_its_end_frees_everybody(office: Office) -> None:
    hana, live = await office.agent("hana"), office.world.live_calls
    with pytest.raises(CallbackNotFound):
        await live.guests("Z7Q4MN")
    made = await office.has()
    with pytest.raises(NoTalk):
        await live.listen(made.reference, hana, now=office.now)
    attempt_id = await office.dials(made)
    await office.hears_key(attempt_id)
    with pytest.raises(NoTalk):  # the agent has not taken it yet
        await live.listen(made.reference, hana, now=office.now)
    await office.talks(attempt_id)
    office.world.rooms.answers.append(Unknown(cause="ReadTimeout"))
    guest = await live.listen(made.reference, hana, now=office.now)
    assert guest.call_sid is None
    await live.guest_status(guest.id, "CAlater", "in-progress", now=office.now)
    assert [one.is_here for one in await live.guests(made.reference)] == [False]  # picked up: by whom, nobody knows
    assert [one.call_sid for one in await live.guests(made.reference)] == ["CAlater"]
    await office.hangs_up(attempt_id)
    with pytest.raises(NoTalk):
        await live.guests(made.reference)
    other, _ = await talking(office, "B", "ken", phone_number=number(1))
    assert (await live.listen(other.reference, hana, now=office.now)).agent_id == hana.id


# The same through twilio-python and the simulated carrier: what the rooms' contract says is what is heard.

Opening = Callable[..., contextlib.AbstractAsyncContextManager[Telephone]]


@pytest.fixture
async def phone(tmp_path: Path, sqlite_files: SqliteFiles) -> AsyncIterator[Telephone]:
    async with telephone(tmp_path, await sqlite_files.fresh(tmp_path), agents=3) as opened:
        yield opened


async def people(phone: Telephone) -> list[Agent]:
    async with phone.product.database.read() as tx:
        found = [await agents.by_login(tx, f"agent{index}") for index in range(3)]
    return [one for one in found if one]


async def the_talk(phone: Telephone) -> tuple[Callback, Callable[[], dict[str, tuple[bool, bool, bool]]]]:
    """The customer and the first agent speak; and who is in the room, by number: muted, on hold, coaching."""
    made = await ringing(phone)
    await phone.pick_up(NUMBER)
    await phone.press(NUMBER, "1")
    await phone.pick_up(FIRST)
    await phone.press(FIRST, "1")
    await phone.until(lambda: phone.is_connected(FIRST) and phone.is_connected(NUMBER), passing=1.0)
    async with phone.product.database.read() as tx:
        (dial,) = await attempts.live(tx)

    def seats() -> dict[str, tuple[bool, bool, bool]]:
        room = phone.carrier.rooms.find(room_of(dial.id))
        assert room is not None
        return {seat.leg.record.handset: (seat.muted, seat.hold, seat.coaching) for seat in room.seats.values()}

    return made, seats


async def test_at_the_carrier_a_supervisor_is_muted_then_coaches_then_is_one_of_three(phone: Telephone) -> None:
    made, seats = await the_talk(phone)
    _, _, hana = await people(phone)
    live = phone.product.live_calls
    await live.listen(made.reference, hana, now=phone.now)
    await phone.pick_up(THIRD)
    assert THIRD not in seats()
    await phone.press(THIRD, "1")
    await phone.until(lambda: THIRD in seats(), passing=1.0)
    assert seats()[THIRD] == (True, False, True)
    await _eventually_here(phone, made)
    for speaking, heard in (("whispers", (False, False, True)), ("speaks", (False, False, False))):
        await live.speak(made.reference, hana, speaking, now=phone.now)  # type: ignore[arg-type]  # of the table
        assert seats()[THIRD] == heard
    await live.leave(made.reference, hana, now=phone.now)
    await phone.until(lambda: THIRD not in seats())
    assert phone.is_connected(NUMBER)


async def test_at_the_carrier_the_colleague_has_the_customer_after_the_agent_has_left(phone: Telephone) -> None:
    made, seats = await the_talk(phone)
    first, second, _ = await people(phone)
    live = phone.product.live_calls
    await live.consult(made.reference, first, second.id, now=phone.now)
    assert seats()[NUMBER] == (False, True, False)
    await phone.hears(NUMBER, "ただいま確認しております")
    heard = len(phone.heard(NUMBER))
    await phone.until(lambda: len(phone.heard(NUMBER)) >= heard + 2, passing=1.0)  # over and over: never silence
    await phone.pick_up(SECOND)
    await phone.press(SECOND, "1")
    await _eventually_here(phone, made)
    await phone.until(lambda: SECOND in seats(), passing=1.0)
    await live.hand_over(made.reference, first, now=phone.now)
    await phone.until(lambda: not phone.handset(FIRST)["in_call"] and FIRST not in seats())
    assert seats() == {NUMBER: (False, False, False), SECOND: (False, False, False)}
    assert (await phone.read(made)).status == Status.IN_CALL
    await phone.act(SECOND, "hang_up")  # the room is the colleague's now: it closes with them
    over = await phone.over(made)
    assert (over.status, over.attempts[0].outcome) == (Status.COMPLETED, Outcome.CONNECTED)
    await phone.until(lambda: not phone.handset(NUMBER)["in_call"])


async def test_at_the_carrier_a_voicemail_does_not_come_into_the_call(phone: Telephone) -> None:
    made, seats = await the_talk(phone)
    first, second, _ = await people(phone)
    phone.behave(SECOND, "voicemail")
    await phone.product.live_calls.consult(made.reference, first, second.id, now=phone.now)
    await phone.until(lambda: phone.heard(SECOND), passing=1.0)
    await phone.until(lambda: not phone.handset(SECOND)["in_call"], passing=1.0)
    await phone.until(lambda: seats()[NUMBER] == (False, False, False), passing=1.0)
    assert SECOND not in seats()
    assert phone.is_connected(NUMBER)


async def test_at_the_carrier_a_call_is_handed_on_and_the_first_agents_phone_is_put_down(phone: Telephone) -> None:
    made, seats = await the_talk(phone)
    first, second, _ = await people(phone)
    await phone.product.transfers.to_colleague(made.reference, first, second.id, now=phone.now)
    await phone.until(lambda: not phone.handset(FIRST)["in_call"], passing=1.0)
    await phone.hears(NUMBER, "ほかの担当者におつなぎします")
    await phone.hears(NUMBER, "担当者を呼び出しています")
    await phone.pick_up(SECOND)
    await phone.press(SECOND, "1")
    await phone.until(lambda: phone.is_connected(SECOND) and phone.is_connected(NUMBER), passing=1.0)
    assert set(seats()) == {NUMBER, SECOND}
    await phone.act(NUMBER, "hang_up")
    over = await phone.over(made)
    assert (over.status, over.attempts[0].outcome) == (Status.COMPLETED, Outcome.CONNECTED)


async def _eventually_here(phone: Telephone, made: Callback) -> None:
    here: list[bool] = []

    async def look() -> None:
        here[:] = [guest.is_here for guest in await phone.product.live_calls.guests(made.reference)]

    for _ in range(500):
        await look()
        if here == [True]:
            return
        await phone.pass_time(0.1)
    raise AssertionError(here)
