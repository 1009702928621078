"""The desk's sentences, where it leads people, and its brake on guessing."""

from enum import StrEnum
from typing import get_args

import pytest

from bot.booking.callback import Channel, Kind, Outcome, Status
from bot.booking.topic import Topic
from bot.booking.window import Window
from bot.gateway.desk.auth import FAILURES_PER_MINUTE, LoginBrake, own_page
from bot.gateway.desk.words import Language, Words, texts
from bot.usecases.agent import RESOLUTIONS
from bot.usecases.board import RESOLVED, Entry, Stage
from tests.support.clocks import TOKYO, TUESDAY, tokyo
from tests.support.products import a_callback

LANGUAGES: tuple[Language, ...] = get_args(Language)
STATES: dict[str, type[StrEnum]] = {
    "status": Status, "stage": Stage, "mine": Stage, "outcome": Outcome, "kind": Kind, "channel": Channel,
}  # fmt: skip


def test_both_languages_say_the_same_things() -> None:
    said = [{(section, name) for section, table in texts(lang).items() for name in table} for lang in LANGUAGES]
    assert said[0] == said[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("section", "states"), STATES.items())
def test_every_state_has_a_word(language: Language, section: str, states: type[StrEnum]) -> None:
    assert {str(state) for state in states} <= texts(language)[section].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_resolution_and_event_of_the_desk_has_a_word(language: Language) -> None:
    assert set(RESOLUTIONS) <= texts(language)["resolution"].keys()
    assert {RESOLVED, "noted", "number_shown", *Status} <= texts(language)["event"].keys()


def test_a_topic_that_a_business_made_up_is_told_as_it_is() -> None:
    assert Words("en", tz=TOKYO, now=TUESDAY).label("topic", "billing") == "billing"


@pytest.mark.parametrize(("language", "name"), [("ja", "修理"), ("en", "Repairs")])
def test_a_topic_carries_the_name_that_the_settings_give_it(language: Language, name: str) -> None:
    topics = (Topic(id="repair", names={"ja": "修理", "en": "Repairs"}),)
    assert Words(language, tz=TOKYO, now=TUESDAY, topics=topics).label("topic", "repair") == name


def test_the_board_is_cut_into_days() -> None:
    starts = ("2026-11-20 09:00", "2026-11-24 15:00", "2026-11-24 16:00", "2026-11-25 09:00", "2026-11-27 09:00")
    entries = tuple(Entry(callback=a_callback(due_at=tokyo(start)), taker=None, is_late=False) for start in starts)
    days = Words("en", tz=TOKYO, now=TUESDAY).by_day(entries)
    assert [(heading, len(group)) for heading, group in days] == [
        ("Past their promise", 1), ("Today", 2), ("Tomorrow Wed, Nov 25", 1), ("Fri, Nov 27", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "resolution", "may"),
    [
        (Status.BOOKED, None, True),
        (Status.RETRY_WAIT, None, True),
        (Status.DIALING, None, False),
        (Status.IN_CALL, None, True),
        (Status.COMPLETED, None, True),
        (Status.COMPLETED, "resolved", False),
        (Status.UNREACHED, None, False),
        (Status.CANCELLED, None, False),
        (Status.EXPIRED, None, False),
    ],
)
def test_an_outcome_is_offered_where_it_can_be_recorded(status: Status, resolution: str | None, may: bool) -> None:
    words = Words("ja", tz=TOKYO, now=TUESDAY)
    assert words.may_record(a_callback(status=status, resolution=resolution)) is may


def test_a_promise_is_told_in_business_time() -> None:
    window = Window(start=tokyo("2026-11-24 15:00"), end=tokyo("2026-11-24 15:30")).in_utc()
    assert Words("ja", tz=TOKYO, now=TUESDAY).span(window) == "11月24日(火) 15:00〜15:30"


@pytest.mark.parametrize("page", ["/desk", "/desk/callbacks/K7Q4MN"])
def test_a_login_leads_on_to_the_desk(page: str) -> None:
    assert own_page(page) == page


@pytest.mark.parametrize(
    "page",
    [
        "", "https://evil.example/desk", "//evil.example", "/\\evil.example", "/desk/../../evil",
        "/desk\n//evil.example",
        "/desk/logout", "/desk/callbacks/K7Q4MN/number", "javascript:alert(1)",
        "/desk/callbacks/K7Q4MN\r\nSet-Cookie: a=b",
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(page: str) -> None:
    assert own_page(page) == "/desk"


def test_a_brake_lets_some_guesses_through_and_then_few() -> None:
    brake = LoginBrake()
    waits = [brake.wait_for("sakura 203.0.113.5", 100.0) for _ in range(FAILURES_PER_MINUTE + 1)]
    assert waits[:-1] == [0.0] * FAILURES_PER_MINUTE
    assert 0 < waits[-1] <= 20
    assert brake.wait_for("ken 203.0.113.5", 100.0) == 0.0
    assert brake.wait_for("sakura 203.0.113.5", 100.0 + waits[-1]) == 0.0
