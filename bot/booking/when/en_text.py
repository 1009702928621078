"""English as people type it, brought into one writing: widths, dashes, slips of the keyboard."""

import re
import unicodedata

from bot.booking.when.noise import blank_english

_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "–": "-", "−": "-", "‐": "-", "〜": "-", "~": "-", "、": ",", "。": ".", "\u202f": " "}
)
_WORD = re.compile(r"[a-z]{2,}")
_WORDS = (
    "tomorrow", "today", "tonight", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday", "morning", "afternoon", "evening", "mornings", "afternoons", "evenings", "weekend",
    "weekends", "weekday", "weekdays", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays",
    "saturdays", "sundays", "november", "december", "january", "february", "september", "october", "august",
    "midday", "lunchtime", "between", "anytime", "before", "o'clock",
)  # fmt: skip
_SHORT_FORMS = {
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tmmrw": "tomorrow", "tomoz": "tomorrow",
    "2moro": "tomorrow", "2morrow": "tomorrow", "tomorow": "tomorrow", "tommorow": "tomorrow",
    "tommorrow": "tomorrow", "tomrow": "tomorrow", "tomorro": "tomorrow", "tonite": "tonight",
    "2nite": "tonight", "2day": "today", "wensday": "wednesday", "wendesday": "wednesday",
    "wedensday": "wednesday", "wendsday": "wednesday", "wedsday": "wednesday", "wensdey": "wednesday",
    "teusday": "tuesday", "tusday": "tuesday", "tuseday": "tuesday", "thurday": "thursday",
    "frist": "first", "fisrt": "first",
    "firts": "first", "arund": "around", "aroud": "around", "arond": "around", "arround": "around", "aruond": "around",
    "abuot": "about", "abot": "about", "aftr": "after", "betwen": "between",
    "wednsday": "wednesday", "thusday": "thursday", "thrusday": "thursday",
    "thur": "thu", "thurs": "thu", "tues": "tue", "weds": "wed", "satuday": "saturday", "aft": "afternoon",
    "arvo": "afternoon", "eve": "evening", "evng": "evening", "wknd": "weekend", "wkend": "weekend",
    "wk": "week", "nxt": "next", "b4": "before", "btw": "between", "btwn": "between", "bet": "between",
    "noonish": "noon ish", "lunchish": "lunchtime", "oclock": "o'clock", "mins": "minutes",
    "min": "minutes", "hrs": "hours", "hr": "hour", "sept": "sep", "untill": "until", "midnite": "midnight",
    "mon-fri": "mon - fri", "m-f": "mon - fri",
}  # fmt: skip
_REAL_WORDS = {
    "mourning", "moaning", "mooning", "warning", "modern", "toady", "weakens", "beforehand", "sundae", "midway",
}  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _misspellings(word: str) -> set[str]:
    splits = [(word[:n], word[n:]) for n in range(1, len(word) + 1)]
    dropped = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    changed = {left + char + right[1:] for left, right in splits if right for char in _LETTERS}
    added = {left + char + right for left, right in splits for char in _LETTERS}
    return dropped | swapped | changed | added


_SPELLINGS = {slip: word for word in _WORDS if len(word) > 5 for slip in _misspellings(word) if len(slip) > 4}
for _right in (*_WORDS, *_REAL_WORDS):
    _SPELLINGS.pop(_right, None)
_SPELLINGS |= _SHORT_FORMS
_DASH = re.compile(r"\s*—\s*(\d)?")
_SHORT = re.compile(r"\b(?:2moro|2morrow|2nite|2day|b4|mon-fri|m-f)\b")


_SHORT_UNIT = re.compile(r"\b(in |within )?(\d+)\s?([hm])\b( from now| later)?")


def _with_unit(found: re.Match[str]) -> str:
    if not (found[1] or found[4]):
        return found[0]
    return f"{found[1] or ''}{found[2]} {'hours' if found[3] == 'h' else 'minutes'}{found[4] or ''}"


_ISH_AFTER = re.compile(r"(?<=, )(1[0-2]|[1-9])-?ish\b")
_IN_THE = re.compile(r"(?<=, )(1[01]|[1-9]) in the morning\b")
_DASH_BEFORE_WORDS = re.compile(
    r" - (?=[a-z])(?!(?:mon|tue|wed|thu|fri|sat|sun|noon|mid|half|quarter|one|two|three|four|five|six"
    r"|seven|eight|nine|ten"
    r"|eleven|twelve|late|early|tomorrow|today|evening|lunch|afternoon|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|end"
    r"|next|this|close)\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
)
_SEMICOLON = re.compile(r"\b(1?\d|2[0-3]);([0-5]\d)\b")
_OR_TWO = re.compile(r"\ban? (hour|day|week) or two\b")
_NOT_BUT = re.compile(r"\bnot (\d{1,2})(?:,? but|,) (\d{1,2})\b(?!,? (?:or|and) \d)")


_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth",
    "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
_DAY_NUMBERS = {word: f"{n}th" for n, word in enumerate(_ORDINALS, start=1)}
_ORDINAL = (
    rf"(twenty[- ][a-z]+th|twenty[- ](?:first|second|third)|thirty[- ]first|{'|'.join(_ORDINALS[:20])}|thirtieth)"
)
_MONTH_NAME = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_SPELT_DATE = re.compile(
    rf"\b{_MONTH_NAME} (?:the )?{_ORDINAL}\b|\b{_ORDINAL} (?:of )?{_MONTH_NAME}\b"
    rf"|(?<=\bon the ){_ORDINAL}"
    r"(?=\s*(?:$|[,.;!?]|(?:at|in|around|about|after|before|please|if|would|works?|or|and)\b))"
)


def _in_digits(found: re.Match[str]) -> str:
    month, word = found[1] or found[4] or "", (found[2] or found[3] or found[5]).replace(" ", "-")
    return f"{month} {_DAY_NUMBERS[word]}".strip() if word in _DAY_NUMBERS else found[0]


def _spelt(found: re.Match[str]) -> str:
    return _SPELLINGS.get(found[0], found[0])


def normalise(text: str) -> str:
    """`text` in half width and small letters, with time words spelt right and other numbers blanked."""
    text = unicodedata.normalize("NFKC", text).translate(_MARKS).lower()
    text = _DASH.sub(lambda found: "-" + found[1] if found[1] else ", ", text) if "—" in text else text
    text = _WORD.sub(_spelt, _SHORT.sub(_spelt, text))
    text = _SPELT_DATE.sub(_in_digits, text)
    text = _SEMICOLON.sub(r"\1:\2", text)
    text = _ISH_AFTER.sub(r"at \1ish", text) if "ish" in text else text
    text = _IN_THE.sub(r"at \1 am", text) if " in the morning" in text else text
    text = _DASH_BEFORE_WORDS.sub(", ", text) if " - " in text else text
    if " or two" in text:
        text = _OR_TWO.sub(r"1 or 2 \1s", text)
    if "not " in text:
        text = _NOT_BUT.sub(r"not at \1 but at \2", text)
    return blank_english(_SHORT_UNIT.sub(_with_unit, text))
