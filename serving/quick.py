"""Rasa without the work that it repeats in every turn. What it does and answers stays the same.

Measured by `python -m benchmarks.turns` (docs/benchmarks.md); each part names what of Rasa 3.6.21 it stands in for.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import aiohttp
import rasa.core.run
from jsonschema import ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig

IDLE_S = 15.0
"""A connection to the action server that was not used for so long is closed from here: the server keeps it for 120 s,
so no request meets one that is being closed from there."""


def install() -> None:
    """Put the parts in their places, before Rasa begins."""
    RemoteAction._validate_action_result = _validated
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    EndpointConfig.session = _session
    rasa.core.run.close_resources = _close_resources


@cache
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _validated(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """RemoteAction._validate_action_result: it checks its own schema anew with every answer, two thirds of a turn."""
    fault = best_match(_validator().iter_errors(result))
    if fault is not None:
        raise ValidationError(f"What the action server answered is not what Rasa reads: {fault.message}")
    return True


class _Session:
    """EndpointConfig.session: it opens a connection for each call. This lends the same ones to all calls."""

    def __init__(self, endpoint: EndpointConfig) -> None:
        self._endpoint = endpoint

    async def __aenter__(self) -> aiohttp.ClientSession:
        kept = getattr(self._endpoint, "kept_session", None)
        if kept is None or kept.closed:
            kept = _open_session(self._endpoint)
            self._endpoint.kept_session = kept
        return kept

    async def __aexit__(self, *_error: object) -> None:
        """It is used again."""


def _session(endpoint: EndpointConfig) -> _Session:
    return _Session(endpoint)


def _open_session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_S)
    timeout = aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT)
    session = aiohttp.ClientSession(headers=endpoint.headers, timeout=timeout, connector=connector)
    _sessions.append(session)
    return session


_sessions: list[aiohttp.ClientSession] = []
_close_resources_of_rasa = rasa.core.run.close_resources


async def _close_resources(*told: Any) -> None:
    """Give the connections back at the end."""
    for session in _sessions:
        await session.close()
    await _close_resources_of_rasa(*told)
