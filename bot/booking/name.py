"""How a customer gives a name: by introducing themselves in passing, or as the answer to the question."""

import re
import unicodedata

LONGEST = 40
"""Characters that a name may have; what is longer is a sentence."""

_SURNAMES = (
    "佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 "
    "佐々木 山口 松本 井上 木村 斎藤 斉藤 齋藤 齊藤 清水 山崎 池田 橋本 阿部 "
    "石川 山下 中島 中嶋 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 "
    "青木 坂本 福田 太田 西村 藤井 金子 岡本 藤原 中野 三浦 原田 中川 松田 竹内 "
    "小野 田村 中山 和田 石田 森田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 "
    "大野 小島 谷口 今井 工藤 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 "
    "河野 上野 野口 武田 松井 千葉 菅原 岩崎 久保 木下 佐野 野村 松尾 市川 菊地 "
    "菊池 杉本 古川 大西 島田 水野 桜井 高野 渡部 吉川 山内 西田 飯田 西川 小松 "
    "北村 安田 五十嵐 川口 平田 中田 久保田 服部 岩田 土屋 川崎 福島 本田 樋口 "
    "秋山 田口 永井 山中 中西 吉村 川上 石原 大橋 松岡 馬場 浜田 森本 星野 矢野 "
    "浅野 大久保 吉岡 野田 片山 荒木 大島 川村 松下 望月 岡崎 "
).split()
"""The commonest, of two letters or more: a single one is too often a word of its own."""
_SURNAME = "|".join(sorted(_SURNAMES, key=len, reverse=True))

_NAME_JA = r"[一-龥々ヶぁ-んァ-ヴーA-Za-z・]{1,16}?(?: [一-龥々ヶぁ-んァ-ヴーA-Za-z]{1,12}?)?"
_WHO_JA = r"(?:(?:私|わたし|わたくし|僕|ぼく|俺|名前|氏名)(?:の名前)?は[、 　]?)?"
_SAYS_SO = re.compile(rf"{_WHO_JA}({_NAME_JA})(?:と申します|ともうします|と申す|といいます|と言います)")
_NAMED = re.compile(rf"(?:名前|氏名)は[、 　]?({_NAME_JA})(?:です|だよ|だ|でお願いします)?[。!]*$")
_SURNAMED = re.compile(
    rf"(?:^|[、。,\s!]|(?<=\dの))(?:(?:私|わたし)は?)?((?:{_SURNAME})[一-龥ぁ-んァ-ヴ ]{{0,6}}?)"
    r"(?:です|だ|でございます|や)(?=(?:けど|けれど|が|けれども)?(?:[、。,\s!]|$))"
)
_COMPANY = re.compile(r"^.*[一-龥ァ-ヴーA-Za-z]の(?=[一-龥])")
_NAME_EN = r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’\-]*(?: [A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’\-]*){0,2}"
_MY_NAME_IS = re.compile(
    rf"\b(?:(?:my |the )?name is|my name's|name:|i am called)\s+({_NAME_EN}?)(?=\s*(?:[,.;!\n]|$| and | from ))",
    re.IGNORECASE,
)
_THIS_IS = re.compile(
    r"\b(?:I'm|I’m|I am|This is|this is|i'm)\s+((?:[A-Z][a-zà-ÿ'’\-]+)(?: [A-Z][a-zà-ÿ'’\-]+){0,2})"
    r"(?=\s*(?:[,.;!\n]|$| and | from | here))"
)

_HERE = re.compile(r"\b([A-Z][a-zà-ÿ'’\-]+(?: [A-Z][a-zà-ÿ'’\-]+)?) (?:here|speaking)\b")
_LABELLED = re.compile(
    r"^[\s・*\-]*(?:お?名前|氏名|name)\s*[:：]\s*(.{1,40}?)(?:様|です)?\s*$", re.IGNORECASE | re.MULTILINE
)
_LISTED = re.compile(rf"(?:(?<=[、,\n])|(?<=, ))((?:{_SURNAME})[一-龥ぁ-んァ-ヴ ]{{0,5}})(?=[、,\n]|$)")
"""A name between commas: of a customer who writes a list."""
_INTRODUCTIONS = (_LABELLED, _SAYS_SO, _NAMED, _SURNAMED, _MY_NAME_IS, _THIS_IS, _HERE, _LISTED)

