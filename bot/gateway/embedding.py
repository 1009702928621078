"""The chat in other sites: the one script tag, what it brings, and which sites' pages may talk to the chat."""

import gzip
import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Any

from sanic import Blueprint, HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse, empty, text

from bot.gateway.rendering import HERE, page
from bot.wiring import Product

STATIC = HERE / "static"
SHEETS = (
    "embed/embed",
    *(f"chat/{name}" for name in ("base", "banners", "talk", "choices", "card", "composer", "sheets")),
)
"""The panel's style sheets, in their order."""

PUBLIC = ("/static/chat/", "/static/embed/", "/embed/chat.js", "/embed/chat.css")
"""What any page may load: code and style sheets, which hold nothing of anybody."""
NAMED_ONLY = ("/api/v1/chat/", "/embed/chat.html")
"""What only the sites that the settings name may read."""
CHAT_API = "/api/v1/chat/sessions"

WORTH_COMPRESSING = 500
COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*\*.*?\*/[ \t]*)\n", re.DOTALL | re.MULTILINE)
"""Lines of a script that are a comment and nothing else. No script of ours has text over several lines."""
COMPRESSED = re.compile(r"^(?:text/|application/javascript|image/svg)")


def embed_blueprint(product: Product) -> Blueprint:
    """`/embed/chat.js`, its style sheet and markup, and the browsers' questions before they call the chat API."""
    blueprint = Blueprint("embed")

    @blueprint.get("/embed/chat.js", name="script")
    async def script(_request: Request) -> HTTPResponse:
        return _lasting((STATIC / "embed" / "chat.js").read_text("utf-8"), "text/javascript; charset=utf-8")

    @blueprint.get("/embed/chat.css", name="sheet")
    async def sheet(_request: Request) -> HTTPResponse:
        return _lasting(style_sheet(), "text/css; charset=utf-8")

    @blueprint.get("/embed/chat.html", name="markup")
    async def markup(_request: Request) -> HTTPResponse:
        hours = {language: product.hours_text(language) for language in ("ja", "en")}
        return page("chat_embed.html", business=product.business, hours=hours)

    async def may_i(_request: Request, **_names: str) -> HTTPResponse:
        return empty()

    for path in ("", "/<session_id:str>/messages", "/<session_id:str>/events"):
        blueprint.add_route(may_i, CHAT_API + path, methods=["OPTIONS"], name=f"asks_{path[-8:-1] or 'sessions'}")
    return blueprint


@cache
def style_sheet() -> str:
    """All of the panel's styles. Sizes follow `--rem`, for the root of somebody else's page has a size of its own."""
    sheets = "\n".join((STATIC / f"{name}.css").read_text("utf-8") for name in SHEETS)
    plain = re.sub(r"/\*.*?\*/\s*", "", sheets, flags=re.DOTALL)
    return re.sub(r"(?<![\w.-])(\d*\.?\d+)rem\b", r"calc(\1 * var(--rem))", plain)


def sharing_headers(path: str, origin: str, named: Collection[str]) -> dict[str, str]:
    """What lets a page of `origin` read the answer of `path`; nothing where it may not."""
    if path.startswith(PUBLIC):
        return {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    if not path.startswith(NAMED_ONLY):
        return {}
    if origin.lower() not in named:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key",
        "Access-Control-Expose-Headers": "Retry-After",
        "Access-Control-Max-Age": "7200",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def install(app: Sanic[Any, Any], named: Collection[str]) -> None:
    """Put those headers on answers, and send code and styles compressed."""

    async def share(request: Request, response: BaseHTTPResponse) -> None:
        headers = sharing_headers(request.path, request.headers.get("origin", ""), named)
        response.headers.update(headers)

    async def compress(request: Request, response: BaseHTTPResponse) -> None:
        body = response.body or b""
        is_worth_it = response.status == 200 and len(body) >= WORTH_COMPRESSING
        kind = response.content_type or ""
        # Nothing secret is compressed together with what a stranger could choose.
        if not request.path.startswith(("/static/", "/embed/")) or not COMPRESSED.match(kind) or not is_worth_it:
            return
        response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Accept-Encoding")))
        if "gzip" in request.headers.get("accept-encoding", ""):
            response.headers["Content-Encoding"] = "gzip"
            response.body = _compressed(body, is_script="javascript" in kind)

    app.register_middleware(compress, "response")
    app.register_middleware(share, "response")


@lru_cache(maxsize=128)
def _compressed(body: bytes, *, is_script: bool) -> bytes:
    return gzip.compress(COMMENT.sub(b"", body) if is_script else body, 9, mtime=0)


def _lasting(content: str, kind: str) -> HTTPResponse:
    """An answer that browsers keep for a while: every page of a site asks for it."""
    return text(content, content_type=kind, headers={"Cache-Control": "public, max-age=300"})
