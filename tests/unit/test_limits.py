"""How often one address may ask."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.limits import LONGEST_WAIT_S, RateLimit, address_of
from bot.gateway.problems import Problem


def test_a_burst_is_let_through_and_then_one_by_one() -> None:
    limit = RateLimit(60)
    assert [limit.wait_for("a", 0.0) for _ in range(60)] == [0.0] * 60
    assert limit.wait_for("a", 0.0) == pytest.approx(1.0)
    assert limit.wait_for("a", 1.0) == 0.0
    assert limit.wait_for("a", 1.0) > 0


def test_addresses_do_not_share_a_bucket() -> None:
    limit = RateLimit(1)
    assert limit.wait_for("a", 0.0) == 0.0
    assert limit.wait_for("b", 0.0) == 0.0
    assert limit.wait_for("a", 0.0) > 0


@given(steps=st.lists(st.floats(0, 5), min_size=1, max_size=200), per_minute=st.integers(1, 120))
def test_no_more_pass_than_the_burst_and_what_time_gave_back(steps: list[float], per_minute: int) -> None:
    limit, moment, passed = RateLimit(per_minute), 0.0, 0
    for step in steps:
        moment += step
        passed += limit.wait_for("a", moment) == 0
    assert passed <= per_minute + moment * per_minute / 60 + 1e-6


def asking(ip: str, forwarded: str = "") -> SimpleNamespace:
    return SimpleNamespace(ip=ip, remote_addr=forwarded)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.5.5.5", "::1"])
def test_loopback_is_not_bound(address: str) -> None:
    limit = RateLimit(1)
    for _ in range(50):
        limit.check(asking(address))  # type: ignore[arg-type]  # all that is read of a request


@pytest.mark.parametrize(
    ("ip", "forwarded"),
    [("203.0.113.9", ""), ("127.0.0.1", "203.0.113.9"), ("127.0.0.1", "[2001:db8::1]"), ("127.0.0.1", "_hidden")],
)
def test_others_are_told_when_to_come_back(ip: str, forwarded: str) -> None:
    limit = RateLimit(1)
    request = asking(ip, forwarded)
    limit.check(request)  # type: ignore[arg-type]  # all that is read of a request
    with pytest.raises(Problem) as refused:
        limit.check(request)  # type: ignore[arg-type]  # all that is read of a request
    assert refused.value.status == 429
    assert 1 <= int(refused.value.headers["Retry-After"]) <= LONGEST_WAIT_S


def test_the_address_is_the_proxys_word_where_one_is_trusted() -> None:
    assert address_of(asking("127.0.0.1", "[2001:db8::1]")) == "2001:db8::1"  # type: ignore[arg-type]  # see above
    assert address_of(asking("203.0.113.9")) == "203.0.113.9"  # type: ignore[arg-type]  # see above
