"""Reading what a client sent."""

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from sanic import HTTPResponse, Request
from sanic.response import raw

from bot.gateway.problems import Problem, field_problem
from bot.gateway.shapes import Moment

BodyType = TypeVar("BodyType", bound=BaseModel)
_moment = TypeAdapter[datetime](Moment)


def body_of(request: Request, shape: type[BodyType]) -> BodyType:
    """The JSON body as the given shape; an empty one counts as {}. Raises a 422 that names each wrong field."""
    return shape.model_validate_json(request.body or b"{}")


def moment_of(request: Request, name: str) -> datetime | None:
    """A time in the query, with an offset. A "+" that arrived as a blank is taken for what it was."""
    given = request.args.get(name)
    if given is None:
        return None
    try:
        return moment_in(given.replace(" ", "+"))
    except ValidationError:
        raise field_problem(name, "write an ISO 8601 time with an offset") from None


def moment_in(text: str) -> datetime:
    """A time with an offset; raises ValidationError, which is a ValueError."""
    return _moment.validate_python(text)


def number_of(request: Request, name: str, *, default: int, lowest: int, highest: int) -> int:
    """A whole number in the query."""
    given = request.args.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or not lowest <= int(given) <= highest:
        raise field_problem(name, f"write a whole number from {lowest} to {highest}")
    return int(given)


def key_of(request: Request, *, longest: int) -> str | None:
    """The client's own name for this request, where it gives one."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= longest:
        raise field_problem("Idempotency-Key", f"use 1 to {longest} characters")
    return str(key)


def answer(shape: BaseModel, *, status: int = 200) -> HTTPResponse:
    """A JSON answer; members that say nothing are left out only where the contract marks them optional."""
    return raw(shape.model_dump_json(exclude_defaults=True).encode(), status=status, content_type="application/json")


def not_found() -> Problem:
    """404 without saying more."""
    return Problem(404, "not-found", "There is nothing at this address.")
