"""A booked callback is moved to another time."""

from typing import ClassVar

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import spans
from actions.existing import ChangingForm, chosen
from actions.form import Answers
from actions.product import product
from actions.speaking import SpeakingAction
from actions.telling import told
from actions.times import ask_for_time, read_time
from actions.turn import Turn
from bot.booking.callback import Callback
from bot.booking.errors import CallbackNotFound, CallbackNotOpen, SlotFull, WindowNotOffered


class ValidateMoveForm(ChangingForm):
    """Which callback, and where to."""

    questions: ClassVar[tuple[str, ...]] = ("chosen_callback", "new_slot")

    def name(self) -> str:
        return "validate_move_form"

    async def read_change(self, turn: Turn, dispatcher: CollectingDispatcher, callback: Callback | None) -> Answers:
        near = callback.window if callback else None
        return await read_time(turn, dispatcher, slot="new_slot", is_asked=turn.asked == "new_slot", near=near)


class ActionAskNewSlot(SpeakingAction):
    """Where to move the callback, with free times to choose from."""

    def name(self) -> str:
        return "action_ask_new_slot"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        callback = await chosen(turn)
        when = told(callback, turn)["when"] if callback else ""
        response = "utter_ask_which_slot" if turn.slots.get("offered_slots") else "utter_ask_new_slot"
        return [SlotSet("offered_slots", await ask_for_time(turn, dispatcher, response=response, when=when))]


class ActionMove(SpeakingAction):
    """Moves the callback to the new time."""

    def name(self) -> str:
        return "action_move"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        ours = product()
        now = ours.clock.now()
        slot = turn.slots.get("new_slot")
        if not slot:
            return []  # the form was left, not finished
        meant = await chosen(turn)
        try:
            if meant is None:  # called, closed or no longer proved meanwhile
                raise CallbackNotFound("")
            windows = await ours.bookings.soonest(now=now, limit=1) if slot == spans.ASAP else (spans.read(slot),)
            callback = await ours.bookings.move(meant.reference, windows[0], now=now)
        except (SlotFull, WindowNotOffered) as refusal:
            dispatcher.utter_message(response="utter_slot_taken")
            offered = [spans.written(window) for window in refusal.alternatives]
            return [SlotSet("new_slot", None), SlotSet("offered_slots", offered), FollowupAction("move_form")]
        except (CallbackNotOpen, CallbackNotFound):
            dispatcher.utter_message(response="utter_not_changeable", hotline=ours.business.hotline)
            return []
        await ours.identity.talk_about(turn.conversation_id, callback, now=now)
        dispatcher.utter_message(response="utter_moved", **told(callback, turn))
        return [SlotSet("offered_slots", None)]
