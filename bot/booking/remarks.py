"""What is said beside the answers: questions about the call, time to think, doubt, and leaving things be."""

import re
import unicodedata

_ABOUT_THE_CALL: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "ask_later",
        re.compile(
            r"(?:あとで|後で|あとから|後から|のちほど|途中で|直前に|予約(?:した)?(?:後|あと)|急に).{0,12}(?:変更|変え|キャンセル|取り?消)|"
            r"\b(?:can|could|may|is it possible)\b[^.?]*\b(?:change|move|cancel|reschedule)\b[^.?]*"
            r"\b(?:later|afterwards?|after booking|if (?:something|anything|i|needed|necessary|need)"
            r"|in case|last minute)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "ask_why",
        re.compile(
            r"(?:個人情報|プライバシー|(?:私|わたし)の情報)[^。]{0,8}(?:使|扱|守|漏|大丈夫|安全|どう|残)|"
            r"\b(?:my|the) (?:data|details|information|info|privacy|personal \w+)\b[^.?]{0,24}"
            r"\b(?:safe|secure|private|used?|stored?|kept|shared?|sold|protected|with you)\b|"
            r"\bwhat (?:do|will|happens|are)\b[^.?]{0,16}\b(?:with|to) (?:my|the) (?:data|details|number"
            r"|information|info)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "ask_wait",
        re.compile(
            r"(?:前|先|並んで).{0,6}(?:何|なん)(?:人|にん)|(?:何|なん)(?:人|にん)(?:待ち|くらい|ぐらい)?.{0,4}(?:待って|待ち|並んで)"
            r"|いつ(?:ごろ|頃)?(?:に)?(?:お?電話|連絡|折り?返し|かか)[^。]{0,8}(?:来|くる|きま|もらえ|いただけ|かか|ってき)"
            r"|\bwhen (?:will|do|am|are|can|should)\b[^.?]{0,20}\b(?:hear from|be called|get (?:a|the|my) call)\b"
            r"|\bhow many (?:\w+ )?(?:people|callers|customers|others|calls)?[^.?]{0,16}(?:ahead|before"
            r"|in front|waiting|in line"
            r"|in the queue)\b|\bhow (?:far|long) (?:back )?(?:am i|is) [^.?]{0,12}(?:queue|line)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "ask_price",
        re.compile(
            r"(?:通話料|通話代|電話代|電話料金?|通信料)|(?:この|折り?返し(?:の)?|そちらの)(?:お?電話|コール)[^。]{0,8}(?:有料|無料|料金|お金|ただ|タダ|いくら|かか)"
            r"|\bwho(?:'s| is| will be|'ll be)? (?:pay(?:s|ing)?|cover(?:s|ing)?|foots?)\b[^.]{0,16}\bcalls?\b"
            r"|\b(?:call|callback|call back)\b[^.?]{0,24}\b(?:free|cost|charged?|phone bill|my bill|toll)\b"
            r"|\b(?:charge|bill)(?:d|s)? (?:me )?for (?:the|this|that|your|a) call\b|\bphone bill\b(?=\s*\?)",
            re.IGNORECASE,
        ),
    ),
)
"""Questions about the call that is being arranged, told by their words."""
_THIS_COSTS = re.compile(
    r"(?:これ|それ|こちら)?.{0,4}(?:有料|無料|お金|料金|ただ|タダ).{0,8}(?:です|かか|いる|要|なの|ます|[?])|"
    r"\bwho(?:'s| is)? pay(?:s|ing)?\b|\b(?:phone |my |the )bill\b|\b(?:is|are) (?:it|this|that"
    r"|there)[^.?]{0,14}\b(?:free|charge|cost|fee)|"
    r"\b(?:cost|charge)(?:s|d)?\b[^.?]{0,10}\b(?:me|anything|money|us)\b",
    re.IGNORECASE,
)
"""A question about cost, in the middle of arranging a call: the call's."""
_KEEPS = re.compile(
    r"(?:その|この|今の|元の)まま|残し|やめ(?:ない|んといて|ずに)|(?:取り?消さ|消さ|キャンセルし|変更し|変え|移さ)(?:なくて|ない|んとい|んで|ずに)|"
    r"\b(?:keep|leave|don'?t (?:cancel|change|move)|do not (?:cancel|change|move)|as it is|as is)\b",
    re.IGNORECASE,
)
"""Says that the booking is to stand."""
_UNSURE = re.compile(
    r"(?:わから|わかり|分から|分かり|分かん|わかん)(?:ない|ん|へん|ません)|未定|決ま(?:ら|って(?:い)?)ない|迷って|悩んで|なんとも|どうしよ|覚えて(?:い)?(?:ない|ません)|忘れ|なくし|無くし|"
    r"\b(?:not (?:so |quite |really )?sure|don'?t (?:really )?know|no idea|hard to say|can'?t (?:say"
    r"|remember|recall)|haven'?t decided|undecided"
    r"|lost (?:it|the)|forgot(?:ten)?|don'?t remember|don'?t have (?:it|one|the|that))\b",
    re.IGNORECASE,
)
"""Does not know the answer."""
_NO_NUMBER = re.compile(
    r"番号(?:は|を|も)?(?:教え|言い|伝え|出し|書き)(?:たく|られ|ませ|ない)|番号(?:は|が)?(?:なし|無し|ない)|番号.{0,6}(?:嫌|いや|無理|勘弁)|"
    r"\b(?:no|without) (?:a |my |any |giving (?:a|my) )?(?:phone )?number\b|"
    r"\b(?:don'?t|not|won'?t|never|rather not)\b[^.]{0,24}\b(?:give|share|tell|leave|hand)\b[^.]{0,20}\bnumber\b",
    re.IGNORECASE,
)
"""Would rather not give a number."""
_WILL_NOT_SAY = re.compile(
    r"(?:教え|言[いえ]|伝え|出[しせ]|書[きけ])(?:たく(?:は)?(?:ない|ありません)|ません|られない|られません)|"
    r"\b(?:rather not|(?:don'?t|do not) (?:want|wish) to|won'?t|will not) (?:say|tell|give|share)\b",
    re.IGNORECASE,
)
"""Would rather not tell what was asked for."""
_SUITS_NONE = re.compile(
    r"(?:どれも|どの時間も|全部|全て|すべて|どちらも|いずれも|みんな).{0,8}(?:無理|むり|だめ|ダメ|駄目|合わ|合いま|都合|できな|出られ|厳し|難し|あか)"
    r"|(?:その|この)?中に(?:は)?(?:ない|無い|ありません|あら)|"
    r"\b(?:none of|neither|not any of|(?:can'?t|cannot) (?:do|make) any)\b|\bnone (?:work|suit|fit)",
    re.IGNORECASE,
)
"""Of what is offered, nothing will do."""
_MOMENT = re.compile(
    r"\W*(?:(?:あ|え|えっと|えーっと|ええと|すみません|ごめん(?:なさい)?|はい|ok|oh|um+|er+|hmm+|sorry"
    r"|well|ah|yes|no)[、, .。…]*)*"
    r"(?:(?:ちょっと|少し|少々|しばらく|もうちょっと|もう少し)?[、 ]*(?:待って|まって|待った"
    r"|お待ち)(?:て|下さい|ください|くれ(?:ますか|る)?|もらえますか|ね|や|な|くれへん|いただけますか)*"
    r"|(?:今|いま|ちょっと|少し|少々)*(?:確認|調べ|見て|考え|探し|さがし|メモを?見)(?:し|させて|て|み"
    r"|き)?(?:ます|る|てみます|てきます|ください|中です|中)(?:ので|から)?(?:[、 ]?(?:お?待|まっ)[^。]{0,8})?"
    r"|(?:please )?(?:just )?(?:one|a|1|half a) (?:moment|sec(?:ond)?|minute|min|mo|tick)"
    r"|(?:please )?(?:just )?(?:hang|hold) on(?: (?:a|one) \w+)?"
    r"|(?:please )?wait(?: (?:a|one) \w+| up)?|(?:please )?(?:just )?bear with me"
    r"|(?:please )?(?:just )?let me (?:just )?(?:see|think|check|look|find)\w*(?: (?:it|that|my"
    r"|the)\b[\w ]{0,16})?(?: up)?"
    r"|(?:えー?っ?と|うー+ん|んー+|そうですね[えー]*|そうだな[あー]*|um+|uh+|hm+|er+m*|well)"
    r"|give me (?:a|one|half a) \w+(?: to (?:think|check|look))?|brb|be right back|i(?:'ll| will"
    r"|'m going to) (?:just )?(?:have to )?(?:check|look)(?: \w+){0,3})"
    r"(?:[、, ]*(?:please|pls|ね|よ|here))?\W*",
    re.IGNORECASE,
)


def about_the_call(plain: str, *, is_in_between: bool) -> str | None:
    """The question about the call itself that a question is; `is_in_between`: asked while one is being arranged."""
    if found := next((intent for intent, words in _ABOUT_THE_CALL if words.search(plain)), None):
        return found
    return "ask_price" if is_in_between and _THIS_COSTS.search(plain) else None


def keeps(text: str) -> bool:
    """Whether the customer says that a booking is to stand."""
    return bool(_KEEPS.search(unicodedata.normalize("NFKC", text)))


def is_unsure(text: str) -> bool:
    """Whether the customer does not know what was asked for."""
    return bool(_UNSURE.search(unicodedata.normalize("NFKC", text)))


def will_not_say(text: str) -> bool:
    """Whether the customer would rather not tell what was asked for."""
    return bool(_WILL_NOT_SAY.search(unicodedata.normalize("NFKC", text)))


def is_a_moment(text: str) -> bool:
    """Whether the customer only asks for time to think or to look something up."""
    return bool(_MOMENT.fullmatch(unicodedata.normalize("NFKC", text).strip()))


def is_a_refusal(text: str, *, asked: str | None) -> bool:
    """Whether the customer would rather not, or cannot, answer the question for a number or a time."""
    plain = unicodedata.normalize("NFKC", text)
    if asked == "phone_number":
        return bool(_NO_NUMBER.search(plain)) and not re.search(r"\d{4}", plain)
    return asked in ("preferred_slot", "new_slot") and bool(_SUITS_NONE.search(plain))
