"""What a history counts for, and what becomes of the sums."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.callback import Outcome, Status
from bot.booking.kpi_facts import Dialled, History, Made, judge
from bot.booking.kpi_sums import Sums, in_few_runs, nearest_rank, packed, unpacked, value_of
from bot.booking.kpis import COUNTS, FIGURES, WAITS, Figure, Unit
from bot.booking.window import Window
from tests.support.clocks import tokyo

ASKED = tokyo("2026-11-24 10:00")
WINDOW = Window(start=tokyo("2026-11-24 15:00"), end=tokyo("2026-11-24 15:30"))
LATER = Window(start=tokyo("2026-11-25 11:00"), end=tokyo("2026-11-25 11:30"))
MINUTE = timedelta(minutes=1)
DOCS = Path(__file__).parents[2] / "docs" / "kpis.md"


def at(clock: str) -> datetime:
    """This clock time of the promised day."""
    return tokyo(f"2026-11-24 {clock}")


def a_dial(started_at: datetime, outcome: Outcome = Outcome.CONNECTED) -> Dialled:
    """A minute of ringing and two of talking."""
    talked = outcome == Outcome.CONNECTED
    return Dialled(
        started_at=started_at, agent_id="sakura", outcome=outcome, ended_at=started_at + 3 * MINUTE,
        spoke_from=started_at + MINUTE if talked else None,
    )  # fmt: skip


def a_history(*dials: Dialled, status: Status = Status.COMPLETED, **changes: object) -> History:
    """A callback asked for at 10:00 and promised for 15:00."""
    made = History(
        callback_id="k", channel="web", topic="general", status=status, asked_at=ASKED,
        promises=(Made(at=ASKED, window=WINDOW),), dials=dials, closed_at=dials[-1].ended_at if dials else None,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # named by the tests


def counts(history: History, *, now: datetime = LATER.end, number: int = 1) -> dict[str, int]:
    """What one promise of the history counts for."""
    facts = judge(history, now=now).facts
    return dict(next(fact.counts for fact in facts if (fact.unit, fact.number) == (Unit.PROMISE, number)))


@pytest.mark.parametrize(
    ("dialled", "kept"),
    [("14:59:59", False), ("15:00:00", True), ("15:30:00", True), ("15:31:00", True), ("15:31:01", False)],
)
def test_a_promise_is_kept_within_its_window_and_a_minute(dialled: str, kept: bool) -> None:
    found = counts(a_history(a_dial(at(dialled))))
    assert (found.get("kept", 0), found.get("broken", 0)) == (int(kept), int(not kept))


BOOKED = {"status": Status.BOOKED, "closed_at": None}


@pytest.mark.parametrize(
    ("changes", "now", "kept", "broken"),
    [
        (BOOKED, "15:31", 0, 0),
        (BOOKED, "15:32", 0, 1),
        ({"status": Status.CANCELLED, "closed_at": at("15:20")}, "16:00", 0, 0),
        ({"status": Status.CANCELLED, "closed_at": at("15:40")}, "16:00", 0, 1),
        ({"status": Status.COMPLETED, "closed_at": at("14:00")}, "16:00", 0, 0),
        ({"status": Status.EXPIRED, "closed_at": at("15:10")}, "16:00", 0, 1),
        ({"status": Status.CANCELLED, "closed_at": at("15:40"), "is_suppressed": True}, "16:00", 0, 0),
    ],
)
def test_a_promise_without_a_dial_is_broken_once_its_time_is_over_and_nobody_took_it_back(
    changes: dict[str, object], now: str, kept: int, broken: int
) -> None:
    found = counts(a_history(**changes), now=at(now))  # type: ignore[arg-type]  # as above
    assert (found.get("kept", 0), found.get("broken", 0)) == (kept, broken)


@pytest.mark.parametrize(("moved", "broken"), [("14:00", 0), ("15:35", 1)])
def test_moving_takes_a_promise_back_only_while_it_could_still_be_kept(moved: str, broken: int) -> None:
    promises = (Made(at=ASKED, window=WINDOW), Made(at=at(moved), window=LATER))
    history = a_history(a_dial(LATER.start), promises=promises)
    assert counts(history).get("broken", 0) == broken
    assert counts(history, number=2)["kept"] == 1
    assert counts(history, number=2)["moved"] == 1


@pytest.mark.parametrize(("told", "counted"), [("15:25", 1), ("15:30", 1), ("15:31", 0)])
def test_a_delay_notice_counts_while_the_window_lasts(told: str, counted: int) -> None:
    history = a_history(a_dial(at("15:45")), told_late_at=(at(told),))
    assert counts(history).get("told", 0) == counted
    kept = a_history(a_dial(at("15:15")), told_late_at=(at(told),))
    assert counts(kept).get("told", 0) == 0


@pytest.mark.parametrize(
    ("asked_again", "settled"), [(None, 1), (timedelta(days=7), 0), (timedelta(days=7, seconds=1), 1)]
)
def test_a_matter_is_settled_when_the_number_asks_nothing_new_for_a_week(
    asked_again: timedelta | None, settled: int
) -> None:
    ended = at("15:03")
    again = (ended + asked_again,) if asked_again else ()
    history = a_history(a_dial(at("15:00")), asked_again_at=again)
    assert "followed" not in counts(history, now=ended + timedelta(days=7) - MINUTE)
    found = counts(history, now=ended + timedelta(days=7))
    assert (found["followed"], found.get("settled_once", 0)) == (1, settled)


def test_time_alone_changes_a_figure_at_moments_that_are_known_beforehand() -> None:
    assert judge(a_history(**BOOKED), now=at("12:00")).check_at == at("15:31")  # type: ignore[arg-type]  # as above
    talked = a_history(a_dial(at("15:00")))
    assert judge(talked, now=at("16:00")).check_at == at("15:03") + timedelta(days=7)
    assert judge(talked, now=at("16:00") + timedelta(days=8)).check_at is None


def test_a_dial_counts_for_its_own_agent_and_a_line_failure_for_nobody() -> None:
    history = a_history(a_dial(at("15:00"), Outcome.CARRIER_FAILED), a_dial(at("15:10")))
    failed, talked = (fact for fact in judge(history, now=LATER.end).facts if fact.unit == Unit.DIAL)
    assert dict(failed.counts) == {"reserved_s": 180}
    assert dict(talked.counts) == {"rung": 1, "answered": 1, "reserved_s": 180, "talk_s": 120}
    assert (talked.at, talked.agent_id) == (at("15:10"), "sakura")


def test_a_settled_matter_without_a_call_is_neither_completed_nor_failed() -> None:
    settled = counts(a_history(status=Status.COMPLETED, closed_at=at("14:00")))
    assert settled == {"callbacks": 1}


runs = st.lists(st.lists(st.integers(0, 2**32 - 1)).map(sorted), max_size=8)


@given(runs, st.floats(0.01, 1.0))
def test_the_rank_in_many_runs_is_the_rank_in_one(made: list[list[int]], rank: float) -> None:
    merged = sorted(wait for run in made for wait in run)
    expected = merged[max(1, ceil(rank * len(merged))) - 1] if merged else None
    kept = [unpacked(packed(run)) for run in made]
    assert nearest_rank(kept, rank) == nearest_rank(in_few_runs(kept), rank) == expected


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_has_words_and_is_null_without_data(figure: Figure) -> None:
    assert value_of(figure, Sums(counts={}, waits={})).value is None
    assert {figure.part, *figure.whole} - {None} <= set(COUNTS)
    assert figure.wait in {None, *WAITS}
    page = DOCS.read_text(encoding="utf-8")
    for told in (figure.name, figure.title.ja, figure.title.en, figure.meaning.ja, figure.meaning.en):
        assert told in page
    assert figure.meaning.ja.endswith("。")
