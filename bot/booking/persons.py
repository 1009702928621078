"""What looks like somebody's name, and what only stands where a name could."""

import re

from bot.booking.surnames import SHORT_SURNAMES, SURNAMES

_LONGEST_SURNAME = 4
_LONGEST_GIVEN = 6
_NOT_GIVEN = re.compile(
    r"^(?:市|県|区|駅|店|屋|町|村|社|製|電|工|商|病|医|銀|大学|高校|さん(?!さ)|氏|様|くん|君の|の|に|を|が|は"
    r"|で|と|から|まで|も|へ)"
)
"""What may follow a surname that is then part of another word, or its subject."""

_THINGS = frozenset(
    "機庫器修理品料約件障証認談問答求換付届送時日月分電話番号急夕朝昼夜希望願故壊返交解契保配洗濯冷蔵掃除炊飯扇風照設置引越買替支"
    "払請申込予変更取消具合音声漏熱温湯火煙破損傷動止残悪迷惑心丈夫結構至要用以当何誰今度連絡質初期者生員父母妻娘息子主婦客様自宅会社"
    "事務担仕状態色形名先週末曜午後前明確認詳細料金額税込円個台本当遅延在庫仮予決済完了中同様上下左右皆全部箇所場点検工"
)
"""Letters of words that stand in matters, more than in a surname that is not among the common ones."""
_NO_PERSON_JA = re.compile(
    r"^(?:残念|最悪|無理|大変|不安|以上|可能|必要|不可|不明|不要|新品|中古|はい|いいえ|どうも|すみません|お願い"
    r"|よろしく|初めて|ごめん|"
    r"なるほど|そう|これ|それ|あれ|どれ|だめ|ダメ|いや|ええ|うん|スキップ|キャンセル|トラブル|エラー|クレーム"
    r"|テレビ|エアコン|パソコン|プリンター?|"
    r"ドライヤー|レンジ|オーブン|トースター|ポット|ケトル|ミシン|カメラ|スマホ|ヒーター|ストーブ|リモコン"
    r"|バッテリー|フィルター|アカウント|ログイン)"
)
_TITLES = frozenset("mr mrs ms miss dr prof sir".split())
_BETWEEN = frozenset("van von der den de la le al bin da di du st o'".split())
_NO_NAMES_EN = frozenset(
    "hello hi hey dear thanks thank best kind warm regards sincerely cheers order washing machine repair "
    "repairs please "
    "call back ltd inc corp co office manager support service services customer team sales tv urgent reason "
    "time phone tel "
    "mobile monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight morning afternoon "
    "evening noon "
    "january february march june july september october november december jan feb mar apr jun jul aug sep sept "
    "oct nov dec "
    "yes no ok okay skip stop cancel sorry good great fine sure right the my our your this that what when where "
    "why how "
    "question refund return delivery warranty invoice bill complaint help issue problem account fridge freezer oven "
    "dishwasher dryer microwave toaster kettle vacuum boiler heater printer again everyone all guys mate bye "
    "goodbye later "
    "soon advance much lot you asap nothing nobody someone anyone here there over out up still not first me is it "
    "japan japanese english tokyo osaka director department head wifi broken leaking leak number date name "
    "company address "
    "having trouble afraid unable calling looking trying going getting waiting about so just really very quite "
    "hurry ugh sigh honestly terrible awful useless ridiculous annoying disappointed cheap wow lol hope hopefully maybe"
    " whatever anyway indeed seriously really absolutely desperate frustrating confirm confirmed correct perfect "
    "department accounts purchasing reception assistant line email fax www http https am pm".split()
)
_A_SENTENCE = re.compile(
    r"けど|ます|ません|ない|たい$|たく|ください|下さい|から|ので|した|して|ですか|んだ|の[かに]|いい|よね|って"
    r"|たら|れば|"
    r"(?:[一-龥](?:った|いた|った|んだ|った|きた|れた|える|ます|れる|しい|なく|わる|する|てる|った))|"
    r"[一-龥](?:れ|ろ|せ|け|め|な)$|(?:[一-龥]|[ァ-ヴー])(?:と|に|で|も)(?=[一-龥ァ-ヴ])|なん$|"
    r"\b(?:why|what|how|when|where|not|don't|won't|is|are|was|do|does|did|can|could|need|want|wants|have|has"
    r"|had|my|the|you|your|it|"
    r"it's|rather|prefer|then|would|will|please|call|a|an|and|but|for|to|in|of|about|with|if|me|we|our|this"
    r"|that|broke|broken)\b",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"[をがはへ](?=.)")
