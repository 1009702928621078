"""One message of the customer, as an action needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from bot.booking import hearing
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
        "ask_help",
        "ask_later",
        "change_language",
        "insult",
    }
)
"""Intents that are answered in the middle of a form (`utter_` and their name), after which the form goes on."""

COMMANDS = frozenset({"open_conversation", "stop_form", "goodbye", "restart_talk", "cancel_callback", "check_callback"})
"""Intents that rules follow: the message answers no question."""

NOT_UNDERSTOOD = frozenset(
    {"utter_misunderstood", "utter_misunderstood_again", "utter_out_of_scope", "utter_offer_person"}
)
"""What is said where nothing was understood."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What was said (`text`), what it is about (`intent`), the slot that was asked for, and the talk it belongs to.

    `raw_intent` is what the model alone took it for. `form` is the open form, `events` everything that Rasa remembers
    of the talk, oldest first.
    `is_answered`: another action has already answered this message, and the form only has to ask on.
    """

    text: str
    intent: str
    raw_intent: str
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
        return cls(
            text=text,
            intent=hearing.settled(
                intent.get("name") or "", text, confidence=intent.get("confidence") or 0.0, asked=asked
            ),
            raw_intent=intent.get("name") or "",
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

    @property
    def said_before(self) -> list[frozenset[str]]:
        """The responses with which each message before this one was answered, the latest first."""
        turns: list[set[str]] = [set()]
        for event in reversed(self.events):
            if event["event"] == "user":
                turns.append(set())
            elif event["event"] == "bot":
                turns[-1].add((event.get("metadata") or {}).get("utter_action") or "")
        return [frozenset(said) for said in turns[1:]]

    @property
    def times_misunderstood(self) -> int:
        """How many messages in a row, just before this one, were not understood."""
        answers = self.said_before
        return next((index for index, said in enumerate(answers) if not said & NOT_UNDERSTOOD), len(answers))

    def fresh(self, response: str) -> str:
        """The response, or its other wording where the message before was answered with it."""
        return f"{response}_again" if self.said_before and response in self.said_before[0] else response


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
