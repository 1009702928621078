"""What of a talk is brought to life for its next message."""

from __future__ import annotations

import json
from typing import Any

MESSAGES = 10
"""Messages of the customer that are brought to life, with all that followed them; actions look back over four,
and further only for the hour that somebody means by "the same time"."""

STATE = frozenset({"slot", "active_loop"})
"""Events whose last ones tell how a talk stood."""


def shortened(kept: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The events to live on with, of all that are kept as (type, JSON), oldest first.

    First how the talk stood, then its last messages as they were.
    """
    start = _beginning(kept)
    stood: dict[str, dict[str, Any]] = {}
    for kind, data in kept[:start]:
        if kind in STATE:
            told = json.loads(data)
            key = told["name"] if kind == "slot" else ""
            stood.pop(key, None)
            stood[key] = told
    return [*stood.values(), *(json.loads(data) for _, data in kept[start:])]


def _beginning(kept: list[tuple[str, str]]) -> int:
    """Where the last messages begin: at the waiting for the first of them, without which no rule knows it."""
    told = [index for index, (kind, _) in enumerate(kept) if kind == "user"]
    if len(told) <= MESSAGES:
        return 0
    first = told[-MESSAGES]
    return next((index for index in range(first, 0, -1) if kept[index][0] == "action"), first)
