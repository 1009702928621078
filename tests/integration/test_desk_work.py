"""What agents do at the desk, on the real database."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.booking.callback import Status
from bot.booking.errors import CallbackNotFound
from bot.store import callbacks, slots
from bot.store.database import Database
from bot.usecases.agent import (
    AlreadyRecorded,
    MovedOn,
    NoteChangedElsewhere,
    OutcomeNotPossible,
    note_mark,
)
from bot.usecases.board import Stage
from tests.support.clocks import tokyo
from tests.support.databases import PostgresServer
from tests.support.desk import Office
from tests.support.products import NUMBER, SLOT, number

EMPTY = note_mark("")


@pytest.fixture
async def office(database: Database) -> Office:
    """The demo's agents at their desk."""
    return await Office(database).open()


async def test_the_board_shows_what_is_next_in_the_order_owed(office: Office) -> None:
    await office.has("C", window_shift=timedelta(hours=1), phone_number=number(3))
    late = await office.has("A", window_shift=-timedelta(hours=6), phone_number=number(1))
    await office.has("B", phone_number=number(2))
    board = await office.desk.board(now=office.now)
    assert [entry.callback.reference[0] for entry in board.upcoming] == ["A", "B", "C"]
    assert [entry.is_late for entry in board.upcoming] == [True, False, False]
    assert late.window.end < office.now
    assert board.calls == board.finished == ()


async def test_the_board_follows_a_call_from_the_first_ring_to_the_end(office: Office) -> None:
    callback = await office.has()
    sakura = await office.agent()

    async def stage() -> tuple[Stage, str]:
        [entry] = (await office.desk.board(now=office.now)).calls
        assert entry.call is not None
        assert entry.call.agent_id == sakura.id
        return entry.call.stage, entry.call.agent_name

    attempt = await office.dials(callback)
    assert await stage() == (Stage.CALLING, "桜井 さくら")
    await office.hears_key(attempt)
    assert await stage() == (Stage.AGENT, "桜井 さくら")
    await office.talks(attempt)
    assert await stage() == (Stage.TALKING, "桜井 さくら")
    await office.hangs_up(attempt, duration_s=60)
    board = await office.desk.board(now=office.now)
    assert board.calls == board.upcoming == ()
    assert [(entry.callback.status, entry.taker) for entry in board.finished] == [(Status.COMPLETED, "桜井 さくら")]
    office.clock.pass_by(days=1)
    assert (await office.desk.board(now=office.now)).finished == ()


async def test_the_dossier_has_everything_an_agent_needs_before_speaking(office: Office) -> None:
    earlier = await office.has("E", window_shift=-timedelta(days=7), reason="前回の相談")
    ken, sakura = await office.agent("ken"), await office.agent()
    await office.desk.write_note("E7Q4MN", ken, "部品を取り寄せ中", seen=EMPTY, now=office.now)
    callback = await office.has("K", name="佐藤 由美")
    await office.has("X", phone_number=number(9), reason="別の人")
    await office.has_talk(callback, ("assistant", "ご用件をどうぞ"), ("customer", "排水エラーが出ます"))
    attempt = await office.dials(callback, "ken")
    await office.hangs_up(attempt, "no-answer")
    await office.desk.write_note("K7Q4MN", ken, "留守でした", seen=EMPTY, now=office.now)
    await office.desk.write_note("K7Q4MN", sakura, "自分のメモ", seen=EMPTY, now=office.now)

    dossier = await office.desk.dossier("K7Q4MN", reader=sakura, now=office.now)
    assert [said.text for said in dossier.talk] == ["ご用件をどうぞ", "排水エラーが出ます"]
    assert [(made.attempt.outcome, made.agent_name) for made in dossier.tries] == [("no_answer", "森田 健")]
    assert dossier.own_note is not None
    assert dossier.own_note.text == "自分のメモ"
    assert [(note.author, note.text) for note in dossier.other_notes] == [("森田 健", "留守でした")]
    [contact] = dossier.earlier
    assert (contact.callback.id, [note.text for note in contact.notes]) == (earlier.id, ["部品を取り寄せ中"])


