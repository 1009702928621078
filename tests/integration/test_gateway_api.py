"""The business API as its contract says."""

import asyncio
from typing import Any

import httpx
import pytest

from bot.store import callbacks
from tests.integration.conftest import API_KEY, Gateway
from tests.support.products import a_callback, number

WINDOW = {"start": "2026-11-24T15:00:00+09:00", "end": "2026-11-24T15:30:00+09:00"}
NEXT = {"start": "2026-11-24T15:30:00+09:00", "end": "2026-11-24T16:00:00+09:00"}
BODY: dict[str, Any] = {"phone_number": "090-1234-5678", "reason": "洗濯機の修理", "window": WINDOW}
MEMBERS = {
    "reference", "status", "kind", "window", "estimated_start", "queue_position", "phone_number", "reason", "topic",
    "language", "channel", "priority", "name", "company", "alternate_phone_number", "attention", "attempts",
    "created_at", "updated_at",
}  # fmt: skip
CALLBACKS = "/api/v1/callbacks"


async def book(gateway: Gateway, **changes: Any) -> httpx.Response:
    return await gateway.api.post(CALLBACKS, json={**BODY, **changes})


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer, after checking that it is one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (told["type"], told["status"]) == (slug, status)
    assert told["title"]
    return told


async def test_a_booking_answers_201_with_the_whole_callback(gateway: Gateway) -> None:
    answer = await book(gateway, name="山田", priority=2, language="en", channel="form")
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == MEMBERS
    assert (told["status"], told["kind"], told["phone_number"]) == ("booked", "scheduled", "+819012345678")
    assert (told["name"], told["priority"], told["language"], told["channel"]) == ("山田", 2, "en", "form")
    assert told["window"] == {"start": "2026-11-24T06:00:00+00:00", "end": "2026-11-24T06:30:00+00:00"}
    read = await gateway.api.get(f"{CALLBACKS}/{told['reference']}")
    assert (read.status_code, read.json()) == (200, told)
    assert (await gateway.api.get(f"{CALLBACKS}/{told['reference'].lower()}")).json() == told


async def test_the_soonest_call_tells_its_place_in_the_line(gateway: Gateway) -> None:
    answer = await gateway.api.post(CALLBACKS, json={"phone_number": "09012345678", "reason": "x", "window": None})
    told = answer.json()
    assert (answer.status_code, told["kind"], told["queue_position"]) == (201, "asap", 1)
    assert told["estimated_start"] == told["window"]["start"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/slots"),
        ("POST", CALLBACKS),
        ("GET", CALLBACKS),
        ("GET", f"{CALLBACKS}/K7Q4MN"),
        ("POST", f"{CALLBACKS}/K7Q4MN/reschedule"),
        ("POST", f"{CALLBACKS}/K7Q4MN/cancel"),
    ],
)
async def test_without_a_valid_key_every_call_is_401(gateway: Gateway, method: str, path: str) -> None:
    for header in (None, "Bearer", "Bearer wrong", f"Basic {API_KEY}", API_KEY):
        headers = {"Authorization": header} if header else {}
        answer = await gateway.public.request(method, path, headers=headers, json=BODY if method == "POST" else None)
        problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nothing", 404),
        ("DELETE", CALLBACKS, 405),
        ("GET", f"{CALLBACKS}/ZZZZZZ", 404),
        ("POST", f"{CALLBACKS}/ZZZZZZ/cancel", 404),
        ("POST", f"{CALLBACKS}/%00/cancel", 404),
    ],
)
async def test_what_is_not_there_is_told_as_a_problem(gateway: Gateway, method: str, path: str, status: int) -> None:
    answer = await gateway.api.request(method, path)
    problem(answer, status, {404: "not-found", 405: "method-not-allowed"}[status])


@pytest.mark.parametrize(
    ("changes", "slug", "field"),
    [
        ({"phone_number": "119"}, "number-refused", "phone_number"),
        ({"phone_number": "+18765550123"}, "number-refused", "phone_number"),
        ({"phone_number": "まだです"}, "number-refused", "phone_number"),
        ({"reason": ""}, "invalid-request", "reason"),
        ({"reason": "x\x00"}, "invalid-request", "reason"),
        ({"window": {"start": "2026-11-24T15:00:00", "end": "2026-11-24T15:30:00"}}, "invalid-request", "window.start"),
        ({"window": {"start": NEXT["end"], "end": NEXT["start"]}}, "invalid-request", "window"),
        ({"window": {"start": WINDOW["start"], "end": NEXT["end"]}}, "window-not-offered", "window"),
        ({"language": "fr"}, "invalid-request", "language"),
        ({"nickname": "x"}, "invalid-request", "nickname"),
        ({"topic": "nobody-knows"}, "unknown-topic", "topic"),
    ],
)
async def test_a_field_at_fault_is_422_and_named(
    gateway: Gateway, changes: dict[str, Any], slug: str, field: str
) -> None:
    told = problem(await book(gateway, **changes), 422, slug)
    assert told["errors"][0]["field"] == field
    assert told["errors"][0]["message"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b'{"reason": "\\ud800"}'])
