"""Every notice as a customer reads it, with what it costs: python -m bot.wording [ja|en]

After the sentences in ja.toml or en.toml were edited: a missing fact, an unknown placeholder, a word that switches
messages off and a message of more than two parts are told, and the command fails.
"""

import re
import sys

from bot.wording import LANGUAGES, names, say
from bot.wording.examples import example
from bot.wording.segments import alphabet, segments

MOST_SEGMENTS = 2
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
                text = say(name, language, **example(name, language))
                trouble = fault(text)
            except (KeyError, ValueError, IndexError) as error:
                text, trouble = "", f"placeholder {error} is unknown"
            wrong += trouble is not None
            warning = f"  WRONG: {trouble}" if trouble else ""
            print(
                f"{language} {name.removeprefix('notices.')} ({segments(text)} x {alphabet(text)}){warning}\n  {text}"
            )
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(tuple(sys.argv[1:]) or LANGUAGES) else 0)