_LEAD_IN = re.compile(
    r"^(?:(?:えっと|えーと|はい|あ)[、, 　]*)?(?:(?:私|わたし|わたくし|僕|俺)(?:の名前)?は|(?:お)?名前は|氏名は|"
    r"(?:yes|sure|ok|okay)[, ]+|my name is|my name's|name:|i am|i'm|i’m|it's|it is|this is|call me|just)[、,: 　]*",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"(?:(?:です|と申します|ともうします|といいます|と言います|だよ|だ|でございます|になります|でお願いします)(?:よ|ね)?|"
    r"(?<=[一-龥])や(?:で|ねん)?|"
    r"[ ,]*(?:here|please|thanks|thank you|speaking))?[。．.!！、,ー〜~\s]*$",
    re.IGNORECASE,
)
_A_SENTENCE = re.compile(
    r"(?:けど|ます|ません|ない|たい|たく|ください|下さい|から|ので|した|して|ですか|んだ|の[かに]|いい|よね|って|たら|れば|"
    r"\b(?:why|what|how|when|not|don't|won't|is|are|do|does|can|need|want|have|has|my|the|you|it|rather|prefer)\b)",
    re.IGNORECASE,
)
_A_NAME = re.compile(r"[^\W\d_]+(?:[ ・\-'’.=＝][^\W\d_]+){0,4}")


_FIRM = r"[一-龥々ァ-ヴーA-Za-z0-9&・]{1,24}"
_FIRM_END = (
    "商事|商店|工業|産業|製作所|建設|電機|電器|不動産|運輸|物流|銀行|病院|医院|クリニック|大学|事務所|"
    "グループ|ホールディングス"
)
_FIRM_JA = re.compile(
    rf"((?:株式会社|有限会社|合同会社|(?:\(株\)))\s?{_FIRM}?|{_FIRM}(?:株式会社|有限会社|合同会社|\(株\)|{_FIRM_END}))"
    r"(?=の|です|と申|でございます|、|。|\s|$)|"
    rf"会社(?:名)?は[、 　]?({_FIRM})(?:です|と申します|といいます|。|$)"
)
_FIRM_EN = re.compile(
    r"(?:\b(?:my company is|company(?: name)?(?: is|:)|i work (?:for|at)|calling from)\s+"
    r"|(?:[Tt]his is|[Mm]y name is|I'm|I am|it's|here is)\s+[A-Z][\w'’\-]*(?: [A-Z][\w'’\-]*)?\s*,?"
    r"\s+(?:from|at|of|with)\s+)"
    r"([A-Z][\w&'’\-]*(?: [A-Z&][\w&'’\-]*){0,3})"
)


def company(text: str) -> str | None:
    """The company that the customer names as their own (「ABC商事の鈴木」, "this is Jane from Acme"), else None."""
    plain = _plain(text)
    if found := _FIRM_EN.search(plain):
        return found[1]
    if (found := _FIRM_JA.search(plain)) and (found[2] or introduced(text) or len(plain) <= LONGEST):
        return (found[1] or found[2]).strip()
    return None


def introduced(text: str) -> str | None:
    """The name in a self-introduction anywhere in the message (「田中と申します」, "this is Jane Roe"), else None."""
    plain = _plain(text)
    for pattern in _INTRODUCTIONS:
        found = pattern.search(unicodedata.normalize("NFKC", text) if pattern is _LABELLED else plain)
        if found and not _A_SENTENCE.search(found[1]):
            return _COMPANY.sub("", found[1].strip())
    return None


def corrected(text: str, known: str) -> str | None:
    """The right name in a message that says that `known` is wrong (「佐々木ではなく笹木です」, "not Smith, Smyth")."""
    wrong, plain = re.escape(known), _plain(text)
    for pattern in (
        rf"{wrong}(?:さん|様)?(?:では?|じゃ)な(?:く(?:て)?|い)[、。,です ]*(.+)$",
        rf"\bnot {wrong}\b[ ,.;]*(?:but |it's |it is )?(.+)$",
        rf"(?:it's |it is |i'm |i am |^)([^,]+?),? not {wrong}\b",
    ):
        if (found := re.search(pattern, plain, re.IGNORECASE)) and (name := answered(found[1])):
            return name
    return None


def without_introduction(text: str) -> str:
    """The message without its self-introduction."""
    for pattern in _INTRODUCTIONS:
        text = pattern.sub(_left_of_it, text)
    return text.strip()


def _left_of_it(found: re.Match[str]) -> str:
    return found[0] if _A_SENTENCE.search(found[1]) else " "


def answered(text: str) -> str | None:
    """The name in an answer to "what is your name?", without polite words around it; None when it reads as no name."""
    name = _POLITE_END.sub("", _LEAD_IN.sub("", _plain(text))).strip()
    if not name or len(name) > LONGEST or _A_SENTENCE.search(name):
        return None
    return name if _A_NAME.fullmatch(name) else None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
