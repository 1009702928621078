"""What stands under a message as under a letter: name, company, how to reach somebody. It is no part of the matter."""

import re

from bot.booking import persons

_RULE = re.compile(r"^\s*(?:[-_=*#~―─━ー]{2,}|—)\s*$")
_CLOSING = re.compile(
    r"^\s*(?:(?:with )?(?:best|kind|warm|many)? ?(?:regards|wishes|thanks)|best|sincerely|yours\b[\w ]*|cheers"
    r"|thank you|thanks)"
    r"[,.!]?\s*$|(?:よろしく|宜しく|何卒).*(?:ます|ください|下さい)[。.]?\s*$|^\s*(?:敬具|草々)\s*$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^\s*(?:tel|phone|mobile|cell|fax|e-?mail|mail|電話|携帯|連絡先|住所|web|url|http|www|〒|℡)[\s.:：℡]*|@[\w-]+\.\w|"
    r"^\s*https?://|^\s*〒?\d{3}-\d{4}\b|(?:都|道|府|県|市|区).*\d+[-ー−]\d+",
    re.IGNORECASE,
)
_POST = re.compile(
    r"(?:部|課|室|係|店|支店|営業所|代表|取締役|社長|部長|課長|係長|主任|店長|院長|所長)$|"
    r"\b(?:manager|director|department|dept|officer|engineer|assistant|head of|sales|support|accounts?|team"
    r"|office|president|"
    r"owner|ceo|cfo|cto)\b",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"((?:株式会社|有限会社|合同会社|\(株\)|医療法人|学校法人)[^\s　]{1,24}|[^\s　]{1,24}(?:株式会社|有限会社"
    r"|合同会社|\(株\)))|"
    r"^\s*([A-Z][\w&'’-]*(?: [\w&'’-]+){0,4} (?:Ltd|Limited|Inc|Corp|Co|LLC|GmbH|Company|KK|K\.K)\b\.?)\s*$"
)
_NAME_LINE = re.compile(r"^[一-龥々ヶぁ-んァ-ヴー]{1,6}(?:[ 　][一-龥々ぁ-んァ-ヴー]{1,6})?$")
_TWO_NAMES = re.compile(r"^[一-龥々ヶ]{1,4}[ 　][一-龥々ぁ-んァ-ヴー]{1,5}$")
_MOST_LINES = 8


def name(told: str) -> tuple[int, int, str] | None:
    """The name in the signature and where it stands; None without one."""
    for start, end, line in _signed(told):
        bare = _READING.sub("", line).strip()
        if persons.is_full_name(bare) or (persons.has_surname(bare) and _NAME_LINE.match(bare)):
            return start, end, bare
        if _NAME_LINE.match(bare) and persons.is_likely(bare):
            return start, end, bare
    return None


_READING = re.compile(r"[(（][^)）]*[)）]")


def firm(told: str) -> str | None:
    """The company in the signature."""
    for _, _, line in _signed(told):
        if found := _FIRM.search(line):
            return (found[1] or found[2]).strip()
    return None


def without(text: str) -> str:
    """The text without what only tells who wrote it and how to reach them; numbers stay."""
    kept = text
    for start, end, line in reversed(list(_signed(text))):
        if not any(letter.isdigit() for letter in line):
            kept = kept[:start] + kept[end:]
        elif _CONTACT.search(line):
            kept = kept[:start] + _LABEL.sub("", line) + kept[end:]
    return kept


_LABEL = re.compile(r"^[^\d+(]*")


def _signed(told: str) -> list[tuple[int, int, str]]:
    """The lines of the signature, each with its place: after a closing or a rule, whatever reads as one."""
    places, at = [], 0
    for line in told.split("\n"):
        places.append((at, at + len(line), line))
        at += len(line) + 1
    closings = (n for n, (_, _, line) in enumerate(places) if n and (_RULE.match(line) or _CLOSING.search(line)))
    after = next((n + 1 for n in closings), None)
    if after is None:
        written = [place for place in places if place[2].strip()]
        return written[-1:] if len(written) > 1 and _is_a_name_alone(written[-1][2]) else []
    if len(places) - after > _MOST_LINES:
        return []
    signs = [place for place in places[after:] if place[2].strip() and _belongs(place[2])]
    return [place for place in places[after - 1 : after] if not _has_more(place[2])] + signs


def _is_a_name_alone(line: str) -> bool:
    """Whether the last line of a message is the name of who wrote it."""
    bare = _READING.sub("", line).strip()
    return persons.is_full_name(bare) or bool(_TWO_NAMES.match(bare) and not persons.is_no_person(bare))


def _has_more(line: str) -> bool:
    return not (_RULE.match(line) or line.isascii())


def _belongs(line: str) -> bool:
    bare = _READING.sub("", line).strip()
    return bool(
        _RULE.match(bare)
        or _CONTACT.search(bare)
        or _POST.search(bare)
        or _FIRM.search(bare)
        or persons.is_full_name(bare)
        or _NAME_LINE.match(bare)
    )
