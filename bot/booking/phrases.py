"""The phrases around a reason: times, numbers, courtesies and the wish to be called, in both languages."""

import re


def _any(*alternatives: str) -> str:
    return f"(?:{'|'.join(alternatives)})"


def _words(text: str) -> str:
    return _any(*text.split())


BREAK = re.compile(
    _any(
        *(
            f"(?<={ending})"
            for ending in "ので んですが のですが んですけど んだけど の件で の件につきまして のことで".split()
        ),
        r"[、。！!？?\n；;]+",
        r"[,.](?=\s|$)",
        r"(?<=[一-龥々ぁ-ヴー☎日時分半])[ 　]+(?=[一-龥々ぁ-ヴ☎])",
        r"\s+[-/|]\s+|(?<=☎)\s*/",
        r"\s+(?:so|and)\s+(?=(?:please|can|could|call|ring|phone)\b)",
    ),
    re.IGNORECASE,
)
"""Where one thing that is said ends and the next begins."""

_DAY_JA = _any(
    _words(
        "本日 今日 きょう 明日 あした あす 明後日 あさって しあさって 今週末? 来週末? 再来週 来月 今月 週末 平日 祝日"
    ),
    "[月火水木金土日]曜日?",
    r"\d{1,2}月\d{1,2}日",
    r"\d{1,2}[/／]\d{1,2}",
    r"\d{1,2}日",
)
_HOUR_JA = _any(
    _words("午前中? 午後 朝一?(?:イチ)? お?昼(?:休み|過ぎ|頃|ごろ)? 夕方 夜 晩 正午"),
    r"\d{1,2}(?:[時じ](?:半|はん)?(?:\d{1,2}分)?|:\d\d(?!\s*[ap]\.?m))",
    "[一二三四五六七八九十]{1,3}時半?",
    _words("なるべく早[くめ] (?:でき|出来)るだけ早[くめ] なるはや 大?至急 今すぐ すぐに? 早めに? いつでも"),
)
_AFTER_TIME_JA = _any(r"[のに、,\s〜~で]", *"頃 ごろ 以降 まで くらい ぐらい から".split())
_MONTH_EN = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME_EN = (
    r"\b(?:(?:at|on|around|about|by|after|before|from|in|for|some ?time|any ?time)\s+)?"
    r"(?:the\s+)?(?:(?:next|this|coming)\s+)?"
    + _any(
        "today|tomorrow|tmrw|tmr|tomm?orr?ow|tonight|the day after tomorrow|week",
        "(?:mon|tues|wednes|thurs|fri|satur|sun)day",
        r"(?:mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)(?=[ ,]+(?:at )?\d)",
        "morning|afternoon|evening|noon|midday",
        r"(?:the )?\d{1,2}(?:st|nd|rd|th)",
        "(?:half|quarter) (?:past|to) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\d{1,2})",
        r"\d{1,2}(?:[:.]\d\d)?\s*(?:a\.?m\.?|p\.?m\.?|o'clock)",
        r"\d{1,2}:\d\d",
        "asap|as soon as (?:possible|you (?:can|could)|you(?:'re| are) able|convenient)|(?:at|on) "
        "(?:your|the) earliest convenience",
        "right (?:now|away)|now|straight ?away|immediately",
        rf"{_MONTH_EN}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH_EN}(?![a-z])",
    )
    + "(?![a-z'’])"
    + r"|\b(?:at|around)\s+\d{1,2}(?![\d:.])"
    + r"|\b(?:at|around|by|after|before)\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    + r"(?:[ -](?:thirty|fifteen|o'clock|ish))?(?![a-z'’ -]*(?:of|more|other|one|times?|days?)\b)(?![a-z])"
)
TIME = re.compile(rf"(?:{_any(_DAY_JA, _HOUR_JA)}{_AFTER_TIME_JA}*)+|(?:{_TIME_EN}[\s,]*)+", re.IGNORECASE)
"""A time, roughly: what exactly it says is for bot.booking.when to read."""

DAY = re.compile(
    rf"{_DAY_JA}|\b(?:today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day|week|{_MONTH_EN})\b",
    re.IGNORECASE,
)
"""The name of a day: a time without one is meant for the day that was just spoken of."""

