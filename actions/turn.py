"""One message of the customer, as an action needs it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from bot.booking.when import Language

QUESTIONS = frozenset(
    {
        "greet",
        "thank",
        "ask_hours",
        "ask_price",
        "ask_wait",
        "ask_person",
        "ask_bot",
        "ask_why",
        "change_language",
        "insult",
    }
)
"""Intents that are answered in the middle of a form (`utter_` and their name), after which the form goes on."""

COMMANDS = frozenset(
    {"open_conversation", "stop_form", "goodbye", "restart_talk", "cancel_callback", "check_callback", "out_of_scope"}
)
"""Intents that rules follow: the message answers no question."""

SURE = 0.5
"""Where a reason was asked for, anything may be one: a message is something else only where that is so likely."""

LONG = 60
"""Characters: who writes more tells a story, not a command."""

ABOUT_A_BOOKING = re.compile(
    r"予約|お?電話の時間|\b(?:booking|appointment|reservation|my call(?:back)?)\b", re.IGNORECASE
)
OF_A_BOOKING = frozenset({"move_callback", "cancel_callback", "check_callback"})
"""Wishes that need not be so likely where the message names what they are about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What was said (`text`), what it is about (`intent`), the slot that was asked for, and the talk it belongs to.

    `form` is the open form, `events` everything that Rasa remembers of the talk, oldest first.
    `is_answered`: another action has already answered this message, and the form only has to ask on.
    """

    text: str
    intent: str
    language: Language
    asked: str | None
    slots: Mapping[str, Any]
    conversation_id: str
    channel: str
    form: str | None
    events: Sequence[Mapping[str, Any]]
    is_answered: bool

    @classmethod
    def of(cls, tracker: Tracker, *, form: str | None = None) -> "Turn":
        """The latest message of the talk. `form` is the form that hears it."""
        message = tracker.latest_message
        metadata = message.get("metadata") or {}
        asked = tracker.get_slot("requested_slot")
        intent = message.get("intent") or {}
        text = message.get("text") or ""
        is_named = intent.get("name") in OF_A_BOOKING and ABOUT_A_BOOKING.search(text)
        is_reason = asked == "reason" and (
            ((intent.get("confidence") or 0.0) < SURE and not is_named)
            or len(text) > LONG
            or text.startswith(("/", "／"))
        )
        return cls(
            text=text,
            intent="give_reason" if is_reason else intent.get("name") or "",
            language="en" if tracker.get_slot("language") == "en" else "ja",
            asked=asked,
            slots=tracker.slots,
            conversation_id=tracker.sender_id,
            channel=metadata.get("channel") or "web",
            form=tracker.active_loop.get("name"),
            events=tracker.events,
            is_answered=_is_answered(tracker.events, form),
        )

    @property
    def is_question(self) -> bool:
        """Whether the customer asks or remarks something that is answered beside the form."""
        return self.intent in QUESTIONS


def _is_answered(events: Sequence[Mapping[str, Any]], form: str | None) -> bool:
    """Whether an action other than the form has run since the message, or the form opens only now."""
    for event in reversed(events):
        if event["event"] == "user":
            return False
        if event["event"] == "active_loop" or (
            event["event"] == "action" and event["name"] not in (form, "action_listen")
        ):
            return True
    return True
