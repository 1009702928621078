"""Phone numbers: read from a customer's words, judged before anyone is dialled, told without giving them away."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot.booking.errors import NumberRefused
from bot.booking.numerals import in_digits

Refusal = Literal[
    "not_a_number", "country_not_allowed", "emergency", "premium", "service", "kind_not_allowed", "opted_out"
]

ALLOWED_KINDS = {
    "mobile": PhoneNumberType.MOBILE,
    "fixed": PhoneNumberType.FIXED_LINE,
    "fixed_or_mobile": PhoneNumberType.FIXED_LINE_OR_MOBILE,
    "voip": PhoneNumberType.VOIP,
}
"""Kinds that the settings may allow, by phonenumbers' names for them. In Japan `voip` is the 050 range."""

EMERGENCY = frozenset({"110", "118", "119", "171", "188", "189", "911", "112", "999", "000"})
"""Short numbers that must never be dialled, whatever a library says of them: 118 is unknown to phonenumbers 9.0."""

LONGEST_E164 = len("+") + 15
"""ITU-T E.164: fifteen digits at most; some countries' plans would be possible with more."""
LONGEST_SHORT = 6
"""Digits of what may be a short number or a code, and is nobody's own."""

SERVICE_PREFIXES = {"81": ("120", "800", "570", "990", "180", "170", "20")}
"""National prefixes, by country code, of free-phone, shared-cost and paging numbers: none is a customer's."""

