"""The question what a matter belongs to, where what the customer wrote does not tell."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.guessing import MOST
from actions.product import product
from actions.speaking import SpeakingAction
from actions.turn import Turn
from bot.booking.topics import guess


class ActionAskTopic(SpeakingAction):
    """Which of the topics the matter belongs to, the likeliest first."""

    def name(self) -> str:
        return "action_ask_topic"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        likely = guess(turn.slots["reason"], product().topics).likely[:MOST]
        names = [topic.name(turn.language) for topic in likely]
        dispatcher.utter_message(
            response="utter_ask_topic", buttons=[{"title": name, "payload": name} for name in names]
        )
        return []
