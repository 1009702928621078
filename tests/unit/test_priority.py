"""Who is dialled first: a table of cases, and that nobody starves, whoever comes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.callback import Callback, Status
from bot.booking.matching import EVERYTHING, Skills
from bot.booking.priority import Load, OrderPolicy, is_crowded, rank, starts_after, waits_of, will_be_late
from bot.booking.window import Window
from tests.support.products import SLOT, a_callback, number

MINUTE = timedelta(minutes=1)
NOW = SLOT.start
POLICY = OrderPolicy()


def owed(ends: float, *, length: float = 30, due: float | None = None, **changes: object) -> Callback:
    """A promise that ends so many minutes from now; a second try is owed `due` minutes from now."""
    window = Window(start=NOW + (ends - length) * MINUTE, end=NOW + ends * MINUTE)
    made = a_callback(window=window, due_at=window.start if due is None else NOW + due * MINUTE)
    status = Status.BOOKED if due is None else Status.RETRY_WAIT
    return replace(made, **{"status": status, **changes})  # type: ignore[arg-type]  # named by the cases


@pytest.mark.parametrize(
    ("first", "second", "policy", "crowded"),
    [
        (owed(10), owed(20), POLICY, True),
        (owed(10), owed(20), POLICY, False),
        (owed(30), owed(30, due=-1), POLICY, True),
        (owed(30, due=-1), owed(90, length=90), POLICY, True),
        (owed(50, length=60), owed(30, due=-1), POLICY, True),
        (owed(30, due=-9), owed(30, due=-2), POLICY, True),
        (owed(20), owed(-10), POLICY, True),
        (owed(-10), owed(20), POLICY, False),
        (owed(20, due=-1), owed(0.2), POLICY, True),
        (owed(-46), owed(20, priority=9), POLICY, True),
        (owed(-50), owed(-46, priority=9), POLICY, True),
        (owed(-44), owed(-46, due=-10), POLICY, False),
        (owed(30, priority=3), owed(30), POLICY, True),
        (owed(30), owed(31, priority=9), POLICY, True),
        (owed(31, priority=1), owed(30), replace(POLICY, priority_worth=2 * MINUTE), True),
        (owed(30, phone_number=number(1)), owed(30), replace(POLICY, vips=frozenset({number(1)})), True),
        (owed(30, created_at=NOW - MINUTE), owed(30, created_at=NOW), POLICY, True),
    ],
    ids=[
        "ends first", "ends first, in peace", "a first try before a second", "a second try before one far off",
        "not before one that ends soon after", "who waited longer for a second try", "still to be kept before broken",
        "broken first while there is room", "too late to be answered is broken", "nobody waits past the cap",
        "among those the oldest", "a second try waits from its own time", "priority among equals",
        "and only among them", "unless it is worth minutes", "important numbers", "who asked first",
    ],
)  # fmt: skip
def test_who_comes_first(first: Callback, second: Callback, policy: OrderPolicy, crowded: bool) -> None:
    before, after = (rank(one, policy=policy, now=NOW, crowded=crowded) for one in (first, second))
    assert before < after


@pytest.mark.parametrize(
    ("waiting", "left", "agents", "crowded"),
    [(0, None, 3, False), (9, 30, 9, False), (28, 30, 9, True), (26, 30, 9, False), (1, 30, 0, True), (9, 1, 9, True)],
)
def test_it_is_crowded_when_what_can_be_kept_needs_half_of_the_time_left(
    waiting: int, left: int | None, agents: int, crowded: bool
) -> None:
    load = Load(waiting=waiting, soonest_end=None if left is None else NOW + left * MINUTE, agents=agents)
    assert is_crowded(load, policy=POLICY, now=NOW) is crowded


@pytest.mark.parametrize(("ahead", "agents", "expected"), [(0, 3, 0), (6, 3, 10), (6, 0, None)])
def test_how_long_somebody_waits_who_has_others_before_them(ahead: int, agents: int, expected: int | None) -> None:
    waits = starts_after(ahead, Load(waiting=9, soonest_end=None, agents=agents), policy=POLICY)
    assert waits == (timedelta.max if expected is None else expected * MINUTE)


@pytest.mark.parametrize(
    ("length", "left", "ahead", "agents", "late"),
    [
        (30, 6, 0, 0, False), (30, 5, 0, 3, True), (30, 15, 9, 3, False), (30, 15, 10, 3, True), (30, 16, 99, 3, False),
        (5, 5, 0, 3, False), (5, 2, 0, 3, True), (120, 60, 36, 3, False), (120, 60, 37, 3, True),
    ],
)  # fmt: skip
def test_who_is_told_that_the_call_will_be_late(length: int, left: float, ahead: int, agents: int, late: bool) -> None:
    window = owed(left, length=length).window
    waits = list(waits_of([("general", "ja")] * (ahead + 1), [EVERYTHING] * agents, policy=POLICY))[-1]
    assert will_be_late(waits, window, now=NOW) is late


JA, EN = Skills(languages=frozenset({"ja"})), Skills(languages=frozenset({"en"}))
BILLS = Skills(topics=frozenset({"bills"}))


@pytest.mark.parametrize(
    ("line", "on_duty", "minutes"),
    [
        ("ja ja ja", [JA, JA], [0, 2.5, 5]),
        ("ja en ja en", [JA, EN], [0, 0, 5, 5]),  # the two lines do not hold each other up
        ("en ja", [JA], [None, 0]),  # nobody there speaks English
        ("ja ja", [], ["nobody", "nobody"]),
        ("ja ja en", [JA, EVERYTHING], [0, 0, 5]),  # whoever can do more helps out, and is missed then
        ("bills/ja bills/en", [BILLS, JA], [0, 5]),
    ],
)
def test_who_cannot_answer_a_call_does_not_make_its_wait_shorter(
    line: str, on_duty: list[Skills], minutes: list[float | str | None]
) -> None:
    wanted = [(word.rpartition("/")[0] or "general", word.rpartition("/")[2]) for word in line.split()]
    told = {None: timedelta.max, "nobody": None}
    expected = [told[one] if one in told else one * MINUTE for one in minutes]  # type: ignore[operator]  # numbers
    assert list(waits_of(wanted, on_duty, policy=POLICY)) == expected


waiting = st.builds(
    owed,
    st.integers(-200, 200),
    length=st.sampled_from([5, 30, 120]),
    due=st.one_of(st.none(), st.integers(-200, 0)),
    priority=st.integers(0, 9),
)
policies = st.builds(
    OrderPolicy,
    priority_worth=st.sampled_from([timedelta(), 30 * MINUTE]),
    redial_after=st.sampled_from([timedelta(), 30 * MINUTE]),
    waiting_cap=st.sampled_from([10 * MINUTE, 45 * MINUTE]),
    crowded_from=st.sampled_from([0.0, 0.5, 10.0]),
)


@given(waiting, waiting, policies, st.booleans())
def test_past_the_cap_only_those_who_waited_longer_come_before(
    one: Callback, other: Callback, policy: OrderPolicy, crowded: bool
) -> None:
    def since(callback: Callback) -> datetime:
        return max(callback.window.end, callback.due_at)

    first, second = (rank(each, policy=policy, now=NOW, crowded=crowded) for each in (one, other))
    if NOW - since(one) >= policy.waiting_cap and since(other) > since(one):
        assert first < second


@given(st.lists(waiting, min_size=1, max_size=12), policies, st.data())
def test_nobody_starves_however_many_come_later(made: list[Callback], policy: OrderPolicy, data: st.DataObject) -> None:
    """One dial a minute, and with every dial a new promise of the highest priority is made: all of the first ones are
    dialled within the cap and the time that those take who were there before."""
    left = {one.id: one for one in made}
    ends = max(max(one.window.end, one.due_at) for one in made)
    now, pool, newcomers = NOW, list(made), 0
    while left:
        now += MINUTE
        newcomers += 1
        ahead = data.draw(st.integers(1, 30), label="the newcomer's window ends in")
        pool.append(owed((now - NOW) / MINUTE + ahead, priority=9))
        due = [one for one in pool if one.due_at <= now]
        chosen = min(due, key=lambda one: rank(one, policy=policy, now=now, crowded=True))
        pool.remove(chosen)
        left.pop(chosen.id, None)
        started_late = [one for one in pool if max(one.window.end, one.due_at) <= ends]
        assert now <= max(NOW, ends) + policy.waiting_cap + (len(made) + len(started_late) + 31) * MINUTE
