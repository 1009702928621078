"""Phone numbers: read from a customer's words, judged before anyone is dialled, told without giving them away."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot.booking.errors import NumberRefused

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


def read(text: str, policy: NumberPolicy) -> str | None:
    """The last phone number written in `text`, in E.164, or None when there is none.

    Raises NumberRefused when the only numbers in it must not be called.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    found: str | None = None
    refused: NumberRefused | None = None
    for candidate in _candidates(plain, policy):
        try:
            found = accept(candidate, policy)
        except NumberRefused as refusal:
            refused = refusal
    if found is None and refused is not None:
        raise refused
    return found


def accept(text: str, policy: NumberPolicy) -> str:
    """The number in E.164 if it may be called; raises NumberRefused with the reason if not."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
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


def _candidates(plain: str, policy: NumberPolicy) -> Iterable[str]:
    """Runs of text that phonenumbers takes for a number, possible or not, and bare short numbers that stand alone."""
    if _digits(plain) in EMERGENCY and len(plain.strip()) <= len("+81-110"):
        yield plain
        return
    matcher = phonenumbers.PhoneNumberMatcher(plain, policy.default_country, leniency=phonenumbers.Leniency.POSSIBLE)
    yield from (match.raw_string for match in matcher)


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
