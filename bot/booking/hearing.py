"""What a message is, where its words say so more surely than the model's guess, or the open question makes it clear."""

import re
import unicodedata

from bot.booking import name, reference, remarks
from bot.booking.phrases import COURTESY
from bot.booking.reason import asks_for_call, is_mash

SURE = 0.5
"""Where a reason was asked for, anything may be one: a message is something else only where that is so likely."""
MANY_WORDS, MANY_LETTERS = 7, 16
"""An insult of so many words, or letters in Japanese, also tells what happened."""
MOST_NAMES = 3
MOST_OF_A_REMARK = 5
LONG = 60
"""Characters: who writes more tells a story, not a command."""

_YES = frozenset("👌👍🙆⭕✅🆗👏🙏💯☑✔")
_NO = frozenset("👎🙅❌🙅✖🚫")
_SHORT_YES = frozenset(
    (
        "y yy k ok okay okey kk ya yea yeah yep yup yse yess si "
        "可 是 諾 うん うむ おけ おｋ おっけ おっけー はーい はい はひ はi"
    ).split()
)
_WISH_OF_A_BOOKING = frozenset({"move_callback", "cancel_callback", "check_callback"})
_A_BOOKING = re.compile(r"予約|お?電話の時間|\b(?:booking|appointment|reservation|my call(?:back)?)\b", re.IGNORECASE)
_SOMETHING_ELSE = re.compile(
    r"(?!.*(?:予約|電話|折り?返し|コール|時間|日時|日程|時刻|番号))(?:.{2,}(?:の|を)(?:変更|キャンセル|取り?消"
    r"|確認|解約|解除))|"
    r"\b(?:change|changing|cancel(?:l?ing)?|move|moving|check(?:ing)?)(?: of)? (?:my|the|a|an|our)? ?"
    r"(?!(?:booking|appointment|reservation|call|callback|time|slot|it|that|one|the|my|a)\b)[a-z]{3,}",
    re.IGNORECASE,
)
"""Something is to be changed or cancelled, and it is no call."""
_STOPS = re.compile(
    r"やめ|辞め|止め|中止|もういい|もう良い|いいや|結構|取り?消|キャンセル|"
    r"また(?:今度|後|あと|改め)|あとで|不要|要らない|いらない|終わ|終了|ストップ|"
    r"忘れて|しなくて(?:いい|大丈夫)|さようなら|さよなら|失礼(?:し|いた)|バイ|またね|"
    r"\b(?:stop|quit|exit|end|never ?mind|forget|cancel|bye|goodbye|later|"
    r"no thanks|not now|don'?t (?:want|need|bother)|leave it|"
    r"drop it|see you|enough|abort)\b",
    re.IGNORECASE,
)
_CHANGES_NUMBER = re.compile(
    r"(?:番号|携帯|スマホ|連絡先)[^。]{0,12}?(?:変え|変わ|変更|替え|替わ|直し|直したい|訂正|間違|違って|修正)|"
    r"(?:変え|変更|替え|訂正|修正)[^。]{0,8}(?:番号|連絡先)|"
    r"\b(?:change|update|correct|fix|new|different|another|wrong|replace)\b[^.]{0,24}\b(?:number|phone|mobile|cell)\b|"
    r"\b(?:number|phone)\b[^.]{0,20}\b(?:changed?|wrong|is different|incorrect)\b|"
    r"\b(?:use|call|try|ring|phone|reach|contact|text|get)\b[^.]{0,24}[+\d][\d -]{8,} ?instead\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]\s*$|(?:です|ます|でしょう|ません|した)か[。\s]*$|(?:何|なん|いつ|どこ|どの|どれ|いくら|なぜ|誰)"
    r"|(?:教えて|知りたい)|"
    r"^\W*(?:do|does|is|are|am|can|could|what|where|when|how|which|who|why|will|would|until)\b|\b(?:tell me)\b",
    re.IGNORECASE,
)
_QUESTIONS = frozenset({"ask_hours", "ask_price", "ask_wait", "ask_why", "ask_bot", "ask_help"})
_REFUSES = re.compile(
    r"^(?:no|none|nope|nah|skip|pass|n/?a|nothing|anon\w*|later|back)\b(?! [A-Z])|なし|無し|ない|いいえ"
    r"|スキップ|パス|匿名|結構|やめ|嫌|いや|省|とば|飛ば|戻|"
    r"秘密|内緒|ません|たく|\b(?:not|don't|dont|won't|rather|prefer|private|anonymous|secret|skip|stop|cancel"
    r"|without|leave|back|previous|"
    r"never ?mind|forget)\b",
    re.IGNORECASE,
)
"""Says in words that a question is not answered: without them a guess of that kind may be a name ("Nora")."""
_YES_WORDS = re.compile(
    r"^(?:yes|yeah|yep|sure|ok(?:ay)?|fine|right|correct|perfect|great|good|please|absolutely|exactly|no|none|nope"
    r"|skip)\b",
    re.IGNORECASE,
)
YES_OR_NO = frozenset({"confirmed", "cancel_confirmed"})
_BESIDE_A_YES = frozenset(
    {
        "thank",
        "greet",
        "goodbye",
        "nlu_fallback",
        "out_of_scope",
        "request_callback",
        "give_name",
        "give_reason",
        "ask_wait",
    }
)
"""What the model may take a yes for that comes with more words (「はい、ありがとうございます」)."""
_SAYS_YES = re.compile(
    r"^\W*(?:(?:(?:それ)?なら|じゃあ?|では|安心(?:しました|です|だ)?|よかった(?:です)?|良かった(?:です)?|なるほど"
    r"|そうですか|(?:わか|分か)りました|oh|ah|i see|good|then)[、。,. ]*)*"
    r"(?:はい|ええ|うん|お願い|おねがい|よろしく|宜しく|大丈夫|それで|これで|OK|オッケー|オーケー|承知|了解"
    r"|問題な|合って|あって|間違いな|"
    r"(?:yes|yeah|yep|yup|sure|ok(?:ay)?|correct|right|perfect|great|fine|sounds (?:good|great)|looks (?:good|right)|"
    r"that(?:'?s| is) (?:all )?(?:right|fine|it|all|ok|good|correct|it|all)|all (?:good|correct|right)|go ahead"
    r"|please do|do it|book it)\b)",
    re.IGNORECASE,
)
_BUT = re.compile(
    r"けど|けれど|ただ|でも|違|ちが|変え|変更|やっぱ|\b(?:but|except|however|actually|change|wrong|instead|not)\b",
    re.IGNORECASE,
)
_CALL = r"(?:予約|(?:折り?返し|お)?電話|コール|アポ|お約束)"
_CALL_EN = (
    r"\b(?:my|the|our|that|this|an?|one of (?:my|the|our))\s+(?:\w+\s+)?(?:call(?:-?back)?|booking|appointment"
    r"|reservation|slot)s?\b"
)
_CHANGES = re.compile(
    r"(?<!\bthe )\b(?:different|other) (?:day|time)\b|\bcan'?t make\b|\bshift\b|\bswap\b|変更|変え|ずら|移|早め|遅"
    r"|キャンセル|取り?消|やめ|消し|確認|別の日|ほかの日|他の日|instead|(?:can|could) it be|\b(?:move"
    r"|resched\w*|change|cancel|push|"
    r"postpone|earlier|later|another (?:day|time)|check|status)\b",
    re.IGNORECASE,
)
_IS_BOOKED = re.compile(
    r"(?:電話|折り?返し)を?(?:頼|お願いし)(?:んだ|んで|ました|た(?![いくら])|てい)|予約(?:を?(?:し|入れ|取っ"
    r"|とっ)(?:て(?:い|お|あ)?(?:る|ます|た|ました|り|った)|た(?![いくら])|ました)|済み|があ(?:る|り)"
    r"|が入って)|[0-9]件(?:お願い|予約|電話)?し?て(?:い)?た(?![いくら])|"
    r"\b(?:calls?|appointments?|bookings?|callbacks?) (?:is |are |was |were |already )*(?:booked|scheduled"
    r"|arranged|reserved|lined up|coming up)\b|"
    r"(?:電話|折り?返し)[^。]{0,10}(?:約束|予定"
    r"|手はず)(?:だった|でした|で|が|を|になって)|"
    r"\b(?:i|we|i've|we've|i'd) (?:have |had |already |just )*(?:booked|scheduled|arranged|reserved|requested"
    r"|asked for) (?:a|an|my|two|the|that)\b|\b(?:appointment|booking|call(?:-?back)?) (?:that )?"
    r"(?:i|we)(?:'ve| have| had)? "
    r"(?:made|booked|have|arranged|scheduled|requested|set up|asked for)\b|\b(?:one|two|both|all|some) of (?:my|our) "
    r"(?:calls|bookings|appointments|call-?backs)\b|入って(?:い)?る(?:お?電話の)?予約|予約を?(?:一|1|ひと)(?:つ|件)|"
    r"(?:取|と|入れ|し)(?:って|て)(?:い|お|あ|もら)?(?:る|った|います|ある)(?:お?電話の)?予約|(?:取|と)った予約|"
    r"\d{3,4}(?:という番号|の番号)?(?:で|の)(?:お?電話の)?予約|(?:予約|申し込み?)(?:し|ん)(?:た|だ|てた|ていた)(?:お?電話|折り?返し)|"
    r"\b(?:i|we|i've|we've|i'd|we'd) (?:have |had |already |just )*made (?:a|an|my|the) (?:phone |call |online )?"
    r"(?:booking|appointment|reservation)\b|"
    r"\b(?:i|we) (?:already )?have (?:a|my) (?:booking|callback|call-back) "
    r"(?:with you|already|under|on|for|at|from|with)\b|"
    r"\b(?:booking|appointment|callback)s? (?:under|for|on|with) (?:the number |my number |number )?[+\d][\d -]{8,}|"
    r"\b(?:what(?:'s| is)|what i have) booked\b|\bexisting (?:call|booking|appointment)\b",
    re.IGNORECASE,
)
"""Says that a call is booked."""
_TELL = re.compile(r"教えて|知りたい|いつ(?:だ|です)|\b(?:what time|when)(?: is| was|'s)\b", re.IGNORECASE)
"""Asks what is known of a booking."""
_LOOKS = re.compile(r"確認|\b(?:check(?:ing)?|status)\b", re.IGNORECASE)
"""Wants to look at a booking and nothing more."""
_CANCELS = re.compile(
    r"キャンセル|取り?消|とりけ|やめ|消し|不要|いらな|要らな|いらん|必要(?:が|は)?な(?:く|い|し)"
    r"|(?:電話|来)(?:しなく|なく)て(?:いい|結構|大丈夫)|"
    r"\b(?:won'?t need|call(?:ed|ing)? off|can'?t take|cancel|scrap|delete|drop|remove|don't need|no longer need)\b",
    re.IGNORECASE,
)
_WHEN_CALLED = re.compile(
    r"電話[^。]{0,8}(?:来|く(?:る|れ)|かか|もらえ)|かかって|\b(?:hear|heard) from (?:you|someone"
    r"|somebody)\b|\b(?:you|they|someone|agent)\b[^.?]{0,12}\b(?:call"
    r"|ring|phon)|\bmy call\b",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"(?:(?:では|じゃあ?|それでは|ほな)、?)?(?:失礼(?:し|いたし|致し)ます|さようなら|さよなら|バイバイ|また(?:ね|今度)?|お邪魔しました)[。!]*|"
    r"(?:ok,? |right,? |well,? )?(?:good)?bye(?: (?:bye|now|then|for now))?[.!]*|see you(?: later)?[.!]*"
    r"|i don'?t want to [\w ]*(?:go on|continue)\b.*",
    re.IGNORECASE,
)
_THANKS = re.compile(r"どうも|ありがと|おおきに|\b(?:thanks|thank you|cheers|ta)\b", re.IGNORECASE)
_OF_A_CHANGE = frozenset({"new_slot", "new_number", "chosen_callback"})
_REFERENCE = re.compile(r"受付番号|予約番号|\b(?:reference|ref|booking (?:number|code))\b", re.IGNORECASE)
_FROM_TO = re.compile(
    r"(?:何時|いつ)(?:まで|から)|\b(?:until|till|how (?:late|early)|what time do you (?:open|close))\b", re.IGNORECASE
)
_PERSON = re.compile(
    r"人|オペ|担当|係|スタッフ|社員|店員|責任者|誰か|つな|繋|話し|喋|しゃべ|代わ|替わ|直接|電話|"
    r"\b(?:person|people|human|agent|operator|some(?:one|body)|any(?:one|body)|representative|rep|speak|talk"
    r"|staff|real|manager|supervisor"
    r"|call|phone|ring|live|team|advisor|transfer|connect|put me)\b",
    re.IGNORECASE,
)
_LOSES_HEART = frozenset({"deny", "skip", "goodbye", "thank", "insult", "nlu_fallback", "out_of_scope", "give_reason"})
_LEAVES = re.compile(
    r"(?:終わり|おわり|終了|やめ|中止|なし|取り?消し)に(?:し(?:て|ます)|する)|もう(?:結構|けっこう|いい|やめ)"
    r"|やっぱり?(?:もう)?(?:いい(?:や|わ|です)?|けっこう|結構|なし)(?:です)?[。!]*$"
    r"|やめ(?:とく|ておき|とき|ます)|"
    r"\b(?:don'?t|do not|no longer) (?:want|need) (?:this|it|that|any|the call|a call)\b(?! name)"
    r"|\b(?:don'?t|do not) (?:want|wish|feel like) (?:to )?"
    r"(?:go(?:ing)? on|continu|carry(?:ing)? on"
    r"|proceed|do(?:ing)? this)\w*"
    r"|\b(?:good)?bye\b|\bforget it\b|(?<!to )\bleave it\b(?! (?:to|with|at|on|in|as)\b)|"
    r"\bdon'?t book\b|\bnever ?mind\b",
    re.IGNORECASE,
)
_YES_WITH_SMALL_KANA = re.compile(r"は[ぁ-ぉー〜~]*[いぃ]+[ー〜~。.!！]*")
_WISHES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "cancel_callback",
        re.compile(
            rf"{_CALL}(?:の予約)?[をはの]?(?:キャンセル|取り?消|とりけ)|\b(?:cancel|scrap|drop|bin"
            rf"|delete|remove|undo|call off)\s+{_CALL_EN}|"
            rf"{_CALL}(?:の予約)?(?:は|が)?(?:もう)?(?:必要(?:が|では)?な|いらな|要らな|いらん|不要に)|"
            rf"\b(?:won'?t|don'?t|do not|no longer) (?:be )?need(?:ing)? {_CALL_EN}",
            re.IGNORECASE,
        ),
    ),
    (
        "move_callback",
        re.compile(
            rf"{_CALL}(?:の(?:日時|時間|日程|日|予約))?[をの][^。]{{0,16}}(?:変更|変え|ずらし|移し|早め|遅らせ)|"
            rf"\b(?:move|reschedule|change|push|shift|postpone)\s+(?:the time of\s+)?{_CALL_EN}|"
            r"\b(?:tomorrow|today|tonight|\w+day|that (?:time|day)|then)(?:'s| is"
            r"| has become)? (?:no good|not good|no longer good|bad now"
            r"|impossible)\b|\bcan'?t (?:do|make) (?:it|that|tomorrow|today|\w+day)\b(?! work)|"
            r"(?:その(?:日|時間)|明日|今日|明後日|[月火水木金]曜日?|\d{1,2}時)(?:は|が)?[^。、]{0,8}(?:都合が?(?:悪|つかな)|だめに|ダメに|無理に|出られなく)",
            re.IGNORECASE,
        ),
    ),
)
"""Wishes about a booking that say what they are, whatever else the sentence holds."""


