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
    if NO_CALLS.search(plain) and not _ELSEWHERE.search(plain):
        return "calls"
    return "messages" if NO_MESSAGES.search(plain) else None


LONGEST_QUESTION = 80

QUESTION = re.compile(
    r"[?]\s*$|(?:です|ます|でしょう|ません|した)か[。\s]*$|(?:って|は)(?:何|なに|どこ|いつ|どう)|(?:どこ"
    r"|いつまで|どのくらい|どれくらい|いくら)|"
    r"(?:教えて|知りたい)|^(?:do|does|is|are|can|could|what|where|when|how|which|who|will)\b|\b(?:tell me)\b"
)

_TEXTS = (
    r"(?:(?:メール|sms|ショートメール|ショートメッセージ)での?(?:ご?案内|お?知らせ|連絡|配信)|(?:メール|sms)の(?:ご?案内|お?知らせ|連絡|配信)|配信|メルマガ|メールマガジン|sms|ショートメール|ショートメッセージ|メッセージ|お?知らせ|"
    r"通知|案内メール|メール|リマインド|リマインダー)"
)
_ABOUT = (
    r"(?:[のを]?(?:配信|送信|受信|受け?取り|送付|登録|購読))?(?:につきましては?|については?|に関しては?|なんか|って|[はをがも])?[、,]?"
    r"(?:もう|全部|すべて|一切|いっさい|今後|これ以上|二度と)*"
)
_UNWANTED = (
    r"(?:の?停止|止め|とめて|やめ|辞め|解除|[い要][らり](?:ない|ん|ません)|不要|必要(?:ない|ありません)|結構です|拒否|"
    r"お断り|(?:ご|御)?遠慮|外し|はずし|オフに|来なくて(?:い|結構)|来ないように|"
    r"希望しません|受け取りたく[なあ]|受けたく[なあ]|ほしくな|欲しくな|うざい|迷惑|"
    r"(?:送|おく)(?:ら(?:ない|ん)|るな|るの?を?(?:やめ|止め)|って(?:こ|来)(?:ない|ん)|ってくる(?:な"
    r"|の?を?(?:やめ|止め))))"
)
_MESSAGES = (
    r"(?:text(?:s|ing|ed)?|sms(?:es)?|messag(?:es?|ing)|e-?mail(?:s|ing)?|newsletters?|notifications?|reminders?|"
    r"promotions?|promos|ads|marketing|spam)"
)
_FEW_WORDS = r"(?:(?!error|warning)[\w']+\s+){0,4}"
_EVER = r"(?:二度と|今後(?:は|とも)?|金輪際)"
_AT_ALL = r"(?:一切|いっさい)?"
_A_NUMBER = r"(?:the number )?(?<!\d)\+?(?=\d)(?:[ ()\u2212\u2010\u2013-]{0,2}\d){9,15}(?!\d| \d)"
_NO_OTHER = r"(?!.*(?:\b(?:call|use|ring|try|reach|phone|but)\b|ないで|やめて).{0,20}?\d{2,4}[- ]?\d{3,4}[- ]?\d{4})"
"""No number follows at which the customer wants to be called instead."""
_ELSEWHERE = re.compile(r"(?:ないで|やめて)[^\d]{0,12}\+?\d[\d -]{8,}\d ?(?:に|へ|の方|で)")
"""Not at that number, but at this one."""
NO_MESSAGES = re.compile(
    rf"{_TEXTS}{_ABOUT}{_UNWANTED}|"
    r"(?:リスト|名簿|登録(?:先|名簿)?)から(?:名前を?)?(?:外し|はずし|消し|削除|抹消)|"
    r"\bun-?subscri\w*|\bopt(?:ing|ed)?[ -]?(?:me )?out\b|^stop[ -]?all\b|"
    rf"\b(?:stop|quit|cease|enough|no more)\s+(?:with\s+)?{_FEW_WORDS}{_MESSAGES}\b|"
    rf"\b(?:don't|dont|do not|never)\s+(?:ever\s+)?(?:send|{_MESSAGES})\s+"
    rf"(?:(?:me|us|any|more|your|these|those|another|such)\b|{_MESSAGES}|{_A_NUMBER})|"
    rf"\b(?:don't|dont|do not|no longer)\s+(?:want|wish|need|like)\s+{_FEW_WORDS}{_MESSAGES}\b|"
    rf"\b(?:take|remove|delete|get)\s+(?:me|us|(?:my|our)\s+\w+|{_A_NUMBER})\s+(?:off|from)\s+(?:of\s+)?(?:(?:your|the|this"
    r"|all)\s+)?"
    r"(?:lists?$|lists?(?= please|[,.!])|mailing|marketing|e-?mail|sms|text\w*|messag\w+|contacts?|distribution"
    r"|subscri\w+|spam)\b|"
    r"\b(?:take|remove) my (?:number|name|phone) (?:off|from)(?: (?:your|the) (?:list|lists|system|records|database))?"
    r"(?: (?:please|now))?[.!]*$"
)
_RING = r"(?:call|phone|phon|ring|contact)(?:ing)?"
NO_CALLS = re.compile(
    r"(?:二度と|もう|今後)(?:一切)?(?:お?電話|連絡)[をはも]?(?:して|し|せ|かけて|かけ|掛けて|掛け)?(?:こ|来"
    r"|くる|くん|ん)?"
    r"(?:ないで|るな|な$|な[。!]|んで|んといて)|"
    rf"{_A_NUMBER}(?:に(?:は)?|へ(?:は)?)(?:もう|今後|二度と)?(?:お?電話[をは]?)?(?:しないで|(?:かけ|掛け|し)て(?:こ|来)?ないで"
    rf"|(?:かけ|掛け)ないで|するな|かけるな|かけてくるな){_NO_OTHER}|"
    rf"{_A_NUMBER}への(?:お?電話|連絡)[をはも]?(?:もう|今後|一切)?(?:やめ|止め|不要|いら|結構|お断り){_NO_OTHER}|"
    rf"{_EVER}{_AT_ALL}(?:の)?(?:お?電話|(?:ご|御)?連絡)[をはも]?{_AT_ALL}"
    r"(?:しなくて(?:いい|結構)|いらない|不要|お断り|(?:ご|御)?遠慮)|"
    r"(?:営業|勧誘)の?お?電話[をはも]?(?:もう)?(?:一切)?(?:いらない|要らない|不要|お断り|断り|やめ|結構)|"
    r"(?:二度と|もう|金輪際)(?:かけて|掛けて)(?:こ|来|くる|くん)(?:ないで|るな|な|んで|んといて)|"
    r"お?電話[をは]?(?:(?:かけて?|掛けて?|して?)(?:こ|来)?ないで|せんといて|(?:して|かけて)こんといて)|"
    rf"\b(?:don't|dont|do not|never|stop|quit|cease)\s+(?:ever\s+)?{_RING}\s+"
    rf"(?:me|us|this number|my (?:number|phone|house|home)|{_A_NUMBER}{_NO_OTHER})\b"
    r"(?! (?:on|at|before|after|until|till|between|in|during|while|from|tomorrow|today|tonight|"
    r"this|next|yet|now|by|for|when|if|unless))|"
    r"\b(?:no more|enough with(?: the)?|stop (?:the|your|these|all)(?: \w+)?)\s+(?:phone ?)?calls\b|\blose my number\b|"
    rf"\b(?:take|remove|get) (?:me|us|my number|{_A_NUMBER}) (?:off|from)(?: of)? (?:your|the|this|any) (?:\w+ "
    r")?(?:call(?:ing)?|phone)(?: \w+)? ?lists?\b|"
    r"\b(?:don't|dont|do not|no longer)\s+(?:want|wish)\s+(?:(?:to (?:get|receive)|any|more|your|further)\s+)+"
    r"(?:phone ?)?calls\b"
)


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Latin words stand alone; Japanese ones may stand anywhere."""
    parts = []
    for phrase in map(_plain, phrases):
        told = GAP.join(re.escape(piece) for piece in phrase.split("*"))
        parts.append(rf"\b{told}\b" if phrase.isascii() else told)
    return re.compile("|".join(parts) or r"(?!)")


GAP = r"[^。.!?\n]{0,12}"
"""What a * in a phrase stands for: up to twelve letters of the same sentence, or none (ガス*臭, smell*gas)."""


def _holds(text: str, phrases: tuple[str, ...]) -> bool:
    return bool(_pattern(phrases).search(_plain(text)))


_BLANK_IN_JAPANESE = re.compile(r"(?<=[\u3041-\u30ff\u4e00-\u9fff]) (?=[\u3041-\u30ff\u4e00-\u9fff])")


def _plain(text: str) -> str:
    told = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())
    return _BLANK_IN_JAPANESE.sub("", told)  # who is new to Japanese, or to keyboards, parts its words
