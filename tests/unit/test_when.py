"""The conventions of time wishes, one table for each."""

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.booking.when import DEFAULT_PARTS, Language, PartsOfDay, Wish, Wishes, read

TOKYO = ZoneInfo("Asia/Tokyo")
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=TOKYO)


def said(text: str, *, now: datetime = TUESDAY, language: Language | None = None) -> Wishes:
    spoken: Language = "ja" if any(ord(char) > 0x3000 for char in text) else "en"
    return read(text, now=now, tz=TOKYO, language=language or spoken)


def shown(wish: Wish) -> str:
    start = f"{wish.start:%m-%d %H:%M}" if wish.start else ""
    end = f" > {wish.end:%m-%d %H:%M}" if wish.end else " >" if wish.kind == "window" else ""
    return f"{wish.kind} {start}{end}".replace("  ", " ").strip()


def candidates(text: str, now: datetime = TUESDAY) -> list[str]:
    return [shown(wish) for wish in said(text, now=now).candidates]


def ruled_out(text: str) -> list[str]:
    return [f"{one.start:%a %H:%M} > {one.end:%a %H:%M}" for one in said(text).exclude]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("あさって26日の15時半に", ["instant 11-26 15:30"]),
        ("明日25日の午後", ["window 11-25 13:00 > 11-25 18:00"]),
        ("明日か26日の15時", ["instant 11-25 15:00", "instant 11-26 15:00"]),
    ],
)
def test_a_day_that_is_named_twice_is_one_wish(text: str, expected: list[str]) -> None:
    assert candidates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9時", "instant 11-25 09:00"),
        ("11時", "instant 11-24 11:00"),
        ("水曜の15時", "instant 11-25 15:00"),
        ("火曜日", "date 12-01 00:00 > 12-02 00:00"),
        ("11月20日", "date 11-20 00:00 > 11-21 00:00"),
        ("at 9", "instant 11-25 09:00"),
        ("Monday at 11", "instant 11-30 11:00"),
    ],
)
def test_what_has_passed_is_meant_for_the_next_time(text: str, expected: str) -> None:
    assert candidates(text) == [expected]


@pytest.mark.parametrize("hour", range(1, 7))
def test_one_to_six_is_the_afternoon(hour: int) -> None:
    expected = [f"instant 11-25 {hour + 12}:00"]
    assert candidates(f"明日の{hour}時") == expected
    assert candidates(f"tomorrow at {hour}") == expected


@pytest.mark.parametrize("hour", [7, 8])
def test_seven_and_eight_may_be_either(hour: int) -> None:
    for text in (f"明日の{hour}時", f"tomorrow at {hour}"):
        wishes = said(text)
        assert [shown(wish) for wish in wishes.candidates] == [
            f"instant 11-25 0{hour}:00",
            f"instant 11-25 {hour + 12}:00",
        ]
        assert wishes.ambiguous


