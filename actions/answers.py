"""What is said outside the questions: the welcome, answers in between, and what happens when nothing was understood."""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.existing import CHOICES, open_callbacks
from actions.product import product
from actions.soonest import told_moment
from actions.speaking import SpeakingAction
from actions.turn import Turn
from bot.booking import reference

PATIENCE = 3
"""After this many messages in a row that were not understood, a person is offered."""

FORGOTTEN = (
    "reason", "customer_name", "company", "phone_number", "alternate_number", "preferred_slot", "offered_slots",
    "confirmed",
)  # fmt: skip


async def answer(turn: Turn, dispatcher: CollectingDispatcher) -> None:
    """Answer the question or remark that the message is."""
    ours = product()
    facts: dict[str, str] = {"hotline": ours.business.hotline, "hours": ours.hours_text(turn.language)}
    if turn.intent in ("ask_wait", "ask_person"):
        soonest = await ours.bookings.earliest(now=ours.clock.now())
        if soonest is None:
            dispatcher.utter_message(response="utter_nothing_free", **facts)
            return
        facts["soonest"] = told_moment(turn, soonest.expected_at)
    dispatcher.utter_message(response=f"utter_{turn.intent}", **facts)


class ActionRememberLanguage(Action):
    """The gateway tells with every message in which language the talk goes on."""

    def name(self) -> str:
        return "action_remember_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        told = (tracker.latest_message.get("metadata") or {}).get("language")
        return [] if told in (None, tracker.get_slot("language")) else [SlotSet("language", told)]


class ActionWelcome(SpeakingAction):
    """Who we are and what for."""

    def name(self) -> str:
        return "action_welcome"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        dispatcher.utter_message(response="utter_welcome", business=product().business.name(turn.language))
        return []


class ActionAnswer(SpeakingAction):
    """A question or remark in the middle of anything."""

    def name(self) -> str:
        return "action_answer"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        await answer(turn, dispatcher)
        return []


class ActionMisunderstood(SpeakingAction):
    """Says so; the third time in a row it offers a person instead of a third excuse."""

    def name(self) -> str:
        return "action_misunderstood"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        first = "utter_out_of_scope" if turn.intent == "out_of_scope" else "utter_misunderstood"
        times = misunderstood_before(turn.events, action=self.name()) % PATIENCE
        ours = product()
        dispatcher.utter_message(
            response=(first, "utter_misunderstood_again", "utter_offer_person")[times],
            hotline=ours.business.hotline,
            hours=ours.hours_text(turn.language),
        )
        if turn.intent in ("nlu_fallback", "out_of_scope"):
            return []  # the rule brings the talk back to the open form
        return [FollowupAction(turn.form or "action_listen")]  # no rule led here, so none leads back


def misunderstood_before(events: Sequence[Mapping[str, Any]], *, action: str) -> int:
    """How many messages in a row, just before the latest one, were answered by `action`."""
    count, was_misunderstood, messages = 0, False, 0
    for event in reversed(events):
        if event["event"] == "action" and event["name"] == action:
            was_misunderstood = messages > 0
        elif event["event"] == "user":
            if messages and not was_misunderstood:
                return count
            count += was_misunderstood
            messages, was_misunderstood = messages + 1, False
    return count


class ActionStop(SpeakingAction):
    """The customer stops, leaves, or says farewell when all is done."""

    def name(self) -> str:
        return "action_stop"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if turn.form == "callback_form":
            dispatcher.utter_message(response="utter_stopped")
        elif turn.form:
            dispatcher.utter_message(response="utter_left_as_it_is")
        else:
            dispatcher.utter_message(response="utter_goodbye")
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("confirmed", None),
            SlotSet("changing", False),
        ]


class ActionLeaveForm(SpeakingAction):
    """Cancelling while a booking is being made stops it; before anything was answered, an earlier booking is meant."""

    def name(self) -> str:
        return "action_leave_form"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        left: list[EventType] = [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("confirmed", None)]
        left.append(SlotSet("changing", False))
        booked = await open_callbacks(turn)
        named = reference.read(turn.text)
        if any(turn.slots.get(slot) for slot in ("reason", "preferred_slot")) and not (named or booked):
            dispatcher.utter_message(response="utter_stopped")
            return left
        is_here = bool(booked) and (named is None or named in {callback.reference for callback in booked})
        cleared = [SlotSet(slot, None) for slot in CHOICES]
        follow = FollowupAction("cancel_form" if is_here else "identity_form")
        return [*left, *cleared, SlotSet("wanted", "cancel"), follow]


class ActionStartOver(SpeakingAction):
    """Everything that was answered is asked anew."""

    def name(self) -> str:
        return "action_start_over"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        dispatcher.utter_message(response="utter_started_over")
        forgotten = [SlotSet(slot, None) for slot in FORGOTTEN]
        return [*forgotten, SlotSet("changing", False), ActiveLoop(None), SlotSet("requested_slot", None)]