NUMBER = re.compile(
    _any(
        _words("(?:お?電話)?番号は? 電話[は:：] 携帯[は:：]? 連絡先[は:：]? ℡ TEL"),
        r"\b(?:my )?(?:phone |mobile |cell )?(?:numbe?r|tel|phone|mobile|cell)(?:'s| is)?:?",
        r"(?:on|at|to)(?=\s*[+0])",
    )
    + r"?[\s:：]*\+?[\d(（][\d()（）\-‐‑‒–—―−ー－ 　.]{7,}\d"
    + _any(*"です まで へ に 宛に? の番号".split(), r"\s*is (?:the|my) number\b")
    + "*",
    re.IGNORECASE,
)
"""A phone number with the words that lead to it; whether it is one is for bot.booking.phone to judge."""

_CALL_BACK = r"(?:call ?-?back|call|phone call)\b"
_WANT = r"i(?:'d|’d| would)?\s+(?:like|want|need)"
NUMBER_WAS_HERE = "☎"
"""Stands where a number was taken out, so that "please call …" is still a request."""
CALL_REQUEST = re.compile(
    _any(
        r"\b(?:please\s+)?(?:(?:can|could|would|will)\s+(?:you|someone|somebody|anyone)\s+(?:please\s+)?)?"
        r"(?:you can\s+)?"
        rf"(?:call|cal|ring|phone|fone|reach|get|catch|contact|text)\s+(?:me\s+|us\s+|hold of "
        rf"me\s+)?(?:back\s+)?(?:on\s+|at\s+)?(?=[+\d({NUMBER_WAS_HERE}])",
        r"(?<=[時分半])(?:頃|ごろ)?に?かけて(?:いただ|頂|ほし|欲し|くだ|下さ|もら|くれ)[^、。！!？?\n]*",
        r"お?電話で(?:お話し?|話し?|ご?相談)(?:が|を)?(?:し)?たい(?:です|んです(?:が|けど)?|のですが)?",
        _words("お?電話 お?でんわ 折り?返し 御?ご?連絡 コール ＴＥＬ TEL")
        + _any(*"を で の にて の予約を? お電話 電話 でんわ 連絡 \\s".split())
        + "*"
        + _words(
            "お?願い おねがい ください 下さい くれ 欲し ほし いただ 頂 もら 貰 ちょうだい 希望 待って 予約"
            " くん(?:ない|ね|ろ) 頂戴 できます できませ できれば 差し上げ"
            " が(?:欲し|ほし)"
            " (?:し|かけ|掛け)て(?:ほし|欲し|くだ|下さ|くれ|くん|もら|貰|いただ|頂|や|ちょうだい|$"
            "|(?=[、。！!？?\\s]))"
        )
        + r"[^、。！!？?\n]*",
        r"\b(?:please\s+)?(?:(?:if\s+)?(?:can|could|would|will)?\s*(?:you|u|ya|someone|somebody|anyone|an "
        r"agent)\s+(?:(?:can|could|would|will)\s+)?(?:please\s+|pls\s+)?)?"
        r"(?:call|ring|(?:tele)?phone)\s+(?:me|us)(?:\s+back)?\b",
        r"\b(?:please\s+)?(?:(?:can|could|would|will)\s+(?:you|ya|u|someone|somebody|anyone)\s+(?:please\s+)?)?"
        r"(?:give|gi['’]?|get)\s+(?:me|us)\s+a\s+(?:quick\s+)?"
        r"(?:call|ring|bell|buzz|shout|tinkle|callback|call back|phone call)(?:\s+back)?\b",
        rf"\b(?:{_WANT}|(?:can|could) i (?:get|have|book)|book(?: me)?|schedule|arrange|request)"
        rf"(?:\s+to\s+(?:book|get|request|schedule|arrange|have))?\s+(?:a\s+|another\s+)?{_CALL_BACK}",
        rf"(?:お?出(?:られ)?な[^、。{NUMBER_WAS_HERE}]{{0,8}})?{NUMBER_WAS_HERE}\s*(?:へ|に|まで"
        rf"|宛に)?\s*(?:お願い|おねがい|頼|ください|下さい|よろしく)[^、。！!？?\n]*",
        r"\b(?:(?:is there )?any chance of (?:getting )?|wanna get |looking for |(?:kindly |please )?arrange "
        r"|want |need )(?:a )?(?:call ?-?back|call)\b"
        r"(?: on| from someone| to)?",
        r"^\W*(?:a )?call ?-?back(?: (?:please|requested|request|wanted|needed))?\W*$",
        r"\b(?:kindly )?arrange (?:for )?a call(?:back)?(?: to)?",
        rf"\b{_WANT}\s+(?:someone|somebody|you)\s+to\s+(?:call|ring|phone)\s+me(?:\s+back)?",
    ),
    re.IGNORECASE,
)