def test_several_wishes_are_not_ambiguous() -> None:
    assert not said("明日の3時か4時").ambiguous


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any time after lunch on Friday", ["window 11-27 13:00 > 11-28 00:00"]),
        ("1pm, if that's taken then 3pm", ["instant 11-24 13:00", "instant 11-24 15:00"]),
        ("2pm tomorrow or if that's gone Thursday at 2pm", ["instant 11-25 14:00", "instant 11-26 14:00"]),
        ("Friday at 1pm regarding the oven door, which does not shut", ["instant 11-27 13:00"]),
        ("tomorrow 1pm and don't be late", ["instant 11-25 13:00"]),
    ],
)
def test_what_stands_beside_a_wish_does_not_bend_it(text: str, expected: list[str]) -> None:
    assert candidates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明日の25時", ["instant 11-26 01:00"]),
        ("夜の8時", ["instant 11-24 20:00"]),
        ("朝7時", ["instant 11-25 07:00"]),
        ("12時半", ["instant 11-24 12:30"]),
        ("8 at night", ["instant 11-24 20:00"]),
        ("08:00", ["instant 11-25 08:00"]),
        ("5時15分前", ["instant 11-24 16:45"]),
    ],
)
def test_clock_times_are_read_in_their_context(text: str, expected: list[str]) -> None:
    assert candidates(text) == expected


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        ("2026-11-24", "next Friday", ["date 11-27 00:00 > 11-28 00:00", "date 12-04 00:00 > 12-05 00:00"]),
        ("2026-11-28", "next Friday", ["date 12-04 00:00 > 12-05 00:00"]),
        ("2026-11-24", "来週の金曜", ["date 12-04 00:00 > 12-05 00:00"]),
        ("2026-11-29", "来週の月曜", ["date 11-30 00:00 > 12-01 00:00"]),
        ("2026-11-24", "今度の金曜", ["date 11-27 00:00 > 11-28 00:00"]),
        ("2026-11-24", "a week from Monday", ["date 12-07 00:00 > 12-08 00:00"]),
        ("2026-12-30", "1月5日", ["date 01-05 00:00 > 01-06 00:00"]),
        ("2026-12-30", "明後日", ["date 01-01 00:00 > 01-02 00:00"]),
        ("2028-02-28", "明日", ["date 02-29 00:00 > 03-01 00:00"]),
        ("2026-01-31", "来月の5日", ["date 02-05 00:00 > 02-06 00:00"]),
        ("2026-11-24", "月末", ["date 11-30 00:00 > 12-01 00:00"]),
        ("2026-11-24", "12/3", ["date 12-03 00:00 > 12-04 00:00"]),
    ],
)
def test_days_are_counted_on_the_calendar(now: str, text: str, expected: list[str]) -> None:
    assert candidates(text, datetime.fromisoformat(f"{now}T10:00").replace(tzinfo=TOKYO)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15時以降", "window 11-24 15:00 > 11-25 00:00"),
        ("木曜以降", "window 11-26 00:00 >"),
        ("5時まで", "window > 11-24 17:00"),
        ("明日の12時まで", "window 11-25 00:00 > 11-25 12:00"),
        ("by Friday", "window > 11-28 00:00"),
        ("before Friday", "window > 11-27 00:00"),
        ("any time", "window 11-24 10:00 >"),
        ("11時から1時の間", "window 11-24 11:00 > 11-24 13:00"),
        ("2-4pm", "window 11-24 14:00 > 11-24 16:00"),
        ("3時頃", "window 11-24 14:30 > 11-24 15:30"),
        ("within the hour", "window > 11-24 11:00"),
        ("今週末", "window 11-28 00:00 > 11-30 00:00"),
    ],
)
def test_windows_are_open_where_the_customer_left_them_open(text: str, expected: str) -> None:
    assert candidates(text) == [expected]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("早朝", "06:00", "08:00"),
        ("朝", "08:00", "10:00"),
        ("朝イチ", "09:00", "10:00"),
        ("first thing", "09:00", "10:00"),
        ("午前", "09:00", "12:00"),
        ("morning", "09:00", "12:00"),
        ("昼", "12:00", "14:00"),
        ("昼休み", "12:00", "13:00"),
        ("昼過ぎ", "13:00", "15:00"),
        ("午後", "13:00", "18:00"),
        ("afternoon", "13:00", "18:00"),
        ("午後イチ", "13:00", "14:00"),
        ("夕方", "16:00", "18:00"),
        ("夜", "18:00", "21:00"),
        ("晩", "18:00", "21:00"),
        ("evening", "18:00", "21:00"),
    ],
)
def test_a_part_of_the_day_is_a_window(text: str, start: str, end: str) -> None:
    said_tomorrow = f"明日の{text}" if ord(text[0]) > 0x3000 else f"tomorrow {text}"
    assert candidates(said_tomorrow) == [f"window 11-25 {start} > 11-25 {end}"]


def test_the_parts_of_the_day_are_settings() -> None:
    parts = PartsOfDay(evening=(17 * 60, 20 * 60))
    wish = read("明日の夜", now=TUESDAY, tz=TOKYO, language="ja", parts=parts).candidates[0]
    assert wish == Wish(
        kind="window",
        start=datetime(2026, 11, 25, 17, tzinfo=TOKYO),
        end=datetime(2026, 11, 25, 20, tzinfo=TOKYO),
    )
    assert DEFAULT_PARTS.evening == (18 * 60, 21 * 60)


def test_a_part_of_today_that_has_begun_runs_from_now() -> None:
    afternoon = TUESDAY.replace(hour=15)
    assert candidates("午後", afternoon) == ["window > 11-24 18:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明日の3時、やっぱり4時で", ["instant 11-25 16:00"]),
        ("明日の3時、いややっぱり明後日で", ["instant 11-26 15:00"]),
        ("Tuesday at 3, no wait, 4", ["instant 12-01 16:00"]),
        ("明日の14時の予約を金曜の16時に変更したい", ["instant 11-27 16:00"]),
        ("move my Friday 3pm call to Monday at 10am", ["instant 11-30 10:00"]),
    ],
)
def test_a_correction_replaces(text: str, expected: list[str]) -> None:
    assert candidates(text) == expected


def test_date_and_weekday_that_disagree_are_both_returned() -> None:
    wishes = said("11月25日(木)の15時")
    assert [shown(wish) for wish in wishes.candidates] == ["instant 11-25 15:00", "instant 11-26 15:00"]
    assert wishes.ambiguous


@pytest.mark.parametrize("text", ["金曜以外", "金曜はNG", "not Friday", "any day but Friday", "Fridays don't work"])
def test_a_weekday_ruled_out_is_no_wish(text: str) -> None:
    assert candidates(text) == []
    assert ruled_out(text) == ["Fri 00:00 > Sat 00:00"] * 2


@pytest.mark.parametrize("text", ["12時から1時は避けてください", "not between 12 and 1"])
def test_an_hour_ruled_out_is_ruled_out_on_each_of_fourteen_days(text: str) -> None:
    exclude = said(text).exclude
    assert candidates(text) == []
    assert [one.start - exclude[0].start for one in exclude] == [timedelta(days=n) for n in range(14)]
    assert {(one.start.hour, one.end.hour) for one in exclude} == {(12, 13)}


