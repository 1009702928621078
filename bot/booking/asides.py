"""What is no wish for a callback: urgent matters, being left alone, and questions with a known answer."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Urgency:
    """Words for what cannot wait for a callback, and words beside which they mean something else (保険, insurance)."""

    phrases: Sequence[str]
    unless: Sequence[str] = ()

    def is_in(self, text: str) -> bool:
        """Whether the message tells of something urgent."""
        return _holds(text, tuple(self.phrases)) and not _holds(text, tuple(self.unless))


@dataclass(frozen=True, kw_only=True, slots=True)
class Faq:
    """A question that the business answers in writing: words that it is known by, and the answer by language."""

    phrases: Sequence[str]
    answers: Mapping[str, str]


def answer_to(text: str, faqs: Sequence[Faq], *, language: str) -> str | None:
    """The answer to the question that the message is, or None. A matter that only mentions the words is no question."""
    if len(text) > LONGEST_QUESTION or not QUESTION.search(_plain(text)):
        return None
    return next((faq.answers[language] for faq in faqs if _holds(text, tuple(faq.phrases))), None)


def opts_out(text: str) -> Literal["messages", "calls"] | None:
    """What the customer wants no more of: text messages, calls, or neither."""
    plain = _plain(text)
    if NO_CALLS.search(plain):
        return "calls"
    return "messages" if NO_MESSAGES.search(plain) else None


LONGEST_QUESTION = 80

QUESTION = re.compile(
    r"[?]\s*$|(?:です|ます|でしょう|ません|した)か[。\s]*$|(?:って|は)(?:何|なに|どこ|いつ|どう)|(?:どこ|いつまで|どのくらい|どれくらい|いくら)|"
    r"(?:教えて|知りたい)|^(?:do|does|is|are|can|could|what|where|when|how|which|who|will)\b|\b(?:tell me)\b"
)

_TEXTS = r"(?:配信|sms|ショートメール|ショートメッセージ|メッセージ|お?知らせ|通知|メール|リマインド|リマインダー)"
NO_MESSAGES = re.compile(
    rf"{_TEXTS}(?:の配信)?[はをが]?(?:もう|全部|すべて)?(?:停止|止め|とめ|やめ|解除|いらない|いりません|不要|要らない|要りません|"
    r"送らない|送って?こない|送るな|拒否)|"
    r"\bunsubscribe\b|\bopt(?:ing)?[ -]?(?:me )?out\b|"
    r"\b(?:stop|quit|no more|don't|dont|do not|never)\s+(?:sending (?:me )?|send (?:me )?)?(?:any )?(?:more )?"
    r"(?:text(?:s|ing)?|sms|messages?|messaging|reminders?|notifications?)\b"
)
NO_CALLS = re.compile(
    r"(?:二度と|もう|今後)(?:一切)?(?:お?電話|連絡)[をはも]?(?:して|し|かけて|かけ|掛けて|掛け)?(?:こ|来)?(?:ないで|るな|なくて(?:いい|結構)|いらない|不要)|"
    r"お?電話[をは]?(?:かけて?|掛けて?|して?)(?:こ|来)?ないで|"
    r"\b(?:don't|dont|do not|never|stop)\s+(?:ever\s+)?(?:call(?:ing)?|phon(?:e|ing)|ring(?:ing)?)\s+(?:me|us)"
    r"\b(?! (?:on|at|before|after|until))"
)


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Latin words stand alone; Japanese ones may stand anywhere."""
    parts = [rf"\b{re.escape(phrase)}\b" if phrase.isascii() else re.escape(phrase) for phrase in map(_plain, phrases)]
    return re.compile("|".join(parts) or r"(?!)")


def _holds(text: str, phrases: tuple[str, ...]) -> bool:
    return bool(_pattern(phrases).search(_plain(text)))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())
