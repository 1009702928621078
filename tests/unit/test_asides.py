"""What is answered before anything else."""

from pathlib import Path

import pytest

from bot.booking import asides
from bot.settings import load

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = load({"ORIKAESHI_SETTINGS": str(ROOT / "orikaeshi.toml")})
URGENCY, FAQS = SETTINGS.for_urgency(), SETTINGS.for_faqs()

URGENT = {
    "火事です": True,
    "ガス漏れかもしれない": True,
    "手をやけどしました": True,
    "電話してほしいんやけど": False,
    "ガス臭いんですけど": True,
    "コンセントから火花が": True,
    "製品から煙が出ています": True,
    "子どもがけがをしました": True,
    "クレジットカードを盗まれた": True,
    "停電しました": True,
    "the dryer is ON FIRE": True,
    "There was an accident": True,
    "someone stole my card": True,
    "we have a power outage": True,
    "ガスの臭いがします": True,
    "ストーブ から ひ が でて います": True,
    "子どもがボタン電池を飲み込みました": True,
    "サーバーが全部ダウンしました": True,
    "財布ごとカードを盗まれて": True,
    "I can smell some gas": True,
    "the plug has melted": True,
    "all our servers are down": True,
    "カードが使えなくなった": False,
    "サーバーの見積もりがほしい": False,
    "my dryer won't fire up": False,
    "we lost our point card": False,
    "火災保険の相談": False,
    "火災報知器の交換をお願いしたい": False,
    "禁煙室の予約": False,
    "I ordered two by accident": False,
    "smoked glass door": False,
    "my card was charged twice": False,
    "ガスコンロの見積もり": False,
    "修理をお願いします": False,
    "": False,
}

OPT_OUT = {
    "配信停止": "messages",
    "配信を停止してください": "messages",
    "SMSはもういらない": "messages",
    "お知らせを止めてほしい": "messages",
    "ショートメール送らないで": "messages",
    "unsubscribe": "messages",
    "please opt me out": "messages",
    "stop texting me": "messages",
    "don't send me any more messages": "messages",
    "もう電話しないでください": "calls",
    "二度と電話してこないで": "calls",
    "電話をかけてこないで": "calls",
    "don’t call me again": "calls",
    "stop calling me": "calls",
    "メルマガはもう不要です": "messages",
    "メール なんか おくらんで ください": "messages",
    "お知らせのメールを受け取りたくありません": "messages",
    "通知がうざい": "messages",
    "please take me off your mailing list": "messages",
    "I no longer want your newsletters": "messages",
    "もう電話してくるな": "calls",
    "今後の電話は一切お断りします": "calls",
    "stop phoning me": "calls",
    "I don't want any more calls": "calls",
    "no more phone calls": "calls",
    "お知らせの登録を外してほしい": "messages",
    "メッセージ受け取り拒否でお願いします": "messages",
    "メールの受信を拒否します": "messages",
    "SMSもう来なくていいです": "messages",
    "通知はオフにしてください": "messages",
    "名簿から削除してもらえますか": "messages",
    "take me off your list": "messages",
    "Please remove me from all lists, thanks": "messages",
    "今後いっさいの連絡は不要です、二度と送らないで": "calls",
    "金輪際かけてくるな": "calls",
    "営業電話はお断りです": "calls",
    "折り返しの連絡は不要です": None,
    "リストから選んだ商品の件": None,
    "通知が来なくて困っています": None,
    "フィルターを外しても動かない": None,
    "take the fridge off your list": None,
    "remove me from the booking": None,
    "don't call me before 10": None,
    "don't call me yet": None,
    "メールで送ってください": None,
    "メールアドレスを変えたい": None,
    "確認メールが来ません": None,
    "I don't get your messages": None,
    "how do I stop the error messages": None,
    "もう電話しなくて大丈夫です": None,
    "take my number off the booking": None,
    "don't call me on Friday": None,
    "メールが届かない": None,
    "通知音が止まらない": None,
    "電話が鳴らない": None,
    "エアコンが止まる": None,
    "stop": None,
    "never ring 080-5000-1234 again": "calls",
    "please stop calling +81 80 5000 1234": "calls",
    "take 080-5000-1234 off your calling list": "calls",
    "kindly remove 080 5000 1234 from your mailing list": "messages",
    "don't text 080-5000-1234 any more": "messages",
    "080-5000-1234にはもう電話しないでください": "calls",
    "０８０−５０００−１２３４への電話はやめてください": "calls",
    "080-5000-1234には二度とかけてこないで": "calls",
    "08050001234へのSMSを止めてください": "messages",
    "don't call +81 80 5000 1234 before 10": None,
    "don't call 080-5000-1234, use 090-1111-2222": None,
    "080-5000-1234へは電話しないで、090-1111-2222へお願いします": None,
    "080-5000-1234に電話してください": None,
}

QUESTIONS = {
    "保証期間は何年ですか": "1年",
    "保証期間って何年？": "1年",
    "支払い方法を教えて": "現金",
    "where is your shop?": "店頭",
    "お店はどこ": "店頭",
    "保証期間が切れたので修理を頼みたい": None,
    "営業時間は何時までですか": None,
    "": None,
}


@pytest.mark.parametrize(("text", "is_urgent"), URGENT.items())
def test_what_cannot_wait_is_told_from_what_can(text: str, is_urgent: bool) -> None:
    assert URGENCY.is_in(text) == is_urgent


@pytest.mark.parametrize(("text", "unwanted"), OPT_OUT.items())
def test_who_wants_no_more_is_understood(text: str, unwanted: str | None) -> None:
    assert asides.opts_out(text) == unwanted


@pytest.mark.parametrize(("text", "piece"), QUESTIONS.items())
def test_only_a_question_is_answered(text: str, piece: str | None) -> None:
    found = asides.answer_to(text, FAQS, language="ja")
    assert (found is None) if piece is None else (found is not None and piece in found)


def test_the_answer_is_in_the_customers_language() -> None:
    assert asides.answer_to("how long is the warranty?", FAQS, language="en") == FAQS[0].answers["en"]


def test_without_phrases_nothing_is_urgent() -> None:
    assert not asides.Urgency(phrases=()).is_in("火事です")
