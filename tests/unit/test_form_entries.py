"""What is wrong with a form by itself, field by field."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from bot.booking.asides import Urgency
from bot.booking.phone import Refusal
from bot.gateway.form.entries import SOONEST, Entered, Language, faults_in
from bot.gateway.form.pages import texts

GOOD = Entered(
    token="t" * 43, topic="general", times_of="general", reason="洗濯機が回りません", phone_number="090-1234-5678",
    time="2026-11-24T06:00:00+00:00",
)  # fmt: skip
URGENT = Urgency(phrases=("火事",), unless=("保険",))


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({}, []),
        ({"time": SOONEST}, []),
        ({"name": "佐藤"}, []),
        ({"reason": ""}, ["reason"]),
        ({"reason": "ああああ"}, ["reason_unclear"]),
        ({"reason": "12345"}, ["reason_unclear"]),
        ({"reason": "火事です"}, ["urgent"]),
        ({"reason": "火事です", "is_urgent_anyway": True}, []),
        ({"reason": "火事の保険について"}, []),
        ({"name": "あ" * 41}, ["name_long"]),
        ({"phone_number": ""}, ["phone_number"]),
        ({"time": ""}, ["time"]),
        ({"time": "tomorrow"}, ["time"]),
        ({"time": "9999-12-31T23:59:59+00:00"}, ["time"]),
        ({"time": "2026-11-24T15:00:00"}, ["time"]),  # a time without a zone is no moment
        ({"times_of": "repair"}, ["time_of_another_topic"]),
        ({"topic": "nonsense"}, ["topic"]),
        ({"topic": "", "reason": "", "phone_number": "", "time": ""}, ["topic", "reason", "phone_number", "time"]),
    ],
)
def test_each_field_is_judged_by_itself(changes: dict[str, Any], sentences: list[str]) -> None:
    faults = faults_in(replace(GOOD, **changes), topics=("general", "repair"), urgency=URGENT)
    assert [fault.sentence for fault in faults] == sentences


@pytest.mark.parametrize("language", get_args(Language))
def test_every_refusal_of_a_number_has_a_sentence(language: Language) -> None:
    assert set(get_args(Refusal)) <= texts(language)["faults"].keys()
