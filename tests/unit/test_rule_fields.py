"""The rules as fields of a form."""

from typing import Any

import pytest

from bot.gateway.desk.rule_fields import Unreadable, fields, shown, typed
from bot.settings import load
from bot.settings_review import in_force
from tests.support.clocks import TOKYO

SETTINGS: dict[str, Any] = in_force(load({}))


def with_field(name: str, text: str) -> dict[str, dict[str, Any]]:
    return typed(shown(SETTINGS, TOKYO) | {name: text}, SETTINGS, TOKYO)


def test_what_is_shown_and_not_touched_is_what_it_was() -> None:
    assert typed(shown(SETTINGS, TOKYO), SETTINGS, TOKYO) == {
        name: SETTINGS[name] for name in ("hours", "slots", "capacity")
    }


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hours.monday", "09:00-12:00, 13:00-18:00", ["09:00-12:00", "13:00-18:00"]),
        ("hours.monday", " 09:00-12:00、13:00-18:00 ", ["09:00-12:00", "13:00-18:00"]),
        ("hours.sunday", "", []),
        ("hours.holidays", " FR ", "FR"),
        (
            "hours.exceptions",
            "2026-12-29 10:00-15:00\n\n 2026-12-31 \n2026-12-15 休み 13:00-18:00\n2026-12-16 closed 09:00-10:00",
            [
                {"date": "2026-12-29", "open": ["10:00-15:00"]},
                {"date": "2026-12-31", "open": []},
                {"date": "2026-12-15", "closed": ["13:00-18:00"]},
                {"date": "2026-12-16", "closed": ["09:00-10:00"]},
            ],
        ),
        ("slots.length_minutes", "45", 45),
        ("capacity.inbound_share", "0.25", 0.25),
        (
            "capacity.overrides",
            "2026-12-01 15:00 general 10",
            [{"topic": "general", "start": "2026-12-01T15:00:00+09:00", "capacity": 10}],
        ),
    ],
)
def test_what_is_typed_is_read(name: str, text: str, value: object) -> None:
    section, _, line = name.partition(".")
    assert with_field(name, text)[section][line] == value


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("hours.exceptions", "2026-12-29 10:00-15:00\nNew Year", "New Year"),
        ("slots.length_minutes", "half an hour", "half an hour"),
        ("slots.lead_minutes", "-5", "-5"),
        ("capacity.inbound_share", "50%", "50%"),
        ("capacity.overrides", "2026-12-01 25:00 general 10", "2026-12-01 25:00 general 10"),
        ("capacity.overrides", "tomorrow 15:00 general 10", "tomorrow 15:00 general 10"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, text: str, part: str) -> None:
    with pytest.raises(Unreadable) as refused:
        with_field(name, text)
    assert (refused.value.field, refused.value.line) == (name, part)


def test_dates_and_overrides_are_shown_as_they_are_typed() -> None:
    text = "2026-12-29 10:00-15:00\n2026-12-31\n2026-12-15 closed 13:00-18:00"
    told = load({}).with_rules({**SETTINGS, **with_field("hours.exceptions", text)})
    assert shown(in_force(told), TOKYO)["hours.exceptions"] == text
    told = load({}).with_rules({**SETTINGS, **with_field("capacity.overrides", "2026-12-01 15:00 general 10")})
    assert shown(in_force(told), TOKYO)["capacity.overrides"] == "2026-12-01 15:00 general 10"
    assert len({field.name for field in fields(TOKYO)}) == len(fields(TOKYO))
