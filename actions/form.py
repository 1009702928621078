"""What the forms have in common: each reads its answers from any message, whatever it asked for."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asides import said_aside
from actions.replies import answer, stopped
from actions.speaking import say_trouble
from actions.turn import Turn

Answers = dict[str, Any]
"""Slots to set."""


class ReadingForm(FormValidationAction, ABC):
    """Hears every message while the form is open. What it can use nothing of, it leaves to the rules."""

    questions: ClassVar[tuple[str, ...]]
    """The form's slots, in the order of asking."""

    @abstractmethod
    async def read(self, turn: Turn, dispatcher: CollectingDispatcher) -> Answers:
        """The slots that the message fills, empties or asks about anew; nothing when it is no answer at all."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Slots to set. None at all makes Rasa reject the form, so that a rule answers and the form asks again."""
        turn = Turn.of(tracker, form=self.form_name())
        try:
            aside = None if turn.is_answered else await said_aside(turn, dispatcher)
            if aside:
                return aside
            # An aside without events was answered: the form only has to ask its open question again.
            is_over = aside is not None and turn.asked is not None
            answers: Answers = {str(turn.asked): None} if is_over else await self.read(turn, dispatcher)
        except Exception as error:
            say_trouble(self.name(), error, dispatcher)
            return [SlotSet("asking", turn.slots.get("asking"))]  # the open question stays open
        if not answers and not turn.is_answered:
            if turn.intent == "stop_form" != turn.raw_intent:
                return await stopped(turn, dispatcher)
            if not (turn.is_question and turn.raw_intent != turn.intent):
                return []
            await answer(turn, dispatcher)  # the rule for what the model took it for would do something else
            answers = {str(turn.asked): None}
        answers = await self.known(turn, answers) | answers
        filled = {**tracker.slots, **answers}
        first = next((question for question in self.questions if filled.get(question) is None), None)
        following = self.following(turn, answers, filled, first)
        answers["asking"] = _manner(turn, following, is_news=self.is_news(turn, answers))
        if following != first:
            answers["requested_slot"] = following
        return [SlotSet(slot, value) for slot, value in answers.items()]

    def following(self, turn: Turn, answers: Answers, filled: Answers, first: str | None) -> str | None:
        """The slot to ask for now: an open question stays open, unless the message empties another answer.

        `first` is the first slot that is still empty in `filled`.
        """
        is_emptied = any(answers.get(slot, "") is None for slot in self.questions if slot != turn.asked)
        is_still_open = turn.asked in self.questions and filled.get(str(turn.asked)) is None
        return turn.asked if is_still_open and not is_emptied and turn.asked != "confirmed" else first

    async def known(self, turn: Turn, answers: Answers) -> Answers:
        """What need not be asked. `answers` is what the message itself says."""
        return {}

    def is_news(self, turn: Turn, answers: Answers) -> bool:
        """Whether the same question, asked once more, has something new to tell."""
        return False


def _manner(turn: Turn, following: str | None, *, is_news: bool) -> str:
    """A question is asked for the first time, then again and still in turns: no sentence follows itself."""
    if following != turn.asked or is_news:
        return "first"
    return "still" if turn.slots.get("asking") == "again" else "again"
