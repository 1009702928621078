"""The assistant as it really runs: Rasa with the trained model, the actions, a fresh database, a clock to set."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from bot.booking.callback import Callback
from bot.booking.when import Language
from bot.settings import load
from bot.simulator.clock import SimulatedClock
from bot.store.migrations import upgrade
from bot.usecases.conversation import Turn
from bot.wiring import Product, connect
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
RASA = ROOT / ".venv-rasa" / "bin" / "python"
START_S = 120.0
STOP_S = 10.0


@dataclass(kw_only=True)
class RunningAssistant:
    """Where the two processes listen, and what they work on."""

    rasa_port: int
    actions_port: int
    var: Path
    model: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Rasa's address."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What both processes and the tests' own product are told."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "ORIKAESHI_"))},
            "ORIKAESHI_VAR": str(self.var),
            "ORIKAESHI_SETTINGS": str(ROOT / "orikaeshi.toml"),
            "ORIKAESHI_ASSISTANT_URL": self.url,
            "ORIKAESHI_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}",
            "DATABASE_URL": "",
            "ACTIONS_PORT": str(self.actions_port),
            "ACTION_ENDPOINT_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "TRACKER_URL": f"sqlite:///{self.var / 'tracker.db'}",
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "MPLCONFIGDIR": str(self.var / "matplotlib"),
        }

    def set_clock(self, now: str) -> None:
        """Move business time."""
        SimulatedClock(self.var / "clock").set(now=datetime.fromisoformat(now))

    def product(self) -> Product:
        """The product on the same database and clock, for the running event loop."""
        return connect(load(self.environment))

    def start(self, name: str) -> None:
        """Start `rasa` or `actions` and wait until it answers."""
        commands = {
            "actions": [sys.executable, "-m", "actions"],
            "rasa": [
                str(RASA), "-m", "serving", "run", "--model", str(self.model), "--interface", "127.0.0.1",
                "--port", str(self.rasa_port), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
            ],
        }  # fmt: skip
        health = {"actions": f"http://127.0.0.1:{self.actions_port}/health", "rasa": f"{self.url}/webhooks/rest/"}
        with open(self.var / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                commands[name], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait(name, health[name])

    def stop(self, name: str) -> None:
        """Stop it as a shutdown does."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait(self, name: str, url: str) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.processes[name].poll() is None, (self.var / f"{name}.log").read_text()[-3000:]
            try:
                if httpx.get(url, timeout=2.0, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError(f"{name} did not answer within {START_S} s")


class Talk:
    """A customer in a chat, served by the same use case as in the gateway."""

    def __init__(self, product: Product, language: Language = "ja") -> None:
        self._product = product
        self._first_language = language
        self.conversation_id = ""
        self.turn = Turn(utterances=(), expects=None, callback=None, language=language)

    async def open(self) -> Turn:
        """The chat window opens."""
        self.conversation_id, self.turn = await self._product.conversations.open(
            channel="web", language=self._first_language, now=self._product.clock.now()
        )
        return self.turn

    async def say(self, text: str) -> Turn:
        """The customer writes."""
        self.turn = await self._product.conversations.say(self.conversation_id, text, now=self._product.clock.now())
        return self.turn

    @property
    def text(self) -> str:
        """Everything that was just said to the customer."""
        return "\n".join(utterance.text for utterance in self.turn.utterances)

    @property
    def buttons(self) -> list[str]:
        """What the buttons that were just shown would send."""
        return [value for utterance in self.turn.utterances for _, value in utterance.buttons]

    async def bookings(self) -> tuple[Callback, ...]:
        """The open callbacks of this talk."""
        return await self._product.bookings.open_in_conversation(self.conversation_id)

    async def leave(self) -> None:
        """Give back what this talk has taken: a slot has few places, and every talk wants the same."""
        for callback in await self.bookings():
            await self._product.bookings.cancel(callback.reference, now=self._product.clock.now())
        await self._product.bookings.release(self.conversation_id)


@contextmanager
def running_assistant(var: Path, model: Path) -> Iterator[RunningAssistant]:
    """Both processes on free ports with an empty database."""
    var.mkdir(parents=True, exist_ok=True)
    upgrade(f"sqlite:///{var / 'orikaeshi.db'}")
    assistant = RunningAssistant(rasa_port=free_port(), actions_port=free_port(), var=var, model=model)
    try:
        assistant.start("actions")
        assistant.start("rasa")
        yield assistant
    finally:
        for name in list(assistant.processes):
            assistant.stop(name)


def trained_model() -> Path:
    """The model for the sources as they are; trained first where there is none."""
    done = subprocess.run([sys.executable, "-m", "tools.train"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ROOT / done.stdout.strip().splitlines()[-1]