_ONE_WORD = re.compile(r"[ぁ-ん]{2,6}")
"""Kana alone: in 「はらだ」 and 「おがわ」 the letter is none."""
_QUALITY = re.compile(r".(?:ous|ful|less|ible|able|ing|ated|ked|ded|ssed)$")
_WORD_EN = re.compile(r"[A-ZÀ-Þ][A-Za-zà-ÿ'’\-]*\.?")
_MOST_WORDS = 4


def is_a_sentence(text: str) -> bool:
    """Whether it says something instead of naming somebody."""
    has_particle = _PARTICLE.search(text) and not _ONE_WORD.fullmatch(text)
    return not _is_whole_name(text) and bool(has_particle or _A_SENTENCE.search(text))


def has_surname(name: str) -> bool:
    """Whether it begins with a common surname of Japan, alone or with a given name."""
    for length in range(2, _LONGEST_SURNAME + 1):
        rest = name[length:].strip(" 　")
        if name[:length] in SURNAMES and len(rest) <= _LONGEST_GIVEN and not (rest and _NOT_GIVEN.match(rest)):
            return True
    return False


_HOLIDAY = re.compile(
    r"(?:new year'?s|coming of age|foundation|constitution|greenery|children'?s|marine|mountain|sports|culture"
    r"|labou?r|thanksgiving|christmas|boxing|respect for the aged|equinox|public|bank) (?:day|holiday)",
    re.IGNORECASE,
)
"""What is written like a name, and is a day; "Doris Day" is a person."""


def is_no_person(name: str, *, in_english: bool = False) -> bool:
    """Whether it is a word for something else, where only a name would do."""
    if in_english:
        words = [word.strip(".,").casefold() for word in name.split()]
        return (
            bool(_HOLIDAY.search(name))
            or any(word in _NO_NAMES_EN for word in words)
            or bool(_QUALITY.search(words[-1]))
        )
    return bool(_NO_PERSON_JA.match(name)) or any(letter in _THINGS for letter in name)


def at_the_end(told: str) -> str:
    """The name at the end of words that run into it without a comma (「はじめまして柴崎」)."""
    if not _A_SENTENCE.search(told) or has_surname(told):
        return told
    known = next((told[start:] for start in range(1, len(told)) if has_surname(told[start:])), None)
    last = re.search(r"(?<=[ぁ-ん])[一-龥々]{2,4}$", told)
    return known or (last[0] if last else told)


def is_a_matter(text: str) -> bool:
    """Whether it is a word for a thing or what became of it ("洗濯機", 「見積もりを」), where no surname shows."""
    if text.isascii():
        return False
    return not has_surname(text) and (sum(letter in _THINGS for letter in text) > 1 or text.endswith(("を", "の件")))


def may_be_written(name: str) -> bool:
    """Whether somebody writes a name so: many words in Latin letters are one only in capitals."""
    words = name.split()
    small = [word for word in words if word.islower() and word not in _BETWEEN]
    return not name.isascii() or not (re.search(r"[a-z]'s\b", name) or (len(words) > 2 and len(small) > 1))


def is_likely(name: str) -> bool:
    """Whether a word that nobody is known by may well be a name: two to four kanji of no matter, or foreign."""
    if re.fullmatch(r"[ァ-ヴー]{2,}(?:・[ァ-ヴー]{2,})+", name):
        return True
    if name in SHORT_SURNAMES:
        return True
    return bool(re.fullmatch(r"[一-龥々]{2,4}(?:[ 　][一-龥々ぁ-んァ-ヴー]{1,5})?", name)) and not is_no_person(name)


def is_foreign(name: str) -> bool:
    """Whether it may be a name from elsewhere, written in katakana."""
    return bool(re.fullmatch(r"[ァ-ヴー]{2,}(?:[・ ][ァ-ヴー]{2,})*", name)) and not is_no_person(name)


def is_full_name(clause: str) -> bool:
    """Whether it is two to four words in capitals ("Greta Olsen", "Mrs van der Berg") that are no title of a matter."""
    words = clause.split()
    if not 2 <= len(words) <= _MOST_WORDS or is_no_person(clause, in_english=True):
        return False
    names = [word for word in words if word.casefold().strip(".") not in _TITLES | _BETWEEN]
    return len(names) > 0 and all(_WORD_EN.fullmatch(word) and not word.isupper() for word in names)


def _is_whole_name(text: str) -> bool:
    return not text.isascii() and has_surname(text) and len(text.replace(" ", "")) <= 2 * _LONGEST_SURNAME
