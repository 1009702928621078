"""Capacity from who works when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.hours import Period
from bot.booking.measured import MeasurePolicy
from bot.booking.roster import Roster
from bot.booking.window import Window
from tests.support.clocks import NEW_YORK, tokyo
from tests.support.products import SLOT
from tests.support.rosters import MINUTE, a_roster, a_shift

WHOLE_DAY = (Period(start=time(0), end=time.max),)
ALWAYS = (WHOLE_DAY,) * 7


LUNCH = (Period(start=time(14, 50), end=time(15, 20)),)


@pytest.mark.parametrize(
    ("roster", "capacity"),
    [
        (a_roster(a_shift(3)), 3),  # 3 people × 30 minutes × one half ÷ 15 minutes
        (a_roster(a_shift(3), share=0.0), 6),
        (a_roster(a_shift(3), minutes=20), 2),
        (a_roster(a_shift(3), a_shift(3)), 6),
        (a_roster(a_shift(3, "09:00", "15:00")), 0),  # they leave when the slot begins
        (a_roster(a_shift(4, "09:00", "15:15")), 2),
        (a_roster(a_shift(3, breaks=LUNCH)), 1),
        (a_roster(a_shift(3, topics=frozenset({"repair"}))), 0),
        (a_roster(a_shift(6, topics=frozenset({"repair", "general"}))), 3),  # their time is promised once
        (a_roster(a_shift(6), shares={"general": 1, "repair": 1}), 3),
        (a_roster(a_shift(6), shares={"general": 1, "repair": 2}), 2),
        (a_roster(a_shift(6), shares={"general": 2, "repair": 1}), 4),
        (a_roster(a_shift(6, topics=frozenset({"general"})), shares={"general": 1, "repair": 2}), 6),
        (a_roster(a_shift(3), overrides={("general", SLOT.start): 9}), 9),
        (a_roster(a_shift(3), overrides={("general", SLOT.start): 0}), 0),
        (a_roster(a_shift(3), overrides={("repair", SLOT.start): 9}), 3),
        (a_roster(), 0),
    ],
)
def test_capacity_is_time_on_shift_without_breaks_and_inbound_share_by_handle_time(
    roster: Roster, capacity: int
) -> None:
    assert roster.capacity("general", SLOT) == capacity


def test_a_measured_handle_time_counts_instead_of_the_configured_one() -> None:
    assert a_roster(a_shift(3)).capacity("general", SLOT, handle_time=5 * MINUTE) == 9


def test_a_language_counts_only_those_who_speak_it() -> None:
    roster = a_roster(a_shift(3, languages=frozenset({"ja"})), a_shift(1, "17:00"))
    assert roster.capacity("general", SLOT, language="ja") == 3
    assert roster.capacity("general", SLOT, language="en") == 0
    by_hand = a_roster(a_shift(3, languages=frozenset({"ja"})), overrides={("general", SLOT.start): 9})
    assert (by_hand.capacity("general", SLOT), by_hand.capacity("general", SLOT, language="en")) == (9, 0)


def test_nobody_works_an_hour_that_the_clock_skips() -> None:
    night = Roster(
        timezone=NEW_YORK, shifts=(a_shift(1, "01:00", "04:00"),), inbound_share=0.0, handle_times={"general": MINUTE}
    )
    start = datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert night.capacity("general", Window(start=start, end=start + timedelta(hours=5))) == 120


@given(
    agents=st.integers(0, 50),
    share=st.floats(0, 0.99),
    minutes=st.integers(1, 60),
    length=st.sampled_from([5, 15, 30, 60, 120]),
    start=st.integers(0, 24 * 60),
)
def test_what_is_promised_never_needs_more_time_than_there_is(
    agents: int, share: float, minutes: int, length: int, start: int
) -> None:
    roster = a_roster(a_shift(agents, breaks=LUNCH), share=share, minutes=minutes)
    begins = tokyo("2026-11-24") + start * MINUTE
    window = Window(start=begins, end=begins + length * MINUTE).in_utc()
    needed = roster.capacity("general", window) * minutes * MINUTE
    assert needed <= agents * length * MINUTE * (1 - share) + timedelta(seconds=1)


@pytest.mark.parametrize(("talks", "told"), [(29, None), (30, 6), (200, 6)])
def test_past_calls_count_once_there_are_enough(talks: int, told: int | None) -> None:
    policy = MeasurePolicy(wrap_up=2 * MINUTE, least=30)
    assert policy.handle_time([4 * MINUTE] * talks) == (None if told is None else told * MINUTE)


def test_calls_that_were_cut_off_do_not_make_a_slot_endless() -> None:
    policy = MeasurePolicy(wrap_up=timedelta(), least=1)
    assert policy.handle_time([timedelta(seconds=1)] * 50) == MINUTE


TOPICS = ("repair", "billing", "sales")


@given(
    crews=st.lists(
        st.tuples(st.integers(1, 20), st.sets(st.sampled_from(TOPICS)), st.integers(0, 23), st.integers(1, 24)),
        min_size=1, max_size=5,
    ),
    shares=st.fixed_dictionaries({topic: st.floats(0.1, 10) for topic in TOPICS}),
    handle=st.fixed_dictionaries({topic: st.integers(1, 60) for topic in TOPICS}),
    length=st.fixed_dictionaries({topic: st.sampled_from([5, 10, 15, 20, 30, 60, 120]) for topic in TOPICS}),
    inbound=st.floats(0, 0.9),
    hour=st.integers(0, 11),
)  # fmt: skip
def test_topics_that_share_agents_never_promise_the_same_time_twice(
    crews: list[tuple[int, set[str], int, int]],
    shares: dict[str, float],
    handle: dict[str, int],
    length: dict[str, int],
    inbound: float,
    hour: int,
) -> None:
    """However their slots are cut: whatever all topics sell in two hours fits into the time that is worked in them."""
    shifts = tuple(
        a_shift(agents, f"{start:02d}:00", f"{end - 1:02d}:59", topics=frozenset(topics))
        for agents, topics, start, end in crews
        if start < end
    )
    roster = replace(
        a_roster(*shifts, share=inbound), shares=shares,
        handle_times={topic: minutes * MINUTE for topic, minutes in handle.items()},
    )  # fmt: skip
    begin, hours = tokyo("2026-11-24") + 2 * hour * 60 * MINUTE, 120
    needed = sum(
        roster.capacity(topic, Window(start=begin + at * MINUTE, end=begin + (at + length[topic]) * MINUTE))
        * handle[topic]
        for topic in TOPICS
        for at in range(0, hours, length[topic])
    )
    worked = sum(
        agents * max(0, min(2 * hour * 60 + hours, end * 60) - max(2 * hour * 60, start * 60))
        for agents, _, start, end in crews
    )
    slots = sum(hours // length[topic] for topic in TOPICS)
    assert needed <= worked * (1 - inbound) + slots / 60  # half a second a slot is forgiven to floating point
