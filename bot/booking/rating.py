"""What a customer says when they are asked how the call was: one to five stars, in digits, signs or words."""

import re
import unicodedata

MOST = 5

_DIGIT = re.compile(
    r"^\W*(?:評価は?|点数は?|星|ほし|rating(?: is)?|i(?:'d| would) (?:say|(?:rate|give) (?:it|you|them)?)|a)?"
    r"[\s:：]*(?:an? )?"
    r"([1-5]|[一二三四五])\s*"
    r"(?:つ?星|点|つ|です|かな|でお願いします|stars?|points?|(?:out of|of|/)\s*5|/5|[。.!！、,:：–-]|$)",
    re.IGNORECASE,
)
_SAID = re.compile(r"(?<!\d)([1-5])\s*(?:です|点(?!\d)|つ星|stars?\b|out of 5)", re.IGNORECASE)
"""Stars that are told after words about the call."""
_SPELLED = re.compile(
    r"\b(one|two|three|four|five)(?: (?:out )?of five| stars?\b| points?\b)|^\W*(one|two|three|four|five)\W*$",
    re.IGNORECASE,
)
_NUMBERS = {word: number for number, word in enumerate(("one", "two", "three", "four", "five"), start=1)}
_KANJI = dict(zip("一二三四五", range(1, 6), strict=True))
_STARS = re.compile(r"^\W*?([★⭐]+)")
_WORDS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(words, re.IGNORECASE), stars)
    for words, stars in (
        (r"最悪|最低|ひど(?:い|かった)|\b(?:terrible|awful|horrible|worst)\b", 1),
        (r"不満|良くな|よくな|いまいち|残念|がっかり|\b(?:bad|poor|not (?:good|great)|disappoint\w*)\b", 2),
        (r"普通|ふつう|まあまあ|\b(?:average|so-so|okay|ok|not bad|fine)\b", 3),
        (r"最高|大満足|素晴らし|すばらし|とても(?:良|よ)", 5),
        (r"\b(?:excellent|perfect|amazing|great|wonderful|fantastic|very good)\b", 5),
        (r"満足|良かった|よかった|いい感じ|丁寧|\bgood\b", 4),
    )
)
LONGEST = 60
"""Characters of a verdict in words: what is longer may be about something else."""


def read(text: str) -> int | None:
    """The stars, 1 to 5, or None where the message is no verdict."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if found := _DIGIT.match(plain):
        return _KANJI.get(found[1]) or int(found[1])
    if found := _STARS.match(plain):
        return min(MOST, len(found[1]))
    if found := _SAID.search(plain):
        return int(found[1])
    if found := _SPELLED.search(plain):
        return _NUMBERS[(found[1] or found[2]).casefold()]
    if len(plain) > LONGEST:
        return None
    return next((stars for pattern, stars in _WORDS if pattern.search(plain)), None)


def comment(text: str) -> str | None:
    """What was said beside the stars; None for nothing."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DIGIT.match(plain) or _STARS.match(plain)
    left = plain[found.end() :].strip(" 、。,.!！-–:：") if found else plain
    return left if len(left) > len("です") else None
