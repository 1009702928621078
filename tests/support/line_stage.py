"""A stage for the simulated LINE: LINE and a business with a channel there, on one real HTTP server."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi
from linebot.v3.webhook import SignatureValidator
from sanic import HTTPResponse, Request, Sanic
from sanic.response import empty

from bot.gateway import rendering
from bot.gateway.simulator import simulator_blueprint
from bot.simulator.carrier import SimulatedCarrier
from bot.simulator.clock import SimulatedClock
from bot.simulator.line.channel import SimulatedLine
from tests.support.simulator_stage import ACCOUNT_SID, AUTH_TOKEN, BUSINESS, START

SECRET = "the-channel-secret"
TOKEN = "the-access-token"
HANAKO = "U" + "a1" * 16
JUN = "U" + "b2" * 16
PATIENCE_S = 10.0
_TURNS = 30  # of the event loop, in which those who waited go on to their next wait

Json = dict[str, Any]


class LineStage:
    """What a test does as business (line-bot-sdk), as person (their LINE) and as time."""

    def __init__(self, base: str, directory: Path) -> None:
        self.base = base
        self.host = f"{base}/simulator/line"
        self.status = 200
        """What the business answers webhooks with."""
        self.webhooks: list[tuple[bytes, dict[str, str]]] = []
        self.real_s = 1_000_000.0
        """Real time as the reply tokens know it."""
        self.clock = SimulatedClock(directory / "clock")
        self.line = SimulatedLine(
            directory / "line.db",
            channel_secret=SECRET,
            access_token=TOKEN,
            webhook_url=f"{base}/webhook",
            clock=self.clock,
            real_now=lambda: self.real_s,
        )
        self.carrier = SimulatedCarrier(
            directory / "carrier.db",
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            business_number=BUSINESS,
            sms_webhook_url=f"{base}/sms",
            clock=self.clock,
        )
        self.http = httpx.AsyncClient(base_url=self.host, trust_env=False)

    def configuration(self, **changes: Any) -> Configuration:
        """The SDK's, pointed at the simulator."""
        return Configuration(**{"host": self.host, "access_token": TOKEN, **changes})

    async def ask(self, work: Callable[[MessagingApi], Any], **changes: Any) -> Any:
        """Run a call of the synchronous SDK beside the server."""

        def run() -> Any:
            with ApiClient(self.configuration(**changes)) as client:
                return work(MessagingApi(client))

        return await asyncio.to_thread(run)

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A raw request to the Messaging API, for what the SDK would not send."""
        return await self.http.post(
            f"/v2/bot{path}", json=body, headers={"Authorization": f"Bearer {TOKEN}", **headers}
        )

    async def befriend(self, user_id: str = HANAKO, name: str = "花子") -> None:
        """Somebody adds the account; the webhook about it has come and is forgotten."""
        (await self.http.put(f"/people/{user_id}", json={"display_name": name})).raise_for_status()
        await self.act("follow", user_id=user_id)
        await self.eventually(lambda: self.events("follow"))
        self.webhooks.clear()

    async def act(self, action: str, *, user_id: str = HANAKO, **body: Any) -> Json:
        """A person does something; returns what their LINE shows then."""
        answer = await self.http.post(f"/people/{user_id}/{action}", json=body)
        answer.raise_for_status()
        shown: Json = answer.json()
        return shown

    async def says(self, text: str, *, user_id: str = HANAKO) -> str:
        """A person writes; returns the reply token that came with it."""
        known = len(self.events("message"))
        await self.act("text", user_id=user_id, text=text)
        await self.eventually(lambda: len(self.events("message")) > known)
        return str(self.events("message")[-1]["replyToken"])

    async def chat(self, user_id: str = HANAKO) -> Json:
        """What somebody's LINE shows."""
        shown: Json = (await self.http.get(f"/people/{user_id}")).json()
        return shown

    async def texts(self, user_id: str = HANAKO) -> list[str]:
        """The texts in somebody's chat."""
        return [each["message"].get("text", "") for each in (await self.chat(user_id))["messages"]]

    def events(self, kind: str | None = None) -> list[Json]:
        """The events that came, of one kind or all, in the order of arrival."""
        events = [event for body, _ in self.webhooks for event in json.loads(body)["events"]]
        return [event for event in events if kind in (None, event["type"])]

    async def show_faults(self, **faults: Any) -> None:
        """Set the faults."""
        (await self.http.put("/faults", json=faults)).raise_for_status()

    async def pass_time(self, **how_long: float) -> None:
        """Move the clock; everything that falls due happens at once."""
        self.clock.set(now=self.clock.now() + timedelta(**how_long))
        self.line.clock_moved()
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def pass_time_until(self, condition: Callable[[], Any]) -> None:
        """Let time pass, ten seconds at a step, for what happens late and after answers that are still under way."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await self.pass_time(seconds=10)
                await asyncio.sleep(0.01)

    @staticmethod
    async def eventually(condition: Callable[[], Any]) -> None:
        """Wait for something that happens by itself (HTTP requests under way), not for time."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 (any condition, of any object)
                await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def line_stage(directory: Path) -> AsyncIterator[LineStage]:
    """LINE and the business, running."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        play = LineStage(f"http://127.0.0.1:{port}", directory)
        play.clock.set(now=START)
        Sanic.test_mode = True
        app: Sanic[Any, Any] = Sanic(f"line-stage-{port}", configure_logging=False)
        app.config.REQUEST_MAX_SIZE = 100_000
        rendering.install(app)
        app.blueprint(simulator_blueprint(play.carrier, line=play.line))
        app.add_route(_business(play), "/webhook", methods=["POST"])
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


def _business(play: LineStage) -> Callable[[Request], Any]:
    validator = SignatureValidator(SECRET)

    async def answer(request: Request) -> HTTPResponse:
        body = request.body.decode()
        if not validator.validate(body, request.headers.get("x-line-signature", "")):
            return empty(status=403)
        play.webhooks.append((request.body, dict(request.headers.items())))
        return empty(status=play.status)

    return answer
