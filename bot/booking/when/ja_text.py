"""Japanese as people type it, brought into one writing: widths, kana, numerals, slips of the keyboard."""

import re
import unicodedata

from bot.booking.when.noise import blank_japanese
from bot.booking.when.scan import Scanner

_BEFORE_NFKC = str.maketrans({chr(code): "、" for code in range(0x2460, 0x2474)} | {"㈪": "(月)"})
_AFTER_NFKC = str.maketrans("〜–—−‐‑―─曰；;，｡?", "~-------日::、。?", "")

# Words written in kana; the lookarounds keep them out of other words (により, きょうと, べんきょう).
_KANA = {
    "しあさって": "明々後日",
    "あさって": "明後日",
    "みょうごにち": "明後日",
    "おととい": "一昨日",
    "きのう": "昨日",
    "あした": "明日",
    "あしたあさ": "明日朝",
    "みょうにち": "明日",
    "あす(?=[のはにでがもか、~\\s\\d朝昼夜午]|$|ゆう|ごご|ごぜん|よる|ひる|あさ|以降)": "明日",
    "(?<!べん)(?<!どっ)きょう(?=[のはにでがもじかを、。~\\s\\d中]|$|ゆう|ごご|ごぜん|よる|ひる)": "今日",
    "きょう(?=以降|じゅう|ちゅう)": "今日",
    "ほんじつ": "本日",
    "こんばん(?![はわ])|こんや": "今夜",
    "けさ": "今朝",
    "さらいしゅう|さ来週": "再来週",
    "らいしゅう": "来週",
    "こんしゅう": "今週",
    "ついたち(?=[のにはでか、\\s]|$)": "1日",
    "ふつか(?=[のにはでか、\\sご]|$)": "2日",
    "みっか(?=[のにはでか、\\sご]|$)": "3日",
    "よっか(?=[のにはでか、\\sご]|$)": "4日",
    "(?<=げつの)いつか": "5日",
    "とおか(?=[のにはで、\\sご]|$)": "10日",
    "はつか(?=[のにはで、\\sご]|$)": "20日",
    "ランチ(?:タイム|どき|時間|の時間)": "昼休み",
    "しゅうまつ": "週末",
    "しゅうあけ": "週明け",
    "せんしゅう": "先週",
    "まいしゅう": "毎週",
    "まいにち": "毎日",
    "へいじつ": "平日",
    "こんげつ": "今月",
    "さらいげつ": "再来月",
    "らいげつ": "来月",
    "げつまつ": "月末",
    "げつよう(?:び)?": "月曜",
    "(?<![ぁ-ん])かよう(?:び|(?=[のはにでがか、]))|(?<=[のはにで])かようび": "火曜",
    "すいよう(?:び)?": "水曜",
    "もくよう(?:び)?": "木曜",
    "きんよう(?:び)?": "金曜",
    "どよう(?:び)?": "土曜",
    "にちよう(?:び)?": "日曜",
    "どにち": "土日",
    "ごぜんちゅう|午前ちゅう": "午前中",
    "ごぜん": "午前",
    "(?:ごご|午後)(?:いち|一(?![時\\d]))": "午後一",
    "ごご": "午後",
    "しょうご": "正午",
    "ゆうがた|夕がた|ゆう方": "夕方",
    "(?:お?ひる|お?昼)(?:やすみ|休)み?": "昼休み",
    "(?:お?ひる|お?昼)(?:すぎ|過ぎ)": "昼過ぎ",
    "(?:お?ひる|お?昼)(?:まえ|前)(?!後)": "昼前",
    "(?:ひる|昼)いち": "昼一",
    "お?(?:ひる|昼)どき": "昼時",
    "おひる|(?<![ぁ-ん])ひる(?=[のはにでがか、\\s\\d頃])": "昼",
    "(?<=[のはにで])ひる(?=[のはにでが、\\d]|ごろ|$)": "昼",
    "(?<=の)あいだ(?=[にでのがは、。]|$)": "間",
    "(?:あさ|朝)(?:いち|一)(?:番|ばん)?": "朝一",
    "(?<![ぁ-ん])あさ(?=[のはにで、\\s\\d])|(?<=[のは日])あさ(?=[のにで、\\d]|$)": "朝",
    "(?<![にとへ])よる(?=[のはにでが、\\s\\dごお以]|$)": "夜",
    "そうちょう": "早朝",
    "いつでも": "いつでも",
    "やっぱり?|やはり|やぱり": "やっぱ",
    "むり": "無理",
    "だめ|駄目|あかん|アカン": "だめ",
    "(?:(?:(?:でき|出来)(?:る|ます)|可能な)(?:だけ|限り|かぎり)|なるべく|なるたけ|極力)[、のに]*"
    "(?:はや|早|速)(?:く|め|い(?=と|お?時間|うち|タイミング|方|ほう|段階|もの)|々に)": "なるはや",
    "なる早": "なるはや",
    "しきゅう": "至急",
    "いますぐ": "今すぐ",
    "(?<![ぁ-ん])いま(?=なら|から|で|が|お|、|です|電)": "今",
    "はやめ(?![てるまろ])": "早め",
    "さいたん": "最短",
    "いそぎ": "急ぎ",
}
_KATAKANA = re.compile(
    "ヨロ(?:シク)?|オネガイ|デンワ|クダサイ|アシタ|アサッテ|キョウ(?!ト)|ゴゼン|ゴゴ(?:イチ)?|ユウガタ|アサイチ|アサ(?=[ノニデの、に\\d]|$)|ヒル(?:イチ|スギ|ヤスミ)|"
    "(?<=[朝昼後])イチ|ムリ|ダメ|ナルハヤ|シキュウ|ライシュウ|コンシュウ|シュウマツ|ヘイジツ|コンヤ|スイヨウビ?|キンヨウビ?|モクヨウビ?|"
    "カヨウビ|ゲツヨウビ?|ドヨウビ?|ニチヨウビ?|ヤッパリ?|イツデモ|ゴロ|イコウ|(?<=\\d)ジ(?=ハン|ゴロ|[にでのはごか以、]|$)|ハン"
)
_MOVED = re.compile(r"(?<=[時半分日曜前後方朝昼夜])を([^、。\n]{2,20}?)に(?=して|したい|する|でき)")
_RATHER = re.compile(r"(?<=[時半分日曜前後方朝昼夜])より(?=[^、。\n]{2,14}(?:ほう|方)が)")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ"))}
_ONES = {
    "いち": 1, "いっ": 1, "に": 2, "さん": 3, "よん": 4, "よ": 4, "ご": 5, "ろく": 6, "ろっ": 6, "しち": 7,
    "なな": 7, "はち": 8, "はっ": 8, "きゅう": 9, "く": 9,
}  # fmt: skip
_ONE = "|".join(_ONES)
_NUMBER_IN_KANA = re.compile(
    rf"(?:^|(?<=[のにはでがも、,\s~時日曜夜朝昼方後前らか]))((?:(?:{_ONE})?じゅ[うっ])?(?:{_ONE})?)(?<=[うっちんにごくよな])"
    r"(じ(?=はん|[にでのはごをも、。,\s~頃まい\d]|か(?!ん)|以|くら|ぐら|です|だ|$)|じかん|[ふぷ]ん(?=ご|い|以|で|く|ほ|し|ぐ))"
)
_TENS = re.compile(rf"({_ONE})?じゅ[うっ]({_ONE})?|({_ONE})")
_ROUGHLY = re.compile(
    r"(?:だいたい|大体|おおよそ|およそ|約)(\d{1,2}[時じ](?:半|はん|\d{1,2}分)?)(?!頃|ごろ|ころ|くらい|ぐらい|位|間)"
)
_LONG_VOWEL_AS_DASH = re.compile(r"(?<=[\d時分半頃])\s?ー\s?(?=\d|午)")
# What follows a time word in kana, once that word itself is in kanji.
_COUNTERS = {
    r"(?<=\d)\s?じかん": "時間",
    r"(?<=\d)\s?[じぢ](?![ゅょゃ])": "時",
    r"(?<=\d)\s?[字寺](?=[にでのはごかまを、。\s半頃以じ]|$)": "時",
    r"(?<=\d[時じ])\s?はん": "半",
    r"(?<=\d)\s?[ふぷ]ん": "分",
    r"(?<=[時じ半ん分])を?すぎ": "過ぎ",
    r"(?<=\d)\s?にち": "日",
    r"(?<=\d)\s?がつ": "月",
    r"(?<=\d)\s?しゅうかん": "週間",
    r"(?<=[時じ半ん分日前後間曜方中夜昼朝])\s?[ごこ]ろ(?!ご)": "頃",
    r"(?<=[\d時じ間ん分日半曜])\s?まえ": "前",
    r"(?<=[間ん分日])ご(?=[にでのく、。\s\d]|$)": "後",
    r"(?<=[時じん分日曜週後夜方昼前半頃ろ中])いこう": "以降",
    r"(?<=[時じん日曜週後夜方朝昼前中])いがい": "以外",
    r"(?<=[間ん分日])いない(?=[にで、。]|$)": "以内",
    r"[ヶヵカケ箇](?=月)": "か",
    r"(?<=[月火水木金土日])(?:用日|様日|曜火|よう日|曜び)": "曜日",
    r"午[御語誤護]|五後": "午後",
    r"夕型": "夕方",
}
_ROMAJI = {
    "ashita|asita": "明日", "asatte": "明後日", "kyou?": "今日", "gogo": "午後", "gozen": "午前",
    "raish?uu?|raisyuu?": "来週", "yuugata|yugata": "夕方", "yoru": "夜", "asa": "朝", "hiru": "昼",
    "getsuyou?(?:bi)?": "月曜", "kayou?(?:bi)?": "火曜", "suiyou?(?:bi)?": "水曜",
    "mokuyou?(?:bi)?": "木曜", "kinyou?(?:bi)?": "金曜", "doyou?(?:bi)?": "土曜",
    "nichiyou?(?:bi)?": "日曜", "(?<=\\d)\\s?ji": "時", "han": "半", "kara": "から", "made": "まで",
    "goro": "頃", "ikou?": "以降", "no": "の", "ni": "に", "onegai(?:shimasu|simasu)?": "お願い",
    "de": "で",
}  # fmt: skip
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0}
_NUMERAL = re.compile(
    r"[〇零一二三四五六七八九十]+(?=\s?(?:時(?!的|停|保|金|預|避|休|帰|解|払|凌|受|中断)|分(?!の[一二三四五六七八九十\d])"
    r"|日(?!本|市|町|曜|月|酔|坊)|月(?!曜|光|面)|週間|か月|ヶ月|ヵ月|カ月|年|曜)|[、,~か・-][〇一二三四五六七八九十\d]+(?:時|分|日(?!曜)|週間))"
)


