"""References: six characters that name a callback, as customers read them out and write them."""

import re
import unicodedata
from collections.abc import Callable

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No letter or digit that is mistaken for another when read out on the phone."""
LENGTH = 6

_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

_TOKEN = re.compile(rf"(?<![A-Za-z0-9+]){f'[{ALPHABET}{ALPHABET.lower()}]'}{{{LENGTH}}}(?![A-Za-z0-9])")
_NAMED = re.compile(
    r"(?:受付番号|予約番号|番号は|\b(?:reference|ref|booking)(?: (?:number|code|no\.?))?(?: is)?)[\s:：#は]*$"
)


def drawn(choice: Callable[[str], str]) -> str:
    """A new reference by `choice`, which picks one of some characters at random.

    Letters and digits, always: letters alone may be a word or look like fingers on the keyboard, digits like a number.
    """
    while True:
        made = "".join(choice(ALPHABET) for _ in range(LENGTH))
        if _is_mixed(made):
            return made


def keyed(reference: str) -> str:
    """The reference as the keys of a phone write it: K7Q4MN is 577466."""
    return reference.upper().translate(_KEYS)


def _is_mixed(token: str) -> bool:
    return any(letter.isdigit() for letter in token) and any(letter.isalpha() for letter in token)


def read(text: str, *, is_asked: bool = False) -> str | None:
    """The reference in a message, or None.

    An English word may look like one: it counts where it holds letters and digits, stands in capitals among small
    letters, follows a word for "reference", or, where one was asked for, is the whole message.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for found in _TOKEN.finditer(plain):
        token, before = found[0], plain[: found.start()]
        is_shouted = token.isupper() and not re.search("[A-Z]{2}", plain.replace(token, ""))
        is_whole = is_asked and token == plain.strip("。.!") and not token.isdigit()
        if _is_mixed(token) or is_whole or (is_shouted and not token.isdigit()) or _NAMED.search(before.casefold()):
            return token.upper()
    return None
