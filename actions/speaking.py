"""What every action has in common: it sees one turn of the talk, and a failure is never met with silence."""

from abc import ABC, abstractmethod
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.asides import said_aside
from actions.product import product
from actions.turn import Turn

log = structlog.get_logger()


def say_trouble(action: str, error: Exception, dispatcher: CollectingDispatcher) -> None:
    """Tell the customer, and the log what kind of failure it was.

    The error is not raised: Rasa would log the whole talk with it, and its words may hold a phone number.
    """
    log.error("action_failed", action=action, error=type(error).__name__)
    dispatcher.messages.clear()
    dispatcher.utter_message(response="utter_trouble", hotline=product().business.hotline)


class SpeakingAction(Action, ABC):
    """An action of the talk. What it says is named here and worded in domain.yml."""

    @abstractmethod
    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        """Call one use case, say what came of it, and return what Rasa has to remember."""

    def after_trouble(self) -> list[EventType]:
        """What Rasa has to remember when `act` failed."""
        return []

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn.of(tracker)
        try:
            aside = None if turn.is_answered or turn.form else await said_aside(turn, dispatcher)
            if aside is not None:
                return [*aside, FollowupAction("action_listen")]
            return await self.act(turn, dispatcher)
        except Exception as error:
            say_trouble(self.name(), error, dispatcher)
            return self.after_trouble()
