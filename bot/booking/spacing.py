"""Japanese written with blanks between its words, as people write who learn it or who find kana hard to part."""

import re

_LETTER = "[ぁ-んァ-ヴー一-龥々0-9０-９☎]"
_BLANK = re.compile(rf"(?<={_LETTER})[ 　](?={_LETTER})")
_BETWEEN_NAMES = re.compile(r"(?<=[一-龥々])[ 　](?=[一-龥々])|(?<=[ァ-ヴー])[ 　](?=[ァ-ヴ])")
_ENDING = re.compile(
    r"(?<=\S)[ 　](?:です|でした|は|が|を|に|の|で|も|へ|と|から|まで|か|ください|下さい|くれますか"
    r"|おねがい\w*|お願い\w*|ました|ません|ます|ほしい\w*"
    r"|こわれ\w*|でんわ|でん話)(?=$|[ 　。、.!?！？]|です)"
)
"""A word that nobody parts from the one before who is used to the language."""


def closed(text: str) -> str:
    """The text without the blanks between its words, where it is written so; names keep theirs."""
    if not _ENDING.search(text):
        return text
    return _BLANK.sub(lambda found: " " if _BETWEEN_NAMES.match(text, found.start()) else "", text)


def as_written(part: str, text: str) -> str:
    """The words of `text` that `part`, a piece of it without blanks, was made of; `part` itself where it is none."""
    found = re.search(r"[ 　]*".join(map(re.escape, part.replace(" ", ""))), text)
    return found[0] if found else part
