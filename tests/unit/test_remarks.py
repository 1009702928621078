"""What is said beside the answers."""

from datetime import timedelta

import pytest

from bot.booking import hearing, name, pick, rating, reason, remarks, shift
from bot.booking.hearing import settled


@pytest.mark.parametrize(
    "text", ["ちょっと待ってください", "今確認します", "one moment please", "let me check", "hang on a sec", "うーん"]
)
def test_time_to_think_is_given(text: str) -> None:
    assert remarks.is_a_moment(text)


@pytest.mark.parametrize("text", ["wait, wrong number", "ちょっと待って、電話番号が違います", "もしもし"])
def test_whoever_says_more_is_heard(text: str) -> None:
    assert not remarks.is_a_moment(text)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("will this call show up on my phone bill?", "ask_price"),
        ("who pays for the call?", "ask_price"),
        ("通話料はどっちが払うの？", "ask_price"),
        ("how many people are ahead of me?", "ask_wait"),
        ("わたしの前に何人待ってるの", "ask_wait"),
        ("what will you do with my data?", "ask_why"),
        ("個人情報はどう使われますか？", "ask_why"),
    ],
)
def test_a_question_about_the_call_is_told_by_its_words(text: str, intent: str) -> None:
    assert settled("check_callback", text, confidence=0.9, asked="confirmed") == intent


def test_a_matter_of_money_is_no_question_about_the_call() -> None:
    assert settled("give_reason", "the charge on my invoice is wrong", confidence=0.9, asked="reason") == "give_reason"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("no number", "phone_number"),
        ("番号は教えたくないです", "phone_number"),
        ("どれも無理です", "preferred_slot"),
        ("none of these work", "new_slot"),
    ],
)
def test_a_refusal_is_heard_as_one(text: str, asked: str) -> None:
    assert settled("affirm", text, confidence=0.9, asked=asked) == "skip"


@pytest.mark.parametrize("text", ["ちゃうちゃう", "どうもどうも", "まってまって"])
def test_what_people_say_twice_is_no_nonsense(text: str) -> None:
    assert not hearing.is_nonsense(text)


def test_japanese_with_blanks_between_its_words_is_read() -> None:
    text = "わたし マイケル です。せんたくき こわれました。あした 2じ でんわ おねがいします"
    assert (name.introduced(text), reason.part(text)) == ("マイケル", "せんたくき こわれました")
    assert reason.asks_for_call(text)


@pytest.mark.parametrize(
    "text",
    ["sorry, wrong number, it's 080-1234-5678", "actually, make it Thursday 11am", "080-1234-5678にかけてください"],
)
def test_words_around_an_answer_are_no_matter(text: str) -> None:
    assert reason.part(text) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("could it be an hour earlier?", -60),
        ("half an hour later please", 30),
        ("1時間半遅くできますか", 90),
        ("30分早めて", -30),
        ("after an hour", None),
    ],
)
def test_how_much_earlier_or_later_is_read(text: str, minutes: int | None) -> None:
    assert shift.read(text) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "name_of"),
    [
        ("People call me Kit", "Kit"),
        ("友達からはケンって呼ばれてます", "ケン"),
        ("アルプス食品のベルグ奈々です。冷凍庫の警報が鳴ります", "ベルグ奈々"),
        ("アイロンから水が漏れます。\n\n小早川 清", "小早川 清"),
    ],
)
def test_names_are_told_in_many_ways(text: str, name_of: str) -> None:
    assert name.introduced(text) == name_of


def test_a_name_is_put_right() -> None:
    assert name.corrected("that should be Joanne Bloggs", "Joe Bloggs") == "Joanne Bloggs"
    assert name.corrected("すみません、渡部の間違いです", "渡辺") == "渡部"
    assert name.corrected("洗濯機の間違いです", "渡辺") is None


@pytest.mark.parametrize(
    ("text", "place"),
    [("一番遅い時間で", 3), ("the bottom one", 3), ("いちばん上の", 0), ("last night", None), ("二番目", 1)],
)
def test_the_one_that_is_meant_is_picked(text: str, place: int | None) -> None:
    assert pick.position(text, 4) == place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Luz. how long will I wait?", "Luz"),
        ("田中です。どのくらい待ちますか", "田中です"),
        ("how long will I wait?", None),
        ("Luz. That is all.", None),
    ],
)
def test_what_is_said_before_a_question_is_found(text: str, said: str | None) -> None:
    assert hearing.before_a_question(text) == said


@pytest.mark.parametrize(("text", "stars"), [("2 - he was rude", 2), ("I'd give it four out of five", 4), ("five", 5)])
def test_stars_are_told_in_words_too(text: str, stars: int) -> None:
    assert rating.read(text) == stars


@pytest.mark.parametrize(
    ("text", "will_not"),
    [
        ("わかりません、教えたくないです", True),
        ("言えません", True),
        ("I'd rather not say", True),
        ("I don't want to tell you", True),
        ("わかりません", False),
        ("I don't know it", False),
    ],
)
def test_whoever_will_not_say_is_told_from_whoever_does_not_know(text: str, *, will_not: bool) -> None:
    assert remarks.will_not_say(text) is will_not
