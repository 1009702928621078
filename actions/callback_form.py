"""The form that takes a callback: reason, name, number, time, and a yes to all of it."""

import re
from dataclasses import replace
from typing import ClassVar

from rasa_sdk.executor import CollectingDispatcher

from actions import guessing, spans
from actions.asides import say_misunderstood
from actions.existing import WANTED
from actions.form import Answers, ReadingForm
from actions.product import product
from actions.replies import answer
from actions.times import read_time
from actions.turn import COMMANDS, Turn
from bot.booking import hearing, name, phone, reason
from bot.booking.errors import NumberRefused

TALK = frozenset({"affirm", "deny", "skip", "go_back", "request_callback", "move_callback"})
"""Intents that are no reason by themselves."""

NO_REASON = (TALK - {"request_callback"}) | {"out_of_scope"}
"""Intents of messages in which no reason is looked for where they tell nothing else."""

MATTERS = frozenset({"give_reason", "ask_business"})
"""Intents of what an agent will answer: a statement or a question to the business."""

REMARKS = frozenset({"greet", "thank"})
"""Intents of what is said in passing: the message may hold answers beside it."""

NO_ANSWER = frozenset({"nlu_fallback", "out_of_scope", "affirm"})
"""Intents of messages that say nothing about a name."""

DETAILS = frozenset({"customer_name", "phone_number", "preferred_slot", "confirmed"})
"""Questions after the one for the reason: a matter told there goes on from before."""

