"""The document says what the application does."""

from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.integration.conftest import Gateway
from tests.support.products import number

WINDOW = {"start": "2026-11-24T15:00:00+09:00", "end": "2026-11-24T15:30:00+09:00"}
CONTRACT = [
    ("post", "/api/v1/chat/sessions", 201),
    ("post", "/api/v1/chat/sessions/{session_id}/messages", 200),
    ("get", "/api/v1/chat/sessions/{session_id}/messages", 200),
    ("get", "/api/v1/chat/sessions/{session_id}/events", 200),
    ("get", "/api/v1/slots", 200),
    ("post", "/api/v1/callbacks", 201),
    ("get", "/api/v1/callbacks", 200),
    ("get", "/api/v1/callbacks/{reference}", 200),
    ("post", "/api/v1/callbacks/{reference}/reschedule", 200),
    ("post", "/api/v1/callbacks/{reference}/cancel", 200),
    ("get", "/api/v1/kpis", 200),
    ("get", "/healthz", 200),
    ("get", "/readyz", 200),
    ("get", "/readyz", 503),
    ("get", "/metrics", 200),
    ("post", "/webhooks/twilio/sms", 200),
    ("post", "/webhooks/twilio/sms-status", 204),
    ("post", "/webhooks/twilio/sms", 403),
    ("post", "/webhooks/twilio/voice/{attempt_id}/answered", 200),
    ("post", "/webhooks/twilio/voice/{attempt_id}/key", 200),
    ("post", "/webhooks/twilio/voice/{attempt_id}/screen", 200),
    ("post", "/webhooks/twilio/voice/{attempt_id}/accepted", 200),
    ("post", "/webhooks/twilio/voice/{attempt_id}/done", 200),
    ("post", "/webhooks/twilio/voice/{attempt_id}/status", 204),
    ("post", "/webhooks/twilio/voice/inbound", 200),
    ("post", "/webhooks/twilio/voice/inbound/menu", 200),
    ("post", "/webhooks/twilio/voice/inbound/status", 204),
]


async def document(gateway: Gateway) -> dict[str, Any]:
    answer = await gateway.public.get("/openapi.json")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


async def test_the_document_is_valid(gateway: Gateway) -> None:
    told = await document(gateway)
    assert told["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(told).validate()


async def test_every_call_of_the_contract_is_in_it(gateway: Gateway) -> None:
    paths = (await document(gateway))["paths"]
    for method, path, status in CONTRACT:
        assert str(status) in paths[path][method]["responses"], (method, path)


async def test_every_call_that_needs_a_key_says_so_and_every_other_does_not(gateway: Gateway) -> None:
    paths = (await document(gateway))["paths"]
    for path, methods in paths.items():
        is_business = path.startswith("/api/v1/") and not path.startswith("/api/v1/chat/")
        for method, operation in methods.items():
            assert ("security" in operation) == is_business, (method, path)


async def test_every_reference_inside_leads_somewhere(gateway: Gateway) -> None:
    told = await document(gateway)

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if "$ref" in part else []
            return own + [found for inner in part.values() for found in references(inner)]
        return [found for inner in part for found in references(inner)] if isinstance(part, list) else []

    schemas = told["components"]["schemas"]
    for reference in references(told):
        assert reference.rsplit("/", 1)[1] in schemas


@pytest.mark.parametrize("member", ["reference", "status", "window", "attempts", "attention", "estimated_start"])
async def test_a_callback_is_described_with_its_members(gateway: Gateway, member: str) -> None:
    schema = (await document(gateway))["components"]["schemas"]["Callback"]
    assert member in schema["properties"]
    assert member in schema["required"]


def faults(told: dict[str, Any], answer: httpx.Response, path: str) -> list[str]:
    """What an answer has otherwise than the document says, members that it does not name among it."""
    operation = told["paths"][path][answer.request.method.lower()]
    described = operation["responses"].get(str(answer.status_code))
    if described is None:
        return [f"{answer.status_code} is not there"]
    kind = answer.headers["content-type"].split(";")[0]
    schema = described["content"][kind]["schema"]
    named = told["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]["properties"]
    validator = OAS31Validator({**schema, "components": told["components"]})
    wrong = [error.message for error in validator.iter_errors(answer.json())]
    return wrong + [f"{member} is not named" for member in answer.json() if member not in named]


async def test_what_is_answered_is_what_the_document_says(gateway: Gateway) -> None:
    told, api, every = await document(gateway), gateway.api, "/api/v1/callbacks"
    body = {"phone_number": number(1), "reason": "load", "window": WINDOW}
    asked: list[tuple[str, httpx.Response]] = [(every, await api.post(every, json=body)) for _ in range(4)]
    asked += [(every, await api.post(every, json={**body, "phone_number": number(2)}))]
    reference = asked[0][1].json()["reference"]
    one, move, cancel = (f"{every}/{{reference}}{step}" for step in ("", "/reschedule", "/cancel"))
    later = {"window": {"start": WINDOW["end"], "end": "2026-11-24T16:00:00+09:00"}}
    asked += [
        ("/api/v1/slots", await api.get("/api/v1/slots")),
        ("/api/v1/slots", await api.get("/api/v1/slots?from=soon")),
        ("/api/v1/slots", await gateway.public.get("/api/v1/slots")),
        (every, await api.post(every, json={**body, "phone_number": number(3), "window": None})),
        (every, await api.post(every, json={**body, "phone_number": "119", "priority": -1})),
        (
            every,
            await api.post(
                every,
                json={
                    **body,
                    "phone_number": number(4),
                    "window": later["window"] | {"end": "2026-11-24T17:00:00+09:00"},
                },
            ),
        ),
        (every, await api.get(f"{every}?limit=1")),
        (one, await api.get(f"{every}/{reference}")),
        (one, await api.get(f"{every}/NOBODY")),
        (move, await api.post(f"{every}/{reference}/reschedule", json=later)),
        (move, await api.post(f"{every}/{reference}/reschedule", json={})),
        (cancel, await api.post(f"{every}/{reference}/cancel", json={})),
        (move, await api.post(f"{every}/{reference}/reschedule", json=later)),
    ]
    codes = [answer.status_code for _, answer in asked]
    assert codes == [201, 201, 201, 409, 409, 200, 422, 401, 201, 422, 422, 200, 200, 404, 200, 422, 200, 409]
    assert {path: found for path, answer in asked if (found := faults(told, answer, path))} == {}