def settled(intent: str, text: str, *, confidence: float, asked: str | None) -> str:
    """The intent that is acted on: the model's own, or a better one. `asked` is the slot that was asked for."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if sign := _sign(plain):
        return sign
    if is_nonsense(plain):
        return "nlu_fallback"
    return (
        _told_by_words(intent, plain, asked)
        or _told_by_the_question(intent, text, plain, confidence=confidence, asked=asked)
        or intent
    )


def _told_by_words(intent: str, plain: str, asked: str | None) -> str | None:
    if asked in YES_OR_NO and _is_a_yes(plain, intent):
        return "affirm"
    if asked in (None, "reason") and (wish := _about_what_is_booked(plain, intent)):
        return wish
    is_in_between = asked not in (None, "reason", "topic")
    is_a_short_question = len(plain) <= LONG and bool(_ASKS.search(plain))
    if is_a_short_question and (question := remarks.about_the_call(plain, is_in_between=is_in_between)):
        return question
    return _wish_about_a_booking(plain, intent) if asked is None else None


def _told_by_the_question(intent: str, text: str, plain: str, *, confidence: float, asked: str | None) -> str | None:
    if asked in _OF_A_CHANGE and remarks.keeps(plain):
        return "stop_form"
    if remarks.is_a_refusal(plain, asked=asked):
        return "skip"
    if asked == "preferred_slot" and intent == "affirm" and remarks.is_unsure(plain):
        return "skip"
    loses_heart = intent in _LOSES_HEART or confidence < SURE
    if asked not in (None, "reason") and loses_heart and _LEAVES.search(plain):
        return "stop_form"
    if asked == "reason" and (_FAREWELL.fullmatch(plain) or (intent in _LOSES_HEART and _LEAVES.fullmatch(plain))):
        return "goodbye"
    if asked == "reason" and _is_a_reason(intent, text, plain, confidence=confidence):
        return "give_reason"
    is_leaving = intent in ("stop_form", "goodbye") and _STOPS.search(plain)
    is_other = intent in ("insult", "change_language") or is_leaving or bool(_THANKS.search(plain))
    return "give_name" if asked == "customer_name" and not is_other and _is_a_name(plain) else None


def _is_a_yes(plain: str, intent: str) -> bool:
    if _YES_WITH_SMALL_KANA.fullmatch(plain):
        return True
    return intent in _BESIDE_A_YES and bool(_SAYS_YES.match(plain)) and not _BUT.search(plain)


def _wish_about_a_booking(plain: str, intent: str) -> str | None:
    if (
        intent in _WISH_OF_A_BOOKING
        and asks_for_call(plain)
        and not (_A_BOOKING.search(plain) or _CHANGES.search(plain))
    ):
        return "request_callback"
    if len(plain) > LONG:
        return None
    return next((intent for intent, words in _WISHES if words.search(plain)), None)


def _about_what_is_booked(plain: str, intent: str) -> str | None:
    """What is wanted of a call that was booked before, where the message says that there is one."""
    if len(plain) > 2 * LONG or not (
        _IS_BOOKED.search(plain)
        or (_names_a_reference(plain) and (_A_BOOKING.search(plain) or _REFERENCE.search(plain)))
    ):
        return None
    if _CANCELS.search(plain):
        return "cancel_callback"
    if _CHANGES.search(_LOOKS.sub("", plain)):
        return "move_callback"
    if intent == "request_callback" and not (_TELL.search(plain) or _LOOKS.search(plain)):
        return None  # one more call is wanted
    return intent if intent in _WISH_OF_A_BOOKING else "check_callback"


def _names_a_reference(plain: str) -> bool:
    found = reference.read(plain)
    return found is not None and any(letter.isdigit() for letter in found)  # "SYSTEM" has six letters, too


def is_a_question(text: str) -> bool:
    """Whether something is asked."""
    return bool(_ASKS.search(unicodedata.normalize("NFKC", text).strip()))


def is_of_an_earlier_one(text: str) -> bool:
    """Whether the message speaks of a call that was booked before this one."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_IS_BOOKED.search(plain) or _names_a_reference(plain))


