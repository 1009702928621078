"""A booked callback is to go to another number."""

from typing import ClassVar

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.existing import ChangingForm, chosen
from actions.form import Answers
from actions.product import product
from actions.speaking import SpeakingAction
from actions.telling import told
from actions.turn import Turn
from bot.booking import phone
from bot.booking.callback import Callback
from bot.booking.errors import (
    CallbackNotFound,
    CallbackNotOpen,
    NumberRefused,
    TooManyOpenCallbacks,
    WindowNotOffered,
)


class ValidateNumberForm(ChangingForm):
    """Which callback, and the number to call instead."""

    questions: ClassVar[tuple[str, ...]] = ("chosen_callback", "new_number")

    def name(self) -> str:
        return "validate_number_form"

    async def read_change(self, turn: Turn, dispatcher: CollectingDispatcher, callback: Callback | None) -> Answers:
        try:
            heard = phone.heard(turn.text, product().numbers)
        except NumberRefused as refusal:
            dispatcher.utter_message(response=f"utter_refused_{refusal.reason}")
            return {"new_number": None}
        current = callback.phone_number if callback else None
        new = next((number for number in (heard.alternate, heard.main) if number and number != current), None)
        if new is None and heard.main:
            dispatcher.utter_message(response="utter_same_number")
            return {"new_number": None}
        return {"new_number": new} if new else {}


class ActionChangeNumber(SpeakingAction):
    """Calls the other number instead."""

    def name(self) -> str:
        return "action_change_number"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        number = turn.slots.get("new_number")
        if not number:
            return []  # the form was left, not finished
        ours = product()
        meant = await chosen(turn)
        try:
            if meant is None:  # called, closed or no longer proved meanwhile
                raise CallbackNotFound("")
            callback = await ours.bookings.change_number(meant.reference, number, now=ours.clock.now())
        except NumberRefused as refusal:
            dispatcher.utter_message(response=f"utter_refused_{refusal.reason}")
            return [SlotSet("new_number", None), FollowupAction("number_form")]
        except TooManyOpenCallbacks as refusal:
            dispatcher.utter_message(response="utter_too_many", limit=str(refusal.limit), hotline=ours.business.hotline)
            return []
        except (CallbackNotOpen, CallbackNotFound, WindowNotOffered):
            dispatcher.utter_message(response="utter_not_changeable", hotline=ours.business.hotline)
            return []
        await ours.identity.talk_about(turn.conversation_id, callback, now=ours.clock.now())
        dispatcher.utter_message(response="utter_number_changed", **told(callback, turn))
        return [SlotSet("phone_number", number)]  # a further booking is for this number, too
