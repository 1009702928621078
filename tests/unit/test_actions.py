"""Actions against a product that answers as it is told to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.answers
import actions.asides
import actions.asking
import actions.booking
import actions.speaking
from actions import spans
from actions.answers import ActionMisunderstood, ActionRememberLanguage
from actions.asking import ActionAskConfirmed
from actions.booking import ActionBook
from actions.turn import Turn
from bot.booking.asides import Urgency
from bot.booking.callback import Callback, Channel, Kind, Status
from bot.booking.errors import SlotFull, TooManyOpenCallbacks
from bot.booking.window import Window
from bot.usecases.bookings import BookingRequest, IdempotencyKey
from bot.usecases.seats import Customer

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
WINDOW = Window(start=NOW + timedelta(hours=5), end=NOW + timedelta(hours=5, minutes=30))
LATER = Window(start=WINDOW.end, end=WINDOW.end + timedelta(minutes=30))
CONFIRMED = {
    "language": "ja",
    "reason": "修理",
    "customer_name": "田中",
    "phone_number": "+819012345678",
    "preferred_slot": spans.written(WINDOW),
    "booking_number": 0.0,
    "confirmed": True,
}


@dataclass
class Bookings:
    """Remembers what it was asked for, and answers with a callback or an error."""

    answer: Callback | Exception
    asked: list[tuple[BookingRequest, IdempotencyKey | None]] = field(default_factory=list)
    held: list[tuple[Window, Customer]] = field(default_factory=list)

    async def hold(self, window: Window, *, customer: Customer, now: datetime, topic: str | None) -> Window:
        self.held.append((window, customer))
        if isinstance(self.answer, Exception):
            raise self.answer
        return window

    async def book(
        self, request: BookingRequest, *, now: datetime, idempotency: IdempotencyKey | None = None
    ) -> Callback:
        self.asked.append((request, idempotency))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def a_callback() -> Callback:
    return Callback(
        id="1", reference="K7Q4MN", status=Status.BOOKED, kind=Kind.SCHEDULED, window=WINDOW, slot_start=WINDOW.start,
        due_at=WINDOW.start, phone_number="+819012345678", reason="修理", topic="general", language="ja",
        channel=Channel.WEB, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def a_tracker(slots: dict[str, Any], *, text: str = "はい", intent: str = "affirm", events: Any = ()) -> Tracker:
    message = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "metadata": {"language": "en"}}
    return Tracker("talk-1", slots, message, list(events), False, None, {}, "action_listen")


@pytest.fixture
def bookings(monkeypatch: pytest.MonkeyPatch) -> Bookings:
    stand_in = Bookings(a_callback())
    business = SimpleNamespace(hotline="0120-000-000", timezone=ZoneInfo("Asia/Tokyo"), name=lambda language: "Minato")
    product = SimpleNamespace(
        bookings=stand_in,
        business=business,
        clock=SimpleNamespace(now=lambda: NOW),
        hours_text=lambda language: "9-18",
        urgency=Urgency(phrases=()),
        faqs=(),
    )
    for module in (actions.booking, actions.answers, actions.asides, actions.asking, actions.speaking):
        monkeypatch.setattr(module, "product", lambda: product)
    return stand_in


async def run(action: Any, tracker: Tracker) -> tuple[list[str], dict[str, Any], list[str]]:
    """The responses that were said, the slots that were set, and the actions that follow."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    follow = [event["name"] for event in events if event["event"] == "followup"]
    return [message["response"] for message in dispatcher.messages], slots, follow


async def test_what_was_confirmed_is_booked_once_for_this_talk(bookings: Bookings) -> None:
    said, slots, _ = await run(ActionBook(), a_tracker(CONFIRMED))
    [(request, key)] = bookings.asked
    assert (request.reason, request.name, request.window) == ("修理", "田中", WINDOW)
    assert key == IdempotencyKey(scope="chat", key="talk-1:0")
    assert said == ["utter_booked"]
    assert slots["booking_number"] == 1
    assert slots["reason"] is None


async def test_the_time_is_kept_for_the_talk_while_its_customer_is_asked_for_a_yes(bookings: Bookings) -> None:
    said, slots, _ = await run(ActionAskConfirmed(), a_tracker({**CONFIRMED, "asking": "first"}))
    assert bookings.held == [(WINDOW, Customer(number="+819012345678", language="ja", holder="talk-1"))]
    assert (said, slots) == (["utter_ask_confirmed"], {})


