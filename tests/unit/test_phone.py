"""Which numbers are called, and which never."""

import contextlib

import pytest

from bot.booking import phone
from bot.booking.errors import NumberRefused
from bot.booking.phone import NumberPolicy
from tests.support.products import NUMBERS


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("09012345678", "+819012345678"),
        ("090-1234-5678", "+819012345678"),
        ("０９０－１２３４－５６７８", "+819012345678"),
        ("090ー1234ー5678", "+819012345678"),
        ("090 1234 5678", "+819012345678"),
        ("(090)1234-5678", "+819012345678"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("  070-1234-5678 ", "+817012345678"),
        ("080-1234-5678", "+818012345678"),
        ("03-1234-5678", "+81312345678"),
        ("045-123-4567", "+81451234567"),
        ("0120ではなく", None),
        ("050-3123-4567", "+815031234567"),
    ],
)
def test_japanese_numbers_however_they_are_written(text: str, number: str | None) -> None:
    if number is None:
        with pytest.raises(NumberRefused):
            phone.accept(text, NUMBERS)
    else:
        assert phone.accept(text, NUMBERS) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("電話番号は090-1234-5678です", "+819012345678"),
        ("090 1234 5678でお願いします。", "+819012345678"),
        ("my number is 090-1234-5678, thanks", "+819012345678"),
        ("０９０１２３４５６７８にかけてください", "+819012345678"),
        ("03-1234-5678、いや、090-1234-5678で", "+819012345678"),
        ("0081 80 2233 4455", "+818022334455"),
        ("26日 16:00\n090-1234-5678", "+819012345678"),
        ("my order 2026-1187-5520 is late, call 090-1234-5678", "+819012345678"),
        ("注文番号は12345678です", None),
        ("型番NR-F503、製造番号 0912345678 の冷蔵庫", None),
        ("明日の15時に", None),
        ("2026年11月24日", None),
        ("", None),
        ("はい", None),
    ],
)
def test_the_last_number_in_a_sentence(text: str, number: str | None) -> None:
    assert phone.read(text, NUMBERS) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ゼロキューゼロ イチニーサンヨン ゴーロクナナハチ", "+819012345678"),
        ("番号はぜろきゅうぜろのいちにさんよんのごろくななはちにお願いします", "+819012345678"),
        ("ゼロさんの一二三四の五六七八に電話ください", "+81312345678"),
        ("〇九〇一二三四五六七八です", "+819012345678"),
        ("oh nine oh, one two three four, five six seven eight", "+819012345678"),
        ("it's zero nine zero double one two two three three four four", "+819011223344"),
        ("明日の三時に二人で行きます", None),
        ("一二三四五六七八九〇", None),
        ("one two three testing", None),
    ],
)
def test_a_number_that_is_spelled_out(text: str, number: str | None) -> None:
    assert phone.read(text, NUMBERS) == number


@pytest.mark.parametrize(
    ("text", "main", "alternate"),
    [
        ("090-1234-5678、つながらなければ03-1234-5678に", "+819012345678", "+81312345678"),
        ("090-1234-5678か03-1234-5678", "+819012345678", "+81312345678"),
        ("予備は03-1234-5678、普段は090-1234-5678です", "+819012345678", "+81312345678"),
        ("090-1234-5678 or 03-1234-5678 if I don't pick up", "+819012345678", "+81312345678"),
        ("03-1234-5678じゃなくて090-1234-5678", "+819012345678", None),
        ("090-1234-5678です。03-1234-5678ではありません", "+819012345678", None),
        ("03-1234-5678 sorry, 090-1234-5678", "+819012345678", None),
        ("090-1234-5678, not 03-1234-5678", "+819012345678", None),
        ("090-1234-5678、09012345678です", "+819012345678", None),
        ("家が03-1234-5678で携帯が090-1234-5678やけど、携帯のほうにかけてな", "+819012345678", "+81312345678"),
        ("home is 03-1234-5678, cell is 090-1234-5678, better call the cell", "+819012345678", "+81312345678"),
        ("0120-123-456につながらないので090-1234-5678に", "+819012345678", None),
    ],
)
def test_several_numbers_in_one_message(text: str, main: str, alternate: str | None) -> None:
    assert phone.heard(text, NUMBERS) == phone.Heard(main=main, alternate=alternate)


def test_another_number_to_try_is_added_to_the_one_that_is_known() -> None:
    assert phone.heard("つながらないときは03-1234-5678", NUMBERS, has_main=True) == phone.Heard(
        alternate="+81312345678"
    )
    assert phone.heard("つながらないときは03-1234-5678", NUMBERS) == phone.Heard(main="+81312345678")
    assert phone.heard("03-1234-5678に変えて", NUMBERS, has_main=True) == phone.Heard(main="+81312345678")