REVENUE_SHARE_PREFIXES = (
    "1876",
    "1268",
    "1284",
    "1473",
    "1649",
    "1664",
    "1758",
    "1767",
    "1784",
    "1809",
    "1829",
    "1849",
    "870",
    "878",
    "881",
    "882",
    "883",
    "888",
    "979",
)
"""E.164 prefixes used for call-back fraud and satellite phones, which phonenumbers takes for plain mobiles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberPolicy:
    """Which numbers may be called: ISO country codes and kinds (keys of ALLOWED_KINDS)."""

    default_country: str
    countries: frozenset[str]
    kinds: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """The numbers of a message in E.164: where to call, and where else to try."""

    main: str | None = None
    alternate: str | None = None


def heard(text: str, policy: NumberPolicy, *, has_main: bool = False) -> Heard:
    """The phone numbers written or spelled out in `text`.

    Of two, the second is another one to try, unless the words between them correct the first. With `has_main`, one
    that is told as another one to try is just that. Raises NumberRefused when the only numbers must not be called.
    """
    plain = _plain(in_digits(text), policy)
    kept: list[tuple[str, bool]] = []
    places: dict[str, str] = {}
    refused: NumberRefused | None = None
    end = 0
    for start, after, candidate in _candidates(plain, policy):
        before, following, end = plain[end:start], plain[after : after + 12], after
        try:
            number = accept(candidate, policy)
        except NumberRefused as refusal:
            refused = refusal
            continue
        if _CORRECTS.search(before):
            kept = kept[:-1]
        places[number] = before[-_NEAR:]
        if not _NEGATED.match(following) and not _NOT.search(before):
            kept.append((number, bool(_ANOTHER.search(before))))
    if not kept:
        if refused is not None:
            raise refused
        return Heard()
    if len(kept) == 1 and kept[0][1] and has_main:
        return Heard(alternate=kept[0][0])
    kept.sort(key=lambda told: told[1])  # the first that is not told as another one
    kept = _preferred(plain, kept, places)
    main = kept[0][0]
    return Heard(main=main, alternate=next((number for number, _ in kept[1:] if number != main), None))


def _preferred(plain: str, kept: list[tuple[str, bool]], places: Mapping[str, str]) -> list[tuple[str, bool]]:
    """With the number first on which they would rather be called, by what each is called (「携帯のほうに」)."""
    wanted = list(_RATHER.finditer(plain))
    for kind in _KINDS:
        if wanted and kind.search(wanted[-1][0]):
            first = [told for told in kept if kind.search(places[told[0]])]
            return first + [told for told in kept if told not in first] if len(first) == 1 else kept
    return kept


def read(text: str, policy: NumberPolicy) -> str | None:
    """The number to call that is written in `text`, in E.164, or None when there is none.

    Raises NumberRefused when the only numbers in it must not be called.
    """
    return heard(text, policy).main


def without(text: str, policy: NumberPolicy) -> str:
    """The text without its phone numbers and the words that only lead to them: what is left may tell a time."""
    plain = _plain(in_digits(text), policy)
    for start, end, candidate in reversed(list(_candidates(plain, policy))):
        try:
            accept(candidate, policy)
        except NumberRefused:
            if not candidate.startswith(("0", "(0", "+")):
                continue  # perhaps a date
        before, after = _LEADS_TO.sub("", plain[:start]), _FOLLOWS.sub("", plain[end:])
        # A blank inside a Japanese sentence would cut it in two.
        plain = f"{before} {after}" if before[-1:].isascii() or after[:1].isascii() else before + after
    return plain


def hidden(text: str, policy: NumberPolicy) -> str:
    """The text with only the last four digits of each phone number readable; without one, as it was written."""
    plain = _plain(text, policy)
    found = [span for span in _candidates(plain, policy) if len(_digits(span[2])) > LONGEST_SHORT]
    if not found:
        return text
    for start, end, candidate in reversed(found):
        plain = f"{plain[:start]}{masked(candidate)}{plain[end:]}"
    return plain


def accept(text: str, policy: NumberPolicy) -> str:
    """The number in E.164 if it may be called; raises NumberRefused with the reason if not."""
    plain = _plain(text, policy).strip()
    if _digits(plain) in EMERGENCY:
        raise NumberRefused("emergency")
    try:
        number = phonenumbers.parse(plain, policy.default_country)
    except NumberParseException:
        raise NumberRefused("not_a_number") from None
    if any(letter.isalpha() for letter in plain) or number.extension:
        raise NumberRefused("not_a_number")
    refusal = _refusal(number, policy)
    if refusal:
        raise NumberRefused(refusal)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def canonical(text: str, policy: NumberPolicy) -> str:
    """A possible number in E.164, whether it may be called or not: for looking something up. Raises NumberRefused."""
    plain = _plain(text, policy).strip()
    try:
        number = phonenumbers.parse(plain, policy.default_country)
    except NumberParseException:
        raise NumberRefused("not_a_number") from None
    told = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    is_possible = phonenumbers.is_possible_number(number) and len(told) <= LONGEST_E164
    if any(letter.isalpha() for letter in plain) or number.extension or not is_possible:
        raise NumberRefused("not_a_number")
    return told


def masked(number: str) -> str:
    """The number with only its last four digits readable: `•••••••5678`."""
    return "•" * 7 + _digits(number)[-4:]


def national(number: str) -> str:
    """The number as people in its country write it: 090-1234-5678."""
    return phonenumbers.format_number(phonenumbers.parse(number, None), PhoneNumberFormat.NATIONAL)


def takes_sms(number: str) -> bool:
    """Whether a text message can arrive: carriers refuse fixed lines, and 050 numbers have no inbox."""
    kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def country(number: str) -> str | None:
    """ISO 3166 code of an E.164 number's country."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－〜~", "-"))


_NEAR = 16
"""Letters before a number in which it is called something."""
_KINDS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"携帯|スマホ|ケータイ|\b(?:cell|mobile)\b",
        r"家|自宅|実家|\b(?:home|house)\b",
        r"会社|職場|仕事|事務所|\b(?:office|work|company)\b",
        r"固定|\bland ?line\b",
    )
)
_RATHER = re.compile(
    r"(?:携帯|スマホ|ケータイ|家|自宅|実家|会社|職場|仕事|事務所|固定(?:電話)?)(?:の?(?:ほう|方))?(?:に|へ|で"
    r"|が(?:いい|良い|よい))"
    r"(?=かけ|掛け|お?電話|お願い|して|ください|頼|連絡|いい|良い|$|[。、])|(?:携帯|スマホ|家|自宅|会社|職場"
    r"|固定)の?(?:ほう|方)|"
    r"\b(?:call|use|try|ring|prefer|rather|best|better)\b[^.;!?\d]{0,24}\b(?:cell|mobile|home|house|office|work"
    r"|land ?line)\b",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:(?:注文|受付|会員|お?客様?|顧客|製造|製品|商品|シリアル|伝票|追跡|送り状|問い?合わ?せ|契約|口座"
    r"|保証書?|整理|管理|請求書?|予約)(?:の)?"
    r"(?:番号|ナンバー|no\.?)|型番|品番|シリアル|コード|\bid|"
    r"\b(?:order|serial|reference|ref|ticket|case|customer|account|invoice|tracking|model|item|part|membership|policy|"
    r"confirmation|booking|contract|product)(?: (?:number|num|no\.?|id|code))?)(?: is| "
    r"was)?[\s:#はがのをでno.]*[a-z]{0,3}-?$",
    re.IGNORECASE,
)
"""Leads to a number that is no telephone's."""
_MOBILE = re.compile(r"0[5-9]0\d{8}$")

_TIMES = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)|\d{1,2}[時月日分]|\n")