async def test_a_time_that_is_gone_before_the_yes_is_asked_for_brings_the_alternatives(bookings: Bookings) -> None:
    bookings.answer = SlotFull(WINDOW, (LATER,))
    said, slots, follow = await run(ActionAskConfirmed(), a_tracker({**CONFIRMED, "asking": "first"}))
    assert said == ["utter_slot_taken"]
    assert (slots["preferred_slot"], slots["offered_slots"]) == (None, [spans.written(LATER)])
    assert follow == ["callback_form"]


async def test_a_form_that_was_left_books_nothing(bookings: Bookings) -> None:
    assert await run(ActionBook(), a_tracker({**CONFIRMED, "confirmed": None})) == ([], {}, [])
    assert bookings.asked == []


async def test_as_soon_as_possible_has_no_window(bookings: Bookings) -> None:
    await run(ActionBook(), a_tracker({**CONFIRMED, "preferred_slot": spans.ASAP}))
    assert bookings.asked[0][0].window is None


async def test_a_slot_taken_meanwhile_brings_the_alternatives(bookings: Bookings) -> None:
    bookings.answer = SlotFull(WINDOW, (LATER,))
    said, slots, follow = await run(ActionBook(), a_tracker(CONFIRMED))
    assert said == ["utter_slot_taken"]
    assert slots["preferred_slot"] is None
    assert slots["offered_slots"] == [spans.written(LATER)]
    assert follow == ["callback_form"]


async def test_too_many_bookings_are_said_to_be_so(bookings: Bookings) -> None:
    bookings.answer = TooManyOpenCallbacks(3)
    said, _, follow = await run(ActionBook(), a_tracker(CONFIRMED))
    assert (said, follow) == (["utter_too_many"], [])


async def test_a_failure_is_told_without_details_and_only_the_yes_is_asked_again(
    bookings: Bookings, capsys: pytest.CaptureFixture[str]
) -> None:
    bookings.answer = RuntimeError("INSERT … +819012345678")
    said, slots, follow = await run(ActionBook(), a_tracker(CONFIRMED))
    assert said == ["utter_trouble"]
    assert slots["confirmed"] is None
    assert "reason" not in slots
    assert follow == ["callback_form"]
    assert "819012345678" not in "".join(capsys.readouterr())


async def test_the_language_follows_the_gateway() -> None:
    _, slots, _ = await run(ActionRememberLanguage(), a_tracker({"language": "ja"}))
    assert slots == {"language": "en"}
    _, slots, _ = await run(ActionRememberLanguage(), a_tracker({"language": "en"}))
    assert slots == {}


USER = {"event": "user"}
MISUNDERSTOOD = {"event": "bot", "metadata": {"utter_action": "utter_misunderstood"}}
ANSWERED = {"event": "bot", "metadata": {"utter_action": "utter_ask_price"}}


@pytest.mark.parametrize(
    ("events", "times"),
    [
        ([USER], 0),
        ([MISUNDERSTOOD, USER, MISUNDERSTOOD, ANSWERED, USER], 2),
        ([USER, MISUNDERSTOOD, USER], 1),
        ([USER, MISUNDERSTOOD, USER, MISUNDERSTOOD, USER], 2),
        ([USER, MISUNDERSTOOD, USER, ANSWERED, USER], 0),
        ([USER, ANSWERED, USER, MISUNDERSTOOD, USER], 1),
    ],
)
def test_only_misunderstandings_in_a_row_count(events: list[dict[str, Any]], times: int) -> None:
    assert Turn.of(a_tracker({}, events=events)).times_misunderstood == times


async def test_the_third_misunderstanding_offers_a_person(bookings: Bookings) -> None:
    events = [USER, MISUNDERSTOOD, USER, MISUNDERSTOOD, USER]
    said, _, _ = await run(ActionMisunderstood(), a_tracker({}, intent="nlu_fallback", events=events))
    assert said == ["utter_offer_person"]


@pytest.mark.parametrize(
    ("text", "asked", "confidence", "intent"),
    [
        ("何か", "reason", 0.4, "give_reason"),
        ("何か", "reason", 0.9, "ask_price"),
        ("／restart", "reason", 0.9, "give_reason"),
        ("あ" * 150, "reason", 0.9, "give_reason"),
        ("ああああ", "reason", 0.9, "nlu_fallback"),
        ("何か", "phone_number", 0.4, "ask_price"),
    ],
)
def test_where_a_reason_was_asked_for_anything_may_be_one(
    text: str, asked: str, confidence: float, intent: str
) -> None:
    tracker = a_tracker({"requested_slot": asked}, text=text, intent="ask_price")
    tracker.latest_message["intent"]["confidence"] = confidence
    assert Turn.of(tracker).intent == intent


def test_a_window_survives_being_kept_in_a_slot() -> None:
    assert spans.read(spans.written(WINDOW)) == WINDOW
    assert spans.read_all(None) == ()
