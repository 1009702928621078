"""How a customer gives a name: introducing themselves in passing, under a message, or answering the question."""

import re
import unicodedata
from collections.abc import Iterator

from bot.booking import persons, signature

LONGEST = 40
"""Characters that a name may have; what is longer is a sentence."""

_BLANK = " \t　"
_WHO_JA = (
    r"(?:(?:私|わたし|わたくし|僕|ぼく|俺"
    r"|うち|今|いま|(?:お)?名前|なまえ|氏名)(?:の名前)?(?:[ 　]?[はって]{1,2}[、 　]?|[ 　]))?"
)
_NAME_JA = r"[一-龥々ヶぁ-んァ-ヴーA-Za-z・]{1,24}?(?:[ 　][一-龥々ヶぁ-んァ-ヴーA-Za-z]{1,12}?)??"
_BUT = r"(?:けど|けれども?|が|んやけど|やけど)?"
_SAYS_SO = re.compile(
    rf"{_WHO_JA}({_NAME_JA})[ 　]?(?:と(?:申|もう)し(?:ます|まして)|と申す|と?[い言]います|っていいます|って言います"
    rf"|とゆいます){_BUT}"
)
_NAMED = re.compile(
    rf"(?:名前|なまえ|氏名)[ 　]?は[、 　]?({_NAME_JA})"
    r"[ 　]?(?:です|でs|でございます|だよ|だ|や|ばい|でお願い(?:いた)?します){0,2}[ね]?(?=[、。!！\n]|$)"
)
_CALLED = re.compile(
    r"(?:^|[、。 　]|からは?|には|は)([一-龥々ヶァ-ヴーA-Za-z・]{1,16}|[ぁ-ん]{2,6})(?:と|って)呼(?:ばれて|んで)"
)
_COPULA = (
    r"(?:です|でございます|でした|だ|や|やで|やけど|ばい|だけど|だが|っす|ですけど|ですけれども?|ですが"
    r"|なんですけど|なんですが"
    r"|だよ|だけれど)"
)
_AFFILIATION = re.compile(r"^.*[一-龥ァ-ヴーA-Za-z0-9)）]の(?=[一-龥ァ-ヴ])")
"""「株式会社山田の」, 「娘の」: whose somebody is, before the name."""
_NAME_EN = r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’\-]*(?: [A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’\-.]*){0,3}"
_MY_NAME_IS = re.compile(
    rf"\b(?:(?:my |the )?na?e?me?(?: is|'s)|my name's|name:|i am called|i'm called|(?:please )?ask for|i go by"
    rf"|(?:people|everyone|everybody|friends|they|folks|most people) (?:just )?calls? me"
    rf"|you (?:can"
    rf"|may) call me)\s+({_NAME_EN}?)"
    r"(?=\s*(?:[,.;!\n(]|$| and | from | at | with | but | calling| by the way))",
    re.IGNORECASE,
)
_OF_WHOM = r",? (?:from|at|of|with) [A-Z][\w&'’\-]*(?: [A-Z&][\w&'’\-]*){0,3}"
_THIS_IS = re.compile(
    r"\b(?:I'm|I’m|I am|This is|this is|i'm|It's|it's)\s+"
    r"((?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?(?:[A-Z][A-Za-zà-ÿ'’\-]+)(?: (?:van|von|der|de|den|la|al|bin"
    r"|[A-Z][A-Za-zà-ÿ'’\-]+)){0,3})"
    rf"(?: now| actually| instead| by the way| btw|{_OF_WHOM})?(?=\s*(?:[,.;!\n–-]|$| and | from | at "
    rf"| with | here| calling| speaking))"
)
_HERE = re.compile(r"\b([A-Z][a-zà-ÿ'’\-]+(?: [A-Z][A-Za-zà-ÿ'’\-]+){0,2}),? (?:here|speaking|is (?:the|my) name)\b")
_WITHHELD = re.compile(
    r"名乗り(?:たくな|ませ)|名乗らな|(?:名前|氏名)[はをも]?[^。]{0,8}(?:言いたく|教え(?:たく|ませ|られ)|出したく|言えま|言わな|伏せ|秘密|内緒"
    r"|なしで|省略)|匿名|"
    r"\b(?:don'?t|do not|won'?t|will not|not|never|rather|prefer|can'?t)\b[^.]{0,30}\b(?:my name|names?)\b(?! is)"
    r"|\bno names?\b|\banonymous(?:ly)?\b|\bwithout (?:a|my|giving my) name\b",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^[\s・*\-]*(?:お?名前|氏名|name)\s*[:：]\s*(.{1,40}?)(?:様|です)?\s*$", re.IGNORECASE | re.MULTILINE
)
_CLOSED = re.compile(
    r"(?:^|[.!?,\n]\s*|\s)(?:cheers|thanks|thank you|thx|(?:best |kind )?regards|best|sincerely|yours"
    r"|love)\s*[,.!\n]\s*"
    r"([A-Za-z][a-zà-ÿ'’\-]+(?: [A-Z][A-Za-zà-ÿ'’\-]+){0,2})\s*[.!]*\s*$",
    re.IGNORECASE,
)
_OF_A_FIRM = re.compile(
    r"^(?:(?:[Hh]i|[Hh]ello|[Hh]ey),? )?([A-Z][a-zà-ÿ'’\-]+(?: [A-Z][A-Za-zà-ÿ'’\-]+)?),? (?:from|of|at|with) "
    r"[A-Z][\w&'’\-]*"
    r"(?: [A-Z&][\w&'’\-]*){0,3}(?=[,.:;!\n]|$)"
)
_BUT_FIRST = re.compile(r"^([一-龥々]{2,7}(?:[ 　]?[一-龥々ぁ-んァ-ヴー]{1,6})?)(?:なん)?です(?:けれども?|けど|が)")
"""「田中ですけど冷蔵庫が…」: a name, and on without a comma."""
_SIGNED_OFF = re.compile(r"(?<=[.!?\n]) ?([A-Z][a-zà-ÿ'’\-]{1,14})[.!]?\s*$")
"""One word under all that was said."""
_INTRODUCTIONS = (_LABELLED, _SAYS_SO, _CALLED, _NAMED, _MY_NAME_IS, _THIS_IS, _HERE, _OF_A_FIRM, _CLOSED, _SIGNED_OFF)

