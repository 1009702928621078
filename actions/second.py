"""One callback is booked and another is asked for: keep the first, move it, or book a second one."""

import re
from typing import ClassVar

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form import Answers, ReadingForm
from actions.speaking import SpeakingAction
from actions.telling import open_callbacks, told
from actions.turn import Turn

KEEP = re.compile(r"のまま|変えな|変更しな|大丈夫|\bkeep\b|\bleave\b|as it is", re.IGNORECASE)
MOVE = re.compile(r"変更|変え|ずら|移|\bmove\b|\bchange\b|\breschedule\b", re.IGNORECASE)
SECOND = re.compile(
    r"もう(?:一|1|１)(?:件|つ|回)|追加|別(?:の|に)|2件|２件|二件|両方|\bsecond\b|\banother\b|\bboth\b|\bnew "
    r"(?:one|call|booking|appointment)\b|\badd\b",
    re.IGNORECASE,
)


class ValidateSecondForm(ReadingForm):
    """Keep the booking, move it, or book a second one."""

    questions: ClassVar[tuple[str, ...]] = ("second_choice",)

    def name(self) -> str:
        return "validate_second_form"

    async def read(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        if turn.asked != "second_choice" or turn.is_question:
            return {}
        for choice, words in (("second", SECOND), ("keep", KEEP), ("move", MOVE)):
            if words.search(turn.text):
                return {"second_choice": choice}
        by_intent = {"deny": "keep", "stop_form": "keep", "skip": "keep", "move_callback": "move", "give_time": "move"}
        return {"second_choice": by_intent[turn.intent]} if turn.intent in by_intent else {}


class ActionAskSecondChoice(SpeakingAction):
    """What is to become of the booking that there is."""

    def name(self) -> str:
        return "action_ask_second_choice"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        booked = await open_callbacks(turn)
        dispatcher.utter_message(
            response="utter_ask_second_choice", **told(booked[0], turn) if booked else {"when": ""}
        )
        return []


class ActionFollowChoice(SpeakingAction):
    """Does what the customer chose."""

    def name(self) -> str:
        return "action_follow_choice"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        choice = turn.slots.get("second_choice")
        if choice == "second":
            return [FollowupAction("callback_form")]
        wished = turn.slots.get("preferred_slot")
        forgotten: list[EventType] = [SlotSet(slot, None) for slot in ("reason", "topic", "preferred_slot")]
        if choice == "move":
            return [*forgotten, SlotSet("new_slot", wished), FollowupAction("move_form")]
        booked = await open_callbacks(turn) if choice else ()
        if booked:
            dispatcher.utter_message(response="utter_kept", **told(booked[0], turn))
        return forgotten
