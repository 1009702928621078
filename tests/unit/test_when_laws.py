"""Laws of the time-wish reader, whatever is said and whenever."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.booking.when import Language, Wishes, read

ZONES = st.sampled_from([ZoneInfo(name) for name in ("Asia/Tokyo", "America/New_York", "Europe/London")])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2031, 12, 31))  # noqa: DTZ001 - the zone is added below
DAYS_JA = st.sampled_from([
        "", "今日の", "明日の", "金曜の", "来週の火曜の", "再来週月曜の", "12月24日の", "31日の",
        "月末の", "平日の", "今週末の",
])  # fmt: skip
TIMES_JA = st.sampled_from([
        "3時", "7時", "11時半", "15:30", "午前9時", "午後", "夕方", "朝イチ", "3時から5時", "18時以降",
        "5時まで", "10時頃", "夜8時", "25時", "2時間後",
])  # fmt: skip
DAYS_EN = st.sampled_from([
        "", "today ", "tomorrow ", "Friday ", "next Tuesday ", "Dec 24 ", "on the 31st ", "next week ",
        "any weekday ",
])  # fmt: skip
TIMES_EN = st.sampled_from([
        "at 3", "at 7", "at 11:30", "3pm", "in the morning", "this evening", "between 2 and 4",
        "after 6", "by five", "around 10", "first thing",
])  # fmt: skip
POLITE_JA = st.sampled_from([
        "でお願いします", "でお願いいたします", "にお電話いただけますでしょうか",
        "でよろしくお願いします", "が助かります",
])  # fmt: skip
POLITE_EN = st.sampled_from([
        " please", ", please", " would be great", " works for me, thanks",
])  # fmt: skip
PHONES = st.sampled_from([
        "090-1234-5678", "０３−１２３４−５６７８", "+81 90 1234 5678", "08011112222", "0120-444-113",
])  # fmt: skip
WORDS_JA = st.sampled_from(
    (
        "明日 今日 来週 今週 再来週 金曜 土日 平日 毎日 午前 午後 夕方 朝一 3時 7時半 15:00 25時 正午 12/3 31日 "
        "月末 来月 から まで 以降 頃 か と 、 。 以外 無理 やっぱり "
        "じゃなくて いつでも 至急 2時間後 3日以内 〜 の で "
        "は 会議 昨日 ました 第2火曜 週末 前 過ぎ 変更 しか 今から 年内"
    ).split()
)
WORDS_EN = st.sampled_from(
    (
        "tomorrow today next this friday weekend weekdays every morning evening at 3 7:30 3pm noon midnight dec 12/3 "
        "31st from to until by before after between and or , . not except but any time actually wait asap in two hours "
        "within days around -ish half past five now end of month week so busy works instead move first lunch - second"
    ).split()
)
ANYTHING = st.text(
    alphabet="0123456789時分半月日火金曜今明来週午前後朝夜からまで以降頃か、。 abcdmnopst:/-~at", max_size=30
)


def said(text: str, now: datetime, tz: ZoneInfo, language: Language) -> Wishes:
    return read(text, now=now.replace(tzinfo=tz), tz=tz, language=language)


def assert_sound(wishes: Wishes, now: datetime) -> None:
    for wish in wishes.candidates:
        assert (wish.kind == "asap") == (wish.start is None and wish.end is None)
        if wish.kind == "date":
            assert wish.end is not None
            assert wish.end > now
        elif wish.start is not None:
            assert wish.start >= now
        if wish.end is not None:
            assert wish.end > (wish.start or now)
    for one in wishes.exclude:
        assert one.end > one.start


@given(day=DAYS_JA, time=TIMES_JA, now=MOMENTS, tz=ZONES)
def test_a_japanese_wish_is_never_in_the_past(day: str, time: str, now: datetime, tz: ZoneInfo) -> None:
    assert_sound(said(day + time, now, tz, "ja"), now.replace(tzinfo=tz))


@given(day=DAYS_EN, time=TIMES_EN, now=MOMENTS, tz=ZONES)
def test_an_english_wish_is_never_in_the_past(day: str, time: str, now: datetime, tz: ZoneInfo) -> None:
    assert_sound(said(day + time, now, tz, "en"), now.replace(tzinfo=tz))


@given(text=ANYTHING, now=MOMENTS, tz=ZONES, language=st.sampled_from(["ja", "en"]))
def test_nonsense_breaks_nothing(text: str, now: datetime, tz: ZoneInfo, language: Language) -> None:
    assert_sound(said(text, now, tz, language), now.replace(tzinfo=tz))


@given(words=st.lists(WORDS_JA, max_size=8), now=MOMENTS, tz=ZONES)
def test_japanese_time_words_in_any_order_make_sound_wishes(words: list[str], now: datetime, tz: ZoneInfo) -> None:
    assert_sound(said("".join(words), now, tz, "ja"), now.replace(tzinfo=tz))


@given(words=st.lists(WORDS_EN, max_size=9), now=MOMENTS, tz=ZONES)
def test_english_time_words_in_any_order_make_sound_wishes(words: list[str], now: datetime, tz: ZoneInfo) -> None:
    assert_sound(said(" ".join(words), now, tz, "en"), now.replace(tzinfo=tz))


@given(text=st.text(max_size=60), now=MOMENTS, language=st.sampled_from(["ja", "en"]))
def test_any_text_at_all_is_read(text: str, now: datetime, language: Language) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert_sound(said(text, now, tokyo, language), now.replace(tzinfo=tokyo))


@given(day=DAYS_JA, time=TIMES_JA, now=MOMENTS)
def test_full_width_reads_like_half_width(day: str, time: str, now: datetime) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    wide = (day + time).translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert said(wide, now, tokyo, "ja") == said(day + time, now, tokyo, "ja")


@given(day=DAYS_EN, time=TIMES_EN, now=MOMENTS)
def test_full_width_english_reads_like_half_width(day: str, time: str, now: datetime) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    wide = (day + time).translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert said(wide, now, tokyo, "en") == said(day + time, now, tokyo, "en")


@given(day=DAYS_JA, time=TIMES_JA, ending=POLITE_JA, now=MOMENTS)
def test_a_japanese_text_and_its_polite_form_agree(day: str, time: str, ending: str, now: datetime) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert said(day + time + ending, now, tokyo, "ja") == said(day + time, now, tokyo, "ja")


@given(day=DAYS_EN, time=TIMES_EN, ending=POLITE_EN, now=MOMENTS)
def test_an_english_text_and_its_polite_form_agree(day: str, time: str, ending: str, now: datetime) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert said(day + time + ending, now, tokyo, "en") == said(day + time, now, tokyo, "en")


@given(day=DAYS_JA, time=TIMES_JA, phone=PHONES, now=MOMENTS)
def test_a_phone_number_changes_nothing_in_japanese(day: str, time: str, phone: str, now: datetime) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    plain = said(f"{day}{time}でお願いします", now, tokyo, "ja")
    assert said(f"{phone}です。{day}{time}でお願いします", now, tokyo, "ja") == plain
    assert said(f"{day}{time}でお願いします {phone}", now, tokyo, "ja") == plain


@given(day=DAYS_EN, time=TIMES_EN, phone=PHONES, now=MOMENTS)
def test_a_phone_number_changes_nothing_in_english(day: str, time: str, phone: str, now: datetime) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    plain = said(f"{day}{time} please", now, tokyo, "en")
    assert said(f"my number is {phone}, {day}{time} please", now, tokyo, "en") == plain
    assert said(f"{day}{time} please, {phone}", now, tokyo, "en") == plain


@given(now=MOMENTS, minutes=st.integers(1, 600))
def test_an_offset_is_counted_from_now(now: datetime, minutes: int) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    start = said(f"{minutes}分後", now, tokyo, "ja").candidates[0].start
    assert start == now.replace(tzinfo=tokyo) + timedelta(minutes=minutes)