EMERGENCY = [
    "110", "118", "119", "171", "188", "189", "１１０", "１１９", " 119 ", "1-1-9", "119番", "tel:119", "tel:110",
    "+81110", "+81119", "+81 118", "+81-119", "0110", "0119", "911", "112", "999", "000", "+1911", "+1 911",
]  # fmt: skip
DISGUISED = [
    "tel:119;phone-context=+81", "tel:110;phone-context=example.com", "09012345678;ext=119",
    "tel:+819012345678;ext=119", "09012345678x119", "090-1234-5678 ext. 119", "09012345678,,119", "09012345678#119",
    "184119", "184110", "186119", "00119", "+44999", "+61000", "0081119", "119119", "11 9 11 9",
]  # fmt: skip
PREMIUM = [
    "0120-123-456", "0120123456", "+81120123456", "0800-123-4567", "+818001234567", "0570-012-345", "+81570012345",
    "0990-123-456", "+81990123456", "0180-99-1234", "020-4123-4567", "+18765550123", "+1 876 555 0123",
    "+12685550123", "+14735550123", "+16645550123", "+17845550123", "+18095550123", "+8821612345678", "+88213123456",
    "+883510012345", "+881612345678", "+870773112345", "+87810123456789", "+979123456789", "+88812345678",
    "010-1-876-555-0123",
]  # fmt: skip
FOREIGN = ["+16502530000", "+442070313000", "+861012345678", "+821012345678", "+33142345678", "010-1-650-253-0000"]
NONSENSE = ["", "0", "12345", "090-1234", "090-1234-56789012", "090-ABCD-5678", "+", "abc", "+999999999999", "٠٩"]


@pytest.mark.parametrize("text", EMERGENCY + DISGUISED + PREMIUM + FOREIGN + NONSENSE)
def test_numbers_that_are_never_called(text: str) -> None:
    with pytest.raises(NumberRefused):
        phone.accept(text, NUMBERS)
    with contextlib.suppress(NumberRefused):
        assert phone.read(text, NUMBERS) in (None, "+819012345678")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *[(text, "emergency") for text in EMERGENCY if "番" not in text],
        ("0120-123-456", "service"),
        ("0570-012-345", "service"),
        ("0990-123-456", "service"),
        ("+18765550123", "premium"),
        ("+8821612345678", "premium"),
        ("+979123456789", "premium"),
        ("+16502530000", "country_not_allowed"),
        ("09012345678;ext=119", "not_a_number"),
        ("12345", "not_a_number"),
    ],
)
def test_the_reason_of_a_refusal_is_told(text: str, reason: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        phone.accept(text, NUMBERS)
    assert refused.value.reason == reason


@pytest.mark.parametrize("text", PREMIUM)
def test_costly_numbers_are_refused_even_where_every_country_is_allowed(text: str) -> None:
    everywhere = NumberPolicy(
        default_country="JP",
        countries=frozenset({"JP", "US", "JM", "AG", "GD", "MS", "VC", "DO", "001"}),
        kinds=frozenset({"mobile", "fixed", "voip"}),
    )
    with pytest.raises(NumberRefused):
        phone.accept(text, everywhere)


def test_a_kind_that_is_not_allowed_is_refused() -> None:
    mobiles = NumberPolicy(default_country="JP", countries=frozenset({"JP"}), kinds=frozenset({"mobile"}))
    assert phone.accept("090-1234-5678", mobiles)
    with pytest.raises(NumberRefused, match="kind not allowed"):
        phone.accept("03-1234-5678", mobiles)


@pytest.mark.parametrize("number", ["+819012345678", "+81312345678", "09012345678", "119"])
def test_a_masked_number_shows_its_last_four_digits_and_not_its_length(number: str) -> None:
    assert phone.masked(number) == "•••••••" + number[-4:]


@pytest.mark.parametrize(
    ("number", "told", "sms"),
    [
        ("+819012345678", "090-1234-5678", True),
        ("+81312345678", "03-1234-5678", False),
        ("+815031234567", "050-3123-4567", False),
    ],
)
def test_how_a_number_is_told_and_whether_it_takes_messages(number: str, told: str, sms: bool) -> None:
    assert phone.national(number) == told
    assert phone.takes_sms(number) == sms
    assert phone.country(number) == "JP"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("090-1234-5678です", "•••••••5678です"),
        ("call +81 90 1234 5678 or 03-1234-9876", "call •••••••5678 or •••••••9876"),
        ("０９０１２３４５６７８", "•••••••5678"),
        ("コードは123456、明日の15時", "コードは123456、明日の15時"),
    ],
)
def test_a_number_in_a_text_is_hidden_like_any_other(text: str, shown: str) -> None:
    assert phone.hidden(text, NUMBERS) == shown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("返金の件でできるだけ早く080-5000-0005へ電話ください", "返金の件でできるだけ早く電話ください"),
        ("call me on 080-5000-0005 tomorrow", "call me  tomorrow"),
        ("2026-11-27の15時", "2026-11-27の15時"),
    ],
)
def test_a_number_is_taken_out_of_a_sentence_that_may_tell_a_time(text: str, left: str) -> None:
    assert " ".join(phone.without(text, NUMBERS).split()) == " ".join(left.split())
