"""What a client may send, and how a callback is told."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.booking.callback import Attempt, Outcome
from bot.booking.line import Standing
from bot.gateway.shapes import NewCallback, NewMessage, NewSession, Reschedule, callback_shape
from tests.support.clocks import TUESDAY
from tests.support.products import a_callback

GOOD: dict[str, Any] = {
    "phone_number": "090-1234-5678",
    "reason": "修理",
    "window": {"start": "2026-11-24T15:00:00+09:00", "end": "2026-11-24T15:30:00+09:00"},
}


def test_a_booking_with_all_it_needs_is_taken() -> None:
    body = NewCallback.model_validate(GOOD)
    assert (body.language, body.priority, body.channel) == ("ja", 0, "api")
    assert NewCallback.model_validate({**GOOD, "window": None}).window is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone_number": ""}, ("phone_number",)),
        ({"phone_number": 9012345678}, ("phone_number",)),
        ({"reason": "   "}, ("reason",)),
        ({"reason": "x" * 2001}, ("reason",)),
        ({"reason": "a\x00b"}, ("reason",)),
        ({"name": "a\x1b[31m"}, ("name",)),
        ({"topic": "\x00"}, ("topic",)),
        ({"topic": ""}, ("topic",)),
        ({"language": "fr"}, ("language",)),
        ({"priority": 10}, ("priority",)),
        ({"priority": -1}, ("priority",)),
        ({"channel": "fax"}, ("channel",)),
        ({"phone": "x"}, ("phone",)),
        ({"window": {"start": "2026-11-24T15:00:00", "end": "2026-11-24T15:30:00+09:00"}}, ("window", "start")),
        ({"window": {"start": "tomorrow", "end": "2026-11-24T15:30:00+09:00"}}, ("window", "start")),
        ({"window": {"start": "0001-01-01T00:00:00+14:00", "end": "2026-11-24T15:30:00+09:00"}}, ("window", "start")),
        ({"window": {"start": "2026-11-24T15:00:00+09:00", "end": "9999-12-31T23:59:59-14:00"}}, ("window", "end")),
        ({"window": {"start": "2026-11-24T15:30:00+09:00", "end": "2026-11-24T15:00:00+09:00"}}, ("window",)),
        ({"window": {"start": "2026-11-24T15:00:00+09:00"}}, ("window", "end")),
    ],
)
def test_the_field_at_fault_is_named(change: dict[str, Any], field: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as wrong:
        NewCallback.model_validate({**GOOD, **change})
    assert wrong.value.errors()[0]["loc"] == field


@pytest.mark.parametrize(("length", "taken"), [(1, True), (2000, True), (2001, False), (0, False)])
def test_a_chat_message_has_at_most_2000_characters(length: int, taken: bool) -> None:
    if taken:
        assert len(NewMessage(text="あ" * length).text) == length
    else:
        with pytest.raises(ValidationError):
            NewMessage(text="あ" * length)


def test_a_chat_begins_in_japanese_unless_told_otherwise() -> None:
    assert NewSession().language == "ja"


def test_a_new_time_is_needed_to_reschedule() -> None:
    with pytest.raises(ValidationError):
        Reschedule.model_validate({})


def test_line_breaks_and_every_script_are_welcome_in_a_reason() -> None:
    reason = "一行目\n二行目\r\n\tемейл 🥶 <b>"
    assert NewCallback.model_validate({**GOOD, "reason": reason}).reason == reason


@pytest.mark.parametrize(("masked", "told"), [(False, "+819012345678"), (True, "•••••••5678")])
def test_a_number_is_told_in_full_to_programs_and_masked_to_chats(masked: bool, told: str) -> None:
    callback = a_callback(alternate_phone_number="+819012345678")
    shape = callback_shape(callback, Standing(), masked=masked)
    assert (shape.phone_number, shape.alternate_phone_number) == (told, told)


def test_a_callback_is_told_with_every_member_and_offsets_in_digits() -> None:
    attempt = Attempt(number=1, started_at=TUESDAY, outcome=Outcome.BUSY)
    told = callback_shape(a_callback(attempts=(attempt,)), Standing(queue_position=2)).model_dump(mode="json")
    assert set(told) == {
        "reference", "status", "kind", "window", "estimated_start", "queue_position", "phone_number", "reason",
        "topic", "language", "channel", "priority", "name", "company", "alternate_phone_number", "attention",
        "attempts", "created_at", "updated_at",
    }  # fmt: skip
    assert told["window"]["start"] == "2026-11-24T06:00:00+00:00"
    assert told["attempts"] == [
        {"number": 1, "started_at": "2026-11-24T10:00:00+09:00", "outcome": "busy", "answered_by": None,
         "duration_s": None}
    ]  # fmt: skip
    assert told["queue_position"] == 2
