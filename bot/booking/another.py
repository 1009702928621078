"""One more call, for somebody who has one booked: whether it is asked for, and what is left without the asking."""

import re
import unicodedata

_ANOTHER = re.compile(
    r"もう(?:一|1)(?:件|つ|回|本)(?:の|を|で|だけ)?|追加(?:で|の|を|し)|別(?:の)?(?:件|用件|予約|電話)|2件目|二件目|"
    r"\b(?:another|one more|a second|an additional|an extra)\s+(?:call(?:-?back)?|booking|appointment|one)\b",
    re.IGNORECASE,
)
_BOOKS_A_CALL = re.compile(
    r"(?:お?電話|折り返し)(?:を|の)?ご?予約を?(?:した|お願|取りた|とりた|入れた)|"
    r"\b(?:book|schedule|arrange|set up|request)\s+an?\s+(?:\w+\s+)?(?:call(?:-?back)?|appointment)\b",
    re.IGNORECASE,
)


def asks_for_another(text: str) -> bool:
    """Whether the message, of somebody who has a call booked, asks for one."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_ANOTHER.search(plain) or _BOOKS_A_CALL.search(plain))


def without_another(text: str) -> str:
    """The message without the words that make one more call of it."""
    plain = unicodedata.normalize("NFKC", text)
    return _ANOTHER.sub(lambda found: "a call" if found[0].isascii() else "", plain)
