"""Pages: one template environment with autoescape, and the headers that keep a page to itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse, html

HERE = Path(__file__).parent
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}

_templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)


def page(template: str, *, status: int = 200, **facts: Any) -> HTTPResponse:
    """A rendered page; it is never stored by anybody on the way."""
    return html(_templates.get_template(template).render(**facts), status=status, headers={"Cache-Control": "no-store"})


def embeddable(response: HTTPResponse, origins: Sequence[str]) -> HTTPResponse:
    """Let these sites, and our own, show the page in a frame."""
    ancestors = " ".join(("frame-ancestors 'self'", *origins))
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", ancestors)
    return response


def install(app: Sanic[Any, Any]) -> None:
    """Serve static files and put the headers on every answer."""
    app.static("/static", HERE / "static", name="static")

    async def keep_to_itself(_request: Request, response: BaseHTTPResponse) -> None:
        has_own_policy = "Content-Security-Policy" in response.headers
        for name, value in HEADERS.items():
            if name != "X-Frame-Options" or not has_own_policy:  # which could not name more than one site
                response.headers.setdefault(name, value)

    app.register_middleware(keep_to_itself, "response")
