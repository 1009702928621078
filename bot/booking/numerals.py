"""Phone numbers spelled out: ゼロキューゼロ…, 〇九〇…, "oh nine oh, one two …" become digits, everything else stays."""

import re

_KANA = {
    "ゼロ": "0", "レイ": "0", "マル": "0", "イチ": "1", "ニイ": "2", "ニー": "2", "ニ": "2", "サン": "3", "ヨン": "4",
    "シー": "4", "ゴー": "5", "ゴオ": "5", "ゴ": "5", "ロク": "6", "ナナ": "7", "シチ": "7", "ハチ": "8",
    "キュー": "9", "キュウ": "9", "クー": "9", "ク": "9",
}  # fmt: skip
_KANJI = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
_WORDS = dict(zip("zero oh one two three four five six seven eight nine".split(), "00123456789", strict=True))
_JA = _KANA | _KANJI
_DIGIT_JA = "|".join(sorted(_JA, key=len, reverse=True))
_DIGIT_EN = "|".join(_WORDS)
SHORTEST, LONGEST = 10, 11
"""Digits of a number within Japan. Fewer may be anything; more are two things said in one breath."""

_RUN_JA = re.compile(
    rf"(?:(?:{_DIGIT_JA}|\d)[ノの、,・\s\-‐―ー]{{0,2}}){{{SHORTEST - 1},{LONGEST + 1}}}(?:{_DIGIT_JA}|\d)"
)
_RUN_EN = re.compile(
    rf"\b(?:(?:(?:double|triple) )?(?:{_DIGIT_EN})[\s,\-]+){{5,{LONGEST}}}(?:(?:double|triple) )?(?:{_DIGIT_EN})\b",
    re.IGNORECASE,
)
_ONE_JA = re.compile(rf"{_DIGIT_JA}|\d")
_ONE_EN = re.compile(rf"(double |triple )?({_DIGIT_EN})", re.IGNORECASE)
_TIMES = {"": 1, "double ": 2, "triple ": 3}


def in_digits(text: str) -> str:
    """The text with each spelled-out phone number in digits. It must begin with 0 and be as long as one."""
    katakana = "".join(chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ゖ" else letter for letter in text)
    runs = [(found.start(), _japanese(found[0])) for found in _RUN_JA.finditer(katakana)]
    runs += [(found.start(), _english(found[0])) for found in _RUN_EN.finditer(text)]
    for start, tokens in sorted(runs, reverse=True):
        text = _replaced(text, start, tokens)
    return text


Token = tuple[str, int]
"""Digits, and where in the run they end."""


def _replaced(text: str, start: int, tokens: list[Token]) -> str:
    """With the run's number in digits. What follows it (「…に電話して」) may sound like a digit more, and stays."""
    first = "".join(digits for digits, _ in tokens)[:3]
    length = LONGEST if re.fullmatch("0[5-9]0", first) else SHORTEST
    told = ""
    for digits, end in tokens:
        told += digits
        if len(told) == length and told[0] == "0" and not _is_plain(text[start : start + end]):
            return f"{text[:start]}{told}{text[start + end :]}"
    return text


def _is_plain(run: str) -> bool:
    return all(letter.isdigit() or letter.isspace() or letter in "-‐―ー" for letter in run)


def _japanese(run: str) -> list[Token]:
    return [(_JA.get(found[0], found[0]), found.end()) for found in _ONE_JA.finditer(run)]


def _english(run: str) -> list[Token]:
    return [
        (_WORDS[found[2].lower()] * _TIMES[(found[1] or "").lower()], found.end()) for found in _ONE_EN.finditer(run)
    ]
