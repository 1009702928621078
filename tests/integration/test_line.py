"""The line of those who want the soonest call, as they, agents and programs see it. On both databases."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.asking
import actions.booking
import actions.existing
import actions.replies
import actions.soonest
import actions.speaking
import actions.telling
from actions import spans
from actions.asking import ActionAskConfirmed
from actions.booking import ActionBook
from actions.existing import ActionTellCallbacks
from bot.booking.callback import Callback, Kind, Outcome
from bot.booking.line import Standing
from bot.store import conversations
from bot.store.database import Database
from bot.usecases.line import LineReport
from bot.wiring import Product
from tests.support.clocks import TUESDAY, tokyo
from tests.support.desk import Office
from tests.support.products import SLOT, SLOTS, World, a_product, a_request, number

MINUTE = timedelta(minutes=1)
MANY = replace(SLOTS, capacity=50)


async def joined(world: World, count: int) -> list[Callback]:
    """So many people ask for the soonest call, a second apart."""
    made = []
    for index in range(count):
        made.append(await world.book(None, phone_number=number(index)))
        world.clock.pass_by(seconds=1)
    return made


async def standing(world: World, callback: Callback) -> Standing:
    return await world.bookings.standing(await world.read(callback), now=world.now)


async def test_each_has_a_place_and_a_time_that_follow_from_who_is_ahead_and_who_can_call(database: Database) -> None:
    world = await World(database, slots=MANY).with_agents(2)
    made = await joined(world, 5)
    told = [await standing(world, callback) for callback in made]
    assert [one.queue_position for one in told] == [1, 2, 3, 4, 5]
    minutes = [(one.estimated_start - TUESDAY) // MINUTE for one in told if one.estimated_start]
    assert minutes == [5, 5, 20, 20, 35]  # fifteen minutes a call, told on the next five


async def test_whoever_asks_how_long_it_takes_hears_what_they_would_be_told(database: Database) -> None:
    world = await World(database, slots=MANY).with_agents(2)
    before = await world.bookings.earliest(now=world.now)
    await joined(world, 3)
    soonest = await world.bookings.earliest(now=world.now)
    assert before is not None
    assert soonest is not None
    assert (before.expected_at, soonest.expected_at) == (TUESDAY, TUESDAY + 20 * MINUTE)
    assert (await world.book(None, phone_number=number(9))).told_start == soonest.expected_at


async def test_the_line_moves_on_as_calls_are_made(database: Database) -> None:
    world = await World(database, slots=MANY).with_agents(1)
    first, second = await joined(world, 2)
    await world.at(world.clock.moment)
    assert await standing(world, first) == Standing()
    waiting = await standing(world, second)
    assert (waiting.queue_position, waiting.estimated_start) == (1, TUESDAY + 20 * MINUTE)
    await world.outcomes.end(await world.the_dial(), Outcome.CONNECTED, now=world.now)
    free_again = await standing(world, second)
    assert free_again.estimated_start == TUESDAY + 5 * MINUTE


async def test_what_was_promised_for_now_is_ahead_of_who_asks_now(database: Database) -> None:
    world = await World(database, slots=MANY).with_agents(1)
    await world.book(SLOT, phone_number=number(0))
    world.clock.moment = SLOT.start + MINUTE
    made = await world.book(None, phone_number=number(1))
    assert (await standing(world, made)).queue_position == 2
    urgent = await world.book(None, phone_number=number(2), priority=9)
    assert (await standing(world, urgent)).queue_position == 2  # at the same moment, before whoever is less urgent
    assert (await standing(world, made)).queue_position == 3


async def test_a_call_of_tomorrow_waits_for_nothing_of_today(database: Database) -> None:
    world = await World(database).with_agents(1)
    await world.book(SLOT, phone_number=number(0))
    world.clock.moment = tokyo("2026-11-24 19:00")
    made = await world.book(None, phone_number=number(1))
    assert made.kind == Kind.AFTER_HOURS
    told = await standing(world, made)
    assert (told.queue_position, told.estimated_start) == (1, tokyo("2026-11-25 09:00"))


async def test_a_call_with_a_time_of_its_own_stands_in_no_line(sqlite: Database) -> None:
    world = World(sqlite)
    assert await standing(world, await world.book()) == Standing()


async def test_what_was_told_at_the_booking_is_kept_whatever_happens_later(database: Database) -> None:
    world = await World(database, slots=MANY).with_agents(1)
    made = await joined(world, 3)
    told = [(await world.read(callback)).told_start for callback in made]
    assert told == [TUESDAY, TUESDAY + 20 * MINUTE, TUESDAY + 35 * MINUTE]
    assert (await world.read(await world.book(phone_number=number(9)))).told_start is None


async def test_how_often_the_time_told_was_kept_is_a_figure(database: Database) -> None:
    world = await World(database, slots=MANY).with_agents(1)
    report = LineReport(database)
    day = {"start": TUESDAY, "end": TUESDAY + timedelta(days=1)}
    assert (await report.accuracy(**day, now=world.now)).share is None
    in_time, late, cancelled, _moved, _later = await joined(world, 5)
    for wait in (3, 47):  # the second was told to expect us after twenty minutes
        await world.at(TUESDAY + wait * MINUTE)
        await world.outcomes.end(await world.the_dial(), Outcome.CONNECTED, now=world.now)
    told = [(await world.read(callback)).told_start for callback in (in_time, late)]
    assert told == [TUESDAY, TUESDAY + 20 * MINUTE]
    await world.bookings.cancel(cancelled.reference, now=world.now)
    await world.bookings.move(_moved.reference, SLOT, now=world.now)
    figure = await report.accuracy(**day, now=world.now)
    assert (figure.told, figure.kept) == (2, 0)  # three minutes late is late; who was told 65 minutes is not due yet
    figure = await report.accuracy(**day, now=TUESDAY + 70 * MINUTE)
    assert (figure.told, figure.kept) == (3, 0)


async def test_a_call_that_begins_by_the_time_told_counts_as_kept(database: Database) -> None:
    world = await World(database, slots=MANY).with_agents(1)
    world.clock.moment = TUESDAY + MINUTE
    await joined(world, 2)
    await world.at(TUESDAY + 3 * MINUTE)
    await world.outcomes.end(await world.the_dial(), Outcome.CONNECTED, now=world.now)
    await world.at(TUESDAY + 60 * MINUTE)
    figure = await LineReport(database).accuracy(start=TUESDAY, end=SLOT.end, now=world.now)
    assert (figure.told, figure.kept, figure.share) == (2, 1, 0.5)


async def test_agents_see_who_waits_in_line_and_since_when_to_expect_them(sqlite: Database) -> None:
    office = await Office(sqlite).open()
    made = await office.world.book(None)
    await office.world.book(SLOT, phone_number=number(1))
    board = await office.desk.board(now=office.now)
    assert [entry.standing for entry in board.upcoming] == [
        Standing(queue_position=1, estimated_start=TUESDAY), None,
    ]  # fmt: skip
    dossier = await office.desk.dossier(made.reference, reader=await office.agent(), now=office.now)
    assert dossier.entry.standing == board.upcoming[0].standing


@pytest.fixture
async def product(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Product:
    """A talk about the soonest call, whose last question is answered with yes."""
    ours = await a_product(World(sqlite), tmp_path)
    modules = (actions.asking, actions.booking, actions.existing, actions.replies, actions.soonest, actions.telling)
    for module in (*modules, actions.speaking):
        monkeypatch.setattr(module, "product", lambda: ours)
    async with sqlite.write() as tx:
        await conversations.open_talk(tx, "talk-1", channel="web", language="ja", now=ours.clock.now())
    return ours


async def said(action: Any, language: str) -> tuple[str, str]:
    """What the assistant says, and which time it names."""
    slots = {
        "language": language, "reason": "修理", "customer_name": "田中", "phone_number": "+819012345678",
        "preferred_slot": spans.ASAP, "booking_number": 0.0, "confirmed": True, "asking": "first",
    }  # fmt: skip
    message = {"text": "はい", "intent": {"name": "affirm", "confidence": 0.9}, "metadata": {}}
    dispatcher = CollectingDispatcher()
    await action.run(dispatcher, Tracker("talk-1", slots, message, [], False, None, {}, "action_listen"), {})
    (told,) = dispatcher.messages
    return told["response"], told.get("when", "")


@pytest.mark.parametrize(
    ("language", "when"),
    [("ja", "11月25日(水) 9:00の営業開始後すぐ"), ("en", "first thing when we open, Wed, Nov 25, 9:00 AM")],
)
async def test_outside_hours_the_soonest_is_said_plainly_to_be_first_thing_when_we_open(
    product: Product, language: str, when: str
) -> None:
    product.clock.moment = tokyo("2026-11-24 19:00")  # type: ignore[attr-defined]  # the tests' clock
    assert await said(ActionAskConfirmed(), language) == ("utter_ask_confirmed", when)
    assert await said(ActionBook(), language) == ("utter_booked", when)


async def test_where_the_opening_is_sold_the_first_free_time_is_not_called_the_opening(product: Product) -> None:
    product.clock.moment = tokyo("2026-11-24 19:00")  # type: ignore[attr-defined]  # the tests' clock
    for index in range(3):
        await product.bookings.book(a_request(None, phone_number=number(index)), now=product.clock.now())
    assert await said(ActionBook(), "ja") == ("utter_booked", "いちばん早く空いている11月25日(水) 9:30")


async def test_in_hours_the_talk_tells_what_is_promised_and_what_is_expected(product: Product) -> None:
    product.clock.moment = tokyo("2026-11-24 15:02")  # type: ignore[attr-defined]  # the tests' clock
    assert (await said(ActionAskConfirmed(), "ja"))[0] == "utter_ask_confirmed_asap"
    assert await said(ActionBook(), "ja") == ("utter_booked_asap", "11月24日(火) 15:02〜15:32、目安は15:05ごろ")
    booked = await product.bookings.open_in_conversation("talk-1")
    assert [callback.told_start for callback in booked] == [tokyo("2026-11-24 15:05")]


async def test_the_status_tells_the_place_and_the_time_that_is_expected_now(product: Product) -> None:
    product.clock.moment = tokyo("2026-11-24 15:02")  # type: ignore[attr-defined]  # the tests' clock
    await product.bookings.book(a_request(None, phone_number=number(1)), now=product.clock.now())
    product.clock.pass_by(seconds=1)  # type: ignore[attr-defined]  # the tests' clock
    await said(ActionBook(), "ja")
    dispatcher = CollectingDispatcher()
    tracker = Tracker("talk-1", {"language": "ja"}, {"text": "状況は?"}, [], False, None, {}, "action_listen")
    await ActionTellCallbacks().run(dispatcher, tracker, {})
    (told,) = dispatcher.messages
    assert (told["response"], told["position"], told["when"]) == (
        "utter_callback_is_waiting", "2", "11月24日(火) 15:20",
    )  # fmt: skip
