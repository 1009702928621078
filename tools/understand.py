"""`make understand`: what the assistant takes customers' phrases for.

Reads JSON lines `{"id", "text", "language"}` on stdin and writes `{"id", "label"}` for each. The trained model names
the intent; what the product reads by its own rules (urgent words, opting out, numbers) goes before it, as in a talk.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.booking import asides, hearing, phone, reason
from bot.booking.errors import NumberRefused
from bot.booking.when import read
from bot.channels.sms import keyword
from bot.settings import Settings, load
from tools.train import RASA_ENVIRONMENT, model_path

ROOT = Path(__file__).resolve().parents[1]
LABELS = {
    "request_callback": "book", "move_callback": "reschedule", "cancel_callback": "cancel", "check_callback": "status",
    "ask_wait": "how_long_wait", "ask_hours": "hours", "ask_price": "other", "ask_business": "other",
    "ask_why": "other", "ask_help": "other", "change_language": "other", "ask_person": "human", "insult": "human",
    "give_phone_number": "give_phone",
    "give_time": "give_time", "give_reason": "give_reason", "give_name": "give_reason", "affirm": "affirm",
    "deny": "deny", "skip": "deny", "stop_form": "deny", "go_back": "other", "restart_talk": "other", "greet": "greet",
    "thank": "thanks", "goodbye": "thanks", "ask_bot": "is_bot", "out_of_scope": "out_of_scope",
    "nlu_fallback": "out_of_scope",
}  # fmt: skip
SURE = 1.0
"""How likely a guess is taken to be: where nothing was asked, doubt changes nothing."""
OFFERS = re.compile(r"\b(?:reach|get|contact|catch) (?:me|us|hold of me)\b", re.IGNORECASE)
"""Offers a number more than it asks for a call ("you can reach me on …")."""
GIVEN = frozenset({"give_phone_number", "give_time", "give_reason", "give_name", "nlu_fallback", "out_of_scope"})
"""Intents of messages whose own content decides."""


def label(text: str, intent: str, settings: Settings, *, language: str) -> str:
    """What the talk does with this message, where nothing was asked."""
    if settings.for_urgency().is_in(text):
        return "urgent"
    if asides.opts_out(text) or keyword(text) == "stop":
        return "optout"
    if asides.answer_to(text, settings.for_faqs(), language="en" if language == "en" else "ja"):
        return "other"
    intent = hearing.settled(intent, text, confidence=SURE, asked=None)
    if intent not in GIVEN:
        return LABELS[intent]
    if intent == "give_phone_number" and OFFERS.search(text) and _has_number(text, settings):
        return "give_phone"
    if reason.asks_for_call(text):
        return "book"
    if _has_number(text, settings):
        return "give_phone"
    if reason.part(text) is None and _has_time(text, settings, language):
        return "give_time"
    return LABELS[intent]


def _has_number(text: str, settings: Settings) -> bool:
    try:
        return phone.read(text, settings.for_numbers()) is not None
    except NumberRefused:
        return True


def _has_time(text: str, settings: Settings, language: str) -> bool:
    zone = settings.business.timezone
    return bool(read(text, now=datetime.now(UTC), tz=zone, language="en" if language == "en" else "ja"))


def intents(model: Path, texts: Iterable[str]) -> Iterator[str]:
    """The trained model's own guesses."""
    asked = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    python = ROOT / ".venv-rasa" / "bin" / "python"
    done = subprocess.run(
        [str(python), "-m", "components.parse", str(model)],
        cwd=ROOT, env={**os.environ, **RASA_ENVIRONMENT}, input=asked, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"The model could not be asked: {done.stderr.strip().splitlines()[-1]}")
    for line in done.stdout.splitlines():
        if line.startswith('{"intent"'):
            yield json.loads(line)["intent"]


def main() -> None:
    """Answer stdin on stdout."""
    model = model_path(ROOT)
    if not model.exists():
        sys.exit("There is no trained assistant: run `make train` first.")
    settings = load({})
    asked: list[dict[str, Any]] = [json.loads(line) for line in sys.stdin if line.strip()]
    guesses = intents(model, [line["text"] for line in asked])
    for line, intent in zip(asked, guesses, strict=True):
        found = label(line["text"], intent, settings, language=line.get("language") or "ja")
        print(json.dumps({"id": line["id"], "label": found}))


if __name__ == "__main__":
    main()
