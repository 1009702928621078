"""The web chat: what a browser sends is only ever text."""

import unicodedata

SLASHES = "/\uff0f"


def as_text(raw: str) -> str:
    """The message without control characters, and never a command: Rasa takes a leading "/" for an intent payload.

    A full-width slash in its place reads the same to people and means nothing to Rasa.
    """
    clean = "".join(
        character for character in raw if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf")
    ).strip()
    return "\uff0f" + clean[1:] if clean.startswith(tuple(SLASHES)) else clean
