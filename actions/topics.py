"""What a matter belongs to: guessed from what the customer wrote, asked only where that does not tell."""

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.product import product
from actions.speaking import SpeakingAction
from actions.turn import Turn
from bot.booking.pick import position
from bot.booking.topics import guess

MOST = 5
"""Buttons that are shown."""


def guessed(reason: str) -> str | None:
    """The topic's id, or None where the customer should be asked."""
    found = guess(reason, product().settings.for_topics())
    return found.topic.id if found.topic and found.sure else None


def answered(turn: Turn) -> str:
    """The topic that the answer names; it is asked once, so an unclear answer leaves it at the likeliest."""
    likely = guess(turn.slots["reason"], product().settings.for_topics()).likely
    told = turn.text.casefold()
    for topic in likely:
        if any(name.casefold() in told for name in topic.names.values()):
            return topic.id
    index = position(turn.text, min(MOST, len(likely)))
    if index is not None:
        return likely[index].id
    again = guess(turn.text, likely)
    return again.topic.id if again.topic and again.sure else likely[0].id


class ActionAskTopic(SpeakingAction):
    """Which of the topics the matter belongs to, the likeliest first."""

    def name(self) -> str:
        return "action_ask_topic"

    async def act(self, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        likely = guess(turn.slots["reason"], product().settings.for_topics()).likely[:MOST]
        names = [topic.name(turn.language) for topic in likely]
        dispatcher.utter_message(
            response="utter_ask_topic", buttons=[{"title": name, "payload": name} for name in names]
        )
        return []
