"""A small server that speaks the chat's HTTP contract, for tests of the page: its talk is a script, and it can fail.

The page and its static files are the product's own, under the product's own headers.
"""

import json
import mimetypes
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.booking.business import Business
from bot.gateway import embedding, rendering
from tests.support.chat_script import Script

STATIC = rendering.HERE / "static"
BUSINESS = Business(
    names={"ja": "みなと家電サポート", "en": "Minato Home Support"},
    hotline="0120-000-000",
    timezone=ZoneInfo("Asia/Tokyo"),
)
HOURS = {"ja": "月〜金 9:00〜18:00(祝日を除く)", "en": "Mon–Fri 9:00 AM–6:00 PM (closed on public holidays)"}
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""The business's clock at first: Tuesday, ten in the morning in Tokyo."""


@dataclass(kw_only=True)
class Talk:
    """One talk: its script, its transcript and who listens."""

    script: Script
    lines: list[dict[str, Any]] = field(default_factory=list)
    listeners: list["queue.Queue[dict[str, Any] | None]"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How one request fails. `status` None cuts the connection; `is_read` says whether the message was taken before."""

    status: int | None = None
    is_read: bool = False
    retry_after: int | None = None


class ChatStandIn:
    """The server and what a test does with it."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.requests: list[str] = []
        self.tells_question = True
        self.embed_on: list[str] = []
        self.answering = threading.Event()
        self.answering.set()
        self._now = START
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator["ChatStandIn"]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.answering.set()
            self.cut_streams()
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    @property
    def talk(self) -> Talk:
        """The newest talk."""
        return list(self.talks.values())[-1]

    def heard(self) -> list[str]:
        """What the customer has said in the newest talk."""
        return [line["text"] for line in self.talk.lines if line["sender"] == "customer"]

    def fail(self, request: str, *faults: Fault) -> None:
        """Let the next requests of this kind (`POST messages`, `GET messages`, `POST sessions`, `GET events`) fail."""
        self.faults.setdefault(request, []).extend(faults)

    def say_later(self, text: str, *, sender: str = "system", status: str | None = None) -> None:
        """Say something outside an answer, perhaps because the booking now stands differently."""
        with self._lock:
            if status and self.talk.script.callback:
                self.talk.script.callback["status"] = status
            line = self.add(self.talk, sender, text)
            for listener in self.talk.listeners:
                listener.put(line)

    def cut_streams(self) -> None:
        """End every event stream, as a restart of the server would."""
        with self._lock:
            for talk in self.talks.values():
                for listener in talk.listeners:
                    listener.put(None)
                talk.listeners.clear()

    def forget(self) -> None:
        """Know no talk any more."""
        self.cut_streams()
        self.talks.clear()

    def add(self, talk: Talk, sender: str, text: str, buttons: list[dict[str, str]] | None = None) -> dict[str, Any]:
        """Keep a line; no two are said at the same moment."""
        self._now += timedelta(seconds=7)
        line: dict[str, Any] = {"sender": sender, "text": text, "at": self._now.isoformat()}
        talk.lines.append({**line, "buttons": buttons} if buttons else line)
        return line

    def open(self, language: str) -> tuple[int, dict[str, Any]]:
        """Begin a talk."""
        with self._lock:
            talk = Talk(script=Script(language))
            session_id = f"talk-{len(self.talks) + 1}-" + "x" * 22
            self.talks[session_id] = talk
            return 201, {"session_id": session_id, **self._turn(talk, talk.script.open())}

    def read(self, talk: Talk, text: str) -> tuple[int, dict[str, Any]]:
        """Take a message and answer it, once the test lets it."""
        with self._lock:
            self.add(talk, "customer", text)
        self.answering.wait()
        with self._lock:
            return 200, self._turn(talk, talk.script.answer(text))

    def transcript(self, talk: Talk) -> tuple[int, dict[str, Any]]:
        """Everything said; with the open question where the server tells it."""
        with self._lock:
            if self.tells_question:
                script = talk.script
                return 200, {"messages": list(talk.lines), "expects": script.expects, "callback": script.callback}
            bare = [{name: line[name] for name in ("sender", "text", "at")} for line in talk.lines]
            return 200, {"messages": bare}

    def _turn(self, talk: Talk, messages: list[dict[str, Any]]) -> dict[str, Any]:
        for message in messages:
            self.add(talk, "assistant", message["text"], message.get("buttons"))
        script = talk.script
        return {
            "messages": messages,
            "expects": script.expects,
            "callback": dict(script.callback) if script.callback else None,
            "language": script.language,
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is everyday life; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler_for(stand_in: ChatStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        site = stand_in

    return Handler


class _Handler(BaseHTTPRequestHandler):
    site: ChatStandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            answer = rendering.page("chat.html", business=BUSINESS, hours=HOURS)
            self._send(200, answer.body or b"", "text/html; charset=utf-8")
        elif path == "/embed/chat.html":
            answer = rendering.page("chat_embed.html", business=BUSINESS, hours=HOURS)
            self._send(200, answer.body or b"", "text/html; charset=utf-8")
        elif path == "/embed/chat.css":
            self._send(200, embedding.style_sheet().encode(), "text/css; charset=utf-8")
        elif path == "/embed/chat.js":
            self._static("embed/chat.js")
        elif path.startswith("/static/"):
            self._static(path.removeprefix("/static/"))
        elif path.endswith("/messages"):
            self._about_a_talk("GET messages", self.site.transcript)
        elif path.endswith("/events"):
            self._events()
        else:
            self._send(404, b"", "text/plain")

    def do_OPTIONS(self) -> None:
        self._send(204, b"", "text/plain")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.path.endswith("/sessions"):
            if not self._fails("POST sessions", lambda: None):
                self._json(*self.site.open(body["language"]))
        else:
            self._about_a_talk("POST messages", lambda talk: self.site.read(talk, body["text"]))

    def _about_a_talk(self, request: str, answer: Callable[[Talk], tuple[int, dict[str, Any]]]) -> None:
        talk = self.site.talks.get(self.path.split("/")[5])
        if talk is None:
            self._json(404, {"type": "not-found"})
        elif not self._fails(request, lambda: answer(talk)):
            self._json(*answer(talk))

    def _fails(self, request: str, read: Callable[[], object]) -> bool:
        self.site.requests.append(request)
        planned = self.site.faults.get(request)
        if not planned:
            return False
        fault = planned.pop(0)
        if fault.is_read:
            read()
        if fault.status is None:
            # Not in silence: Chromium itself repeats a request whose kept-alive connection closes without a byte.
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")
        else:
            retry = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
            self._json(fault.status, {"type": "made-up"}, retry)
        return True

    def _events(self) -> None:
        talk = self.site.talks.get(self.path.split("/")[5])
        if talk is None:
            self._json(404, {"type": "not-found"})
            return
        if self._fails("GET events", lambda: None):
            return
        said: queue.Queue[dict[str, Any] | None] = queue.Queue()
        talk.listeners.append(said)
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        for name, value in self._shared().items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(b": open\n\n")
            while (line := said.get()) is not None:
                self.wfile.write(f"event: message\ndata: {json.dumps(line)}\n\n".encode())
        except ConnectionError:
            return

    def _static(self, name: str) -> None:
        file = STATIC / name
        if not file.is_file():
            self._send(404, b"", "text/plain")
            return
        self._send(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")

    def _json(self, status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), "application/json", headers or {})

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(HTTPStatus(status))
        for name, value in {**rendering.HEADERS, **self._shared(), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _shared(self) -> dict[str, str]:
        origin = self.headers.get("Origin", "")
        return embedding.sharing_headers(urlsplit(self.path).path, origin, self.site.embed_on)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
        """Tests read the page, not a server's log."""
