"""A request to the LINE Messaging API and its answer, without a web server, and what LINE refuses.

Source: https://developers.line.biz/en/reference/messaging-api/, and LINE's OpenAPI document messaging-api.yml.
"""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

Json = dict[str, object]

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes; LINE answers a larger request with 413."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRequest:
    """`path` starts with `/v2`; names of headers are in lower case; `id` is the x-line-request-id of the answer."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def json(self) -> Json:
        """The body as an object. Raises LineError 400 or 415."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise LineError(415, f"The content type, {kind or 'none'}, is not supported")
        try:
            read = json.loads(self.body)
        except ValueError as error:
            line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
            where = f"(line: {line}, column: {column})"
            raise LineError(400, f"The request body could not be parsed as JSON {where}") from None
        if not isinstance(read, dict):
            raise LineError(400, "The request body could not be parsed as JSON (line: 1, column: 1)")
        return read


@dataclass(frozen=True, kw_only=True, slots=True)
class LineAnswer:
    """HTTP status, a JSON body or bytes of `content_type`, and extra headers."""

    status: int = 200
    body: Json | bytes = field(default_factory=dict)
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class LineError(Exception):
    """A request is refused with LINE's own words; `details` say which property is at fault."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: Sequence[Mapping[str, str]] = (),
        sent: Sequence[Json] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.details, self.sent, self.headers = details, sent, headers or {}

    def answer(self) -> LineAnswer:
        """As LINE sends it: details and sentMessages are left out where there are none."""
        body: Json = {"message": self.message}
        if self.details:
            body["details"] = [dict(detail) for detail in self.details]
        if self.sent:
            body["sentMessages"] = list(self.sent)
        return LineAnswer(status=self.status, body=body, headers=self.headers)


Handler = Callable[..., Awaitable[LineAnswer]]
"""Takes the request and what the groups of the route's pattern matched."""

Route = tuple[str, str, Handler]
"""Method, pattern of the path below `/v2/bot`, handler."""


def not_found() -> LineError:
    """The error for what is not there."""
    return LineError(404, "Not found")
