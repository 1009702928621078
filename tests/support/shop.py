"""Somebody else's site, on an origin of its own, with the chat in it and a policy as strict as they come."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, expect

from bot.gateway import rendering
from tests.support.chat_page import ChatPage
from tests.support.chat_stand_in import ChatStandIn

POLICY = (
    "default-src 'none'; script-src {origin}; connect-src {origin}; style-src {origin}; img-src {origin}; "
    "require-trusted-types-for 'script'; trusted-types orikaeshi"
)
"""What docs/embedding.md asks of a site, and nothing else."""


@contextmanager
def shop_for(product: str, *, language: str = "ja", attributes: str = "") -> Iterator[str]:
    """Serve the demo's shop with the product's script at `product`; yields its own origin."""
    answer = rendering.page("demo_shop.html", origin=product, language=language)
    body = (answer.body or b"").decode().replace("<script ", f"<script {attributes} ", 1).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY.format(origin=product))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
            """Tests read the page, not a server's log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Shop(ChatPage):
    """A visitor of that site."""

    def __init__(self, page: Any, site: ChatStandIn, address: str) -> None:
        super().__init__(page, site)
        self.address = address

    @property
    def launcher(self) -> Any:
        """The button that opens the chat."""
        return self.page.locator("orikaeshi-chat .launcher")

    @property
    def panel(self) -> Any:
        """The chat."""
        return self.page.locator("#panel")

    def arrive(self) -> "Shop":
        """Open the site; the button is there."""
        self.page.goto(self.address)
        expect(self.launcher).to_be_visible()
        return self

    def begin(self) -> "Shop":
        """Open the chat, and be greeted."""
        self.arrive().launcher.click()
        expect(self.ours).to_have_count(2)
        return self


@contextmanager
def shopping(
    browser: Browser, *, language: str = "ja", attributes: str = "", is_named: bool = True, **how: Any
) -> Iterator[Shop]:
    """A visitor of the shop; an error on the page, or a breach of its policy, fails the test."""
    wanted: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "ja-JP"}
    site = ChatStandIn()
    with site.running(), shop_for(site.url, language=language, attributes=attributes) as address:
        site.embed_on = [address] if is_named else []
        context = browser.new_context(**{**wanted, "timezone_id": "Asia/Tokyo", **how})
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
        yield Shop(page, site, address)
        context.close()
        assert errors == []
