"""Why a customer wants to be called: kept as written, found even in a sentence that says everything at once."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from bot.booking.name import without_introduction
from bot.booking.numerals import in_digits
from bot.booking.phrases import (
    ABOUT,
    ADDRESS,
    AGAIN_AND_AGAIN,
    AROUND_EN,
    ASKED,
    BREAK,
    CALL_REQUEST,
    COURTESY,
    FILLER,
    GREETING,
    INSTEAD,
    LABELLED_REASON,
    LEFT_OVER,
    MASH,
    MASH_JA,
    NAMED_REASON,
    NUMBER,
    NUMBER_WAS_HERE,
    ONLY_AROUND_JA,
    PERSON,
    ROWS,
    SAID_TWICE,
    SUITS,
    TAIL,
    TAIL_KEPT,
    TIME,
    UNHEARD_OF,
)
from bot.booking.spacing import as_written, closed

LONGEST = 2000
"""Characters of a reason that are kept; the chat takes no longer message."""

LONGEST_ABBREVIATION = 4
"""HDMI is a word without a vowel; what is longer is none."""

MANY_MORE = 8
"""Letters by which the right word may be longer than the wrong one; what is longer tells the whole matter anew."""

_AROUND_WORDS = ".,;:!?()\"'"
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
    return not is_mash(text)


def is_mash(text: str) -> bool:
    """Whether fingers ran over the keyboard: rows of it, no vowel, or the same few letters again and again."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(letter for letter in plain if letter.isalnum())
    if len(letters) < 2:
        return False
    if AGAIN_AND_AGAIN.fullmatch(letters) and not letters.isdigit() and not SAID_TWICE.fullmatch(letters):
        return True
    if not letters.isascii():
        return bool(MASH_JA.fullmatch(letters))
    words = [bare for word in plain.split() if (bare := word.strip(_AROUND_WORDS))]
    mashed = [word.isalpha() and _is_mashed(word) for word in words]
    return any(mashed) and all(is_one or _is_a_run(word) for word, is_one in zip(words, mashed, strict=True))


def _is_a_run(word: str) -> bool:
    """Three keys side by side ("qwe"): beside what is mashed it is more of it, alone it may be a name ("Tre")."""
    return len(word) == LONGEST_ABBREVIATION - 1 and any(word in row or word[::-1] in row for row in ROWS)


def _is_mashed(word: str) -> bool:
    if MASH.search(word) or (len(word) > LONGEST_ABBREVIATION and not any(letter in "aeiouy" for letter in word)):
        return True
    pairs = [one + other for one, other in pairwise(word)]
    if sum(pair in UNHEARD_OF for pair in pairs) > 1:
        return True
    return len(pairs) >= LONGEST_ABBREVIATION and sum(
        pair in row or pair[::-1] in row for pair in pairs for row in ROWS
    ) >= 0.8 * len(pairs)


def corrected(text: str) -> str | None:
    """The new reason in a message that names it as such (「用件は解約です」, "the reason is …"), else None."""
    told = cleaned(text)
    if found := LABELLED_REASON.search(told):
        return found[1].strip(_EDGES)
    if found := NAMED_REASON.search(told):
        return (found[1] or found[2]).strip(_EDGES)
    return None


