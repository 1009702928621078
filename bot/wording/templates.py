"""Which sentences a business may word for itself, what has to stand in them, and what must not."""

import re
import unicodedata
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from bot.wording import default, names
from bot.wording.segments import segments

FIXED = frozenset({"notices.opted_out", "notices.opted_in", "notices.help"})
"""They tell how messages are switched off and on again, in the words that carriers and laws ask for."""
MOST_SEGMENTS = 10
"""Carriers in Japan join at most so many parts."""
LONGEST = 1600
MORE_FACTS = {"code": {"code", "minutes"}, "rated": set[str]()}
BOOKING_FACTS = frozenset({"business", "when", "reference", "hotline", "link"})
MAIL_FACTS = {
    "subject_proof": {"business", "when"}, "subject": {"business", "when"}, "proof": {"business", "when", "link"},
    "thanks": {"business", "when", "link"}, "footer": {"business", "when", "stop"},
}  # fmt: skip
NOT_NEEDED = frozenset({"reference", "hotline", "minutes"})
"""What a notice tells by default and may leave out."""
ONE_LINE = frozenset({"email.subject", "email.subject_proof"})

_WORDS = "stop|stopall|unsubscribe|end|quit|revoke|opt-?out|cancel"
OPT_OUT = re.compile(
    r"\b(?:STOP|STOPALL|UNSUBSCRIBE|END|QUIT|REVOKE|OPTOUT|CANCEL)\b"
    rf"|\b(?i:(?:reply|respond|answer|text|send|write)(?:\s+(?:us|back|with|the|word))*\s+[\"'‘“]?(?:{_WORDS})\b)"
    rf"|(?i:停止|解除|中止|取消|取り消し|キャンセル|{_WORDS})[」』\"'”’]?\s*(?:と|とだけ|を)(?:ご)?(?:返信|返事|送信|お送り|入力)"
)
"""Whoever answers with such a word gets no message any more: the carrier sees to that before we read it
(https://help.twilio.com/articles/223134027)."""

Fault = Literal["empty", "braces", "unknown", "missing", "opt_out", "too_long", "one_line"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """Why a wording cannot be used; `placeholders` are those that are unknown or missing."""

    fault: Fault
    placeholders: tuple[str, ...] = ()


def editable(language: str) -> list[str]:
    """The names of the sentences that may be worded anew: notices first, then what only e-mails say."""
    ours = [name for name in names(language) if name.startswith(("notices.", "email.")) and name not in FIXED]
    return sorted(ours, key=lambda name: (not name.startswith("notices."), name))


def placeholders(text: str) -> set[str] | None:
    """The names in braces; None where the braces are not in order or hold more than a name."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    found = {name for _, name, _, _ in parts if name is not None}
    is_plain = all(not spec and not conversion for _, _, spec, conversion in parts)
    return found if is_plain and all(re.fullmatch(r"[a-z_]+", name) for name in found) else None


def allowed(name: str) -> frozenset[str]:
    """The facts that are known wherever this sentence is said."""
    section, key = name.split(".", 1)
    if section == "email":
        return frozenset(MAIL_FACTS[key])
    if key in MORE_FACTS:
        return frozenset({"business"} | MORE_FACTS[key])
    return BOOKING_FACTS | ({"times"} if key.endswith(("_with_times", "_by_number")) else set())


def needed(name: str, language: str) -> frozenset[str]:
    """What must not be left out: whatever the default tells and nobody could do without."""
    return frozenset(placeholders(default(name, language)) or set()) - NOT_NEEDED


def trouble_of(name: str, language: str, text: str) -> Trouble | None:
    """Why this text cannot be said in the sentence's place, None where it can."""
    if not text.strip():
        return Trouble(fault="empty")
    if name in ONE_LINE and re.search(r"[\x00-\x1f\x7f]", text):
        return Trouble(fault="one_line")
    found = placeholders(text)
    if found is None or re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
        return Trouble(fault="braces")
    if unknown := sorted(found - allowed(name)):
        return Trouble(fault="unknown", placeholders=tuple(unknown))
    if missing := sorted(needed(name, language) - found):
        return Trouble(fault="missing", placeholders=tuple(missing))
    if OPT_OUT.search(unicodedata.normalize("NFKC", text)):
        return Trouble(fault="opt_out")
    is_long = name.startswith("notices.") and segments(text) > MOST_SEGMENTS
    return Trouble(fault="too_long") if is_long or len(text) > LONGEST else None
