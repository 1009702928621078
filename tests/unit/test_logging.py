"""Logs never tell a phone number."""

import pytest

from bot.logging import mask_numbers

HIDDEN = "•••••••5678"


@pytest.mark.parametrize(
    ("value", "logged"),
    [
        ("+819012345678", HIDDEN),
        ("calling +819012345678 and +819087655678", f"calling {HIDDEN} and {HIDDEN}"),
        ("https://api.example/Calls.json?To=%2B819012345678&x=1", f"https://api.example/Calls.json?To={HIDDEN}&x=1"),
        ("The 'To' number +819012345678 is not valid", f"The 'To' number {HIDDEN} is not valid"),
        ("09012345678", HIDDEN),
        ("090-1234-5678", HIDDEN),
        ("call 03-1234-5678 now", f"call {HIDDEN} now"),
        (["+819012345678"], [HIDDEN]),
        ({"to": "+819012345678", "n": 3}, {"to": HIDDEN, "n": 3}),
        ({"in": {"to": ("+819012345678",)}}, {"in": {"to": [HIDDEN]}}),
        ("2026-11-24T15:00:00.123456+09:00", "2026-11-24T15:00:00.123456+09:00"),
        ("2026-11-24 06:00:00+00:00", "2026-11-24 06:00:00+00:00"),
        ("CA0123456789abcdef0123456789abcdef", "CA0123456789abcdef0123456789abcdef"),
        ("K7Q4MN", "K7Q4MN"),
        (42, 42),
        (None, None),
    ],
)
def test_a_number_anywhere_in_an_event_is_masked_and_nothing_else(value: object, logged: object) -> None:
    assert mask_numbers(None, "info", {"event": "x", "value": value}) == {"event": "x", "value": logged}
