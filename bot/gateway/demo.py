"""What the demo starts with: agents whose phones answer by themselves, an API key that is printed, and a shop's page
that carries the chat as any site may."""

import json
import secrets
from datetime import datetime

from sanic import Blueprint, HTTPResponse, Request

from bot.gateway.rendering import page
from bot.private_files import first_written, rewrite
from bot.simulator.carrier import SimulatedCarrier
from bot.usecases.people import DEMO_ADMIN, DEMO_AGENTS, DEMO_SUPERVISOR
from bot.wiring import Product

KEY_LABEL = "demo"
FILE = "demo.json"


async def prepare(product: Product, *, now: datetime) -> None:
    """Agents, their password and the API key; the last two are kept in var/demo.json, readable to its owner only."""
    path = product.settings.var / FILE
    made_up = {"desk_password": secrets.token_urlsafe(9), "api_key": secrets.token_urlsafe(24)}
    known = made_up | json.loads(first_written(path, json.dumps(made_up)))
    api_key = product.settings.environment.orikaeshi_demo_api_key or known["api_key"]
    await product.people.ensure_demo_people(known["desk_password"], now=now)
    await product.keys.let_in(api_key, label=KEY_LABEL, now=now)
    told = known | {
        "desk_login": DEMO_AGENTS[0].login, "desk_supervisor": DEMO_SUPERVISOR.login,
        "desk_admin": DEMO_ADMIN.login, "api_key": api_key,
    }  # fmt: skip
    rewrite(path, json.dumps(told))


def shop_blueprint() -> Blueprint:
    """`/demo/shop`: what the chat looks like in somebody else's page."""
    blueprint = Blueprint("demo_shop")

    @blueprint.get("/demo/shop", name="shop")
    async def shop(request: Request) -> HTTPResponse:
        return page("demo_shop.html", origin="", language="en" if request.args.get("lang") == "en" else "ja")

    return blueprint


def let_agents_answer(carrier: SimulatedCarrier) -> None:
    """Agents' phones pick up and press the key by themselves, unless somebody has set them otherwise."""
    known = {handset.number for handset in carrier.handsets.known()}
    for agent in DEMO_AGENTS:
        if agent.phone_number not in known:
            carrier.handsets.set(agent.phone_number, {"behaviour": "answer"})
