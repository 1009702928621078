"""A booking of another talk: shown and changed only after a code sent to its number."""

import re
import unicodedata
from typing import ClassVar

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form import Answers, ReadingForm
from actions.product import product
from actions.speaking import SpeakingAction
from actions.turn import COMMANDS, Turn
from bot.booking import phone, reference, remarks
from bot.booking.errors import NumberRefused

RESEND = re.compile(
    r"届か|届いて(?:い)?ない|届きません|来ない|来ません|こない|再送|もう(?:一|1|１)(?:度|回)|送り直|"
    r"\b(?:resend|again|didn.?t (?:get|receive|arrive)|not (?:got|received|arrived)|no (?:code|sms|text)|new code)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"(?<!\d)\d[\d\s-]{2,9}\d(?!\d)")
"""Digits that may be meant for the code, right or wrong in their number; a phone number has more."""
FOLLOWS = {"move": "move_form", "number": "number_form", "cancel": "cancel_form", "check": "action_tell_callbacks"}


class ValidateIdentityForm(ReadingForm):
    """The reference or number of the booking, then the code that was sent."""

    questions: ClassVar[tuple[str, ...]] = ("claim", "proved")

    def name(self) -> str:
        return "validate_identity_form"

    async def read(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        claim = claimed(turn)
        if claim and claim != turn.slots.get("claim"):
            return await self._ask_code(turn, dispatcher, claim)
        if turn.asked == "proved" and not turn.is_answered:
            return await self._code(turn, dispatcher)
        if turn.is_answered or turn.is_question or turn.intent in COMMANDS:
            return {}
        is_unsure = remarks.is_unsure(turn.text) and not remarks.will_not_say(turn.text)
        if turn.asked == "claim" and is_unsure and turn.slots.get("asking") == "first":
            return {"claim": None}  # there are two ways to name a booking
        if turn.asked == "claim" and turn.intent in ("deny", "skip"):
            return {"claim": "", "proved": False}
        return {"claim": None} if turn.intent != "nlu_fallback" else {}

    async def _ask_code(self, turn: Turn, dispatcher: CollectingDispatcher, claim: str) -> Answers:
        ours = product()
        if await ours.identity.ask(turn.conversation_id, claim, now=ours.clock.now()):
            return {"claim": claim, "proved": None}
        dispatcher.utter_message(response="utter_code_limit", hotline=ours.business.hotline)
        return {"claim": claim, "proved": False}

    async def _code(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        plain = unicodedata.normalize("NFKC", turn.text)
        found = CODE.search(plain)
        if not found:
            if RESEND.search(plain):
                return await self._ask_code(turn, dispatcher, turn.slots["claim"])
            return {}
        ours = product()
        verdict = await ours.identity.check(turn.conversation_id, found[0], now=ours.clock.now())
        if verdict == "right":
            return {"proved": True}
        dispatcher.utter_message(response=f"utter_code_{verdict}", hotline=ours.business.hotline)
        return {"proved": None} if verdict == "wrong" else {"claim": None, "proved": None}


def claimed(turn: Turn) -> str | None:
    """What the message names a booking by: a reference, or a phone number in E.164."""
    if found := reference.read(turn.text, is_asked=turn.asked == "claim"):
        return found
    try:
        return phone.read(turn.text, product().numbers)
    except NumberRefused:
        return None


class ActionAskProved(SpeakingAction):
    """The code; whether one was sent at all is not told."""

    def name(self) -> str:
        return "action_ask_proved"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        dispatcher.utter_message(response="utter_ask_proved", hotline=product().business.hotline)
        return []


class ActionGoOn(SpeakingAction):
    """Does what the customer wanted before they had to prove whose booking it is."""

    def name(self) -> str:
        return "action_go_on"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        forgotten = [SlotSet("claim", None), SlotSet("proved", None)]
        if turn.slots.get("proved"):
            return [*forgotten, FollowupAction(FOLLOWS[turn.slots.get("wanted") or "check"])]
        if turn.slots.get("proved") is False and not turn.slots.get("claim"):
            dispatcher.utter_message(response="utter_no_proof", hotline=product().business.hotline)
        return forgotten