def replaced(text: str, known: str) -> str | None:
    """The reason after a message that says what in `known` is wrong (「Aでなく B」, "not the A, the B"), else None."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    for pattern in INSTEAD:
        found = pattern.search(plain)
        wrong = found and _end_in(found["wrong"], known)
        right = found["right"].strip(_EDGES) if found else ""
        if wrong and is_meaningful(right):
            before, _, after = known.casefold().partition(wrong.casefold())
            is_whole = len(right) > len(wrong) + MANY_MORE or (after and right.casefold().endswith(after))
            return right if is_whole else known[: len(before)] + right + known[len(before) + len(wrong) :]
    return None


def _end_in(told: str, known: str) -> str | None:
    """The longest end of what was told (「すみません洗濯機」) that stands in `known`; whole words in English."""
    ends = [told[start:] for start in range(len(told) - 1) if not told.isascii() or not start or told[start - 1] == " "]
    return next((end for end in ends if end.casefold() in known.casefold()), None)


def is_filler(text: str) -> bool:
    """Whether the words only fill the time until the next ones (「あのですね」, "well")."""
    return bool(FILLER.fullmatch(unicodedata.normalize("NFKC", text).strip()))


def has_matter(text: str) -> bool:
    """Whether the message names what it is about as such ("about my bill", 「請求の件で」)."""
    return bool(ABOUT.search(unicodedata.normalize("NFKC", text)))


def asks_for_call(text: str) -> bool:
    """Whether the message asks to be called, so that a time in it is the time of the call."""
    return bool(CALL_REQUEST.search(closed(unicodedata.normalize("NFKC", text))))


def asks_for_time(text: str) -> bool:
    """Whether a clause asks for nothing but a time ("Friday at 5 pm please"), whatever the rest is about."""
    clauses = BREAK.split(unicodedata.normalize("NFKC", text))
    return any(bool(TIME.search(told)) and bool(ASKED.search(told)) and _is_time_wish(told) for told in clauses if told)


def part(text: str) -> str | None:
    """The part of a message that says why: without greeting, name, phone number, time and the wish to be called.

    None when nothing meaningful is left. The rest stays as the customer wrote it.
    """
    left = clauses(text)
    return _joint(left).join(left) if left else None


def joined(told: str, more: str) -> str:
    """A reason that is told in several messages."""
    return cleaned(f"{told}{_joint((told, more))}{more}")


def _joint(parts: Iterable[str]) -> str:
    return "、" if any(ord(letter) > 0x2E80 for letter in "".join(parts)) else ", "


def clauses(text: str) -> list[str]:
    """What `part` joins: the clauses that say something else than who, when and where to call."""
    left = []
    told_all = closed(ADDRESS.sub(" ", without_introduction(GREETING.sub("", in_digits(cleaned(text))))))
    rest = NUMBER.sub(f" {NUMBER_WAS_HERE} ", told_all)
    # Beside a number or the wish to be called, a time is the time of the call; else it may belong to the matter.
    about_a_call = rest != told_all or asks_for_call(rest) or not TIME.sub("", rest).strip(_EDGES)
    for clause in BREAK.split(rest):
        told = _trimmed(clause or "", without_time=about_a_call or _is_time_wish(clause or ""))
        is_around = COURTESY.match(told) or _is_scaffold(told)
        if told and is_meaningful(told) and not is_around and not _is_time_wish(clause):
            left.append(as_written(told, text) if told not in text else told)
    return left


def _is_scaffold(told: str) -> bool:
    """Whether only words are left that stand around a number or a time ("actually, make it")."""
    plain = unicodedata.normalize("NFKC", told).replace("’", "'").casefold()
    if plain.isascii():
        return all(word in AROUND_EN for word in re.findall(r"[\w']+", plain))
    return bool(ONLY_AROUND_JA.fullmatch(plain))


def _is_time_wish(clause: str) -> bool:
    """Whether nothing but politeness is left of the clause without its times (「明日の午後がいいです」)."""
    left = LEFT_OVER.sub("", SUITS.sub(" ", TIME.sub(" ", clause)).strip(_EDGES)).strip(_EDGES)
    return (
        not is_meaningful(left) or _is_scaffold(left) or bool(COURTESY.match(left)) or bool(COURTESY.match("が" + left))
    )


def _trimmed(clause: str, *, without_time: bool) -> str:
    asks = asks_for_call(clause)
    rest = PERSON.sub(" ", CALL_REQUEST.sub(" ", clause)).replace(NUMBER_WAS_HERE, " ")
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