PERSON = re.compile(
    r"(?:オペレーター|担当(?:者|の方)?|人間?|スタッフ|係(?:の方)?)(?:の方)?(?:に|と|へ)(?:つな|繋|代わ|替わ|話"
    r"|お話|取り次)[^、。！!？?\n]*|"
    r"\b(?:please\s+)?(?:(?:can|could|would) (?:you|i)\s+)?(?:please\s+)?"
    r"(?:connect|transfer|put)\s+me\s+(?:to|through(?: to)?)\s+"
    r"(?:an?|the|your|some)?\s*(?:\w+\s)?(?:agent|person|human|representative|operator|someone|somebody"
    r"|staff)\b(?:\s+please)?|"
    r"\b(?:i (?:want|need|would like|'d like) to\s+)?(?:speak|talk)\s+(?:to|with)\s+(?:an?|the|some)?\s*(?:\w+\s)?"
    r"(?:agent|person|human(?: being)?|representative|operator|someone|somebody)\b(?:\s+(?:right )?(?:now|please))?",
    re.IGNORECASE,
)
"""The wish to be put through: no matter of its own."""

ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
"""Where somebody is found on the net."""

ABOUT = re.compile(
    r"の件|について|に関して|のことで|ので|のため|なんですけど|\b(?:about|regarding|concerning|because|since"
    r"|re:)",
    re.IGNORECASE,
)
"""Words that lead to or from a matter."""

FILLER = re.compile(
    r"\W*(?:あの+ー?(?:です(?:ね|けど)?)?|え[っー]*と(?:です(?:ね)?)?|すみません(?:が|けど)?|すいません"
    r"|ちょっと(?:待って(?:ください)?)?|もしもし|ねえ|あ+|"
    r"(?:ご)?(?:相談|質問|お願い|用件)が?(?:ある|あり)(?:んです|ます)?(?:けど|が)?|聞きたいことが(?:ある"
    r"|あり)(?:んです|ます)?(?:けど|が)?|"
    r"so+|um+|uh+|er+m*|well|hm+|okay so|right so|hey|excuse me|i have (?:a|an|another) (?:question|problem|issue)|"
    r"one (?:moment|sec(?:ond)?)|wait|hang on|hold on|just a (?:moment|sec(?:ond)?|minute)|let me (?:think|see))\W*",
    re.IGNORECASE,
)
"""Said while the words are still being looked for."""

GREETING = re.compile(
    r"^\W*(?:(?:はじめまして|初めまして|こんにち[はわ]|こんばん[はわ]|おはよう(?:ございます)?"
    r"|お世話になって(?:おり|い)ます)[、。 　]*)|"
    r"^\W*(?:good (?:morning|afternoon|evening|day)|morning|evening)\b[\s,!.]*",
    re.IGNORECASE,
)
"""A greeting that is no part of the day."""

