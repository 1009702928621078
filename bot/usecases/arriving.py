"""A message as a channel tells it, and as it waits in the inbox."""

from bot.channels.channel import Heard
from bot.store.arrivals import Arrival


def arrival_of(heard: Heard) -> Arrival:
    """The message for the inbox."""
    names = ("kind", "text", "reply", "offer", "start")
    content = {name: getattr(heard, name) for name in names}
    return Arrival(source=heard.channel, key=heard.key, sender=heard.sender, content=content, at=heard.at)


def heard_of(arrival: Arrival) -> Heard:
    """The message of the inbox."""
    return Heard(channel=arrival.source, key=arrival.key, sender=arrival.sender, at=arrival.at, **arrival.content)
