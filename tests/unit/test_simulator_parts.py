"""The simulated carrier's parts: signature, TwiML, segments, faults, keys, speech."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.simulator.errors import DocumentError, Unreadable
from bot.simulator.faults import FaultPlan, Faults, read_plan
from bot.simulator.leg import Asking
from bot.simulator.messages import segments
from bot.simulator.script import speaking_s
from bot.simulator.signature import sign
from bot.simulator.twiml import (
    Conference,
    Dial,
    Gather,
    Hangup,
    Number,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    Unknown,
    Verb,
    parse_messages,
    parse_voice,
)
from bot.simulator.webhooks import connection_overrides

FORMS = st.dictionaries(st.text(min_size=1), st.text())


@given(form=FORMS, path=st.sampled_from(["", "voice/7", "voice/7?page=1&x=%20"]))
def test_twilios_own_validator_accepts_the_signature(form: dict[str, str], path: str) -> None:
    url = f"http://127.0.0.1:8000/{path}"
    assert RequestValidator("token").validate(url, form, sign("token", url, form))


@given(form=FORMS)
def test_another_token_signs_differently(form: dict[str, str]) -> None:
    url = "https://example.com/voice"
    assert not RequestValidator("token").validate(url, form, sign("other", url, form))


@pytest.mark.parametrize(
    ("document", "verbs"),
    [
        ("", ()),
        ("<Say language='ja-JP'> はい、\n  どうぞ </Say>", (Say(text="はい、 どうぞ", language="ja-JP"),)),
        ("<Say>a<break/>b</Say>", (Say(text="ab"),)),
        ("<Pause/><Pause length='3'/>", (Pause(), Pause(length_s=3))),
        ("<Play loop='0'>http://x/a.mp3</Play>", (Play(url="http://x/a.mp3", loop=0),)),
        ("<Redirect method='GET'>/next</Redirect>", (Redirect(url="/next", method="GET"),)),
        ("<Hangup/><Reject reason='busy'/>", (Hangup(), Reject(reason="busy"))),
        (
            "<Gather action='/k' numDigits='1' timeout='6' actionOnEmptyResult='true'><Say>x</Say></Gather>",
            (Gather(prompts=(Say(text="x"),), action="/k", num_digits=1, timeout_s=6, action_on_empty=True),),
        ),
        ("<Gather finishOnKey=''/>", (Gather(prompts=(), finish_on_key=""),)),
        ("<Dial>+81312345678</Dial>", (Dial(numbers=(Number(number="+81312345678"),)),)),
        (
            "<Dial timeout='20' callerId='+1'><Number url='/w'>+2</Number><Number>+3</Number></Dial>",
            (
                Dial(
                    numbers=(Number(number="+2", url="/w"), Number(number="+3")),
                    timeout_s=20,
                    caller_id="+1",
                ),
            ),
        ),
        (
            "<Dial answerOnBridge='true'><Conference startConferenceOnEnter='false' waitUrl=''>r</Conference></Dial>",
            (Dial(conference=Conference(name="r", start_on_enter=False, wait_url="")),),
        ),
        ("<Sing/>", (Unknown(tag="Sing"),)),
    ],
)
def test_a_document_is_read_into_verbs(document: str, verbs: tuple[Verb, ...]) -> None:
    assert parse_voice(f'<?xml version="1.0" encoding="UTF-8"?><Response>{document}</Response>') == verbs


@pytest.mark.parametrize(
    "document",
    ["", "<Response>", "<Answer/>", "hello", '<!DOCTYPE r [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>'],
)
def test_what_is_not_twiml_is_a_parse_failure(document: str) -> None:
    with pytest.raises(DocumentError) as failure:
        parse_voice(document)
    assert failure.value.code == 12100


@pytest.mark.parametrize(
    ("document", "bodies"),
    [
        ("", []),
        ("<Response/>", []),
        ("<Response><Message>a</Message><Message><Body>b</Body></Message></Response>", ["a", "b"]),
    ],
)
def test_a_messaging_document_is_read_into_bodies(document: str, bodies: list[str]) -> None:
    assert parse_messages(document) == bodies


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("あ" * 70, 1),
        ("あ" * 71, 2),
        ("あ" * 134, 2),
        ("あ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_networks_do(body: str, count: int) -> None:
    assert segments(body) == count


@pytest.mark.parametrize(
    ("url", "retries", "policy"),
    [
        ("https://x/a", 1, "ct"),
        ("https://x/a#rc=3&rp=all", 3, "all"),
        ("https://x/a?b=1#rp=5xx&rc=9", 5, "5xx"),
        ("https://x/a#rc=many", 1, "ct"),
    ],
)
def test_connection_overrides_are_read_from_the_fragment(url: str, retries: int, policy: str) -> None:
    assert connection_overrides(url) == (retries, policy)


def test_faults_happen_as_often_as_asked_and_the_same_with_the_same_seed() -> None:
    plan = read_plan({"calls": {"429": 0.2, "timeout": 0.3}, "seed": 11})
    runs = []
    for _ in range(2):
        faults = Faults()
        faults.set(plan)
        runs.append([faults.of_call_creation() for _ in range(2000)])
    assert runs[0] == runs[1]
    counts = Counter(runs[0])
    assert 340 < counts["429"] < 460
    assert 530 < counts["timeout"] < 670
    assert counts.keys() == {"429", "timeout", None}


def test_no_plan_is_no_fault() -> None:
    assert read_plan({}) == FaultPlan()
    assert not Faults().happens(0)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"call": {}},
        {"calls": {"429": 1.1}},
        {"calls": {"429": 0.6, "timeout": 0.6}},
        {"calls": {"429": True}},
        {"webhooks": {"late_s": -1}},
        {"webhooks": {"reorder": 1}},
        {"seed": "x"},
        {"seed": 1.5},
    ],
)
def test_an_impossible_plan_is_refused(body: object) -> None:
    with pytest.raises(Unreadable):
        read_plan(body)


@pytest.mark.parametrize(
    ("num_digits", "finish", "pressed", "digits", "complete"),
    [
        (1, "#", "12", "1", True),
        (None, "#", "12", "12", False),
        (None, "#", "12#3", "12", True),
        (4, "", "#1*", "#1*", False),
        (1, "#", "#", "", True),
    ],
)
async def test_digits_are_gathered_until_complete(
    num_digits: int | None, finish: str, pressed: str, digits: str, complete: bool
) -> None:
    asking = Asking(num_digits, finish)
    for digit in pressed:
        asking.press(digit)
    assert (asking.digits, asking.complete) == (digits, complete)
    await asyncio.sleep(0)


def test_longer_sentences_take_longer_and_japanese_packs_more_into_a_character() -> None:
    japanese = Say(text="あ" * 80, language="ja-JP")
    assert speaking_s(japanese) == 10
    assert speaking_s(Say(text="a" * 80)) < speaking_s(japanese)
