"""What a message is, where its words say so more surely than the model does."""

import pytest

from bot.booking import another, hearing, name, rating, reason


@pytest.mark.parametrize(
    ("text", "intent", "asked", "settled"),
    [
        ("👌", "nlu_fallback", "confirmed", "affirm"),
        ("はｉ", "nlu_fallback", "confirmed", "affirm"),
        ("🙅", "nlu_fallback", "confirmed", "deny"),
        ("yes, thanks", "thank", "confirmed", "affirm"),
        ("はい、ありがとうございます", "thank", "cancel_confirmed", "affirm"),
        ("ok but change the time", "thank", "confirmed", "thank"),
        ("ｑｗｅｒｔｙ", "insult", "reason", "nlu_fallback"),
        ("配送日の変更", "move_callback", "reason", "give_reason"),
        ("予約を変更したい", "move_callback", "reason", "move_callback"),
        ("I want to cancel my contract", "cancel_callback", "reason", "give_reason"),
        ("please cancel my appointment", "cancel_callback", "reason", "cancel_callback"),
        ("せんたっきがうごかなくなりました", "stop_form", "reason", "give_reason"),
        ("やっぱりやめます", "stop_form", "reason", "stop_form"),
        ("you charged me twice", "ask_price", "reason", "give_reason"),
        ("料金はいくらですか", "ask_price", "reason", "ask_price"),
        ("this damn fridge broke again you idiots", "insult", "reason", "give_reason"),
        ("stupid robot", "insult", "reason", "insult"),
        ("stupid robot", "insult", "customer_name", "insult"),
        ("Greg", "affirm", "customer_name", "give_name"),
        ("hello", "greet", "customer_name", "greet"),
        ("could you move my call to Thursday?", "ask_hours", None, "move_callback"),
        ("予約を取り消したい", "ask_wait", None, "cancel_callback"),
        ("やっぱりポットの件で金曜の10時に電話ください", "move_callback", None, "request_callback"),
        ("there's a call booked for 080-1234-5678, when is it again?", "give_reason", "reason", "check_callback"),
        ("予約番号F9KET2をキャンセルお願いします", "give_reason", "reason", "cancel_callback"),
        ("I booked a call on 080-1234-5678 and need to change it", "give_time", "reason", "move_callback"),
        ("no. I don't want this any more, goodbye", "deny", "phone_number", "stop_form"),
        ("はぃ", "nlu_fallback", "confirmed", "affirm"),
        ("That is correct, thank you", "thank", "confirmed", "affirm"),
        ("折り返しお願いしたいんですけど", "request_callback", None, "request_callback"),
        ("電話の予約したいです", "request_callback", "reason", "request_callback"),
        ("前に予約したけど何時でしたっけ", "give_reason", "reason", "check_callback"),
        ("明日の電話な、あさってにしてくれへん？", "move_callback", None, "move_callback"),
        ("Nora", "deny", "customer_name", "give_name"),
        ("no name please", "skip", "customer_name", "skip"),
    ],
)
def test_words_decide_where_they_can(text: str, intent: str, asked: str | None, settled: str) -> None:
    assert hearing.settled(intent, text, confidence=0.9, asked=asked) == settled


@pytest.mark.parametrize(
    "text",
    [
        "....",
        "？！",
        "zzzz",
        "asdf",
        "lkjhgf",
        "んんんん",
        "ふじこふじこ",
        "あｓｄｆ",
        "fjdksla",
        "gkjfh sdkfj",
        "wqe zxkjv",
        "hjkq vfx",
    ],
)
def test_nonsense_is_no_matter(text: str) -> None:
    assert hearing.is_nonsense(text)


@pytest.mark.parametrize(
    "text",
    [
        "tv",
        "HDMI",
        "power",
        "kettle",
        "はいはい",
        "property",
        "Tre",
        "Vjekoslav",
        "Xzibit album",
        "12",
        "💦",
        "あ" * 2000,
        "<script>alert('x')</script>",
    ],
)
def test_what_only_looks_strange_is_none(text: str) -> None:
    assert not hearing.is_nonsense(text)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("電話番号を変更したい", True),
        ("番号が変わりました", True),
        ("I need to change my phone number", True),
        ("can you update my number to 080-1234-5678?", True),
        ("時間を変更したい", False),
        ("what is your number?", False),
    ],
)
def test_another_number_is_asked_for(text: str, is_so: bool) -> None:
    assert hearing.changes_number(text) is is_so


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("5", 5),
        ("４です", 4),
        ("★★★です", 3),
        ("星二つ", 2),
        ("4 out of 5", 4),
        ("I'd give it a 5", 5),
        ("I'd rate it a 3.", 3),
        ("2, the agent was in a hurry", 2),
        ("とても良かったです", 5),
        ("terrible", 1),
        ("3時に電話して", None),
        ("予約したい", None),
        ("090-1234-5678", None),
    ],
)
def test_a_verdict_is_one_to_five_stars(text: str, stars: int | None) -> None:
    assert rating.read(text) == stars


