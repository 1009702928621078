"""Which of several offered things a customer means: "the first", 「2番目」, 「遅い方で」, "either"."""

import re
import unicodedata
from collections.abc import Sequence

from bot.booking.window import Window


def _counted(digit: str, kanji: str, spoken: str, ordinal: str, cardinal: str) -> re.Pattern[str]:
    """A number that stands alone or counts (「2番目」, 「二つ目」), or one of the words for it."""
    alone = rf"^(?:{digit}|{kanji}|{cardinal})(?:番目?|つ目|個目|で|です|がいい)*[。.!]*$"
    counting = rf"(?<!\d)(?:{digit}|{kanji})(?:番|つ目|個目)|{spoken}"
    words = rf"{ordinal}|(?:number|option) (?:{digit}|{cardinal})"
    return re.compile(rf"{alone}|{counting}|\b(?:{words})\b")


_NOT_OF_THESE = r"(?! (?:night|week|month|year|time|summer|winter|spring|autumn|\w+day))"
_LATE = re.compile(rf"最後|一番遅|(?:遅い|後の|あとの)(?:方|ほう)|\b(?:last{_NOT_OF_THESE}|latest|later)\b")
_EARLY = re.compile(r"一番早|いちばん早|(?:早い|先の|前の)(?:方|ほう)|\b(?:earliest|earlier|soonest)\b")
_POSITIONS: tuple[tuple[re.Pattern[str], int], ...] = (
    (_LATE, -1),  # before 「一番」, which is a place only where it says of what
    (_EARLY, 0),
    (re.compile(r"(?:一番|いちばん)?(?:下|した)(?:の|に|で|が)|\b(?:bottom|lowest)\b"), -1),
    (re.compile(r"(?:一番|いちばん)?(?:上|うえ)(?:の|に|で|が)|\b(?:top|uppermost)\b"), 0),
    (_counted("1", "一", "ひとつ目|最初", "first|1st", "one"), 0),
    (_counted("2", "二", "ふたつ目|真ん中", "second(?! thought)|2nd|middle", "two"), 1),
    (_counted("3", "三", "みっつ目", "third|3rd", "three"), 2),
    (re.compile(r"ど(?:れ|ちら|っち)でも|お?まかせ|お?任せ|なんでも"), 0),
    (re.compile(r"\b(?:any of (?:them|these)|either|whichever|any is fine|you choose)\b"), 0),
)


def position(text: str, count: int) -> int | None:
    """The index (0 to `count` - 1) of the thing that the message names among `count` in order; None for none."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    for pattern, index in _POSITIONS:
        if pattern.search(plain):
            index = count - 1 if index < 0 else index
            return index if index < count else None
    return None


def window(text: str, offered: Sequence[Window]) -> Window | None:
    """The one of the offered times that the message names: by its place among them, "later" by the clock."""
    index = position(text, len(offered))
    if index is None:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    by_the_clock = index in (0, len(offered) - 1) and (_LATE.search(plain) or _EARLY.search(plain))
    return sorted(offered)[index] if by_the_clock else offered[index]
