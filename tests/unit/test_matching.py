"""Who takes which call."""

from hypothesis import given
from hypothesis import strategies as st

from bot.booking.matching import Skills, match
from tests.support.products import a_callback

TOPICS, LANGUAGES = ("general", "sales", "repair"), ("ja", "en")
ALL = Skills()
JAPANESE, ENGLISH = Skills(languages=frozenset({"ja"})), Skills(languages=frozenset({"en"}))
SALES = Skills(topics=frozenset({"sales"}))
skills = st.builds(
    Skills, topics=st.frozensets(st.sampled_from(TOPICS)), languages=st.frozensets(st.sampled_from(LANGUAGES))
)
wishes = st.tuples(st.sampled_from(TOPICS), st.sampled_from(LANGUAGES))


def test_specialists_are_used_before_all_rounders() -> None:
    ready = [("all", ALL), ("japanese", JAPANESE), ("english", ENGLISH)]
    calls = [a_callback(language="ja"), a_callback(language="en"), a_callback(language="en")]
    assert [who for _, who in match(calls, ready)] == ["japanese", "english", "all"]


def test_who_has_waited_longest_comes_first_among_equals() -> None:
    assert [who for _, who in match([a_callback()], [("first", ALL), ("second", ALL)])] == ["first"]


def test_a_call_that_nobody_can_answer_holds_up_no_other() -> None:
    calls = [a_callback(topic="repair"), a_callback(topic="sales")]
    assert match(calls, [("seller", SALES)]) == [(calls[1], "seller")]


@given(asked=st.lists(wishes, max_size=12), ready=st.lists(skills, max_size=12))
def test_nobody_is_rung_twice_or_for_what_they_cannot_answer(asked: list[tuple[str, str]], ready: list[Skills]) -> None:
    calls = [a_callback(topic=topic, language=language) for topic, language in asked]
    matched = match(calls, list(enumerate(ready)))
    assert len({who for _, who in matched}) == len(matched)
    assert all(ready[who].fit(call) for call, who in matched)
    left = [call for call in calls if call not in [matched_call for matched_call, _ in matched]]
    idle = [ready[place] for place in range(len(ready)) if place not in {who for _, who in matched}]
    assert not any(one.fit(call) for call in left for one in idle)


def test_a_callback_goes_to_whom_it_is_meant_for_and_nobody_else_takes_them_first() -> None:
    calls = [a_callback(id="1"), a_callback(id="2", meant_for="hana"), a_callback(id="3")]
    ready = [("hana", ALL), ("sakura", ALL), ("ken", ALL)]
    assert [who for _, who in match(calls, ready, named={who: who for who, _ in ready})] == ["sakura", "hana", "ken"]


def test_who_should_make_a_later_call_still_keeps_an_earlier_promise_that_nobody_else_can() -> None:
    calls = [a_callback(id="1"), a_callback(id="2", meant_for="hana")]
    assert match(calls, [("hana", ALL)], named={"hana": "hana"}) == [(calls[0], "hana")]
    both = [("hana", ALL), ("seller", SALES)]
    assert [who for _, who in match(calls, both, named={who: who for who, _ in both})] == ["hana"]


def test_whoever_is_ready_calls_when_the_one_it_is_meant_for_is_not_or_cannot() -> None:
    call = a_callback(topic="repair", meant_for="seller")
    assert match([call], [("ken", ALL)], named={"ken": "ken"}) == [(call, "ken")]
    both = [("seller", SALES), ("ken", ALL)]
    assert match([call], both, named={who: who for who, _ in both}) == [(call, "ken")]
