"""Reasons, names and choices, read from the customer's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking import name, reason
from bot.booking.pick import position, window
from bot.booking.window import Window
from tests.support.clocks import tokyo

PARTS = {
    "おはようございます。折り返しのお電話をお願いしたいのですが": None,
    "折り返しは 090-1234-5678 にお願いします": None,
    "Good morning! I was hoping someone could ring me back": None,
    "I also need another callback about something different": None,
    "プリンターが動かないので、明日15時に090-1234-5678へ電話ください。田中です": "プリンターが動かない",
    "解約の件で電話がほしいです": "解約の件",
    "昨日3時に買った時計が動きません": "昨日3時に買った時計が動きません",
    "明日の予約をキャンセルしたい": "明日の予約をキャンセルしたい",
    "佐々木太郎と申します。商品が割れていました。至急090 1234 5678まで連絡お願いします": "商品が割れていました",
    "ABC商事の鈴木と申します。見積もりをお願いします": "見積もりをお願いします",
    "ログインできないんですけど、今日の夕方に電話もらえますか？ 08012345678": "ログインできない",
    "Hi, my printer is broken, please call me tomorrow at 3pm on 090-1234-5678. This is Jane.": "my printer is broken",
    "I'd like a callback about my invoice tomorrow at 3 p.m., my number is 09012345678": "my invoice",
    "電話がつながらない": "電話がつながらない",
    "昨日電話したけど誰も出ない": "昨日電話したけど誰も出ない",
    "修理の件で明日電話してほしい": "修理の件",
    "佐伯です。ドライヤーから変な音がします": "ドライヤーから変な音がします",
    "三浦です 金曜13時に090-1234-5678お願いします ドアが閉まらなくて困ってます": "ドアが閉まらなくて困ってます",
    "洗濯機の脱水ができない\n26日 16:00\n090-1234-5678\n清原": "洗濯機の脱水ができない",
    "washer won't spin\n26 Nov 4pm\n090-1234-5678\nGreta Olsen": "washer won't spin",
    "yo can u call me tmrw 5pm on 090-1234-5678 re: water filter, cheers, dave": "water filter",
    "Hello,\nOur printer keeps jamming.\n\nBest regards,\nMiriam Sawyer\nManager\nMinato Ltd\nTel: 090-1234-5678": (
        "Our printer keeps jamming"
    ),
    "プリンターの紙詰まりで困っております。\n--\n株式会社ミナト 総務部\n沢口 美和\nTEL: 090-1234-5678\ns@example.com": (
        "プリンターの紙詰まりで困っております"
    ),
    "折り返し電話をお願いします": None,
    "そうですか。じゃあ電話で相談したいです": None,
    "なるほど。では電話でお話ししたいです": None,
    "good. I'd like a phone call then": None,
    "I see. Can you call me?": None,
    "You can telephone me tomorrow 2 o'clock? My machine of washing is broke": "My machine of washing is broke",
    "登録ができなくて…木曜10時半にかけていただけると嬉しいです": "登録ができなくて…",
    "明日10時に電話かけて": None,
    "明日15時": None,
    "明日の午後がいいです": None,
    "can someone call me back": None,
    "090-1234-5678": None,
    "こんにちは": None,
    "田中です": None,
}

INTRODUCED = {
    "田中です": "田中",
    "佐々木太郎と申します。よろしく": "佐々木太郎",
    "名前は佐藤です": "佐藤",
    "私は木村です": "木村",
    "株式会社山田の鈴木と申します": "鈴木",
    "Hi, this is Jane Roe.": "Jane Roe",
    "my name is bob stone": "bob stone",
    "井上と申します。異音の件で": "井上",
    "換気扇が回りません。仁科といいます。": "仁科",
    "すみません、東海林です。テレビが映らなくて": "東海林",
    "佐田野です。冷蔵庫の件で": "佐田野",
    "娘の前川です": "前川",
    "渡辺ですけど冷蔵庫の調子がおかしくて": "渡辺",
    "あっ旧姓で言っちゃいました、今は村瀬です": "村瀬",
    "フィルターのことで。江口": "江口",
    "Priya Nair here. My hair dryer smells odd": "Priya Nair",
    "Tom from Acme Corp, the printer is broken": "Tom",
    "oops that's my maiden name, it's Sarah Muller now": "Sarah Muller",
    "the lid is stuck\n\nKind regards,\nAda Lovelace": "Ada Lovelace",
    "最悪です。買ったばかりなのに": None,
    "松本市に住んでいます。配送できますか": None,
    "洗濯機です。明日お願いします": None,
    "This is Ridiculous.": None,
    "Washing Machine, broken": None,
    "故障です": None,
    "至急です": None,
    "I'm having trouble": None,
    "this is urgent": None,
}

ANSWERED = {
    "はらだです": "はらだ",
    "はらだ": "はらだ",
    "おがわと申します": "おがわ",
    "山田太郎": "山田太郎",
    "スミスです。": "スミス",
    "田中や": "田中",
    "さくら": "さくら",
    "Taro Yamada": "Taro Yamada",
    "it's O'Brien, thanks": "O'Brien",
    "John here": "John",
    "株式会社サンライトの小林です": "小林",
    "東海林 太郎（しょうじ たろう）です": "東海林 太郎",
    "名前は西口いいます": "西口",
    "たなかてす": "たなか",
    "ゆい🌸": "ゆい",
    "<i>三宅</i>": "三宅",
    "Kate Moss from Sunlight Ltd": "Kate Moss",
    "Imani": "Imani",
    "im harry": "harry",
    "nam is Pat": "Pat",
    "先週買った": None,
    "洗濯機": None,
    "じゃあ修理の見積もりを": None,
    "hoover's lost its suction": None,
    "なんで必要なんですか": None,
    "急いでるんだけど": None,
    "I'd rather not say": None,
    "090-1234-5678": None,
    "": None,
}

COMPANIES = {
    "株式会社山田の鈴木と申します": "株式会社山田",
    "ABC商事の鈴木です": "ABC商事",
    "港クリニックの田中です": "港クリニック",
    "会社名はミナトです": "ミナト",
    "株式会社あおぞら工務店の片山です": "株式会社あおぞら工務店",
    "Hi, this is Jane Roe from Acme Tools, my printer is broken": "Acme Tools",
    "my company is Acme": "Acme",
    "田中です": None,
    "銀行から電話が来た": None,
    "I'm from Osaka": None,
    "this is urgent": None,
    "": None,
}

POSITIONS = {
    "1": 0, "最初の": 0, "the first one": 0, "2番目で": 1, "second one": 1, "option 3": 2, "最後の": 2, "遅い方で": 2,
    "早い方": 0, "どれでもいいです": 0, "either": 0, "21番": None, "15時": None, "tomorrow": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), PARTS.items())
def test_the_reason_is_found_in_a_sentence_that_says_everything(text: str, told: str | None) -> None:
    assert reason.part(text) == told


@pytest.mark.parametrize(("text", "found"), INTRODUCED.items())
def test_a_name_given_in_passing_is_heard(text: str, found: str | None) -> None:
    assert name.introduced(text) == found


@pytest.mark.parametrize(("text", "found"), COMPANIES.items())
def test_a_company_is_taken_where_it_is_offered(text: str, found: str | None) -> None:
    assert name.company(text) == found


@pytest.mark.parametrize(("text", "found"), ANSWERED.items())
def test_an_answer_to_the_name_question_is_a_name_or_none(text: str, found: str | None) -> None:
    assert name.answered(text) == found


@pytest.mark.parametrize(("text", "index"), POSITIONS.items())
def test_one_of_three_is_chosen_by_its_place(text: str, index: int | None) -> None:
    assert position(text, 3) == index


def test_a_place_beyond_the_offer_is_no_choice() -> None:
    assert position("3番目", 2) is None


@pytest.mark.parametrize("text", ["", "。。。", "！？", "ああああ", "12345", "asdfgh", "x"])
def test_nonsense_is_no_reason(text: str) -> None:
    assert not reason.is_meaningful(text)


@pytest.mark.parametrize("text", ["修理", "refund", "E05エラー", "<b>壊れた</b>", "pc repair"])
def test_a_word_is_enough_for_a_reason(text: str) -> None:
    assert reason.is_meaningful(text)


@pytest.mark.parametrize(
    ("text", "known", "right"),
    [
        ("すみません洗濯機じゃなくて乾燥機の修理でした", "洗濯機の修理", "乾燥機の修理"),
        ("電子レンジじゃなくてオーブントースターでした", "電子レンジの修理", "オーブントースターの修理"),
        ("sorry, not the microwave, the toaster oven", "microwave repair", "toaster oven repair"),
        ("sorry, I meant the tumble dryer, not the washing machine", "washing machine repair", "tumble dryer repair"),
        ("明日じゃなくて木曜です", "電子レンジの修理", None),
        ("電源が入らない", "電子レンジの修理", None),
    ],
)
def test_what_was_wrong_in_a_reason_is_put_right(text: str, known: str, right: str | None) -> None:
    assert reason.replaced(text, known) == right


@pytest.mark.parametrize(("text", "is_one"), [("あのですね", True), ("so, um", False), ("well", True), ("修理", False)])
def test_a_filler_is_no_reason_yet(text: str, is_one: bool) -> None:
    assert reason.is_filler(text) is is_one


def test_a_reason_named_as_such_corrects_the_earlier_one() -> None:
    assert reason.corrected("用件は解約の相談です") == "解約の相談"
    assert reason.corrected("the reason is a refund") == "a refund"
    assert reason.corrected("はい") is None


@given(st.text(max_size=2500))
def test_a_reason_keeps_no_control_characters_and_has_an_end(text: str) -> None:
    kept = reason.cleaned(text)
    assert len(kept) <= reason.LONGEST
    assert not any(letter < " " and letter not in "\n\t" for letter in kept)


@given(st.text(max_size=300))
def test_what_is_read_back_is_one_short_line(text: str) -> None:
    line = reason.shortened(text, 60)
    assert len(line) <= 60
    assert "\n" not in line


@given(st.text(max_size=400))
def test_no_message_breaks_the_reading(text: str) -> None:
    reason.part(text)
    name.introduced(text)
    name.answered(text)
    position(text, 4)


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("2番目", 9), ("最初の", 16), ("the third one", 11), ("一番早いので", 9), ("遅い方で", 16), ("the latest", 16),
        ("the earlier one", 9), ("どちらでも", 16), ("明日の15時", None),
    ],
)  # fmt: skip
def test_of_times_told_in_the_order_of_recommendation_earlier_and_later_are_meant_by_the_clock(
    text: str, picked: int | None
) -> None:
    offered = [
        Window(start=tokyo(f"2026-11-24 {hour:02d}:00"), end=tokyo(f"2026-11-24 {hour:02d}:30")) for hour in (16, 9, 11)
    ]
    found = window(text, offered)
    assert (found and found.start) == (picked and tokyo(f"2026-11-24 {picked:02d}:00"))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("I'm Ivor. Friday at 5 pm please, about cartridges", True),
        ("カートリッジの件です。金曜の17時がいいです", True),
        ("Friday at 5 pm the oven stopped", False),
        ("金曜の17時に止まりました", False),
        ("please fix my oven", False),
    ],
)
def test_a_bare_time_with_a_please_is_a_wish(text: str, asks: bool) -> None:
    assert reason.asks_for_time(text) is asks


@pytest.mark.parametrize(
    ("text", "is_withheld"),
    [
        ("I don't give out my name online", True),
        ("I'd rather not tell you my name", True),
        ("no name, thanks", True),
        ("名乗りたくないんですが、それでもいいですか", True),
        ("名前は言いたくないです", True),
        ("not Smith, my name is Smyth", False),
        ("名前は田中です", False),
        ("はい", False),
    ],
)
def test_a_name_may_be_withheld(text: str, is_withheld: bool) -> None:
    assert name.is_withheld(text) is is_withheld


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("氏名：堀内\n会社名：ほりうち工務店", "ほりうち工務店"),
        ("Name: Lena Fox\nCompany: Fox Bakery\nPhone: 090-1234-5678", "Fox Bakery"),
    ],
)
def test_a_company_stands_in_a_list(text: str, firm: str) -> None:
    assert name.company(text) == firm


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ah, Culture Day! Wednesday at 2pm then", None),
        ("oh, Labor Day, sorry. Tuesday then", None),
        ("Hello, Doris Day here", "Doris Day"),
        ("Joan Beck is the name, about a press", "Joan Beck"),
    ],
)
def test_a_public_holiday_is_no_name(text: str, who: str | None) -> None:
    assert name.introduced(text) == who