_CLAUSE = re.compile(
    r"(?:[^、。，,.!！?？;；\n/|・ 　]|(?<=\b[A-Z])\.|(?<=Mr)\.|(?<=Mrs)\.|(?<=Dr)\.|\.(?=\S)|(?<=[ァ-ヴー])・"
    r"|(?<!です)(?<!ます)[ 　])+"
)
_WORD = re.compile(r"(?:(?<=[ 　])|^)[一-龥々]{2,6}(?=[ 　]|$)")
"""A word between blanks, in a message that only lists what is to be known."""
_ITS_OWN = re.compile(
    rf"^{_WHO_JA}((?:[^\s、。]{{1,24}}の)?[一-龥々ヶぁ-んァ-ヴー・]{{1,20}}?(?:[ 　][一-龥々ぁ-んァ-ヴー]{{1,8}}?)??)"
    rf"[ 　]?({_COPULA}[よね]?)?$"
)
"""A clause that is a name and no more: "田中", 「田中ですけど」, 「娘の前川です」."""
_I_AM = re.compile(r"(?:私|わたし|わたくし|僕|ぼく|俺|おれ)")
_AFTER_A_NUMBER = re.compile(rf"(?:\d|☎ ?)の([一-龥々]{{1,5}}){_COPULA}")
_FILLER = re.compile(r"^(?:あのー?|えっと|えーと|ええと|はい|あ|すみません(?:が)?|もしもし|どうも)[、, 　]*")

_LEAD_IN = re.compile(
    r"^(?:(?:えっと|えーと|はい|あ|すみません|oh|um|well|sorry)[、, 　]+)*(?:(?:私|わたし|わたくし|僕|俺"
    r"|うち)(?:の名前)?(?:[ 　]?は|[ 　])"
    r"|(?:(?:お)?名前|なまえ|氏名)[ 　]?は|(?:yes|sure|ok|okay|of course)[, ]+|)"
    r"(?:(?:and )?(?:my )?na?e?me? is|my name's|name:|i am|i'm|i’m|im\b|it's|it’s|its\b|it is|this is|call me"
    r"|you can call me|just call me|just\b|)[、,: 　]*",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"(?:(?:です|てす|でず|でs|と(?:申|もう)します|と?[いい言]います|だよ|だ|でございます|になります"
    r"|でお願い(?:いた)?します"
    r"|といいまして|と呼んで(?:ください)?|ばい|たい|っす)(?:よ|ね)?|(?<=[一-龥])や(?:で|ねん)?|"
    r"[ ,]*(?:here|please|thanks|thank you|speaking|is fine|will do|is my name))?[。．.!！、,ー〜~\s]*$",
    re.IGNORECASE,
)
_ENDS_IN_DA = re.compile(r"[ぁ-ん]{1,3}だ")
"""「はらだ」, 「よしだ」: in so short a word in kana it is a part of the name."""
_FROM_EN = re.compile(r",? (?:from|at|of|with) (?=[A-Z])")
_COMMAND = re.compile(r"\s*[/／][a-z_]+\b")
"""What machines are told; a name after a slash has a capital."""
_MARKUP = re.compile(r"<[^<>]{1,80}>")
_READING = re.compile(r"[(（][^)）]{1,30}[)）]")
"""How a name is read, in brackets after it."""
_A_NAME = re.compile(r"[^\W\d_]+(?:[ ・\-'’.=＝]{1,2}[^\W\d_]+){0,4}\.?")

