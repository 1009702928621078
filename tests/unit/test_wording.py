"""The sentences outside the chat: both languages say the same things, and a text message stays short."""

import re
from datetime import UTC, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest

from bot.booking.hours import Period
from bot.channels.sms import as_sent
from bot.usecases.notices import OFFERS_TIMES
from bot.wording import LANGUAGES, dates, hours, names, say
from tests.support.clocks import NEW_YORK, TOKYO, TUESDAY
from tests.support.products import SLOT, office_hours

FACTS = {
    "ja": {
        "business": "みなと家電サポート", "when": "11月24日(火) 15:00〜15:30",
        "times": "12/25 10:00、12/26 16:30",
    },
    "en": {
        "business": "Minato Home Support", "when": "Tue, Nov 24, 12:30 PM–1:00 PM",
        "times": "Dec 25 10:00 AM, Dec 26 12:30 PM",
    },
}  # fmt: skip
COMMON = {
    "code": "123456", "minutes": 10, "sentence": "…", "stop": "https://callback.example.jp/m/stop/x",
    "promised": "15:02", "topic": "修理", "weekday": "土", "date": "2026-12-29", "start": "2026-12-01", "needed": 9,
    "people": 3, "link": "https://callback.example.jp/c/Wq8_rT2mPz-4Lk9XcV7bNsK7Q4MN",
    "choices": "15時は1、", "key": 1, "digits": "5 6 7 8",
    "agent": "森田 健",
    "reference": "K7Q4MN", "hotline": "0120-000-000", "name": "山田", "reason": "修理", "hours": "月〜金 9:00〜18:00",
}  # fmt: skip
NUMBERED = {
    "ja": "1 12/25 10:00、2 12/26 16:30",
    "en": "1 Dec 25 10:00 AM, 2 Dec 26 12:30 PM",
}  # fmt: skip
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
ONE_SEGMENT = {
    "en": {"confirmation", "reminder", "reminder_soon", "moved", "cancelled", "opted_out", "opted_in"},
    "ja": {"starting", "code", "opted_out", "opted_in"},
}
"""What every customer gets costs one segment in English; a link, and what went wrong, make it two at most."""


def placeholders(name: str, language: str) -> set[str]:
    """What a sentence wants to know: found by asking for it without any fact."""
    wanted: set[str] = set()
    while True:
        try:
            say(name, language, **dict.fromkeys(wanted, "x"))
        except KeyError as missing:
            wanted.add(str(missing.args[0]))
        else:
            return wanted


def segments(text: str) -> int:
    """How many messages the carrier bills: 160 plain characters or 70 others, fewer each when joined."""
    single, joined = (160, 153) if set(text) <= GSM else (70, 67)
    units = len(text) if set(text) <= GSM else len(text.encode("utf-16-le")) // 2
    return 1 if units <= single else ceil(units / joined)


def test_both_languages_have_the_same_sentences() -> None:
    assert names("ja") == names("en")


