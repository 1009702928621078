"""A carrier behind a real socket, as far as placing calls goes, for the real client: slow, silent or failing at will.

python -m tests.support.carrier_server 20555 0.2      # port, seconds until it answers
"""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request and the form it brought."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]


@dataclass
class CarrierServer:
    """Accepts every call; `answer_s` later it says so. `stall` and `reset` say so never."""

    answer_s: float = 0.0
    mode: str = "ok"
    calls: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    _server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> "CarrierServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=512)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def stop(self) -> None:
        assert self._server
        self._server.close()

    def per_callback(self) -> Counter[str]:
        """How many calls each number was rung with."""
        return Counter(call["to"] for call in self.calls)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                answer = await self._answer(request)
                if answer is None:
                    writer.transport.abort()
                    return
                status, body = answer
                told = json.dumps(body).encode()
                head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(told)}"
                writer.write(head.encode() + b"\r\n\r\n" + told)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _answer(self, request: Request) -> tuple[int, object] | None:
        if request.method == "GET":
            return 200, self._listed(request)
        if self.mode == "full":
            return 429, {"code": 20429, "message": "Too Many Requests", "more_info": "", "status": 429}
        call = self._place(request.form)
        if self.mode == "reset":
            return None
        if self.mode == "stall":
            await asyncio.sleep(3600)
        await asyncio.sleep(self.answer_s)
        return (500, {"code": 20500, "message": "Internal", "status": 500}) if self.mode == "error" else (201, call)

    def _place(self, form: dict[str, str]) -> dict[str, str]:
        call = {
            "sid": f"CA{len(self.calls):032x}", "status": "queued", "to": form["To"], "from": form["From"],
            "url": form.get("Url", ""), "date_created": format_datetime(datetime.now(UTC)),
        }  # fmt: skip
        self.calls.append(call)
        return call

    def _listed(self, request: Request) -> object:
        if request.path.endswith("/Calls.json"):
            found = [call for call in self.calls if call["to"] == request.query.get("To")]
            return {"calls": found, "next_page_uri": None, "page": 0, "page_size": 50, "uri": request.path}
        sid = request.path.rsplit("/", 1)[-1].removesuffix(".json")
        return next((call for call in self.calls if call["sid"] == sid), {})


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    address = urlsplit(target)
    return Request(method=method, path=address.path, query=_first(address.query), form=_first(body.decode()))


def _first(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


async def _main(port: int, answer_s: float) -> None:
    await CarrierServer(answer_s=answer_s).start(port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2])))
