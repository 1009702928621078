"""A stage for the simulated carrier: the carrier and a business that it calls back, on one real HTTP server."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic
from sanic.response import empty, text
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.gateway import rendering
from bot.gateway.simulator import simulator_blueprint
from bot.simulator.carrier import SimulatedCarrier
from bot.simulator.clock import SimulatedClock

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "the-token"
BUSINESS = "+815031234567"
CUSTOMER = "+819012345678"
AGENT = "+815011112222"
START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
_PATIENCE_S = 10.0
_TURNS = 30  # of the event loop, in which those who waited go on to their next wait

Form = dict[str, str]


class Stage:
    """What a test does as business (twilio-python), as person (handsets) and as time."""

    def __init__(self, base: str, directory: Path, **limits: Any) -> None:
        self.base = base
        self.directory = directory
        self.documents: dict[str, str] = {}
        self.failing: set[str] = set()
        self.requests: list[tuple[str, Form]] = []
        self.twilio = Client(ACCOUNT_SID, AUTH_TOKEN)
        self.twilio.api.base_url = f"{base}/simulator"
        self.clock = SimulatedClock(directory / "clock")
        self.carrier = SimulatedCarrier(
            directory / "carrier.db",
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            business_number=BUSINESS,
            sms_webhook_url=f"{base}/sms",
            clock=self.clock,
            voice_webhook_url=f"{base}/inbound",
            **limits,
        )
        self.http = httpx.AsyncClient(base_url=f"{base}/simulator", trust_env=False)

    async def do(self, work: Callable[[], Any]) -> Any:
        """Run a call of the synchronous twilio client beside the server."""
        return await asyncio.to_thread(work)

    async def call(self, to: str = CUSTOMER, **options: Any) -> str:
        """Place a call with every status event; returns its sid."""
        defaults: dict[str, Any] = {
            "url": f"{self.base}/voice",
            "status_callback": f"{self.base}/status",
            "status_callback_event": ["initiated", "ringing", "answered", "completed"],
            "timeout": 25,
        }
        call = await self.do(lambda: self.twilio.calls.create(to=to, from_=BUSINESS, **{**defaults, **options}))
        return str(call.sid)

    async def fetch(self, sid: str) -> Any:
        """The call as the carrier's API shows it."""
        return await self.do(lambda: self.twilio.calls(sid).fetch())

    async def ends(self, sid: str) -> Any:
        """The call once it has ended and its last status callback has come."""
        await self.eventually(lambda: self.statuses(sid)[-1:] in ENDS)
        return await self.fetch(sid)

    def statuses(self, sid: str) -> list[str]:
        """CallStatus of the callbacks about a call, in the order of their arrival."""
        return [form["CallStatus"] for path, form in self.requests if path == "/status" and form.get("CallSid") == sid]

    def asked(self, path: str) -> list[Form]:
        """The forms that came to a path."""
        return [form for asked, form in self.requests if asked == path]

    def handset(self, number: str) -> Any:
        """The handset as the contract shows it."""
        return self.carrier.handsets.view(number)

    async def act(self, number: str, action: str, **body: str) -> httpx.Response:
        """A person does something with a handset."""
        return await self.http.post(f"/handsets/{number}/{action}", json=body)

    async def behave(self, number: str, behaviour: str, **more: Any) -> None:
        """Set how a handset reacts."""
        answer = await self.http.put(f"/handsets/{number}", json={"behaviour": behaviour, **more})
        answer.raise_for_status()

    async def rings(self, number: str) -> None:
        """Wait until a handset rings."""
        await self.eventually(lambda: self.handset(number)["ringing"])

    async def asks(self, number: str) -> None:
        """Wait until a call asks a handset for digits."""
        await self.eventually(lambda: any(call["asks_for_digits"] for call in self.handset(number)["in_call"]))

    async def pass_time(self, seconds: float) -> None:
        """Move the clock; everything that falls due happens at once."""
        self.carrier.set_clock({"now": (self.clock.now() + timedelta(seconds=seconds)).isoformat()})
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    @staticmethod
    async def eventually(condition: Callable[[], Any]) -> None:
        """Wait for something that happens by itself (HTTP requests under way), not for time."""
        async with asyncio.timeout(_PATIENCE_S):
            while not condition():  # noqa: ASYNC110 (any condition, of any object)
                await asyncio.sleep(0.005)


ENDS = [["completed"], ["busy"], ["no-answer"], ["failed"], ["canceled"]]


@contextlib.asynccontextmanager
async def stage(directory: Path, **limits: Any) -> AsyncIterator[Stage]:
    """The carrier and the business, running; `limits` of the carrier's pace."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{sock.getsockname()[1]}"
        play = Stage(base, directory, **limits)
        play.clock.set(now=START)
        Sanic.test_mode = True
        app: Sanic[Any, Any] = Sanic(f"stage-{sock.getsockname()[1]}", configure_logging=False)
        rendering.install(app)
        app.blueprint(simulator_blueprint(play.carrier))
        app.add_route(_business(play), "/<path:path>", methods=["GET", "POST"])
        server: Any = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
        try:
            yield play
        finally:
            await play.http.aclose()
            await server.before_stop()
            await server.close()
            play.clock.close()


def _business(play: Stage) -> Callable[[Request, str], Any]:
    validator = RequestValidator(AUTH_TOKEN)

    async def answer(request: Request, path: str) -> HTTPResponse:
        form = {name: values[0] for name, values in (request.get_form(keep_blank_values=True) or {}).items()}
        url = play.base + request.path + (f"?{request.query_string}" if request.query_string else "")
        if not validator.validate(url, form, request.headers.get("x-twilio-signature", "")):
            return empty(status=403)
        play.requests.append((request.path, form))
        if request.path in play.failing:
            return empty(status=503)
        document = play.documents.get(request.path)
        return empty() if document is None else text(f"<Response>{document}</Response>", content_type="text/xml")

    return answer
