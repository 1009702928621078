"""What a matter belongs to, as far as the customer's words tell."""

from actions.product import product
from actions.turn import Turn
from bot.booking.pick import position
from bot.booking.topics import guess

MOST = 5
"""Buttons that are shown."""


def guessed(reason: str) -> str | None:
    """The topic's id, or None where the customer should be asked."""
    found = guess(reason, product().topics)
    return found.topic.id if found.topic and found.sure else None


def answered(turn: Turn) -> str:
    """The topic that the answer names; it is asked once, so an unclear answer leaves it at the likeliest."""
    likely = guess(turn.slots["reason"], product().topics).likely
    told = turn.text.casefold()
    for topic in likely:
        if any(name.casefold() in told for name in topic.names.values()):
            return topic.id
    index = position(turn.text, min(MOST, len(likely)))
    if index is not None:
        return likely[index].id
    again = guess(turn.text, likely)
    return again.topic.id if again.topic and again.sure else likely[0].id
