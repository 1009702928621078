"""What the demo starts with: agents whose phones answer by themselves, and an API key that is printed."""

import contextlib
import json
import os
import secrets
from datetime import datetime
from pathlib import Path

from bot.simulator.carrier import SimulatedCarrier
from bot.usecases.agent import DEMO_AGENTS, DEMO_SUPERVISOR
from bot.wiring import Product

KEY_LABEL = "demo"
FILE = "demo.json"


async def prepare(product: Product, *, now: datetime) -> None:
    """Agents, their password and the API key; the last two are kept in var/demo.json, readable to its owner only."""
    path = product.settings.var / FILE
    known: dict[str, str] = {}
    with contextlib.suppress(FileNotFoundError):
        known = json.loads(path.read_text())
    password = known.get("desk_password") or secrets.token_urlsafe(9)
    api_key = product.settings.environment.orikaeshi_demo_api_key or known.get("api_key") or secrets.token_urlsafe(24)
    await product.desk.ensure_demo_agents(password, now=now)
    await product.keys.let_in(api_key, label=KEY_LABEL, now=now)
    told = {
        "desk_login": DEMO_AGENTS[0].login, "desk_supervisor": DEMO_SUPERVISOR.login, "desk_password": password,
        "api_key": api_key,
    }  # fmt: skip
    _keep(path, told)


def _keep(path: Path, told: dict[str, str]) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(told, file)


def let_agents_answer(carrier: SimulatedCarrier) -> None:
    """Agents' phones pick up and press the key by themselves, unless somebody has set them otherwise."""
    known = {handset.number for handset in carrier.handsets.known()}
    for agent in DEMO_AGENTS:
        if agent.phone_number not in known:
            carrier.handsets.set(agent.phone_number, {"behaviour": "answer"})
