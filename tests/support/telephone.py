"""The product on the phone: its webhooks and the simulated carrier on one real HTTP server, the real client between
them, and a clock that the test moves."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sanic import Sanic

from bot import wiring
from bot.booking.callback import Callback
from bot.gateway import problems, rendering
from bot.gateway.answering import Answering
from bot.gateway.desk import desk_blueprint
from bot.gateway.inbound import inbound_blueprint
from bot.gateway.simulator import simulator_blueprint
from bot.gateway.voice import voice_blueprint
from bot.gateway.webhooks import webhooks_blueprint
from bot.settings import load
from bot.simulator.carrier import SimulatedCarrier
from bot.simulator.clock import SimulatedClock
from bot.store import agents, attempts, callbacks
from bot.store.agents import Agent
from bot.wiring import Product
from tests.support.clocks import TUESDAY
from tests.support.products import NUMBER, ROOT, SLOT, a_request, settings_of

AGENTS = ("+81312340000", "+81312340001", "+81312340002")
PATIENCE_S = 10.0
TURNS = 30
"""Of the event loop, in which those who waited go on to their next wait."""


@dataclass
class Telephone:
    """A business that calls back, the carrier, and everybody's handset."""

    product: Product
    carrier: SimulatedCarrier
    clock: SimulatedClock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def book(self, **changes: Any) -> Callback:
        return await self.product.bookings.book(a_request(**changes), now=self.now)

    async def ring_bell(self) -> int:
        """The dispatcher looks for what is due now."""
        return await self.product.dispatch.dial_due(now=self.now, real_now=datetime.now(UTC))

    async def read(self, callback: Callback) -> Callback:
        async with self.product.database.read() as tx:
            return await callbacks.get(tx, callback.id)

    async def live_attempts(self) -> int:
        async with self.product.database.read() as tx:
            return len(await attempts.live(tx))

    async def act(self, number: str, action: str, **body: str) -> None:
        await self.carrier.handsets.act(number, action, body)

    def behave(self, number: str, behaviour: str, **more: Any) -> None:
        self.carrier.handsets.set(number, {"behaviour": behaviour, **more})

    def handset(self, number: str) -> Any:
        return self.carrier.handsets.view(number)

    def heard(self, number: str) -> list[str]:
        """Everything that was said at this handset in its last call."""
        calls = self.handset(number)["calls"]
        return list(calls[-1]["heard"]) if calls else []

    def is_connected(self, number: str) -> bool:
        return any(call["connected_to"] for call in self.handset(number)["in_call"])

    def asks(self, number: str) -> bool:
        return any(call["asks_for_digits"] for call in self.handset(number)["in_call"])

    async def pick_up(self, number: str) -> None:
        """Wait until it rings, answer, and hear what is asked."""
        await self.until(lambda: self.handset(number)["ringing"])
        await self.act(number, "answer")
        await self.until(lambda: self.asks(number))

    async def press(self, number: str, digits: str) -> None:
        await self.until(lambda: self.asks(number))
        await self.act(number, "press", digits=digits)

    async def hears(self, number: str, words: str) -> None:
        """Wait until this was said at a handset, passing time while nothing else happens."""
        await self.until(lambda: any(words in said for said in self.heard(number)), passing=1.0)

    async def pass_time(self, seconds: float) -> None:
        """Move the clock; everything that falls due happens at once."""
        self.carrier.set_clock({"now": (self.now + timedelta(seconds=seconds)).isoformat()})
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def until(self, condition: Any, *, passing: float = 0.0) -> None:
        """Wait for something that happens by itself; with `passing`, simulated seconds go by meanwhile."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                if passing:
                    await self.pass_time(passing)
                await asyncio.sleep(0.01)

    async def over(self, callback: Callback) -> Callback:
        """The callback once its attempt has ended."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.live_attempts():
                await self.pass_time(1.0)
                await asyncio.sleep(0.01)
        return await self.read(callback)


@contextlib.asynccontextmanager
async def telephone(folder: Path, database_url: str, *, agents: int = 1, **changed: str) -> AsyncIterator[Telephone]:
    """Everything at work at the start of SLOT; `changed` are lines of the settings file with other values."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        shop = _settings_file(folder, changed)
        environ = {**settings_of(folder), "ORIKAESHI_SETTINGS": str(shop), "PORT": str(port)}
        product = wiring.connect(load({**environ, "DATABASE_URL": database_url}))
        assert isinstance(product.clock, SimulatedClock)
        product.clock.set(now=TUESDAY)
        carrier = SimulatedCarrier(
            folder / "simulator.db", account_sid=product.account.sid, auth_token=product.account.auth_token,
            business_number=product.settings.carrier.number, sms_webhook_url=product.urls.sms, clock=product.clock,
            voice_webhook_url=product.urls.inbound, voice_status_url=product.urls.inbound_status,
            calls_per_second=product.settings.carrier.calls_per_second,
        )  # fmt: skip
        Sanic.test_mode = True
        app: Sanic[Any, Any] = Sanic(f"telephone-{port}", configure_logging=False)
        rendering.install(app)
        problems.install(app)
        webhooks = webhooks_blueprint(product, Answering(product))
        voices = voice_blueprint(product), inbound_blueprint(product)
        for blueprint in (webhooks, *voices, desk_blueprint(product), simulator_blueprint(carrier)):
            app.blueprint(blueprint)
        server: Any = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
        try:
            await _hire(product, agents)
            yield Telephone(product=product, carrier=carrier, clock=product.clock)
        finally:
            await server.before_stop()
            await server.close()
            await product.close()
            product.clock.close()
            Sanic.test_mode = False


def _settings_file(folder: Path, changed: dict[str, str]) -> Path:
    text = (ROOT / "orikaeshi.toml").read_text(encoding="utf-8")
    for name, value in {"calls_per_second": "1000", **changed}.items():
        text, found = re.subn(rf"(?m)^(# )?{name} = ([^#\n]*)", f"{name} = {value} ", text, count=1)
        assert found, name
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path


async def _hire(product: Product, count: int) -> None:
    async with product.database.write() as tx:
        for index, number in enumerate(AGENTS[:count]):
            agent = Agent(
                id=f"{index:032x}", login=f"agent{index}", name=f"Agent {index}", role="agent",
                phone_number=number, presence="ready", password_hash="-",
            )  # fmt: skip
            await agents.add(tx, agent, now=TUESDAY)


async def ringing(phone: Telephone, **booking: Any) -> Callback:
    """A booked call whose time has come, ringing at the customer's."""
    made = await phone.book(**booking)
    phone.carrier.set_clock({"now": SLOT.start.isoformat()})
    await phone.ring_bell()
    await phone.until(lambda: phone.handset(booking.get("phone_number", NUMBER))["ringing"])
    return made