FEW_WORDS, FEW_LETTERS = 3, 10
"""Fewer are a bare no; more tell why not, which is all that there is to know."""

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
        if is_choice or (turn.is_answered and turn.intent in (TALK | COMMANDS) - {"request_callback"}):
            return {}
        if turn.intent == "go_back":
            return self._step_back(turn)
        if turn.asked == "reason" and not turn.slots.get("reason") and turn.intent in WANTED:
            return {}  # of a booking that there is; a number in it names that one
        is_checked = turn.intent == "check_callback" and turn.asked in DETAILS
        if is_checked and not hearing.is_of_an_earlier_one(turn.text):
            say_misunderstood(replace(turn, intent="ask_business"), dispatcher)  # it is not booked yet
            return {str(turn.asked): None}
        if turn.is_question and (told := await self._said_as_a_question(turn, dispatcher)) is not None:
            return told
        answers: Answers = self._number(turn, dispatcher) | self._corrected(turn)
        if (turn.is_question and turn.intent not in REMARKS) or turn.intent in COMMANDS:
            return answers | await self._asked(turn, dispatcher, others=answers)
        if turn.asked == "topic" and turn.slots.get("reason"):
            answers |= {"topic": guessing.answered(turn)}
        answers |= await self._time(turn, dispatcher, has_number=bool(answers.get("phone_number")))
        answers |= self._name(turn, others=answers)
        answers |= self._reason(turn, dispatcher, others=answers)
        return answers or self._word(turn, dispatcher)

    async def _said_as_a_question(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers | None:
        """What answers the open question in a message that is taken for a question; None for nothing."""
        if turn.asked == "confirmed" and WRONG.search(turn.text) and _named(turn.text):
            return self._verdict(replace(turn, intent="deny"))
        if said := hearing.after_a_question(turn.text):
            return await self._besides(turn, dispatcher, said)
        is_of_times = turn.intent == "ask_wait" or not hearing.is_a_question(turn.text)
        said = hearing.before_a_question(turn.text) if turn.asked != "reason" else None
        if said and (told := await self._besides(turn, dispatcher, said)):
            return told
        if turn.asked == "preferred_slot" and turn.intent != "ask_person" and is_of_times:
            return await self._time(replace(turn, intent="give_time"), dispatcher, has_number=False) or None
        return None

    async def _besides(self, turn: Turn, dispatcher: CollectingDispatcher, said: str) -> Answers:
        """What is told after a question in the same message (「閉まってる？じゃあ明日の10時で」)."""
        is_a_name = turn.asked == "customer_name" and name.answered(said)
        meant = replace(turn, text=said, intent="give_name" if is_a_name else "give_reason")
        told = await self.read(meant, dispatcher)
        if any(told.values()):
            await answer(turn, dispatcher)
        return told if any(told.values()) else {}

    async def _asked(self, turn: Turn, dispatcher: CollectingDispatcher, *, others: Answers) -> Answers:
        """What is told beside a question; the question is answered here where that leaves no rule to do it."""
        told: Answers = {}
        if turn.is_question and (found := name.introduced(turn.text)):
            told["customer_name"] = found
        if turn.intent == "ask_person" and not turn.slots.get("preferred_slot"):
            told["preferred_slot"] = spans.ASAP  # whoever wants a person now is called as soon as possible
            if not turn.slots.get("reason") and reason.has_matter(turn.text) and (part := reason.part(turn.text)):
                told |= {"reason": part, "topic": guessing.guessed(part)}
        if (told or others) and turn.is_question:
            await answer(turn, dispatcher)
        return told

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
            or reason.asks_for_time(turn.text)
            or (turn.asked != "reason" and turn.slots.get("reason") and turn.intent != "out_of_scope")
        )
        if not is_about_the_call:
            return {}
        is_asked = turn.asked == "preferred_slot" and not has_number
        is_named = bool(name.introduced(turn.text))
        bare = name.without_introduction(turn.text)
        spoken = replace(turn, text=bare, intent="give_name") if is_named else turn
        read = await read_time(spoken, dispatcher, slot="preferred_slot", is_asked=is_asked)
        return read | {"confirmed": None, "changing": False} if read else {}

    def _corrected(self, turn: Turn) -> Answers:
        """The right one of what was told before (「Aじゃなくて Bです」): the wrong one tells which answer is meant."""
        who, why = turn.slots.get("customer_name"), turn.slots.get("reason")
        if who and (found := name.corrected(turn.text, who)):
            return {"customer_name": found, "confirmed": None, "changing": False}
        if why and (told := reason.replaced(turn.text, why)):
            return {"reason": told, "topic": guessing.guessed(told), "confirmed": None, "changing": False}
        return {}

    def _name(self, turn: Turn, *, others: Answers) -> Answers:
        if "customer_name" in others or "reason" in others:
            return {}
        company = {"company": at} if (at := name.company(turn.text)) else {}
        if found := name.introduced(turn.text):
            return company | {"customer_name": found, "confirmed": None, "changing": False}
        if company and turn.asked in ("customer_name", "confirmed") and name.answered(turn.text) is None:
            return company | {"confirmed": None, "changing": False}
        if turn.asked != "customer_name":
            # Whoever says number and time in one message has said all they want to say of themselves.
            is_all = others.get("phone_number") and others.get("preferred_slot") and not turn.slots.get("customer_name")
            return {"customer_name": ""} if is_all else {}
        is_aside = turn.intent in REMARKS | {"affirm", "deny", "skip"}
        if not is_aside and (found := _left_as_a_name(turn.text, others=others)):
            return company | {"customer_name": found}
        # The name is asked for once: whoever answers with something else would rather not say. A word of politeness,
        # what cannot be read, and more about the matter are no answer.
        is_no_answer = not others and turn.intent in NO_ANSWER | MATTERS | REMARKS
        # Who only corrects what was told before has not come to the name yet.
        is_correction = bool(others) and all(turn.slots.get(slot) for slot, told in others.items() if told)
        return {} if is_no_answer or is_correction else {"customer_name": ""}

    def _reason(self, turn: Turn, dispatcher: CollectingDispatcher, *, others: Answers) -> Answers:
        """The reason, with its topic where that is sure."""
        told = self._told_reason(turn, others=others)
        if told.get("reason"):
            told["topic"] = guessing.guessed(told["reason"])
        if told.get("reason") and turn.raw_intent == "insult":
            dispatcher.utter_message(response="utter_insult")
        return told

    def _told_reason(self, turn: Turn, *, others: Answers) -> Answers:
        if "reason" in others:
            return {}
        if new := reason.corrected(turn.text):
            return {"reason": new, "confirmed": None, "changing": False}
        if turn.slots.get("reason"):
            return {} if others or turn.intent not in MATTERS else self._more_of_it(turn)
        if turn.asked == "reason" and not others and reason.is_filler(turn.text):
            return {"reason": None}  # the words are still being looked for
        if turn.asked == "reason" and turn.intent in ("skip", "deny") and not others:
            is_bare = len(turn.text.split()) < FEW_WORDS and len(turn.text) < FEW_LETTERS
            is_first = is_bare and turn.slots.get("asking") == "first"
            return {"reason": None if is_first else reason.cleaned(turn.text)}  # asked twice, then left to the agent
        if (turn.intent in NO_REASON or hearing.is_a_remark(turn.text, turn.intent)) and not others:
            return {}
        told = reason.part(turn.text)
        if told is None and turn.asked == "reason" and not others and reason.asks_for_call(turn.text):
            return {"reason": None}  # the wish to be called does not say why
        if told is None and turn.asked == "reason" and not others and turn.intent in MATTERS:
            told = reason.cleaned(turn.text)  # it says something, if nothing that we can take apart
        if not told:
            return {}
        is_all = turn.asked == "reason" and not others and not reason.asks_for_call(turn.text)
        return {"reason": reason.cleaned(turn.text) if is_all else told}

    def _more_of_it(self, turn: Turn) -> Answers:
        """The reason told anew where it is to be changed, or on where something else was asked for meanwhile."""
        told = reason.cleaned(turn.text)
        if turn.slots.get("changing"):
            return {} if hearing.is_a_question(told) else {"reason": told, "changing": False}
        is_more = turn.asked in DETAILS and turn.intent == "give_reason" and reason.part(turn.text)
        return {"reason": reason.joined(turn.slots["reason"], told)} if is_more else {}

    def _word(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        """A yes, a no, or the name of an answer to change; asked again where it answers nothing."""
        if turn.asked == "confirmed":
            return self._verdict(turn)
        if turn.asked == "phone_number" and turn.intent in ("skip", "deny"):
            dispatcher.utter_message(response="utter_need_phone_number", hotline=product().business.hotline)
        is_elsewhere = turn.asked == "reason" and turn.intent == "move_callback"  # an earlier booking is meant
        return {turn.asked: None} if turn.asked and turn.intent in TALK and not is_elsewhere else {}

    def _verdict(self, turn: Turn) -> Answers:
        if name.is_withheld(turn.text):
            kept = {"customer_name": ""} if turn.slots.get("customer_name") else {}
            return {**kept, "confirmed": None, "changing": False}
        named = _named(turn.text)
        if named and (turn.slots.get("changing") or turn.intent in CHANGES or WRONG.search(turn.text)):
            return {named: None, "offered_slots": None, "changing": False}
        if turn.intent == "affirm" and not turn.slots.get("changing"):
            return {"confirmed": True}
        if turn.intent == "affirm" and turn.slots.get("asking") != "first":
            return {"confirmed": None, "changing": False}  # asked twice what to change: it may be right as it is
        if turn.intent in ("deny", "move_callback", "skip", "affirm"):
            return {"confirmed": None, "changing": True}
        return {}


def _named(text: str) -> str | None:
    """The answer that the message names."""
    return next((slot for slot, words in FIELDS if words.search(text)), None)


def _left_as_a_name(text: str, *, others: Answers) -> str | None:
    """The name in an answer to the question, or in what is left of it without number and time."""
    if not others:
        return name.answered(text)
    return next((found for clause in reason.clauses(text) if (found := name.answered(clause))), None)
