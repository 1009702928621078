"""How figures are told and drawn."""

from datetime import date

import pytest

from bot.booking.kpi_sums import Value
from bot.booking.kpis import BY_NAME, Grouping
from bot.gateway.desk.charts import Telling, chart, leads_to
from bot.gateway.desk.words import Language, Words
from tests.support.clocks import TOKYO, TUESDAY

NO_DATA = Value(value=None, part=0, whole=0)


def telling(language: Language = "en") -> Telling:
    words = Words(language, tz=TOKYO, now=TUESDAY)
    return Telling(words, tz=TOKYO, agents={"a1": "桜井 さくら"}, topics={"general": "General"})


@pytest.mark.parametrize(
    ("name", "value", "ja", "en"),
    [
        ("promise_adherence", 0.9376, "93.8%", "93.8%"),
        ("promise_adherence", None, "データなし", "No data"),
        ("promise_adherence", 0.0, "0.0%", "0.0%"),
        ("satisfaction", 4.2, "4.20", "4.20"),
        ("callbacks", 12345, "12,345", "12,345"),
        ("wait_promise_median", 0, "0秒", "0 s"),
        ("wait_promise_median", 59, "59秒", "59 s"),
        ("wait_promise_median", 60, "1分", "1 min"),
        ("wait_promise_median", 3725, "1時間2分", "1 h 2 min"),
        ("wait_asked_p90", 160_000, "1日20時間", "1 d 20 h"),
    ],
)
def test_values_are_told_as_people_read_them(name: str, value: float | None, ja: str, en: str) -> None:
    assert telling("ja").value(BY_NAME[name], value) == ja
    assert telling("en").value(BY_NAME[name], value) == en


@pytest.mark.parametrize(
    ("grouping", "key", "told"),
    [
        (Grouping.DAY, "2026-11-24", "Tue, Nov 24"),
        (Grouping.HOUR, "09", "9:00"),
        (Grouping.CHANNEL, "web", "Web chat"),
        (Grouping.TOPIC, "general", "General"),
        (Grouping.TOPIC, "gone", "gone"),
        (Grouping.AGENT, "a1", "桜井 さくら"),
        (Grouping.AGENT, "left", "left"),
    ],
)
def test_groups_are_called_by_their_names(grouping: Grouping, key: str, told: str) -> None:
    assert telling().group(grouping, key) == told


def test_nothing_is_drawn_without_data_and_nought_is_a_line() -> None:
    groups = {
        date(2026, 11, day).isoformat(): of
        for day, of in ((24, Value(value=0.5, part=1, whole=2)), (25, NO_DATA), (26, Value(value=0, part=0, whole=3)))
    }
    drawn = chart(BY_NAME["promise_adherence"], Grouping.DAY, groups, telling())
    assert (drawn.columns, drawn.missing, drawn.nought) == ("M1.5 100v-100h7v100z", "M11.5 100h7", "M21.5 100h7")
    assert (drawn.top, drawn.least, drawn.most, drawn.width) == ("50.0%", "0.0%", "50.0%", 30)
    assert [mark.percent for mark in drawn.marks] == [100, None, 0]


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - {"satisfaction", "effort"}))
def test_no_bar_is_longer_than_its_chart(name: str) -> None:
    for value in (0, 0.01, 0.4, 1, 3.7, 99, 123_456, 9_000_000):
        drawn = chart(BY_NAME[name], Grouping.CHANNEL, {"web": Value(value=value, part=1, whole=1)}, telling())
        assert drawn.marks[0].percent is not None
        assert 0 <= drawn.marks[0].percent <= 100


@pytest.mark.parametrize(
    ("name", "part", "whole", "shown"),
    [
        ("cancel_rate", 2, 5, "counted"),
        ("cancel_rate", 0, 5, "missed"),
        ("cancel_rate", 0, 0, None),
        ("suppressed_calls", 0, 5, None),
        ("request_rate", 0, 5, None),
        ("wait_promise_p90", None, 5, "counted"),
    ],
)
def test_a_value_leads_to_callbacks_where_there_are_some(
    name: str, part: int | None, whole: int, shown: str | None
) -> None:
    assert leads_to(BY_NAME[name], Value(value=0, part=part, whole=whole)) == shown