@pytest.mark.parametrize("name", sorted(names("ja")))
def test_both_languages_want_to_know_the_same(name: str) -> None:
    assert placeholders(name, "ja") == placeholders(name, "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(name for name in names("ja") if name.startswith("notices.")))
def test_a_text_message_is_one_segment_long_and_two_when_something_went_wrong(name: str, language: str) -> None:
    facts = FACTS[language]
    if name.removeprefix("notices.").startswith(tuple(OFFERS_TIMES)):
        told = dates.brief([SLOT], tz=TOKYO, language=language)
        facts = facts | {
            "when": told
            if name.endswith(("_with_times", "_by_number"))
            else dates.start(SLOT, tz=TOKYO, language=language)
        }
    if name.endswith("_by_number"):
        facts = facts | {"times": NUMBERED[language]}
    text = as_sent(say(name, language, **facts, **COMMON))
    assert segments(text) <= (1 if name.removeprefix("notices.") in ONE_SEGMENT[language] else 2)


@pytest.mark.parametrize(("text", "count"), [("a" * 160, 1), ("a" * 161, 2), ("あ" * 70, 1), ("あ" * 71, 2), ("–", 1)])
def test_how_segments_are_counted(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(names("ja")))
def test_no_sentence_asks_for_the_word_that_switches_messages_off(name: str, language: str) -> None:
    told = say(name, language, **FACTS[language], **COMMON)
    assert not re.search(r"\bCANCEL\b|キャンセルと|キャンセル(?:を|と)?返信", told)
    assert told == told.strip()
    assert "{" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gap_never_reaches_a_customer(language: str) -> None:
    with pytest.raises(KeyError):
        say("notices.confirmation", language, business="x")
    with pytest.raises(KeyError):
        say("notices.nothing_like_it", language)


def test_facts_with_braces_stay_text() -> None:
    assert "{business}" in say("voice.whisper", "ja", name="{business}", reason="{0.__class__}")


@pytest.mark.parametrize(
    ("moment", "language", "told"),
    [
        ("2026-11-24 15:00", "ja", "11月24日(火) 15:00〜15:30"),
        ("2026-11-24 15:00", "en", "Tue, Nov 24, 3:00 PM–3:30 PM"),
        ("2026-11-24 00:00", "en", "Tue, Nov 24, 12:00 AM–12:30 AM"),
        ("2026-11-24 12:00", "en", "Tue, Nov 24, 12:00 PM–12:30 PM"),
        ("2026-11-24 09:00", "ja", "11月24日(火) 9:00〜9:30"),
        ("2026-11-29 09:05", "ja", "11月29日(日) 9:05〜9:35"),
    ],
)
def test_times_as_people_say_them(moment: str, language: str, told: str) -> None:
    start = datetime.fromisoformat(moment).replace(tzinfo=TOKYO).astimezone(UTC)
    window = type(SLOT)(start=start, end=start + SLOT.length)
    assert dates.span(window, tz=TOKYO, language=language) == told


@pytest.mark.parametrize(
    ("moment", "language", "told"),
    [
        ("2026-11-24 15:00", "ja", "11月24日火曜日15時"),
        ("2026-11-24 09:30", "ja", "11月24日火曜日9時30分"),
        ("2026-11-24 15:30", "en", "Tuesday, November 24, 3:30 PM"),
    ],
)
def test_times_as_a_voice_reads_them(moment: str, language: str, told: str) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=TOKYO)
    assert dates.spoken(local, tz=TOKYO, language=language) == told


def test_times_are_told_in_business_time() -> None:
    assert dates.start(SLOT, tz=NEW_YORK, language="en") == "Tue, Nov 24, 1:00 AM"
    assert dates.start(SLOT, tz=ZoneInfo("UTC"), language="ja") == "11月24日(火) 6:00"


@pytest.mark.parametrize(
    ("language", "told"), [("ja", "11/24 15:00、11/25 15:00"), ("en", "Nov 24 3:00 PM, Nov 25 3:00 PM")]
)
def test_a_few_times_are_told_in_brief(language: str, told: str) -> None:
    day = timedelta(days=1)
    windows = (SLOT, type(SLOT)(start=SLOT.start + day, end=SLOT.end + day))
    assert dates.brief(windows, tz=TOKYO, language=language) == told


SPLIT = (Period(start=time(9), end=time(12)), Period(start=time(13), end=time.max))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ja", "月〜金 9:00〜18:00、土 9:00〜12:00、13:00〜24:00(祝日を除く)"),
        ("en", "Mon–Fri 9:00 AM–6:00 PM, Sat 9:00 AM–12:00 PM, 1:00 PM–12:00 AM (not on public holidays)"),
    ],
)
def test_hours_are_one_sentence(language: str, told: str) -> None:
    weekdays = office_hours().weekly
    assert hours.describe(office_hours(weekly={**weekdays, 5: SPLIT}), language, now=TUESDAY) == told


def test_holidays_are_not_told_where_they_are_not_kept() -> None:
    assert hours.describe(office_hours(holidays_country=None), "ja", now=TUESDAY) == "月〜金 9:00〜18:00"