_LEADS_TO = re.compile(r"(?:\b(?:on|at|to)|番号は|電話は|携帯は)\s*$", re.IGNORECASE)
_FOLLOWS = re.compile(r"^\s*(?:に|へ|まで|宛に|宛|の番号に|です|でお願いします)")
_CORRECTS = re.compile(
    r"いや|いえ|じゃなく|ではなく|でなく|間違|まちが|訂正|正しくは|やっぱ|すみません|失礼|"
    r"\b(?:no|sorry|actually|i mean|wait|rather|correction|instead|make (?:that|it)|scratch)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\s*(?:の?(?:方|ほう))?(?:では(?:な|あり)|じゃ(?:な|あり)|でな)")
_NOT = re.compile(r"\b(?:not|instead of|rather than)\s+(?:on\s+|at\s+)?$", re.IGNORECASE)
_ANOTHER = re.compile(
    r"つながらな|繋がらな|出な(?:い|け|か)|出られな|だめなら|ダメなら|無理なら|不在|予備|サブ|別の番号|もう(?:一"
    r"|1)つ|(?:二|2)番目|それか|または|もしくは|"
    r"\b(?:alternat\w*|backup|back-up|otherwise|or|if (?:not|that|i)|second number|another number|other number|else)\b",
    re.IGNORECASE,
)


def _plain(text: str, policy: NumberPolicy) -> str:
    """One sign for each dash and digit, and + for the way to dial from abroad (0081 …)."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    code = phonenumbers.country_code_for_region(policy.default_country)
    return re.sub(rf"(?<![\d+])00(?=[\s-]?{code}[\s-]?\d)", " +", plain)


def _candidates(plain: str, policy: NumberPolicy) -> Iterable[tuple[int, int, str]]:
    """Where in the text phonenumbers sees a number, possible or not, or a bare short number that stands alone."""
    if _digits(plain) in EMERGENCY and len(plain.strip()) <= len("+81-110"):
        yield 0, len(plain), plain
        return
    # A time or the end of a line just before would be taken for the number's beginning.
    apart = _TIMES.sub(lambda found: "|" * len(found[0]), plain)
    matcher = phonenumbers.PhoneNumberMatcher(apart, policy.default_country, leniency=phonenumbers.Leniency.POSSIBLE)
    for match in matcher:
        is_labelled = _LABELLED.search(plain[: match.start]) and not _MOBILE.match(_digits(match.raw_string))
        if not is_labelled:
            yield match.start, match.end, match.raw_string


def _refusal(number: PhoneNumber, policy: NumberPolicy) -> Refusal | None:
    national_digits = str(number.national_number)
    e164 = f"{number.country_code}{national_digits}"
    if national_digits in EMERGENCY:
        return "emergency"
    if e164.startswith(REVENUE_SHARE_PREFIXES):
        return "premium"
    if national_digits.startswith(SERVICE_PREFIXES.get(str(number.country_code), ("!",))):
        return "service"
    if not phonenumbers.is_valid_number(number):
        return "not_a_number"
    if phonenumbers.region_code_for_number(number) not in policy.countries:
        return "country_not_allowed"
    kind = phonenumbers.number_type(number)
    if kind in (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST):
        return "premium"
    allowed = {ALLOWED_KINDS[name] for name in policy.kinds} | {PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return None if kind in allowed else "kind_not_allowed"


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
