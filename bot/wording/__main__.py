"""Every notice as a customer reads it, with what it costs: python -m bot.wording [ja|en]

After the sentences in ja.toml or en.toml were edited: a missing fact, an unknown placeholder, a word that switches
messages off and a message of more than two parts are told, and the command fails.
"""

import re
import sys

from bot.wording import LANGUAGES, names, say
from bot.wording.segments import alphabet, segments

MOST_SEGMENTS = 2
FACTS = {
    "ja": {
        "business": "みなと家電サポート", "when": "11月24日(火) 15:00〜15:30",
        "times": "12/25 10:00、12/26 16:30",
    },
    "en": {
        "business": "Minato Home Support", "when": "Tue, Nov 24, 3:00 PM-3:30 PM",
        "times": "Dec 25 10:00 AM, Dec 26 12:30 PM",
    },
}  # fmt: skip
STARTS = {"ja": "11月24日(火) 15:00", "en": "Tue, Nov 24, 3:00 PM"}
BRIEFLY = {"ja": "12/24 15:00", "en": "Dec 24 3:00 PM"}
"""Where the old time will not be kept, its start is enough; beside other times, as short as they are."""

COMMON = {
    "reference": "K7Q4MN", "link": "https://callback.example.jp/c/Wq8_rT2mPz-4Lk9XcV7bNsK7Q4MN",
    "hotline": "0120-000-000", "code": "123456",
    "minutes": 10,
}  # fmt: skip
WITH_TIMES = ("_with_times", "_by_number")
OPT_OUT = re.compile(r"\bCANCEL\b")
"""Whoever answers with it gets no message any more: https://help.twilio.com/articles/223134027"""


def fault(text: str) -> str | None:
    """What is wrong with a notice, if anything."""
    if OPT_OUT.search(text):
        return "CANCEL switches messages off"
    return f"more than {MOST_SEGMENTS} parts" if segments(text) > MOST_SEGMENTS else None


def main(languages: tuple[str, ...]) -> int:
    """Show the notices; returns how many are wrong."""
    wrong = 0
    for language in languages:
        for name in sorted(name for name in names(language) if name.startswith("notices.")):
            try:
                text = say(name, language, **FACTS[language] | _time_of(name, language), **COMMON)
                trouble = fault(text)
            except (KeyError, ValueError, IndexError) as error:
                text, trouble = "", f"placeholder {error} is unknown"
            wrong += trouble is not None
            warning = f"  WRONG: {trouble}" if trouble else ""
            print(
                f"{language} {name.removeprefix('notices.')} ({segments(text)} x {alphabet(text)}){warning}\n  {text}"
            )
    return wrong


def _time_of(name: str, language: str) -> dict[str, str]:
    if name.endswith(WITH_TIMES):
        return {"when": BRIEFLY[language]}
    return {"when": STARTS[language]} if name.endswith(("hours_changed", "capacity_changed", "expired")) else {}


if __name__ == "__main__":
    sys.exit(1 if main(tuple(sys.argv[1:]) or LANGUAGES) else 0)
