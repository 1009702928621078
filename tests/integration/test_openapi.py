"""The document says what the application does."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.integration.conftest import Gateway

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
