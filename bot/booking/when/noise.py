"""Numbers that are no time: telephone and order numbers, prices, quantities, addresses."""

from collections.abc import Sequence

from bot.booking.when.scan import Scanner

BLANK = "■"  # a word that says nothing about time

_NUMBERS = (
    r"(?<![\d:/.(-])\d[)](?=\s?\D)|(?<![^\n])\d\.(?=\s)",
    (
        r"(?<![\d/:])(?:\+\d[\d\s()-]{7,16}\d|0\d{1,4}[-\s(.]{1,2}\d{1,4}[-\s).]{1,2}\d{3,4}"
        r"|0\d{9,10})(?!\d)"
    ),
    r"\(?\b\d{3}\)?[-.\s]\d{3}[-.\s]\d{4}\b",
    r"(?<![\d-])\d{3}-\d{4}(?![\d-])",
    r"(?<![\d/-])(?!\d{4}-\d{1,2}-\d{1,2}(?!\d))\d+(?:-\d+){2,}",
    r"[¥$€£]\s?\d[\d,.]*(?:k\b|万|千)?",
    r"#\s?\d[\w-]*",
    r"\bv\d+(?:\.\d+)+",
    r"(?<![a-z])(?![ap]m-)[a-z]{1,6}[-_]\d+[\w-]*(?<!pm)(?<!am)",
    r"(?<![a-z])(?!(?:am|pm)\d{1,4}(?!\d))[a-z]{1,6}\d{3,}[\w-]*",
    r"(?<![\d/.:-])\d{1,3}(?:,\d{3})+(?!\d)",
    r"(?<![\d/.:-])\d{5,}(?!\d)",
)
_JAPANESE = (
    (
        r"(?:番号?|no\.?|id|コード|品番|型番|型式|モデル|バージョン|内線|部屋)(?:は|が|の"
        r"|を)?[\s:.=]*[a-z]*-?\d[\d-]*(?![\d/:時])"
    ),
    r"(?:iphone|ipad|galaxy|pixel|windows|ps|xperia|macbook|android|ios|switch)\s*\d+",
    (
        r"\d+(?:[,.]\d+)*\s?(?:[万千百億]?円|[万千百億](?!\d)|ドル|ユーロ|%|パーセント|割"
        r"|[kcm]?[gml]b?(?![a-z])|人|名(?!前)|個|本|枚|台|回|階|号|丁目|番|歳|才|点|件|冊|匹|倍|度"
        r"|種類|インチ|型|世代|つ|か所|箇所|通|泊|ページ|畳|坪|社|店|口|年生|周年|dk|gb|コ入)"
    ),
    r"(?<!\d)(?:19|20)\d\d年\d{1,2}月(?!\s?\d)",
    r"\d{4}(?!\d|[-/.年時])",
)
_ENGLISH = (
    (
        r"\b(?:no\.?|number|num|order|ref(?:erence)?|ticket|invoice|case|code|model|version|room"
        r"|floor|unit|apartment|apt|suite|gate|line|option|step|page|chapter|part|size|flight"
        r"|extension|ext\.?|id|account|acct|box|item|sku|pin|level|channel|route|bus|track|iphone"
        r"|ipad|galaxy|pixel|windows|ps|xbox|type|form|phase|plan|class|table|window)(?:\s(?:is"
        r"|was|number|no\.?))?[\s:]*#?[a-z]{0,3}-?\d+[\w-]*(?!\d|:|\s?[ap]\.?m\b)"
    ),
    (
        r"\d+(?:[,.]\d+)*\s?(?:%|percent|dollars?|bucks|euros?|pounds?|yen|usd|jpy|gbp|cents?"
        r"|[kcm]?[gm]b?\b|kilos?|inch(?:es)?|mm|kg|gb|mb|lbs?|miles?|items?|people|persons?"
        r"|guests?|years?\sold|times|units?|boxes|pairs?|copies|rooms?|pieces?|pcs|calls?|times"
        r"|questions?|stars?|degrees?|percent|ft|feet|x\b)"
    ),
    r"\b24/7\b",
    r"\b9-5\sjob\b",
    r"\b7-eleven\b",
    r"\b7-11\b",
    (
        r"(?<!\d/)(?<!at\s)(?<!by\s)(?<!\bdo\s)(?<!til)(?<!ter\s)(?<!ore\s)\b\d{4}\b(?![-/.]|\s?(?:hours|hrs"
        r"|h\b))(?!\s?[ap]\.?m)"
    ),
)


def _scanner(patterns: Sequence[str]) -> Scanner:
    return Scanner([(f"noise{n}", pattern) for n, pattern in enumerate(patterns)])


_IN_JAPANESE = _scanner((*_NUMBERS, *_JAPANESE))
_IN_ENGLISH = _scanner((*_NUMBERS, *_ENGLISH))


def blank_japanese(text: str) -> str:
    """`text` (normalised) without numbers that are no time."""
    return _IN_JAPANESE.replace(text, lambda _: BLANK)


def blank_english(text: str) -> str:
    """`text` (normalised) without numbers that are no time."""
    return _IN_ENGLISH.replace(text, lambda _: f" {BLANK} ")