def _kana_value(numeral: str) -> int:
    found = _TENS.fullmatch(numeral)
    if not found:
        return 0
    if found[3]:
        return _ONES[found[3]]
    return _ONES.get(found[1] or "いち", 1) * 10 + _ONES.get(found[2] or "", 0)


def _value(numeral: str) -> str:
    if "十" not in numeral:
        return "".join(str(_DIGITS[char]) for char in numeral)
    tens, _, ones = numeral.partition("十")
    return str((_DIGITS[tens[-1]] if tens else 1) * 10 + (_DIGITS[ones[0]] if ones else 0))


class _Rewriter:
    """Replaces what the patterns of a table find by its other column."""

    def __init__(self, table: dict[str, str]) -> None:
        self._scanner = Scanner([(f"w{n}", pattern) for n, pattern in enumerate(table)])
        self._written = {f"w{n}": written for n, written in enumerate(table.values())}

    def __call__(self, text: str) -> str:
        return self._scanner.replace(text, lambda found: self._written[found.lastgroup or ""])


_IN_KANJI = _Rewriter(_KANA)
_WITH_COUNTERS = _Rewriter(_COUNTERS)
_FROM_ROMAJI = _Rewriter(_ROMAJI)


def normalise(text: str) -> str:
    """`text` in half width and small letters, time words in kanji, their numbers in digits."""
    text = unicodedata.normalize("NFKC", text.translate(_BEFORE_NFKC)).lower().translate(_AFTER_NFKC)
    text = _KATAKANA.sub(lambda found: found[0].translate(_TO_HIRAGANA), text)
    text = _NUMERAL.sub(lambda found: _value(found[0]), text)
    if text.isascii():
        text = _FROM_ROMAJI(text)
    elif "ー" in text:
        text = _LONG_VOWEL_AS_DASH.sub("~", text)
    text = _IN_KANJI(text)
    if "約" in text or "だいたい" in text or "大体" in text or "およそ" in text:
        text = _ROUGHLY.sub(r"\1頃", text)
    if "より" in text:
        text = _RATHER.sub("じゃなくて", text)  # 4時より5時のほうが
    if "を" in text:
        text = _MOVED.sub(r"から\1に変更", text)  # 水曜の3時を木曜の4時にして
    text = _NUMBER_IN_KANA.sub(lambda found: str(_kana_value(found[1])) + found[2], text)
    return blank_japanese(_WITH_COUNTERS(text))