COURTESY = re.compile(
    "^"
    + _any(
        _words(
            "こんにち[はわ] こんばん[はわ] おはよう(?:ございます)? はじめまして 初めまして もしもし どうも はい ええ"
        ),
        _words("お世話になって(?:おり|い)ます お世話になります すみません(?:が)? すいません ありがとう(?:ございます)?"),
        _words("よろしく(?:お願い)?(?:いた|致)?し?ます? (?:で|を)?(?:よろしく)?お?願いいたします"),
        _words("(?:で|を)?お願いし(?:ます|たい(?:です)?) (?:で|が)?いいです (?:で|が)?よいです"),
        "hi(?: there)?|hello(?: there)?|hey|good (?:morning|afternoon|evening)",
        "(?:ah|oh|ok|well)?[, ]*(?:good|great|fine|right|alright|all right|perfect|nice|cool|understood|got it|i see"
        "|fair enough|sounds good)(?:[, ]+then)?|then",
        "(?:あ[、,]?)?(?:そう(?:です|なんです|でした)[かね]ー?|そうか|そっか|なるほど|(?:わか|分か)りました|了解(?:です|しました)?"
        "|よかった(?:です)?|良かった(?:です)?)",
        "thanks?(?: you)?|please|pls|plz|yes|ok(?:ay)?|cheers|sure|yo|hiya|dear (?:sir or madam|sirs?|all|team"
        "|support)",
        "(?:i )?hope (?:you(?:'re| are)|this finds you|all is) (?:doing )?(?:well|fine|good)",
        "that would be (?:great|wonderful|lovely|perfect|fine|good|helpful|appreciated)|much appreciated|thanks "
        "in advance",
        "(?:もし)?(?:それに|そちらに|電話に|こちらに)?(?:お?出|つなが|繋が)(?:ら|られ)?な(?:ければ|かったら|い(?:場合|とき|時)は?)",
        "(?:best|kind|warm) regards|regards|sincerely|best",
        "突然(?:の|に)?(?:ご連絡)?(?:失礼|すみません|申し訳).*|恐れ入りますが|恐縮ですが|お手数です?が"
        "|お忙しいところ.*|夜分.*失礼.*",
        "(?:いつも)?お世話様です|(?:大変)?お世話になり.*ます|(?:大変)?申し訳(?:ありません|ございません)が?"
        "|ごめんなさい|以上です?",
        "(?:何卒)?(?:よろしく|宜しく)(?:お?願い?)?(?:いた|致)?(?:し|申し上げ)?(?:ます)?|助かります|幸いです",
    )
    + r"[\s、。!！.,]*$",
    re.IGNORECASE,
)
"""A clause that is nothing but polite."""

ASKED = re.compile(r"お願い|おねがい|希望|がいい|\b(?:please|pls|plz)\b", re.IGNORECASE)
"""What makes a wish of a bare time."""

SUITS = re.compile(
    r"\b(?:(?:would )?(?:suits?|works?)(?: (?:for )?me)?(?: best)?"
    r"|(?:is|would be|'d be) (?:fine|good|best|great|ok|okay))\b",
    re.IGNORECASE,
)
"""What is said of a time that will do."""
LEFT_OVER = re.compile(
    "^(?:"
    + _any(
        *"に へ は の まで で を も と and or so but also about regarding concerning because".split(),
        *"けど けれど が あのー? えっと えーと ええと じゃあ では".split(),
        "(?:pls|plz|well|oh|um+|uh|er+|yo|hey|hi|re|then|ok)(?=[\\s,:])[,:]?",
        *"ご?用件は 要件は (?:相談|問い?合わせ)?内容は".split(),
        "to talk about",
        "it(?:'s|’s| is) (?:about|regarding|concerning)",
    )
    + r"(?=[\s、]|$|(?<=は))[\s、]*)+",
    re.IGNORECASE,
)
"""Particles at the beginning of what is left when a time or a request was taken out before them."""

_TAILS = "の件で 件で ので のため んですが のですが んですけど んだけど について につきまして のことで".split()
TAIL = re.compile(_any(*_TAILS) + r"$|[\s,]*\b(?:and|so|because|please|on|at)$", re.IGNORECASE)
TAIL_KEPT = {
    "の件で": "の件",
    "件で": "件",
    "について": "について",
    "につきまして": "につきまして",
    "のことで": "のこと",
}
"""What stays of an ending that led over to the request."""

NAMED_REASON = re.compile(
    r"(?:ご?用件|要件|理由|相談内容|問い?合わせ内容)は[、:：\s]*(.{2,}?)"
    r"(?:です|になります|でお願いします|に変えて(?:ください)?|に変更(?:して(?:ください)?|で)?)?[。！!\s]*$|"
    r"\b(?:the |my )?(?:reason|topic|subject|issue)(?: for (?:the|my) call)? (?:is|should be)\s+(.{2,})$",
    re.IGNORECASE | re.DOTALL,
)

INSTEAD = (
    re.compile(
        r"(?P<wrong>[^、。,\s]{1,20}?)(?:では?|じゃ)な(?:くて?|い(?:です)?)[、。,\s]*(?P<right>.{2,60}?)"
        r"(?:の(?:件|方|ほう|こと))?(?:です|でした|だった|だ|に変更.*|に(?:して)?(?:ください)?|でお願いします"
        r"|ね|の間違い(?:です|でした)?)*[。!]*$"
    ),
    re.compile(
        r"\bnot (?:about )?(?:the |my |an? )?(?P<wrong>[\w '-]{2,30}?)[,;.] ?(?:but |it's |it is |i meant? |sorry )*"
        r"(?:about )?(?:the |my |an? )?(?P<right>[\w '-]{2,60}?)[.!]*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:^|[,;.] ?|\b)(?:(?:i meant?|it's|it is|it was|about) )?(?:the |my |an? )?(?P<right>[\w "
        r"'-]{2,40}?),? not (?:the "
        r"|my |an? )?"
        r"(?P<wrong>[\w '-]{2,30}?)[.!]*$",
        re.IGNORECASE,
    ),
)
"""What is wrong and what is right instead of it."""

