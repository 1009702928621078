"""The OpenAPI 3.1 document, made from what stands beside each handler and from the shapes that handlers really use."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter
from sanic import Sanic

from bot import __version__
from bot.gateway import answers

Handler = TypeVar("Handler", bound=Callable[..., Any])
REFERENCE = "#/components/schemas/{model}"
PROBLEM_TITLES = {
    401: "The key is missing or unknown",
    403: "The key may not do this, or the signature does not fit",
    404: "Not found",
    409: "The request conflicts with how things stand",
    422: "The request is not valid",
    429: "Too many requests; Retry-After says when",
}


@dataclass(frozen=True, kw_only=True)
class Query:
    """A parameter in the query."""

    name: str
    format: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a client needs to know of one call. `answer` None is an event stream or an empty answer; `also` are other
    statuses with the same answer."""

    summary: str
    tag: str
    status: int
    answer: type[BaseModel] | None
    body: type[BaseModel] | None
    query: tuple[Query, ...]
    headers: tuple[str, ...]
    problems: tuple[int, ...]
    also: tuple[int, ...] = ()
    content_type: str = field(default="application/json")


def documented(
    summary: str,
    *,
    tag: str,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    body: type[BaseModel] | None = None,
    query: tuple[Query, ...] = (),
    headers: tuple[str, ...] = (),
    problems: tuple[int, ...] = (),
    also: tuple[int, ...] = (),
    content_type: str = "application/json",
) -> Callable[[Handler], Handler]:
    """Put a handler into the document."""
    if 401 in problems:  # what needs a key needs one that may do this
        problems = (*problems, 403)
    operation = Operation(
        summary=summary, tag=tag, status=status, answer=answer, body=body, query=query, headers=headers,
        problems=problems, also=also, content_type=content_type,
    )  # fmt: skip

    def mark(handler: Handler) -> Handler:
        handler.__dict__["operation"] = operation
        return handler

    return mark


def document(app: Sanic[Any, Any], *, server: str) -> dict[str, Any]:
    """The whole document for the routes that this application really has."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for route in app.router.routes:
        operation = getattr(route.handler, "operation", None)
        if operation is None:
            continue
        path = "/" + re.sub(r"<(\w+)(:[^>]+)?>", r"{\1}", route.path)
        for method in route.methods:
            paths.setdefault(path, {})[method.lower()] = _operation(operation, path, schemas)
    _schema(answers.Problem, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orikaeshi", "version": __version__, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": server}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": operation.summary}
    if operation.answer:
        success["content"] = {operation.content_type: {"schema": _schema(operation.answer, schemas)}}
    elif operation.content_type != "application/json":
        success["content"] = {operation.content_type: {"schema": {"type": "string"}}}
    described: dict[str, Any] = {
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": {
            **{str(code): success for code in (operation.status, *operation.also)},
            **{str(code): _problem(code) for code in operation.problems},
        },
    }
    if parameters := _parameters(operation, path):
        described["parameters"] = parameters
    if operation.body:
        content = {"application/json": {"schema": _schema(operation.body, schemas)}}
        described["requestBody"] = {"required": True, "content": content}
    if 401 in operation.problems:
        described["security"] = [{"key": []}]
    return described


def _parameters(operation: Operation, path: str) -> list[dict[str, Any]]:
    in_path = [_parameter(Query(name=name), "path", required=True) for name in re.findall(r"{(\w+)}", path)]
    in_query = [_parameter(query, "query", required=False) for query in operation.query]
    in_header = [_parameter(Query(name=name), "header", required=False) for name in operation.headers]
    return in_path + in_query + in_header


def _parameter(query: Query, place: str, *, required: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer" if query.format == "int32" else "string"}
    if query.format:
        schema["format"] = query.format
    if query.choices:
        schema["enum"] = list(query.choices)
    return {"name": query.name, "in": place, "required": required, "schema": schema}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model="Problem")}
    return {"description": PROBLEM_TITLES[status], "content": {"application/problem+json": {"schema": schema}}}


def _schema(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, str]:
    made = TypeAdapter(model).json_schema(ref_template=REFERENCE)
    schemas.update(made.pop("$defs", {}))
    schemas[model.__name__] = made
    return {"$ref": REFERENCE.format(model=model.__name__)}