@pytest.mark.parametrize("text", ["平日の午後", "any weekday afternoon"])
def test_what_recurs_covers_at_least_seven_days(text: str) -> None:
    days = [wish.start.date() for wish in said(text).candidates if wish.start]
    assert [day.weekday() for day in days] == [1, 2, 3, 4, 0, 1]


@pytest.mark.parametrize(
    "text", ["なるはやで", "至急お願いします", "今すぐ電話ください", "ASAP", "as soon as possible", "right away"]
)
def test_as_soon_as_possible_has_no_ends(text: str) -> None:
    assert said(text).candidates == (Wish(kind="asap"),)


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("11月27日(金) 15:00", "instant 11-27 15:00"),
        ("11月27日(金) 15:00〜15:30", "window 11-27 15:00 > 11-27 15:30"),
        ("Fri, Nov 27, 3:00 PM", "instant 11-27 15:00"),
        ("Fri, Nov 27, 3:00 PM–3:30 PM", "window 11-27 15:00 > 11-27 15:30"),
        ("Fri, Nov 27, 3:00\u202fPM–3:30\u202fPM", "window 11-27 15:00 > 11-27 15:30"),
    ],
)
def test_the_labels_of_our_own_buttons_are_read_back(label: str, kind: str) -> None:
    assert candidates(label) == [kind]


def test_times_are_those_of_the_customers_own_zone() -> None:
    new_york = ZoneInfo("America/New_York")
    wish = read("tomorrow at 3pm", now=TUESDAY, tz=new_york, language="en").candidates[0]
    assert wish.start == datetime(2026, 11, 24, 15, tzinfo=new_york)


def test_an_offset_counts_real_hours_across_a_clock_change() -> None:
    new_york = ZoneInfo("America/New_York")
    now = datetime(2026, 3, 8, 1, 30, tzinfo=new_york)
    wish = read("in two hours", now=now, tz=new_york, language="en").candidates[0]
    assert wish.start == datetime(2026, 3, 8, 4, 30, tzinfo=new_york)


def test_the_command_answers_each_line() -> None:
    asked = [
        {"text": "明日の15時", "lang": "ja", "now": "2026-11-24T10:00:00+09:00", "tz": "Asia/Tokyo"},
        {"text": "not Friday", "lang": "en", "now": "2026-11-24T10:00:00+09:00", "tz": "Asia/Tokyo"},
    ]
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    done = subprocess.run(
        [sys.executable, "-m", "bot.booking.when"], input=lines, capture_output=True, text=True, check=True
    )
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["candidates"] == [{"start": "2026-11-25T15:00:00+09:00", "end": None, "kind": "instant"}]
    assert first["exclude"] == []
    assert first["us"] >= 0
    assert second["candidates"] == []
    assert second["exclude"][0] == {"start": "2026-11-27T00:00:00+09:00", "end": "2026-11-28T00:00:00+09:00"}


@pytest.mark.parametrize(
    ("language", "text", "start"),
    [
        ("ja", "16時にして", "2026-11-27T16:00:00+09:00"),
        ("ja", "やっぱり4時で", "2026-11-27T16:00:00+09:00"),
        ("en", "3pm", "2026-11-27T15:00:00+09:00"),
        ("en", "no wait, 4", "2026-11-27T16:00:00+09:00"),
        ("ja", "明日の16時", "2026-11-25T16:00:00+09:00"),
        ("ja", "今日の16時", "2026-11-24T16:00:00+09:00"),
        ("en", "Thursday at 3", "2026-11-26T15:00:00+09:00"),
        ("en", "in two hours", "2026-11-24T12:00:00+09:00"),
    ],
)
def test_in_a_talk_about_friday_a_time_without_a_day_is_fridays(language: Language, text: str, start: str) -> None:
    wishes = read(text, now=TUESDAY, tz=TOKYO, language=language, near=date(2026, 11, 27))
    assert [wish.start and wish.start.isoformat() for wish in wishes.candidates] == [start]


@pytest.mark.parametrize(
    "text",
    ["any weekday morning but Friday", "every morning but Friday", "any morning, but not Friday", "any day bar Friday"],
)
def test_but_after_an_open_or_recurring_wish_makes_an_exception(text: str) -> None:
    wishes = said(text)
    assert all(wish.start is None or wish.start.weekday() != 4 for wish in wishes.candidates)
    assert {one.start.weekday() for one in wishes.exclude} == {4}


@pytest.mark.parametrize(
    "text",
    ["できるだけ早く", "できるだけ早くお願いします", "出来る限り早く", "As soon as possible", "as soon as you can"],
)
def test_what_the_buttons_for_the_soonest_say_is_read_as_such(text: str) -> None:
    assert candidates(text) == ["asap"]


@pytest.mark.parametrize(
    "text", ["the lamp flickers every evening", "my kettle dies in 10 minutes", "2023年5月からの契約です", "また明日"]
)
def test_what_happens_by_itself_or_is_over_is_no_wish(text: str) -> None:
    assert candidates(text) == []