LABELLED_REASON = re.compile(
    r"^[\s・*\-]*(?:ご?用件|要件|(?:ご?相談|お?問い?合わせ)?内容|理由|reason|topic|subject|issue"
    r"|about)\s*[:：]\s*(.{2,}?)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line of a list."""

MASH = re.compile(r"asdf|sdfg|dfgh|fghj|hjkl|lkjh|jkl[^a-z]|qwer|uiop|poiu|zxcv|xcvb|mnbv|[bcdfghjklmnpqrstvwxz]{6,}")
"""Fingers run over the keyboard."""
MASH_JA = re.compile(
    r"[ぁ-ん]{0,2}[bcdfghjklmnpqrstvwxz]{3,}|.*[ぁ-ん][a-z][ぁ-ん][a-z].*|[a-z]{1,3}[ぁ-ん][a-z][ぁ-ん]+"
)
"""The same with a Japanese keyboard."""
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
UNHEARD_OF = frozenset(
    (
        "bx cj cv cx dx fk fq fx gq gx hx jb jc jd jf jg jh jk jl jm jn jp jq jr js jt jv jw jx jz kj kq kx kz lx mx pq"
        " px qb qc qd qe qf qg qh qj qk ql qm qn qo qp qr qs qt qv qw qx qy qz sx vb vc vf vg vh vj vk vm vp vq vt vw"
        " vx vz wj wq wx xj xk xx xz zj zq zx"
    ).split()
)
"""Letters that no word has side by side."""
AGAIN_AND_AGAIN = re.compile(r"(.)\1+|(.{2,4}?)\2{2,}|([^a-z]{3,4})\3")
_TWICE = _words(
    "ちゃう ちがう 違う どうも いいよ いいえ いやや だめ ダメ まって 待って ごめん すまん はやく 早く "
    "たのむ 頼む なんで"
    " なに ちょっと よろしく わかった 分かった おねがい お願い なるほど ありがと そうそう はいはい うんうん もしもし"
    " まあまあ あかん ほんま できる"
)
SAID_TWICE = re.compile(f"{_TWICE}{{2,}}")
"""What people do say again and again."""

_AROUND_JA = _any(
    _words(
        "やっぱり? やはり 時間 日時 日にち 番号 電話 携帯 連絡先 こちら ここ そちら それ これ そう あと ちょっと なら"
    ),
    _words(
        "は が を に で の も へ と まで から だけ いい 良い よい 希望 お願い おねがい した?い します です ます でした"
    ),
    _words(
        "して しといて ください 下さい くれる? かけて 掛けて 変更 変えて 間違え(?:ました|て|た) 違い(?:ます|ました)"
    ),
    _words("すが すけど すけれども? 折り?返し 折電 連絡"),
    _words(
        "だ 違う すみません ごめん(?:なさい)? 大丈夫 あの えっと お 予約 取って 空いて(?:い)?(?:る|ます) 都合 よろしく"
    ),
    _words("さっきの 先ほどの 今 ほう 方 新しい"),
    r"[、。！!？?\s]",
)
ONLY_AROUND_JA = re.compile(f"{_AROUND_JA}+")
AROUND_EN = frozenset(
    "actually instead make it that this could can would will shall we do how what about let's let say said sorry wrong "
    "number it's its is the a my your phone mobile cell please to at on by for from in of me us i i'm "
    "i'd i'll you call "
    "ring text try use ok okay then rather better be good fine works work suits suit and so oh um uh also time day one "
    "prefer preferred like want need mean meant no not yes with or if possible maybe perhaps best new other different "
    "change changed again here wait free available around some sometime any anytime after before between right correct "
    "there just only now hi hello hey reach thanks as well too else more second another both add was hoping hope "
    "wondering wonder might may somebody someone anybody anyone get got back something anything callback".split()
)
"""Words around an answer: what is left without number and time, if it is nothing else, is no matter."""
