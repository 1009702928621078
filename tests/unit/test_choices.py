"""A few times out of many: spread over days and parts of the day, the likeliest answered first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.answering import LEAST, AnswerRates, Tries
from bot.booking.choices import choose, first_parts
from bot.booking.slots import open_windows
from bot.booking.window import Window
from tests.support.clocks import TOKYO, TUESDAY, tokyo
from tests.support.products import SLOTS, office_hours

HALF_HOUR = timedelta(minutes=30)
ALL = list(open_windows(office_hours(end="20:00"), SLOTS, now=TUESDAY, start=TUESDAY, end=TUESDAY + timedelta(days=14)))
someones = st.lists(st.sampled_from(ALL), unique=True).map(sorted)
some_tries = st.lists(
    st.builds(
        lambda hour, placed, share: Tries(
            at=datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hour), placed=placed, answered=int(placed * share)
        ),
        st.integers(0, 900),
        st.integers(1, 60),
        st.floats(0, 1),
    ),
    max_size=30,
)


def between(start: str, end: str) -> list[Window]:
    """Every slot from one moment to another."""
    return [window for window in ALL if tokyo(start) <= window.start < tokyo(end)]


def told(windows: tuple[Window, ...]) -> list[str]:
    return [window.start.astimezone(TOKYO).strftime("%d %H:%M") for window in windows]


def answering(*hours: int, weekday: int | None = None, days: int = 60) -> AnswerRates:
    """Sixty days of ten calls an hour: at these hours (of this weekday) nine are answered, at others four."""
    start = tokyo("2026-09-01 00:00")
    return AnswerRates(
        (
            Tries(at=at, placed=10, answered=9 if at.hour in hours and weekday in (None, at.weekday()) else 4)
            for at in (start + timedelta(hours=n) for n in range(24 * days))
        ),
        timezone=TOKYO,
    )


@pytest.mark.parametrize(
    ("start", "end", "limit", "expected"),
    [
        ("2026-11-25 00:00", "2026-11-26 00:00", 3, ["25 09:00", "25 12:00", "25 17:00"]),
        ("2026-11-24 11:00", "2026-11-25 00:00", 3, ["24 11:00", "24 14:00", "24 17:00"]),
        ("2026-11-24 11:00", "2026-11-24 13:00", 2, ["24 11:00", "24 12:30"]),
        ("2026-11-25 13:00", "2026-11-25 17:00", 3, ["25 13:00", "25 14:30", "25 16:30"]),
        ("2026-11-25 00:00", "2026-11-28 00:00", 4, ["25 09:00", "26 09:00", "26 17:00", "27 17:00"]),
        ("2026-11-30 00:00", "2026-12-05 00:00", 4, ["30 09:00", "01 17:00", "03 09:00", "04 17:00"]),
        ("2026-11-25 15:00", "2026-11-25 16:00", 4, ["25 15:00", "25 15:30"]),
        ("2026-11-28 00:00", "2026-11-30 00:00", 4, []),
    ],
)
def test_the_choice_lies_apart_and_within_the_wish(start: str, end: str, limit: int, expected: list[str]) -> None:
    assert told(choose(between(start, end), limit=limit, timezone=TOKYO)) == expected


def test_the_likeliest_to_be_answered_comes_first_and_the_others_in_order_of_time() -> None:
    wanted = between("2026-11-25 00:00", "2026-11-26 00:00")
    assert told(choose(wanted, limit=3, timezone=TOKYO, rates=answering(15)))[0] == "25 15:00"
    assert told(choose(wanted, limit=3, timezone=TOKYO, rates=answering(18))) == ["25 18:00", "25 09:00", "25 12:00"]


def test_a_weekday_of_its_own_habits_is_known_by_them() -> None:
    wanted = between("2026-11-25 00:00", "2026-11-28 00:00")
    thursday = answering(11, weekday=3, days=200)
    assert told(choose(wanted, limit=4, timezone=TOKYO, rates=thursday))[0] == "26 11:00"


def test_until_there_are_calls_enough_the_order_is_that_of_time() -> None:
    wanted = between("2026-11-25 00:00", "2026-11-26 00:00")
    few = AnswerRates([Tries(at=tokyo("2026-11-20 18:00"), placed=LEAST - 1, answered=LEAST - 1)], timezone=TOKYO)
    assert not few.is_enough
    assert choose(wanted, limit=3, timezone=TOKYO, rates=few) == choose(wanted, limit=3, timezone=TOKYO)


@pytest.mark.parametrize(
    ("placed", "answered", "above", "below"), [(1, 1, 0.5, 0.6), (1, 0, 0.4, 0.5), (500, 450, 0.8, 0.9)]
)
def test_few_calls_move_the_rate_of_an_hour_little_and_many_decide_it(
    placed: int, answered: int, above: float, below: float
) -> None:
    ordinary = [Tries(at=tokyo("2026-11-19 10:00"), placed=1000, answered=500)]
    rates = AnswerRates(
        [*ordinary, Tries(at=tokyo("2026-11-20 18:00"), placed=placed, answered=answered)], timezone=TOKYO
    )
    assert above < rates.at(tokyo("2026-11-27 18:00")) < below


@given(fitting=someones, limit=st.integers(0, 6), tries=some_tries)
def test_a_choice_is_made_of_what_fits_with_none_twice_and_as_many_as_there_are(
    fitting: list[Window], limit: int, tries: list[Tries]
) -> None:
    rates = AnswerRates(tries, timezone=TOKYO)
    chosen = choose(fitting, limit=limit, timezone=TOKYO, rates=rates)
    assert len(chosen) == len(set(chosen)) == min(limit, len(fitting))
    assert set(chosen) <= set(fitting)
    if not chosen:
        return
    if rates.is_enough:
        assert rates.at(chosen[0].start) == max(rates.at(window.start) for window in fitting)
        assert list(chosen[1:]) == sorted(chosen[1:])
    else:
        assert list(chosen) == sorted(chosen)
        assert chosen[0] == fitting[0]


@given(fitting=someones, limit=st.integers(2, 6))
def test_a_choice_names_as_many_parts_of_days_as_it_can(fitting: list[Window], limit: int) -> None:
    def parts(windows: list[Window] | tuple[Window, ...]) -> int:
        local = [window.start.astimezone(TOKYO) for window in windows]
        return len({(moment.date(), (moment.hour >= 12) + (moment.hour >= 17)) for moment in local})

    assert parts(choose(fitting, limit=limit, timezone=TOKYO)) == min(limit, parts(fitting))


@given(tries=some_tries, moment=st.sampled_from(ALL))
def test_a_rate_is_a_likelihood(tries: list[Tries], moment: Window) -> None:
    assert 0 < AnswerRates(tries, timezone=TOKYO).at(moment.start) < 1


def test_the_first_parts_are_those_that_come_first() -> None:
    assert told(tuple(first_parts(ALL, 2, timezone=TOKYO)))[-1] == "24 16:30"