@pytest.mark.parametrize("reference", ["ZZZZZZ", "", "k7q4mn"])
async def test_there_is_no_dossier_without_a_callback(office: Office, reference: str) -> None:
    await office.has()
    with pytest.raises(CallbackNotFound):
        await office.desk.dossier(reference, reader=await office.agent(), now=office.now)


async def test_resolved_during_the_call_completes_it_and_the_hang_up_changes_nothing(office: Office) -> None:
    callback, sakura = await office.has(), await office.agent()
    attempt = await office.dials(callback)
    await office.talks(attempt)
    await office.desk.record("K7Q4MN", sakura, "resolved", seen=Status.DIALING, now=office.now)
    again = await office.desk.record("K7Q4MN", sakura, "resolved", seen=Status.IN_CALL, now=office.now)
    await office.hangs_up(attempt, duration_s=30)
    read = await office.read(callback)
    assert (read.status, read.resolution, read.version) == (Status.COMPLETED, "resolved", again.version)
    assert [dial.outcome for dial in read.attempts] == ["connected"]
    assert (await office.history(callback)).count("resolution_recorded") == 1


async def test_after_the_call_only_the_resolution_is_added(office: Office) -> None:
    callback = await office.has()
    attempt = await office.dials(callback)
    await office.talks(attempt)
    await office.hangs_up(attempt)
    recorded = await office.desk.record("K7Q4MN", await office.agent(), "resolved", seen=Status.IN_CALL, now=office.now)
    assert (recorded.status, recorded.resolution) == (Status.COMPLETED, "resolved")
    assert (await office.history(callback)).count("completed") == 1


async def test_settled_before_the_call_frees_the_place_and_nobody_is_dialled(office: Office) -> None:
    callback = await office.world.book(SLOT)
    await office.desk.record(callback.reference, await office.agent(), "resolved", seen=Status.BOOKED, now=office.now)
    assert await office.world.at(SLOT.start) == 0
    async with office.world.database.read() as tx:
        [slot] = await slots.read(tx, "general", [SLOT], capacity=lambda _window: 3, now=office.world.now)
    assert slot.booked == 0


async def test_an_outcome_waits_until_somebody_speaks(office: Office) -> None:
    callback = await office.has()
    await office.dials(callback)
    with pytest.raises(OutcomeNotPossible):
        await office.desk.record("K7Q4MN", await office.agent(), "resolved", seen=Status.DIALING, now=office.now)


async def test_settled_on_an_outdated_page_does_not_end_the_call_that_has_begun(office: Office) -> None:
    callback = await office.has()
    await office.talks(await office.dials(callback, "ken"))
    with pytest.raises(MovedOn):
        await office.desk.record("K7Q4MN", await office.agent(), "resolved", seen=Status.BOOKED, now=office.now)
    assert (await office.read(callback)).status == Status.IN_CALL


async def test_of_two_agents_one_records_and_the_other_is_told_who(office: Office, second_database: Database) -> None:
    callback = await office.has()
    other = Office(second_database)
    agents = (await office.agent("sakura"), await office.agent("ken"))
    answers = await asyncio.gather(
        *(
            place.desk.record("K7Q4MN", agent, "resolved", seen=Status.BOOKED, now=office.now)
            for place, agent in zip((office, other), agents, strict=True)
        ),
        return_exceptions=True,
    )
    [refused] = [answer for answer in answers if isinstance(answer, AlreadyRecorded)]
    assert refused.agent_name in {agent.name for agent in agents}
    assert (await office.history(callback)).count("resolution_recorded") == 1


async def test_a_note_sent_many_times_at_once_is_one_note(office: Office, second_database: Database) -> None:
    callback, sakura = await office.has(), await office.agent()
    desks = [office.desk, Office(second_database).desk] * 4
    marks = await asyncio.gather(
        *(desk.write_note("K7Q4MN", sakura, "一度だけ\r\n", seen=EMPTY, now=office.now) for desk in desks)
    )
    assert set(marks) == {note_mark("一度だけ")}
    assert (await office.history(callback)).count("noted") == 1
    dossier = await office.desk.dossier("K7Q4MN", reader=await office.agent("ken"), now=office.now)
    assert [note.text for note in dossier.other_notes] == ["一度だけ"]


