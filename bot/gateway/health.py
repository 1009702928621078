"""Whether the product lives, is ready, and how it does."""

from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import BaseHTTPResponse, json, raw

from bot.gateway import answers
from bot.gateway.openapi import document, documented
from bot.gateway.requests import answer
from bot.wiring import Product


class Metrics:
    """What Prometheus reads of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "orikaeshi_requests", "Answered HTTP requests.", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "orikaeshi_request_seconds", "Time to answer, in seconds.", ["route"], registry=self.registry
        )

    def observe(self, request: Request, response: BaseHTTPResponse) -> None:
        """Count one answer under its route's pattern: paths hold references and session ids."""
        route = request.route.path if request.route else "none"
        self.requests.labels(route, str(response.status)).inc()
        self.seconds.labels(route).observe((datetime.now(UTC) - request.ctx.began).total_seconds())


def health_blueprint(product: Product, metrics: Metrics) -> Blueprint:
    """`/healthz`, `/readyz`, `/metrics`, `/openapi.json`."""
    blueprint = Blueprint("health")

    @blueprint.get("/healthz")
    @documented("Whether the gateway lives", tag="health")
    async def healthz(_request: Request) -> HTTPResponse:
        return json({"alive": True})

    @blueprint.get("/readyz")
    @documented("Whether every part answers; 503 while one does not", answer=answers.Ready, also=(503,), tag="health")
    async def readyz(_request: Request) -> HTTPResponse:
        parts = await product.health.parts(real_now=datetime.now(UTC))
        ready = all(parts.values())
        told = answers.Ready(ready=ready, parts={name: "ok" if well else "down" for name, well in parts.items()})
        return answer(told, status=200 if ready else 503)

    @blueprint.get("/metrics")
    @documented("Figures for Prometheus", tag="health", content_type="text/plain")
    async def prometheus(_request: Request) -> HTTPResponse:
        return raw(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    @blueprint.get("/openapi.json")
    async def openapi(request: Request) -> HTTPResponse:
        return json(document(request.app, server=product.settings.public_base_url))

    return blueprint
