"""A booked callback is cancelled, after one question."""

from typing import ClassVar

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.existing import choose, chosen
from actions.form import Answers, ReadingForm
from actions.product import product
from actions.speaking import SpeakingAction
from actions.telling import told
from actions.turn import Turn
from bot.booking import remarks
from bot.booking.errors import CallbackNotFound, CallbackNotOpen


class ValidateCancelForm(ReadingForm):
    """Which callback, and whether the customer is sure."""

    questions: ClassVar[tuple[str, ...]] = ("chosen_callback", "cancel_confirmed")

    def name(self) -> str:
        return "validate_cancel_form"

    async def read(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        answers: Answers = {} if turn.slots.get("chosen_callback") else await choose(turn)
        if turn.asked != "cancel_confirmed" or turn.is_answered:
            return answers
        if remarks.keeps(turn.text):
            return answers | {"cancel_confirmed": False}
        if turn.intent in ("affirm", "cancel_callback"):
            return answers | {"cancel_confirmed": True}
        if turn.intent in ("deny", "skip", "stop_form", "goodbye"):
            return answers | {"cancel_confirmed": False}
        return answers


class ActionAskCancelConfirmed(SpeakingAction):
    """Whether the customer is sure, asked once."""

    def name(self) -> str:
        return "action_ask_cancel_confirmed"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        callback = await chosen(turn)
        dispatcher.utter_message(
            response="utter_ask_cancel_confirmed", when=told(callback, turn)["when"] if callback else ""
        )
        return []


class ActionCancel(SpeakingAction):
    """Cancels the callback, or keeps it after a no."""

    def name(self) -> str:
        return "action_cancel"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if turn.slots.get("cancel_confirmed") is None:
            return []  # the form was left, not finished
        ours = product()
        callback = await chosen(turn)
        if callback and not turn.slots.get("cancel_confirmed"):
            dispatcher.utter_message(response="utter_kept", **told(callback, turn))
            return []
        try:
            if callback is None:  # called, closed or no longer proved meanwhile
                raise CallbackNotFound("")
            callback = await ours.bookings.cancel(callback.reference, now=ours.clock.now())
        except (CallbackNotOpen, CallbackNotFound):
            dispatcher.utter_message(response="utter_not_changeable", hotline=ours.business.hotline)
            return []
        await ours.identity.talk_about(turn.conversation_id, callback, now=ours.clock.now())
        dispatcher.utter_message(response="utter_cancelled", **told(callback, turn))
        return []
