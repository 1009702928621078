"""A request to the carrier's REST API and its answer, without a web server."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.simulator.errors import CarrierError
from bot.simulator.records import API_VERSION

Json = dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRequest:
    """`path` starts with `/2010-04-01`; a form field may be repeated; `authorization` is the header's value."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, list[str]] = field(default_factory=dict)
    authorization: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiAnswer:
    """HTTP status, JSON body (None: empty) and extra headers."""

    status: int
    body: Json | None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[..., Awaitable[ApiAnswer]]
"""Takes the request and what the groups of the route's pattern matched."""

Route = tuple[str, str, Handler]
"""Method, pattern of the path below the account, handler."""


def ok(body: Json) -> ApiAnswer:
    """200 with a resource."""
    return ApiAnswer(status=200, body=body)


def not_found(path: str) -> CarrierError:
    """The error for a resource that is not there."""
    shown = path.removeprefix(f"/{API_VERSION}")
    return CarrierError(20404, f"The requested resource {shown} was not found", 404)