def after_a_question(text: str) -> str | None:
    """What is said after a question in the same message; None for nothing."""
    _, asked, rest = unicodedata.normalize("NFKC", text).strip().rpartition("?")
    rest = rest.strip(" 。.!、,")
    return rest if asked and len(rest) > 1 and any(letter.isalnum() for letter in rest) else None


def before_a_question(text: str) -> str | None:
    """What is said before the question with which the message ends; None for nothing."""
    plain = unicodedata.normalize("NFKC", text).strip()
    last = max(plain.rstrip("。. ").rfind(". "), plain.rstrip("。. ").rfind("。"))
    told, asked = plain[:last].strip(), plain[last + 1 :].strip()
    return told if last > 0 and len(told) > 1 and _ASKS.search(asked) and "?" not in told else None


def asks_when_called(text: str) -> bool:
    """Whether it is asked when we will call, rather than when we are there."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_WHEN_CALLED.search(plain)) and not _FROM_TO.search(plain)


def changes_number(text: str) -> bool:
    """Whether the number of a booking is to be another one."""
    return bool(_CHANGES_NUMBER.search(unicodedata.normalize("NFKC", text)))


def is_nonsense(text: str) -> bool:
    """Nothing but signs, or fingers that ran over the keyboard. Emoji and bare numbers are something else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    letters = [letter for letter in plain if letter.isalnum()]
    if len(plain) > LONG:
        return False  # whatever it is, it was meant
    if not letters:
        return not any(unicodedata.category(letter) == "So" for letter in plain)
    return not any(letter.isdigit() for letter in letters) and is_mash(plain)


