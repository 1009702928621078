"""The application: every blueprint, what runs beside them, and how both start and stop."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import structlog
from sanic import Request, Sanic
from sanic.response import BaseHTTPResponse

from bot import going_by
from bot.channels.line_menu import set_up
from bot.gateway import demo, embedding, problems, rendering
from bot.gateway.answering import Answering
from bot.gateway.api import api_blueprint
from bot.gateway.chat import chat_blueprint
from bot.gateway.desk import desk_blueprint
from bot.gateway.form import form_blueprint
from bot.gateway.health import Metrics, health_blueprint
from bot.gateway.inbound import inbound_blueprint
from bot.gateway.kpis import kpis_blueprint
from bot.gateway.link import link_blueprint
from bot.gateway.link.mail import mail_blueprint
from bot.gateway.live import LiveTalks
from bot.gateway.simulator import simulator_blueprint
from bot.gateway.voice import voice_blueprint
from bot.gateway.webhooks import webhooks_blueprint
from bot.simulator.carrier import SimulatedCarrier
from bot.simulator.clock import SimulatedClock
from bot.simulator.line.channel import SimulatedLine
from bot.vendors.line import LineClient, LineRefused, LineSilent
from bot.wiring import Product

CATCH_UP_EVERY_S = 2.0
LONGEST_BODY = 100_000

log = structlog.get_logger(__name__)

LEGS_A_LINE = 2
"""A conversation is two calls of the carrier: the customer's and the agent's."""


def create_app(product: Product) -> Sanic[Any, Any]:
    """The gateway for one product."""
    app: Sanic[Any, Any] = Sanic("orikaeshi", configure_logging=False)
    app.config.update(
        PROXIES_COUNT=product.settings.web.trusted_proxies,
        REQUEST_MAX_SIZE=LONGEST_BODY,
        FALLBACK_ERROR_FORMAT="json",
        GRACEFUL_SHUTDOWN_TIMEOUT=3.0,
        RESPONSE_TIMEOUT=90,
    )
    problems.install(app)
    rendering.install(app)
    embedding.install(app, product.settings.web.embed_on)
    metrics = Metrics()
    live, answering = LiveTalks(product.conversations), Answering(product)
    app.blueprint(
        [
            chat_blueprint(product, live),
            api_blueprint(product),
            kpis_blueprint(product),
            webhooks_blueprint(product, answering),
            voice_blueprint(product),
            inbound_blueprint(product),
            desk_blueprint(product),
            form_blueprint(product),
            embedding.embed_blueprint(product),
            link_blueprint(product),
            mail_blueprint(product),
            health_blueprint(product, metrics),
        ]
    )
    carrier = _simulated_carrier(product)
    if carrier:
        app.blueprint(demo.shop_blueprint())
        simulator = simulator_blueprint(carrier, line=_simulated_line(product), timezone=str(product.business.timezone))
        app.blueprint(simulator)
    going_by.install(app, lambda: product)
    _install_metrics(app, metrics)
    _install_life(app, product, live, answering, carrier)
    return app


def _simulated_carrier(product: Product) -> SimulatedCarrier | None:
    if not isinstance(product.clock, SimulatedClock):
        return None
    return SimulatedCarrier(
        product.settings.var / "simulator.db",
        account_sid=product.account.sid,
        auth_token=product.account.auth_token,
        business_number=product.settings.carrier.number,
        sms_webhook_url=product.urls.sms,
        voice_webhook_url=product.urls.inbound,
        voice_status_url=product.urls.inbound_status,
        calls_per_second=product.settings.carrier.calls_per_second,
        calls_at_once=LEGS_A_LINE * product.settings.carrier.lines,
        clock=product.clock,
    )


def _simulated_line(product: Product) -> SimulatedLine | None:
    if not isinstance(product.clock, SimulatedClock) or not (
        product.line_account and product.line_account.is_simulated
    ):
        return None
    return SimulatedLine(
        product.settings.var / "simulated-line.db",
        channel_secret=product.line_account.channel_secret,
        access_token=product.line_account.access_token,
        webhook_url=f"{product.settings.public_base_url}/webhooks/line",
        clock=product.clock,
        display_name=product.business.name("ja"),
    )


def _install_metrics(app: Sanic[Any, Any], metrics: Metrics) -> None:
    async def begin(request: Request) -> None:
        request.ctx.began = datetime.now(UTC)

    async def count(request: Request, response: BaseHTTPResponse) -> None:
        if hasattr(request.ctx, "began"):
            metrics.observe(request, response)

    app.register_middleware(begin, "request")
    app.register_middleware(count, "response")


def _install_life(
    app: Sanic[Any, Any], product: Product, live: LiveTalks, answering: Answering, carrier: SimulatedCarrier | None
) -> None:
    tasks: set[asyncio.Task[None]] = set()

    async def start(_app: Sanic[Any, Any]) -> None:
        for worry in product.worries():
            log.warning("settings", worry=worry.told("en"))
        if carrier:
            await demo.prepare(product, now=product.clock.now())
            demo.let_agents_answer(carrier)
        tasks.add(asyncio.create_task(live.run()))
        tasks.add(asyncio.create_task(answering.run()))
        tasks.add(asyncio.create_task(_catch_up(product)))

    async def show_menu(_app: Sanic[Any, Any]) -> None:
        if product.line and product.line_account and product.line_account.is_simulated:
            tasks.add(asyncio.create_task(_show_menu(product.line.client)))

    async def finish(_app: Sanic[Any, Any]) -> None:
        await answering.finish()

    async def stop(_app: Sanic[Any, Any]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await product.close()

    app.register_listener(start, "before_server_start")
    app.register_listener(show_menu, "after_server_start")
    app.register_listener(finish, "before_server_stop")
    app.register_listener(stop, "after_server_stop")


async def _show_menu(client: LineClient) -> None:
    """The demo's LINE is this very server; a real account is set up once, by `make line-setup`."""
    try:
        await set_up(client)
    except (LineRefused, LineSilent) as trouble:
        log.warning("line_menu_missing", trouble=str(trouble))


async def _catch_up(product: Product) -> None:
    """Answer what customers wrote while the assistant was away."""
    while True:
        await asyncio.sleep(CATCH_UP_EVERY_S)
        try:
            async with product.decision():
                await product.conversations.catch_up(now=product.clock.now())
                await product.correspondence.tell_later(now=product.clock.now())
        except Exception:
            log.exception("catch_up_failed")
