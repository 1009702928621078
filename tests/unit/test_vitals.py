"""How well each part is, judged from what was seen: tables of cases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.booking.vitals import Condition, Dispatcher, Pulse, Sending, Vitals, Waiting, findings, last_failure
from tests.support.clocks import REAL, tokyo

NOW = tokyo("2026-11-24 12:00")
SECOND = timedelta(seconds=1)
PARTS = ("assistant", "actions", "scheduler", "database", "carrier")


def a_dispatcher(
    name: str = "one", *, leased_for: float = 10, looked_before: float | None = 1, **pulse: Any
) -> Dispatcher:
    looked = None if looked_before is None else REAL - looked_before * SECOND
    return Dispatcher(id=name, lease_until=REAL + leased_for * SECOND, pulse=Pulse(dispatched_at=looked, **pulse))


WELL = Vitals(
    answers=dict.fromkeys(PARTS, True), beat_at=REAL, dispatchers=(a_dispatcher(),), revision="9", newest_revision="9"
)


def said(seen: Vitals) -> dict[str, tuple[Condition, str]]:
    return {one.part: (one.condition, one.says) for one in findings(seen, now=NOW, real_now=REAL)}


def down(part: str) -> dict[str, bool]:
    return {**WELL.answers, part: False}


def test_where_all_is_well_every_part_says_so_and_what_is_not_set_up_is_not_in_use() -> None:
    told = said(WELL)
    assert len(told) == 10
    assert told.pop("line") == (Condition.OFF, "line_off")
    assert told.pop("mails") == (Condition.OFF, "mails_off")
    assert told == {part: (Condition.WELL, f"{part}_well") for part in told}


def waiting(moment: datetime) -> Waiting:
    return Waiting(count=1, since=moment)


@pytest.mark.parametrize(
    ("seen", "part", "condition", "says"),
    [
        ({"answers": down("assistant")}, "assistant", "ill", "assistant_down"),
        ({"unanswered": waiting(NOW - 61 * SECOND)}, "assistant", "watch", "assistant_slow"),
        ({"unanswered": waiting(NOW - 60 * SECOND)}, "assistant", "well", "assistant_well"),
        ({"answers": down("actions")}, "actions", "ill", "actions_down"),
        ({"answers": down("scheduler")}, "dispatcher", "ill", "dispatcher_down"),
        ({"dispatchers": ()}, "dispatcher", "ill", "dispatcher_down"),
        ({"dispatchers": (a_dispatcher(leased_for=-1),)}, "dispatcher", "ill", "dispatcher_down"),
        ({"dispatchers": (a_dispatcher(looked_before=31),)}, "dispatcher", "ill", "dispatcher_idle"),
        ({"dispatchers": (a_dispatcher(looked_before=30),)}, "dispatcher", "well", "dispatcher_well"),
        ({"dispatchers": (a_dispatcher(looked_before=None),)}, "dispatcher", "ill", "dispatcher_idle"),
        (
            {"dispatchers": (a_dispatcher(), a_dispatcher("two", leased_for=-1))},
            "dispatcher", "watch", "dispatcher_lost",
        ),
        ({"answers": down("database")}, "database", "ill", "database_down"),
        ({"revision": "8"}, "database", "ill", "database_behind"),
        ({"revision": None}, "database", "ill", "database_behind"),
        ({"answers": down("carrier")}, "carrier", "ill", "carrier_down"),
        ({"dispatchers": (a_dispatcher(failures=2, paused_until=REAL + SECOND),)}, "carrier", "ill", "carrier_paused"),
        ({"dispatchers": (a_dispatcher(failures=2, paused_until=REAL - SECOND),)}, "carrier", "watch", "carrier_shaky"),
        (
            {"dispatchers": (a_dispatcher(failures=1, paused_until=REAL + SECOND), a_dispatcher("two"))},
            "carrier", "watch", "carrier_shaky",
        ),
        ({"unsure_calls": 1}, "carrier", "watch", "carrier_shaky"),
        ({"text_messages": Sending(tried=100, failed=5)}, "text_messages", "watch", "text_messages_failed"),
        ({"text_messages": Sending(tried=100, failed=6)}, "text_messages", "ill", "text_messages_failed"),
        ({"mails": Sending(tried=1, failed=1)}, "mails", "off", "mails_off"),
        ({"uses_mail": True, "mails": Sending(tried=1, failed=1)}, "mails", "ill", "mails_failed"),
        ({"uses_mail": True}, "mails", "well", "mails_well"),
        ({"uses_line": True}, "line", "watch", "line_unknown"),
        ({"uses_line": True, "line": (9999, None)}, "line", "well", "line_unlimited"),
        ({"uses_line": True, "line": (159, 200)}, "line", "well", "line_well"),
        ({"uses_line": True, "line": (160, 200)}, "line", "watch", "line_near"),
        ({"uses_line": True, "line": (200, 200)}, "line", "ill", "line_used_up"),
        ({"outbox": waiting(NOW - 300 * SECOND)}, "outbox", "well", "outbox_well"),
        ({"outbox": waiting(NOW - 301 * SECOND)}, "outbox", "ill", "outbox_behind"),
    ],
)  # fmt: skip
def test_each_illness_has_its_own_sentence_and_touches_no_other_part(
    seen: dict[str, Any], part: str, condition: str, says: str
) -> None:
    before, after = said(WELL), said(replace(WELL, **seen))
    assert after[part] == (condition, says)
    assert {one for one in after if after[one] != before[one]} <= {part}


def test_the_newest_failure_of_the_carrier_is_told_whichever_dispatcher_saw_it() -> None:
    old = a_dispatcher(failed_at=REAL - 9 * SECOND, error="timeout")
    new = a_dispatcher("two", failed_at=REAL - SECOND, error="20429")
    failure = last_failure(replace(WELL, dispatchers=(new, old)))
    assert failure
    assert failure.error == "20429"
    assert last_failure(WELL) is None
