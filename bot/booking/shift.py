"""How much earlier or later than before a customer would like to be called (「1時間遅く」, "half an hour earlier")."""

import re
import unicodedata
from datetime import timedelta

_EN = re.compile(
    r"\b(?P<count>half an|an?|one|two|three|\d{1,3})\s*(?P<unit>hours?|hrs?|minutes?|mins?)(?P<half> and a half)?\s+"
    r"(?P<way>earlier|sooner|later|forward|back)\b",
    re.IGNORECASE,
)
_JA = re.compile(
    r"(?P<count>\d{1,3}|一|二|三|半|三十)?(?P<unit>時間|分)(?P<half>半)?(?:ほど|くらい|ぐらい|だけ)?[、 ]?"
    r"(?P<way>早(?:く|め|い|め)|前倒し|繰り上げ|前に(?:ずら|し)|遅(?:く|め|い|らせ)|後ろ(?:倒し|に(?:ずら|し))|繰り下げ|後に(?:ずら|し))"
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "一": 1, "二": 2, "三": 3, "三十": 30}
_EARLIER = ("earlier", "sooner", "forward", "早", "前", "繰り上げ")


def read(text: str) -> timedelta | None:
    """The difference, negative for earlier; None where the message names none."""
    plain = unicodedata.normalize("NFKC", text)
    found = _EN.search(plain) or _JA.search(plain)
    if not found:
        return None
    count = (found["count"] or "1").casefold()
    is_hours = found["unit"].startswith(("h", "H", "時"))
    if count in ("half an", "半"):
        count, is_hours = "30", False
    minutes = (_COUNTS.get(count) or int(count)) * (60 if is_hours else 1)
    by = timedelta(minutes=minutes + (30 if found["half"] and is_hours else 0))
    return -by if found["way"].casefold().startswith(_EARLIER) else by
