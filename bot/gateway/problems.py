"""Errors as RFC 9457 problem documents: the HTTP status of each of our errors is decided here and nowhere else."""

from collections.abc import Iterable
from typing import Any

import structlog
from pydantic import ValidationError
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import json

from bot.booking import errors
from bot.booking.window import Window
from bot.gateway.shapes import window_shape
from bot.store.database import FAULTS
from bot.usecases.conversation import ConversationNotFound

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = "5"

log = structlog.get_logger(__name__)


class Problem(Exception):
    """An answer that is an error. `slug` is stable: clients branch on it."""

    def __init__(
        self, status: int, slug: str, title: str, *, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(title)
        self.status = status
        self.slug = slug
        self.title = title
        self.headers = headers or {}
        self.members = members

    def response(self) -> HTTPResponse:
        """The problem document."""
        body = {"type": self.slug, "title": self.title, "status": self.status, **self.members}
        return json(body, status=self.status, headers=self.headers, content_type=CONTENT_TYPE)


def field_problem(field: str, message: str) -> Problem:
    """422 for one field."""
    return Problem(422, "invalid-request", "The request is not valid.", errors=[{"field": field, "message": message}])


def from_booking_error(error: errors.BookingError) -> Problem:
    """The answer to a request that the core refused."""
    match error:
        case errors.SlotFull():
            return Problem(409, "slot-full", str(error), alternatives=_told(error.alternatives))
        case errors.WindowNotOffered():
            return Problem(
                422,
                "window-not-offered",
                str(error),
                errors=[{"field": "window", "message": error.reason.replace("_", " ")}],
                alternatives=_told(error.alternatives),
            )
        case errors.NumberRefused():
            message = error.reason.replace("_", " ")
            return Problem(422, "number-refused", str(error), errors=[{"field": "phone_number", "message": message}])
        case errors.CallbackNotFound():
            return Problem(404, "not-found", str(error))
        case errors.CallbackNotOpen():
            return Problem(409, "not-open", str(error), callback_status=error.status)
        case errors.TooManyOpenCallbacks():
            return Problem(409, "too-many-open", str(error), limit=error.limit)
        case errors.UnknownTopic():
            message = f"choose from {', '.join(error.known)}"
            return Problem(422, "unknown-topic", str(error), errors=[{"field": "topic", "message": message}])
        case errors.IdempotencyConflict():
            return Problem(409, "idempotency-conflict", str(error))
    raise error


def _told(windows: Iterable[Window]) -> list[dict[str, Any]]:
    return [window_shape(window).model_dump(mode="json") for window in windows]


def from_validation(error: ValidationError) -> Problem:
    """422 that names each wrong field."""
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]} for fault in error.errors()
    ]
    return Problem(422, "invalid-request", "The request is not valid.", errors=faults)


def install(app: Sanic[Any, Any]) -> None:
    """Answer every error as a problem document."""

    @app.exception(Problem)
    async def problem(_request: Request, error: Problem) -> HTTPResponse:
        return error.response()

    @app.exception(errors.BookingError)
    async def refused(_request: Request, error: errors.BookingError) -> HTTPResponse:
        return from_booking_error(error).response()

    @app.exception(ValidationError)
    async def invalid(_request: Request, error: ValidationError) -> HTTPResponse:
        return from_validation(error).response()

    @app.exception(ConversationNotFound)
    async def no_talk(_request: Request, _error: ConversationNotFound) -> HTTPResponse:
        return Problem(404, "not-found", "No chat session has this id.").response()

    @app.exception(SanicException)
    async def http(_request: Request, error: SanicException) -> HTTPResponse:
        slug = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
        title = str(error).split("\n")[0] or "The request failed."
        return Problem(error.status_code, slug.get(error.status_code, "error"), title).response()

    @app.exception(Exception)
    async def unexpected(request: Request, error: Exception) -> HTTPResponse:
        log.error("unexpected", path=request.path, exc_info=error)
        if isinstance(error, FAULTS):  # a database that is away, locked or out of room: nothing was kept of the request
            title = "We cannot answer at the moment. Please try again."
            return Problem(503, "unavailable", title, headers={"Retry-After": RETRY_AFTER_S}).response()
        return Problem(500, "internal-error", "Something went wrong on our side. Please try again.").response()
