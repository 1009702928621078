"""The form that takes a callback: reason, name, number, time, and a yes to all of it."""

import re
from typing import ClassVar

from rasa_sdk.executor import CollectingDispatcher

from actions import guessing, spans
from actions.answers import answer
from actions.form import Answers, ReadingForm
from actions.product import product
from actions.times import read_time
from actions.turn import COMMANDS, Turn
from bot.booking import name, phone, reason
from bot.booking.errors import NumberRefused

TALK = frozenset({"affirm", "deny", "skip", "go_back", "request_callback", "move_callback"})
"""Intents that are no reason by themselves."""

MATTERS = frozenset({"give_reason", "ask_business"})
"""Intents of what an agent will answer: a statement or a question to the business."""

CHANGES = frozenset({"deny", "move_callback", "give_phone_number"})
"""Intents of a customer who names an answer because it is wrong."""
WRONG = re.compile(
    r"違|ちが|間違|まちが|変え|変更|直し|訂正|\b(?:wrong|incorrect|change|not right|mistake|fix|edit|different)\b",
    re.IGNORECASE,
)

FIELDS = (
    ("preferred_slot", re.compile(r"日時|時間|日にち|日程|何時|\b(?:time|date|day|when)\b", re.IGNORECASE)),
    ("phone_number", re.compile(r"番号|電話|携帯|\b(?:phone|number|mobile)\b", re.IGNORECASE)),
    ("customer_name", re.compile(r"名前|氏名|なまえ|\bname\b", re.IGNORECASE)),
    ("reason", re.compile(r"用件|要件|内容|理由|\b(?:topic|reason|subject|about)\b", re.IGNORECASE)),
)
"""How a customer names the answer that is to be changed."""


