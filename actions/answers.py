"""What is said outside the questions: the welcome, answers in between, and what happens when nothing was understood."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asides import say_misunderstood
from actions.existing import CHOICES, redirected
from actions.product import product
from actions.replies import answer, stopped
from actions.speaking import SpeakingAction
from actions.telling import open_callbacks, told
from actions.turn import Turn
from bot.booking import reference

FORGOTTEN = (
    "reason", "topic", "customer_name", "company", "phone_number", "alternate_number", "preferred_slot",
    "offered_slots", "confirmed",
)  # fmt: skip


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
        if (elsewhere := await redirected(turn, dispatcher)) is not None:
            return elsewhere
        await answer(turn, dispatcher)
        ours = product()
        if not turn.form and await ours.ratings.is_asked(turn.conversation_id):
            dispatcher.utter_message(response="utter_ask_rating_again")
        return []


class ActionAnythingElse(SpeakingAction):
    """A yes or no that answers nothing; a yes to a reminder, where reminders are answered, keeps the booking."""

    def name(self) -> str:
        return "action_anything_else"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if (elsewhere := await redirected(turn, dispatcher)) is not None:
            return elsewhere
        booked = await open_callbacks(turn) if turn.intent == "affirm" and turn.channel != "web" else ()
        if booked:
            dispatcher.utter_message(response="utter_kept", **told(booked[0], turn))
        else:
            dispatcher.utter_message(response=turn.fresh("utter_anything_else"))
        return []


class ActionMisunderstood(SpeakingAction):
    """Says so, and goes on with what was open."""

    def name(self) -> str:
        return "action_misunderstood"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if (elsewhere := await redirected(turn, dispatcher)) is not None:
            return elsewhere
        if turn.is_question:  # by its words, which the model did not know
            await answer(turn, dispatcher)
        else:
            say_misunderstood(turn, dispatcher)
        if turn.intent in ("nlu_fallback", "out_of_scope"):
            return []  # the rule brings the talk back to the open form
        return [FollowupAction(turn.form or "action_listen")]  # no rule led here, so none leads back


class ActionStop(SpeakingAction):
    """The customer stops, leaves, or says farewell when all is done."""

    def name(self) -> str:
        return "action_stop"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        return await stopped(turn, dispatcher)


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
