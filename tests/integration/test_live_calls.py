"""Others in the room of a call: supervisors who listen, whisper and join, colleagues who take a call over."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.booking.callback import Callback, Outcome, Status
from bot.booking.errors import CallbackNotFound
from bot.store import agents, attempts
from bot.store.agents import Agent
from bot.store.database import Database
from bot.telephony.dialer import Rejected, Unknown
from bot.telephony.rooms import Change, Voice, room_of
from bot.usecases.live_calls import NoTalk, NotFree, NotThere, NotYourCall, PhoneRefused
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


async def test_a_supervisor_listens_unheard_whispers_to_the_agent_and_speaks_with_both(office: Office) -> None:
    made, attempt_id = await talking(office)
    hana, live, rooms = await office.agent("hana"), office.world.live_calls, office.world.rooms
    agents_call = f"CA-agent-{attempt_id}"
    guest = await live.listen(made.reference, hana, now=office.now)
    assert rooms.invited == [(guest.id, hana.phone_number, Voice(muted=True, coaches=agents_call))]
    with pytest.raises(NotThere):  # the phone still rings
        await live.speak(made.reference, hana, "whispers", now=office.now)
    await live.guest_status(guest.id, "CAguest1", "in-progress", now=office.now)
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
    await live.guest_status(guest.id, "CAguest1", "in-progress", now=office.now)
    with pytest.raises(NotYourCall):
        await live.hand_over(made.reference, ken, now=office.now)
    await live.bring_together(made.reference, sakura)
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
    await phone.until(lambda: phone.handset(THIRD)["ringing"])
    await phone.act(THIRD, "answer")
    await phone.until(lambda: THIRD in seats())
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
    await phone.until(lambda: phone.handset(SECOND)["ringing"])
    await phone.act(SECOND, "answer")
    await _eventually_here(phone, made)
    await live.hand_over(made.reference, first, now=phone.now)
    await phone.until(lambda: not phone.handset(FIRST)["in_call"])
    assert seats() == {NUMBER: (False, False, False), SECOND: (False, False, False)}
    assert (await phone.read(made)).status == Status.IN_CALL
    await phone.act(SECOND, "hang_up")  # the room is the colleague's now: it closes with them
    over = await phone.over(made)
    assert (over.status, over.attempts[0].outcome) == (Status.COMPLETED, Outcome.CONNECTED)
    await phone.until(lambda: not phone.handset(NUMBER)["in_call"])


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