def _sign(plain: str) -> str | None:
    """A yes or a no of one sign or a letter or two."""
    signs = {letter for letter in plain if unicodedata.category(letter) in ("So", "Sm")}
    if signs and not any(letter.isalnum() for letter in plain):
        return "affirm" if signs & _YES and not signs & _NO else "deny" if signs & _NO else None
    return "affirm" if plain.casefold().strip("。.!！〜~ ") in _SHORT_YES else None


def _is_a_reason(intent: str, text: str, plain: str, *, confidence: float) -> bool:
    if is_a_remark(plain, intent):
        return False
    is_named = intent in _WISH_OF_A_BOOKING and bool(_A_BOOKING.search(plain))
    if (confidence < SURE and not is_named) or len(text) > LONG or text.startswith(("/", "／")):
        return True
    if intent == "ask_person":
        return not _PERSON.search(plain)
    if intent in _WISH_OF_A_BOOKING:
        return bool(_SOMETHING_ELSE.search(plain))
    if intent == "insult":  # who swears and tells a story has a reason to
        return len(plain.split()) >= MANY_WORDS if plain.isascii() else len(plain) >= MANY_LETTERS
    if intent in ("stop_form", "goodbye"):
        return not _STOPS.search(plain)
    return intent in _QUESTIONS and not _ASKS.search(plain) and _has_much_to_say(plain)


def is_a_remark(text: str, intent: str) -> bool:
    """Whether the message, of this intent, is a greeting or thanks in a few words and no more."""
    is_short = len(text.split()) <= MOST_OF_A_REMARK if text.isascii() else len(text) <= 2 * MOST_OF_A_REMARK
    return intent in ("thank", "greet") and is_short


def _has_much_to_say(plain: str) -> bool:
    """More than the bare name of what is asked about (「営業時間」, "opening hours")."""
    return len(plain.split()) >= 4 if plain.isascii() else len(plain) >= 10


def _is_a_name(plain: str) -> bool:
    if (
        COURTESY.match(plain)
        or _REFUSES.search(plain)
        or _YES_WORDS.match(plain)
        or _ASKS.search(plain)
        or len(plain.split()) > MOST_NAMES
    ):
        return False
    return name.answered(plain) is not None
