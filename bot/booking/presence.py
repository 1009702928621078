"""Whether somebody takes calls."""

from enum import StrEnum


class Presence(StrEnum):
    """Only `ready` is dialled for."""

    READY = "ready"
    AFTER_CALL = "after_call"  # writes down what was said
    BREAK = "break"
    OFFLINE = "offline"
    AWAY = "away"  # was ready, and the page of the desk was closed: ready again when it is back


CHOICES = (Presence.READY, Presence.AFTER_CALL, Presence.BREAK, Presence.OFFLINE)
"""What people say of themselves. Away is what we notice."""