_FIRM = r"[一-龥々ァ-ヴーA-Za-z0-9&・]{1,24}"
_FIRM_END = (
    "商事|商店|工業|産業|製作所|建設|電機|電器|不動産|運輸|物流|銀行|病院|医院|クリニック|大学|事務所|"
    "グループ|ホールディングス|工務店|保育園|幼稚園|学園|旅館|ホテル|薬局|製菓|食品|印刷|運送|酒店|書店"
)
_FIRM_JA = re.compile(
    rf"((?:株式会社|有限会社|合同会社|(?:\(株\)))\s?[^\s、。のはが]{{1,24}}|{_FIRM}(?:株式会社|有限会社"
    rf"|合同会社|\(株\)|{_FIRM_END}))"
    r"(?=の|です|と申|でございます|、|。|\s|$)|"
    rf"(?:会社|社)(?:名)?は[、 　]?({_FIRM})(?:です|と申します|といいます|。|$)"
)
_FIRM_LABELLED = re.compile(
    r"^[\s・*\-]*(?:ご?会社名?|貴?社名|company(?: name)?|organi[sz]ation)\s*:\s*(\S.{0,39}?)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line of a list."""
_FIRM_EN = re.compile(
    r"(?:\b(?:my company is|company(?: name)?(?: is|:)|i work (?:for|at)|calling from|on behalf of)\s+"
    r"|(?:(?:[Tt]his is|[Mm]y name is|I'm|I am|it's|It's|here is)\s+|^\W*)"
    r"(?!I\b|My |The |A |An |We |Our |You |It |There )[A-Z][\w'’\-]*(?: [A-Z][\w'’\-]*){0,2}\s*,?"
    r"\s+(?:from|at|of|with|for)\s+)"
    r"([A-Z][\w&'’\-]*(?: [A-Z&][\w&'’\-]*){0,3})"
)


def is_withheld(text: str) -> bool:
    """Whether the customer says that they would rather not give a name."""
    return bool(_WITHHELD.search(_plain(text)))


def company(text: str) -> str | None:
    """The company that the customer names as their own (「ABC商事の鈴木」, "this is Jane from Acme"), else None."""
    plain = _plain(text)
    if labelled := _FIRM_LABELLED.search(_lines(text)):
        return labelled[1]
    if found := _FIRM_EN.search(plain):
        return found[1]
    if signed := signature.firm(_lines(text)):
        return signed
    if (found := _FIRM_JA.search(plain)) and (found[2] or introduced(text) or len(plain) <= LONGEST):
        return (found[1] or found[2]).strip()
    return None


def introduced(text: str) -> str | None:
    """The name in a self-introduction anywhere in the message (「田中と申します」, "this is Jane Roe"), else None."""
    return next((found for _, _, found in _introductions(_lines(text))), None)


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
    found = _SHOULD_BE.search(plain)
    right = answered(found[1] or found[2]) if found else None
    return right if right and (has_letters_of(right, known) or persons.has_surname(right)) else None


def has_letters_of(name: str, known: str) -> bool:
    """Whether two names begin alike, as a name and its slip do."""
    return name[:1].casefold() == known[:1].casefold()


_SHOULD_BE = re.compile(
    rf"(?:that|it|this)(?: should|'s supposed to| was meant to|'s meant to)? (?:be|read|say|is)\s+({_NAME_EN})[.!]*$"
    r"|(?:正しくは|本当は|すみません|ごめんなさい|あ|[、。 　]|^)"
    r"([^、。\s]{1,12}?)の(?:間違い|まちがい"
    r"|誤り|打ち間違い)(?:です|でした)?[。]*$",
    re.IGNORECASE,
)
"""What a name should be."""


def without_introduction(text: str) -> str:
    """The message without its self-introduction and what stands under it as a signature."""
    body = signature.without(text)
    for start, end, _ in reversed(list(_introductions(body))):
        body = f"{body[:start]} {body[end:]}"
    return body.strip()


def answered(text: str) -> str | None:
    """The name in an answer to "what is your name?", without polite words around it; None when it reads as no name."""
    plain = _READING.sub("", _plain(_bare(text)))
    told = _LEAD_IN.sub("", plain).strip()
    name = told if _ENDS_IN_DA.fullmatch(told) else _POLITE_END.sub("", told).strip()
    if not name or len(name) > LONGEST or persons.is_a_sentence(name) or _COMMAND.match(text):
        return None
    whole, name = name, _AFFILIATION.sub("", _FROM_EN.split(name)[0])
    if persons.is_a_matter(name) or (persons.is_a_matter(whole) and not _FIRM_JA.search(whole)):
        return None
    return name if _A_NAME.fullmatch(name) and persons.may_be_written(name) else None


def _introductions(told: str) -> Iterator[tuple[int, int, str]]:
    """Where names stand in the text, with the words around each; the surest first, then by place, none overlapping."""
    kept: list[tuple[int, int, str]] = []
    if signed := signature.name(told):
        kept.append(signed)
    for pattern in _INTRODUCTIONS:
        for found in pattern.finditer(told):
            name = persons.at_the_end(_AFFILIATION.sub("", found[1].strip(_BLANK)))
            start = found.start() + (pattern is _CLOSED and len(found[0]) - len(found[0].lstrip(" .,!?\n")))
            is_a_word = name.isascii() and persons.is_no_person(name, in_english=True)
            if name and not persons.is_a_sentence(name) and not is_a_word:
                kept.append((start, found.end(), name))
    kept += _clauses_of_their_own(told)
    taken: list[tuple[int, int, str]] = []
    for start, end, name in kept:
        if all(end <= other or start >= after for other, after, _ in taken):
            taken.append((start, end, name))
    yield from taken[:1] if len(taken) < 2 else sorted(taken, key=lambda one: one[0] if one is not taken[0] else -1)


def _clauses_of_their_own(told: str) -> Iterator[tuple[int, int, str]]:
    """Clauses that are a name: by a surname that people have, or, of a first clause, by what it looks like."""
    if (found := _BUT_FIRST.match(told)) and persons.has_surname(found[1]):
        yield found.start(), found.end(), found[1]
    for found in _AFTER_A_NUMBER.finditer(told):
        if persons.has_surname(found[1]) or not persons.is_no_person(found[1]):
            yield found.start(1) - 1, found.end(), found[1]
    clauses = list(_CLAUSE.finditer(told))
    for index, clause in enumerate(clauses):
        lead = _FILLER.match(clause[0].lstrip(_BLANK))
        bare = clause[0].strip(_BLANK)
        bare = bare[lead.end() :] if lead else bare
        is_first = index == 0 or (index == 1 and lead is None and bool(_FILLER.fullmatch(clauses[0][0].strip(_BLANK))))
        name = _person(bare, is_first=is_first and len(clauses) > index + 1, is_one_of_many=len(clauses) > 1)
        if name:
            yield clause.start(), clause.end(), name
        elif not clause[0].isascii():
            for word in _WORD.finditer(clause[0]):
                if persons.has_surname(word[0]) and not persons.is_a_sentence(word[0]):
                    yield clause.start() + word.start(), clause.start() + word.end(), word[0]


def _person(clause: str, *, is_first: bool, is_one_of_many: bool) -> str | None:
    if clause.isascii():
        return clause if is_one_of_many and persons.is_full_name(clause) else None
    found = _ITS_OWN.match(clause)
    if not found or not (found[2] or is_one_of_many):
        return None
    name = _AFFILIATION.sub("", found[1])
    if persons.has_surname(name):
        return name
    is_of_a_firm = is_first and found[2] and name != found[1] and _FIRM_JA.match(found[1])
    if is_of_a_firm and not persons.is_a_sentence(name) and not persons.is_no_person(name):
        return name
    is_likely = bool(is_first and found[2]) and not persons.is_a_sentence(name)
    is_foreign = bool(_I_AM.match(clause)) and persons.is_foreign(name)
    return name if is_likely and (is_foreign or persons.is_likely(name)) else None


def _bare(text: str) -> str:
    """Without markup, pictures and signs that no name has."""
    told = _MARKUP.sub(" ", text).lstrip("/／\\#@*> ")
    return "".join(
        letter for letter in told if unicodedata.category(letter) not in ("So", "Sk", "Cc", "Cf", "Cs", "Mn")
    )


def _lines(text: str) -> str:
    """With the same signs for the same letters; lines stay lines."""
    told = unicodedata.normalize("NFKC", text)
    return "\n".join(" ".join(line.split()) for line in told.splitlines())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
