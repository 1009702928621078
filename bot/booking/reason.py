"""Why a customer wants to be called: kept as written, found even in a sentence that says everything at once."""

import re
import unicodedata

from bot.booking.name import without_introduction
from bot.booking.numerals import in_digits
from bot.booking.phrases import (
    BREAK,
    CALL_REQUEST,
    COURTESY,
    LEFT_OVER,
    MASH,
    NAMED_REASON,
    NUMBER,
    TAIL,
    TAIL_KEPT,
    TIME,
)

LONGEST = 2000
"""Characters of a reason that are kept; the chat takes no longer message."""

_EDGES = " \t\n　、。，,.;；:：・-–—!！"


def cleaned(text: str) -> str:
    """What the customer wrote, without control characters and outer blanks, at most LONGEST characters."""
    kept = "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs", "Co")
    )
    return kept.strip()[:LONGEST].rstrip()


def shortened(text: str, limit: int = 60) -> str:
    """One line of at most `limit` characters to read back; the whole reason is kept elsewhere."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def is_meaningful(text: str) -> bool:
    """Whether somebody could mean something by it: not blanks, signs, one letter again and again, or keyboard mash."""
    letters = [letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum()]
    if len(letters) < 2 or len(set(letters)) == 1 or all(letter.isdigit() for letter in letters):
        return False
    is_latin = all(letter.isascii() for letter in letters)
    is_mash = len(text.split()) == 1 and bool(MASH.search("".join(letters)))
    return not is_latin or (any(letter in "aeiouy" for letter in letters) and not is_mash)


def corrected(text: str) -> str | None:
    """The new reason in a message that names it as such (「用件は解約です」, "the reason is …"), else None."""
    if found := NAMED_REASON.search(cleaned(text)):
        return (found[1] or found[2]).strip(_EDGES)
    return None


def asks_for_call(text: str) -> bool:
    """Whether the message asks to be called, so that a time in it is the time of the call."""
    return bool(CALL_REQUEST.search(unicodedata.normalize("NFKC", text)))


def part(text: str) -> str | None:
    """The part of a message that says why: without greeting, name, phone number, time and the wish to be called.

    None when nothing meaningful is left. The rest stays as the customer wrote it.
    """
    left = []
    told_all = without_introduction(in_digits(cleaned(text)))
    rest = NUMBER.sub(" ", told_all)
    # Beside a number or the wish to be called, a time is the time of the call; else it may belong to the matter.
    about_a_call = rest != told_all or asks_for_call(rest) or not TIME.sub("", rest).strip(_EDGES)
    for clause in BREAK.split(rest):
        told = _trimmed(clause or "", without_time=about_a_call or _is_time_wish(clause or ""))
        if told and is_meaningful(told) and not COURTESY.match(told):
            left.append(told)
    if not left:
        return None
    joint = "、" if any(ord(letter) > 0x2E80 for letter in "".join(left)) else ", "
    return joint.join(left)


def _is_time_wish(clause: str) -> bool:
    """Whether nothing but politeness is left of the clause without its times (「明日の午後がいいです」)."""
    left = LEFT_OVER.sub("", TIME.sub(" ", clause).strip(_EDGES)).strip(_EDGES)
    return not is_meaningful(left) or bool(COURTESY.match(left)) or bool(COURTESY.match("が" + left))


def _trimmed(clause: str, *, without_time: bool) -> str:
    asks = asks_for_call(clause)
    rest = CALL_REQUEST.sub(" ", clause)
    if without_time:
        # In the middle of a clause a time belongs to what happened (「昨日3時に買った」), unless a call is asked for.
        rest = TIME.sub(lambda found: " " if asks or _at_edge(found, rest) else found[0], rest)
    rest = LEFT_OVER.sub("", rest.strip(_EDGES)).strip(_EDGES)
    if tail := TAIL.search(rest):
        rest = rest[: tail.start()] + TAIL_KEPT.get(tail[0], "")
    return "" if COURTESY.match(rest) else rest.strip(_EDGES)


def _at_edge(found: "re.Match[str]", text: str) -> bool:
    before, after = text[: found.start()].strip(_EDGES), text[found.end() :].strip(_EDGES)
    return not before or not after or bool(COURTESY.match(after))