async def test_a_body_that_is_no_object_is_422(gateway: Gateway, body: bytes) -> None:
    problem(await gateway.api.post(CALLBACKS, content=body), 422, "invalid-request")


async def test_a_full_slot_is_409_with_alternatives(gateway: Gateway) -> None:
    for index in range(3):
        assert (await book(gateway, phone_number=number(index))).status_code == 201
    told = problem(await book(gateway), 409, "slot-full")
    assert len(told["alternatives"]) == 3
    taken = await book(gateway, window=told["alternatives"][0])
    assert taken.status_code == 201


async def test_a_window_that_is_not_offered_names_others(gateway: Gateway) -> None:
    holiday = {"start": "2026-11-28T15:00:00+09:00", "end": "2026-11-28T15:30:00+09:00"}
    assert problem(await book(gateway, window=holiday), 422, "window-not-offered")["alternatives"]


async def test_a_number_with_too_many_open_callbacks_is_409(gateway: Gateway) -> None:
    for _ in range(3):
        await book(gateway)
    assert problem(await book(gateway, window=NEXT), 409, "too-many-open")["limit"] == 3


async def test_an_idempotency_key_gives_the_same_answer_and_refuses_another_request(gateway: Gateway) -> None:
    key = {"Idempotency-Key": "order-17"}
    answers = await asyncio.gather(*(gateway.api.post(CALLBACKS, json=BODY, headers=key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    other = await gateway.api.post(CALLBACKS, json={**BODY, "reason": "他"}, headers=key)
    problem(other, 409, "idempotency-conflict")
    too_long = await gateway.api.post(CALLBACKS, json=BODY, headers={"Idempotency-Key": "x" * 256})
    assert problem(too_long, 422, "invalid-request")["errors"][0]["field"] == "Idempotency-Key"


async def test_slots_are_told_with_their_places(gateway: Gateway) -> None:
    await book(gateway)
    asked = {"from": WINDOW["start"], "to": NEXT["end"]}
    told = (await gateway.api.get("/api/v1/slots", params=asked)).json()["slots"]
    assert [(slot["start"], slot["capacity"], slot["booked"], slot["free"]) for slot in told] == [
        ("2026-11-24T06:00:00+00:00", 3, 1, 2),
        ("2026-11-24T06:30:00+00:00", 3, 0, 3),
    ]
    every = (await gateway.api.get("/api/v1/slots")).json()["slots"]
    assert len(every) > 100


async def test_a_plus_in_a_query_is_a_plus_whether_encoded_or_not(gateway: Gateway) -> None:
    made = (await book(gateway)).json()
    plain = "/api/v1/slots?from=2026-11-24T15:00:00+09:00&to=2026-11-24T15:30:00+09:00"
    assert len((await gateway.api.get(plain)).json()["slots"]) == 1
    assert len((await gateway.api.get(plain.replace("+", "%2B"))).json()["slots"]) == 1
    for written in ("+819012345678", "%2B819012345678", "090-1234-5678"):
        found = (await gateway.api.get(f"{CALLBACKS}?phone_number={written}")).json()["callbacks"]
        assert [callback["reference"] for callback in found] == [made["reference"]]


@pytest.mark.parametrize("written", ["%2B12125550123", "%2B441632960961", "+18765550123", "0120-111-222"])
async def test_a_number_that_may_not_be_called_can_be_looked_for(gateway: Gateway, written: str) -> None:
    answer = await gateway.api.get(f"{CALLBACKS}?phone_number={written}")
    assert (answer.status_code, answer.json()["callbacks"]) == (200, [])


async def test_what_was_booked_when_more_was_allowed_is_still_found_by_its_number(gateway: Gateway) -> None:
    abroad = a_callback(phone_number="+12125550123")
    async with gateway.world.database.write() as tx:
        await callbacks.add(tx, abroad)
    found = (await gateway.api.get(f"{CALLBACKS}?phone_number=%2B1 212-555-0123")).json()["callbacks"]
    assert [callback["reference"] for callback in found] == [abroad.reference]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("phone_number=%2B1", "phone_number"),
        ("phone_number=%2B81901234567890123", "phone_number"),
        ("from=yesterday", "from"),
        ("to=2026-11-24T15:00:00", "to"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("to=9999-12-31T23:59:59-14:00", "to"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=٣", "limit"),
        ("status=lost", "status"),
        ("phone_number=x", "phone_number"),
        ("cursor=x", "cursor"),
        ("cursor=MjAyNi0xMS0yNHxpZA==", "cursor"),
        ("cursor=%E3%81%82", "cursor"),
    ],
)
async def test_a_wrong_query_is_422_and_named(gateway: Gateway, query: str, field: str) -> None:
    told = problem(await gateway.api.get(f"{CALLBACKS}?{query}"), 422, "invalid-request")
    assert told["errors"][0]["field"] == field


async def test_a_list_is_read_page_by_page_without_gap_or_repeat(gateway: Gateway) -> None:
    made = [
        (await book(gateway, phone_number=number(index), window=(WINDOW, NEXT)[index // 3])).json()["reference"]
        for index in range(5)
    ]
    shown: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await gateway.api.get(CALLBACKS, params=params)).json()
        shown += [callback["reference"] for callback in page["callbacks"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(shown) == sorted(made)
    assert set(shown[:3]) == set(made[:3])


async def test_a_list_is_filtered_by_status_number_and_a_half_open_span(gateway: Gateway) -> None:
    first = (await book(gateway)).json()["reference"]
    second = (await book(gateway, phone_number=number(1), window=NEXT)).json()["reference"]
    await gateway.api.post(f"{CALLBACKS}/{second}/cancel")

    async def found(**params: str) -> list[str]:
        answer = await gateway.api.get(CALLBACKS, params=params)
        return [callback["reference"] for callback in answer.json()["callbacks"]]

    assert await found() == [first, second]
    assert await found(status="booked") == [first]
    assert await found(status="booked,cancelled") == [first, second]
    assert await found(phone_number=number(1)) == [second]
    assert await found(**{"from": WINDOW["start"], "to": NEXT["start"]}) == [first]
    assert await found(**{"from": NEXT["start"]}) == [second]
    assert await found(status="completed") == []


async def test_a_callback_is_moved_and_cancelled(gateway: Gateway) -> None:
    reference = (await book(gateway)).json()["reference"]
    moved = await gateway.api.post(f"{CALLBACKS}/{reference}/reschedule", json={"window": NEXT})
    assert (moved.status_code, moved.json()["window"]["start"]) == (200, "2026-11-24T06:30:00+00:00")
    for _ in range(2):
        cancelled = await gateway.api.post(f"{CALLBACKS}/{reference}/cancel", json={"reason": "解決"})
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    late = await gateway.api.post(f"{CALLBACKS}/{reference}/reschedule", json={"window": WINDOW})
    assert problem(late, 409, "not-open")["callback_status"] == "cancelled"


async def test_a_move_to_a_full_slot_is_409_with_alternatives(gateway: Gateway) -> None:
    reference = (await book(gateway)).json()["reference"]
    for index in range(3):
        await book(gateway, phone_number=number(index), window=NEXT)
    answer = await gateway.api.post(f"{CALLBACKS}/{reference}/reschedule", json={"window": NEXT})
    assert problem(answer, 409, "slot-full")["alternatives"]


async def test_an_inner_error_is_a_problem_that_tells_nothing(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def boom(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(gateway.product.bookings, "find", boom)
    answer = await gateway.api.get(f"{CALLBACKS}/K7Q4MN")
    problem(answer, 500, "internal-error")
    assert "secret" not in answer.text


async def test_what_a_program_does_stands_in_the_audit_log_once(gateway: Gateway) -> None:
    named = {"Idempotency-Key": "one-booking"}
    told = [await gateway.api.post(CALLBACKS, json=BODY, headers=named) for _ in range(2)]
    reference = told[0].json()["reference"]
    assert [answer.json()["reference"] for answer in told] == [reference] * 2
    assert (await gateway.api.post(f"{CALLBACKS}/{reference}/reschedule", json={"window": NEXT})).status_code == 200
    for _ in range(2):
        assert (await gateway.api.post(f"{CALLBACKS}/{reference}/cancel", json={})).status_code == 200
    assert (await book(gateway, phone_number="110")).status_code == 422
    noted = await gateway.product.audit.listing(subject=reference, limit=9)
    assert [(one.actor, one.action) for one in noted] == [
        ("key test", "cancelled"), ("key test", "moved"), ("key test", "booked"),
    ]  # fmt: skip
    assert all("9012345678" not in one.facts for one in noted)
    assert len(await gateway.product.audit.listing(action="booked", limit=9)) == 1


async def test_the_same_request_sent_many_times_at_once_is_noted_once(gateway: Gateway) -> None:
    named = {"Idempotency-Key": "one-booking"}
    answers = await asyncio.gather(*(gateway.api.post(CALLBACKS, json=BODY, headers=named) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(await gateway.product.audit.listing(action="booked", limit=99)) == 1