def test_what_is_said_beside_the_stars_is_kept() -> None:
    assert rating.comment("2, the agent was in a hurry") == "the agent was in a hurry"
    assert rating.comment("5") is None


@pytest.mark.parametrize(
    ("text", "known", "right"),
    [
        ("すみません、佐々木じゃなくて笹木です", "佐々木", "笹木"),
        ("it's Smyth, not Smith", "Smith", "Smyth"),
        ("not John, Jon", "John", "Jon"),
        ("田中です", "佐藤", None),
    ],
)
def test_a_name_is_corrected(text: str, known: str, right: str | None) -> None:
    assert name.corrected(text, known) == right


@pytest.mark.parametrize(
    ("text", "told", "who"),
    [
        ("Please call 080-5000-0025 tomorrow at 3pm about a refund", "a refund", None),
        ("Reason: microwave repair\nName: Olivia Hart\nPhone: 080-5000-0025", "microwave repair", "Olivia Hart"),
        ("用件：電子レンジの修理\n名前：岡田\n電話：080-5000-0025", "電子レンジの修理", "岡田"),
        ("請求書の件で、山田太郎、080-5000-0025、明日15時に電話して", "請求書の件", "山田太郎"),
        ("オペレーターにつないでください。番号は080-5000-0025です", None, None),
        ("杉山ですけど、加湿器が壊れた", "加湿器が壊れた", "杉山"),
    ],
)
def test_reason_and_name_are_found_beside_everything_else(text: str, told: str | None, who: str | None) -> None:
    assert (reason.corrected(text) or reason.part(text)) == told
    assert name.introduced(text) == who


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Please cancel the call I arranged on your website, my number is 090-1234-5678", "cancel_callback"),
        ("I want to cancel one of my calls, the number is 090-1234-5678", "cancel_callback"),
        ("can you move the appointment we set up by phone", "move_callback"),
        ("予約を一つ取り消したいです、電話は090-1234-5678", "cancel_callback"),
        ("090-1234-5678で入ってる予約の時間を教えて", "check_callback"),
        ("予約を1件変更したいです", "move_callback"),
        ("I've already made a booking, can you cancel it?", "cancel_callback"),
        ("we made a reservation online and it has to be later", "move_callback"),
        ("I made an appointment over the phone last week, what time was it?", "check_callback"),
        ("I booked a call the other day, could I check the time", "check_callback"),
        ("we have a booking with you under 090-1234-5678, cancel it please", "cancel_callback"),
        ("先週取った予約をずらしたい", "move_callback"),
        ("入れてある予約をやめたいのですが", "cancel_callback"),
        ("090-1234-5678の予約の時間を教えて", "check_callback"),
        ("申し込んだ電話の時間を変えたい", "move_callback"),
    ],
)
@pytest.mark.parametrize("guessed", ["give_reason", "request_callback", "give_phone_number"])
def test_a_booking_from_elsewhere_is_meant_whatever_the_model_says(text: str, wanted: str, guessed: str) -> None:
    assert hearing.settled(guessed, text, confidence=0.9, asked="reason") == wanted


@pytest.mark.parametrize("text", ["なら安心、お願いします", "よかった、お願いします", "I see, yes", "oh good, ok"])
def test_a_yes_may_come_after_a_word_of_relief(text: str) -> None:
    assert hearing.settled("out_of_scope", text, confidence=0.9, asked="confirmed") == "affirm"


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("can I book a call for Friday at 10:30am", True),
        ("I'd like to schedule a phone call on Monday", True),
        ("電話の予約をお願いします、金曜の10時で", True),
        ("もう一件お願いしたい", True),
        ("please move the call to Friday", False),
        ("cancel the call I booked", False),
        ("電話の予約を取り消したい", False),
        ("予約の変更をお願いします", False),
    ],
)
def test_who_asks_for_a_call_beside_the_one_that_is_booked_is_heard(text: str, is_so: bool) -> None:
    assert another.asks_for_another(text) is is_so