async def test_a_note_changed_in_another_window_is_not_written_over_unread(office: Office) -> None:
    await office.has()
    sakura = await office.agent()
    await office.desk.write_note("K7Q4MN", sakura, "左の窓", seen=EMPTY, now=office.now)
    with pytest.raises(NoteChangedElsewhere) as refused:
        await office.desk.write_note("K7Q4MN", sakura, "右の窓", seen=EMPTY, now=office.now)
    assert refused.value.text == "左の窓"
    await office.desk.write_note("K7Q4MN", sakura, "右の窓", seen=note_mark("左の窓"), now=office.now)
    dossier = await office.desk.dossier("K7Q4MN", reader=sakura, now=office.now)
    assert dossier.own_note is not None
    assert dossier.own_note.text == "右の窓"


async def test_who_looked_at_a_number_stands_in_the_history(office: Office) -> None:
    await office.has()
    ken = await office.agent("ken")
    assert await office.desk.show_number("K7Q4MN", ken, now=office.now) == NUMBER
    dossier = await office.desk.dossier("K7Q4MN", reader=ken, now=office.now)
    assert [(event.kind, event.agent_name) for event in dossier.history][-1] == ("number_shown", "森田 健")


async def test_a_pulse_names_what_changed_since_the_last_one_and_nothing_else(office: Office) -> None:
    await office.has("A", phone_number=number(1))
    callback = await office.has("K")
    await office.has_talk(callback, ("customer", "はい"))
    pulse = await office.desk.pulse(None, at=0.0)
    assert pulse.changed == frozenset()
    assert (await office.desk.pulse(pulse, at=0.0)).changed == frozenset()
    attempt = await office.dials(callback)
    pulse = await office.desk.pulse(pulse, at=0.0)
    assert pulse.changed == {"K7Q4MN"}
    await office.hears_key(attempt)
    later = await office.desk.pulse(pulse, at=0.0)
    assert later.changed == {"K7Q4MN"}
    assert [call.agent_id for call in later.calls] == [(await office.agent()).id]
    assert (await office.desk.pulse(later, at=0.0)).changed == frozenset()


async def test_what_is_said_in_a_talk_counts_as_a_change_of_its_callback(office: Office) -> None:
    callback = await office.has()
    await office.has_talk(callback, ("customer", "はい"))
    pulse = await office.desk.pulse(None, at=0.0)
    conversation_id = (await office.read(callback)).conversation_id
    assert conversation_id is not None
    await office.world.conversations.say(conversation_id, "やっぱり16時で", now=tokyo("2026-11-24 11:00"))
    assert (await office.desk.pulse(pulse, at=0.0)).changed == {"K7Q4MN"}


async def test_what_is_committed_after_a_later_entry_counts_as_a_change_too(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """PostgreSQL numbers entries when they are written: of two transactions, the later number may be visible first."""
    url = await postgres_server.fresh(tmp_path)
    office, slow = await Office(Database(url)).open(), Database(url)
    first, second = await office.has("A", phone_number=number(1)), await office.has("K")
    pulse = await office.desk.pulse(None, at=0.0)
    async with slow.write() as unfinished:
        await callbacks.note_event(unfinished, first.id, "noted", at=office.now)
        async with office.world.database.write() as tx:
            await callbacks.note_event(tx, second.id, "noted", at=office.now)
        pulse = await office.desk.pulse(pulse, at=0.25)
        assert pulse.changed == {second.reference}
    pulse = await office.desk.pulse(pulse, at=0.5)
    assert pulse.changed == {first.reference}
    assert (await office.desk.pulse(pulse, at=0.75)).changed == frozenset()
    for database in (office.world.database, slow):
        await database.close()


async def test_what_was_not_kept_stands_on_the_supervisors_list_until_it_is_settled(office: Office) -> None:
    await office.has("A", status=Status.UNREACHED)
    await office.has("B", status=Status.COMPLETED, phone_number=number(1))
    await office.has("C", attention="set_aside", phone_number=number(2))
    await office.has("D", attention="late", phone_number=number(3))
    await office.has("E", status=Status.EXPIRED, resolution="resolved", phone_number=number(4))
    board = await office.desk.board(now=office.now)
    assert sorted(entry.callback.reference[0] for entry in board.unsettled) == ["A", "C", "D"]
