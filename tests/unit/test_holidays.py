"""Public holidays and seasons as days of a wish."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.booking.when import read

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("元日の10時にお願いします", "2027-01-01 10:00"),
        ("成人の日でも大丈夫です", "2027-01-11 00:00"),
        ("春分の日は？", "2027-03-21 00:00"),
        ("勤労感謝の日の15時", "2027-11-23 15:00"),
        ("年末に電話ください", "2026-12-28 00:00"),
        ("Christmas Day at 10am please", "2026-12-25 10:00"),
        ("on coming of age day at 3pm", "2027-01-11 15:00"),
        ("during golden week please", "2027-04-29 00:00"),
    ],
)
def test_a_holiday_is_its_next_date(text: str, start: str) -> None:
    wishes = read(text, now=NOW, tz=TOKYO, language="en" if text.isascii() else "ja")
    (first,) = wishes.candidates
    assert first.start
    assert f"{first.start.astimezone(TOKYO):%Y-%m-%d %H:%M}" == start


def test_a_season_is_ruled_out_as_a_whole() -> None:
    (out,) = read("Not during Golden Week", now=NOW, tz=TOKYO, language="en").exclude
    assert out.end
    assert (out.end - out.start).days == 7


@pytest.mark.parametrize("text", ["正月に買った冷蔵庫が壊れた", "クリスマスケーキの注文", "a christmas tree fell over"])
def test_what_only_mentions_a_holiday_is_no_wish(text: str) -> None:
    assert not read(text, now=NOW, tz=TOKYO, language="en" if text.isascii() else "ja").candidates
