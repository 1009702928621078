"""Why a day does not suit, told in a sentence of its own, is no wish for that day; a frame is none beside its date."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from bot.booking.when import read

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "language", "start"),
    [
        ("I've got the plumber on Friday, can we do Thursday at 2pm?", "en", "11-26 14:00"),
        ("Thursday I have my kids, so Wednesday at 10am", "en", "11-25 10:00"),
        ("I've got the vet tomorrow morning. Could it be 4pm on Friday?", "en", "11-27 16:00"),
        ("I have work tomorrow. Friday at 3pm please", "en", "11-27 15:00"),
        ("I have the doctor on Thursday at 3, so make it 5", "en", "11-26 17:00"),
        ("すみません明日は歯医者でした。木曜の11時に", "ja", "11-26 11:00"),
        ("水曜は通院でした。木曜の10時に変えてください", "ja", "11-26 10:00"),
        ("年内なら11月30日の9時", "ja", "11-30 09:00"),
        ("今年中に、11/27の13時で", "ja", "11-27 13:00"),
        ("年内、12月1日の15時にお願いします", "ja", "12-01 15:00"),
    ],
)
def test_only_what_suits_is_wished_for(text: str, language: Literal["ja", "en"], start: str) -> None:
    wishes = read(text, now=datetime(2026, 11, 24, 10, tzinfo=TOKYO), tz=TOKYO, language=language)
    assert [f"{wish.start:%m-%d %H:%M}" for wish in wishes.candidates if wish.start] == [start]
    assert len(wishes.candidates) == 1


@pytest.mark.parametrize("text", ["年内に電話ください", "年内でお願いします"])
def test_within_the_year_alone_is_a_wish(text: str) -> None:
    wishes = read(text, now=datetime(2026, 11, 24, 10, tzinfo=TOKYO), tz=TOKYO, language="ja")
    (wish,) = wishes.candidates
    assert (wish.start, wish.end) == (None, datetime(2027, 1, 1, tzinfo=TOKYO))