class ValidateCallbackForm(ReadingForm):
    """Reads all five answers from any message: at once, in any order, and corrected later."""

    questions: ClassVar[tuple[str, ...]] = (
        "reason", "topic", "customer_name", "phone_number", "preferred_slot", "confirmed",
    )  # fmt: skip

    def name(self) -> str:
        return "validate_callback_form"

    def is_news(self, turn: Turn, answers: Answers) -> bool:
        """What is repeated back is told in full again when part of it changed."""
        return any(slot != "confirmed" for slot in answers) and turn.asked == "confirmed"

    async def read(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        is_choice = turn.asked is None and turn.slots.get("second_choice")  # of a second booking, by another form
        if is_choice or (turn.is_answered and turn.intent in TALK | COMMANDS):
            return {}
        if turn.intent == "go_back":
            return self._step_back(turn)
        answers: Answers = self._number(turn, dispatcher)
        if turn.is_question or turn.intent in COMMANDS:
            if turn.intent == "ask_person" and not turn.slots.get("preferred_slot"):
                answers["preferred_slot"] = spans.ASAP  # whoever wants a person now is called as soon as possible
            if answers and turn.is_question:
                await answer(turn, dispatcher)
            return answers
        if turn.asked == "topic" and turn.slots.get("reason"):
            answers |= {"topic": guessing.answered(turn)}
        answers |= await self._time(turn, dispatcher, has_number=bool(answers.get("phone_number")))
        answers |= self._name(turn, others=answers)
        answers |= self._reason(turn, dispatcher, others=answers)
        return answers or self._word(turn, dispatcher)

    async def known(self, turn: Turn, answers: Answers) -> Answers:
        """Whoever writes from a number that is proved to be theirs is not asked for one: it is repeated back."""
        if turn.slots.get("phone_number") or "phone_number" in answers or turn.asked == "phone_number":
            return {}
        own = await product().identity.own_number(turn.conversation_id)
        try:
            return {"phone_number": phone.accept(own, product().numbers)} if own else {}
        except NumberRefused:
            return {}  # they may write from there, but we may not call

    def following(self, turn: Turn, answers: Answers, filled: Answers, first: str | None) -> str | None:
        """A time that cannot be had is settled first: the customer has just thought of it."""
        if answers.get("offered_slots") and filled.get("preferred_slot") is None and filled.get("reason"):
            return "preferred_slot"
        return super().following(turn, answers, filled, first)

    def _step_back(self, turn: Turn) -> Answers:
        """The question before the open one is asked anew."""
        asked = self.questions.index(turn.asked) if turn.asked in self.questions else 0
        return {self.questions[max(0, asked - 1)]: None, "changing": False}

    def _number(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        try:
            known = turn.slots.get("phone_number")
            found = phone.heard(turn.text, product().numbers, has_main=bool(known))
        except NumberRefused as refusal:
            # A number in a story (「0120…につながらない」) is not the customer's: refused is only one to be called.
            if turn.asked != "phone_number" and not reason.asks_for_call(turn.text):
                return {}
            dispatcher.utter_message(response=f"utter_refused_{refusal.reason}")
            return {"phone_number": None}
        new = {"phone_number": found.main} if found.main and found.main != known else {}
        if found.alternate and found.alternate != turn.slots.get("alternate_number"):
            new["alternate_number"] = found.alternate
        return new | {"confirmed": None, "changing": False} if new else {}

    async def _time(self, turn: Turn, dispatcher: CollectingDispatcher, *, has_number: bool) -> Answers:
        is_about_the_call = (
            turn.asked in ("preferred_slot", "confirmed")
            or turn.intent in ("give_time", "move_callback")
            or has_number
            or reason.asks_for_call(turn.text)
            or (turn.asked != "reason" and turn.slots.get("reason"))
        )
        if not is_about_the_call:
            return {}
        read = await read_time(turn, dispatcher, slot="preferred_slot", is_asked=turn.asked == "preferred_slot")
        return read | {"confirmed": None, "changing": False} if read else {}

    def _name(self, turn: Turn, *, others: Answers) -> Answers:
        company = {"company": at} if (at := name.company(turn.text)) else {}
        known = turn.slots.get("customer_name")
        if found := (known and name.corrected(turn.text, known)) or name.introduced(turn.text):
            return company | {"customer_name": found, "confirmed": None, "changing": False}
        if company and turn.asked in ("customer_name", "confirmed") and name.answered(turn.text) is None:
            return company | {"confirmed": None, "changing": False}
        if turn.asked != "customer_name":
            # Whoever says number and time in one message has said all they want to say of themselves.
            is_all = others.get("phone_number") and others.get("preferred_slot") and not turn.slots.get("customer_name")
            return {"customer_name": ""} if is_all else {}
        if not others and turn.intent not in ("affirm", "deny", "skip") and (found := name.answered(turn.text)):
            return {"customer_name": found}
        # The name is asked for once: whoever answers with something else would rather not say.
        is_no_answer = turn.intent == "nlu_fallback" and not others
        return {} if is_no_answer else {"customer_name": ""}

    def _reason(self, turn: Turn, dispatcher: CollectingDispatcher, *, others: Answers) -> Answers:
        """The reason, with its topic where that is sure."""
        told = self._told_reason(turn, others=others)
        if told.get("reason"):
            told["topic"] = guessing.guessed(told["reason"])
        if told.get("reason") and turn.raw_intent == "insult":
            dispatcher.utter_message(response="utter_insult")
        return told

    def _told_reason(self, turn: Turn, *, others: Answers) -> Answers:
        if new := reason.corrected(turn.text):
            return {"reason": new, "confirmed": None, "changing": False}
        if turn.slots.get("reason"):
            is_new = turn.slots.get("changing") and not others and turn.intent in MATTERS
            return {"reason": reason.cleaned(turn.text), "changing": False} if is_new else {}
        if turn.intent in TALK and turn.intent != "request_callback" and not others:
            return {}
        told = reason.part(turn.text)
        if told is None and turn.asked == "reason" and not others and turn.intent in MATTERS:
            told = reason.cleaned(turn.text)  # it says something, if nothing that we can take apart
        if not told:
            return {}
        is_all = turn.asked == "reason" and not others and not reason.asks_for_call(turn.text)
        return {"reason": reason.cleaned(turn.text) if is_all else told}

    def _word(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        """A yes, a no, or the name of an answer to change; asked again where it answers nothing."""
        if turn.asked == "confirmed":
            return self._verdict(turn)
        if turn.asked == "phone_number" and turn.intent in ("skip", "deny"):
            dispatcher.utter_message(response="utter_need_phone_number", hotline=product().business.hotline)
        is_elsewhere = turn.asked == "reason" and turn.intent == "move_callback"  # an earlier booking is meant
        return {turn.asked: None} if turn.asked and turn.intent in TALK and not is_elsewhere else {}

    def _verdict(self, turn: Turn) -> Answers:
        named = next((slot for slot, words in FIELDS if words.search(turn.text)), None)
        if named and (turn.slots.get("changing") or turn.intent in CHANGES or WRONG.search(turn.text)):
            return {named: None, "offered_slots": None, "changing": False}
        if turn.intent == "affirm" and not turn.slots.get("changing"):
            return {"confirmed": True}
        if turn.intent in ("deny", "move_callback", "skip", "affirm"):
            return {"confirmed": None, "changing": True}
        return {}
