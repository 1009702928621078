"""The whole product as real processes, and the people around it: the carrier's clock, handsets, the business's API."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_S = 180.0
STOP_S = 10.0
API_KEY = "journey-tests-only-key"
T = TypeVar("T")


def eventually(what: Callable[[], T | None], *, within_s: float = 10.0, every_s: float = 0.1) -> T:
    """The first truthy value that `what` gives; fails with the last value when none comes in time."""
    deadline = time.monotonic() + within_s
    while not (value := what()):
        assert time.monotonic() < deadline, f"still {value!r} after {within_s} s"
        time.sleep(every_s)
    return value


class Product:
    """A running product, seen from outside: its HTTP contract and nothing else."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], var: Path, *, rasa_port: int) -> None:
        self.url = url
        self.rasa_port = rasa_port
        self.process = process
        self.var = var
        self.http = httpx.Client(base_url=url, timeout=30.0, trust_env=False)
        self.api = httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {API_KEY}"}, timeout=30.0, trust_env=False
        )

    def set_clock(self, now: str) -> None:
        """Move the clock that the whole product reads."""
        assert self.http.put("/simulator/clock", json={"now": now, "speed": 1}).status_code == 200

    def now(self) -> datetime:
        """What that clock says."""
        return datetime.fromisoformat(self.http.get("/simulator/clock").json()["now"])

    def handset(self, number: str) -> "Handset":
        """Somebody's phone."""
        return Handset(self.http, number)

    def callback(self, reference: str) -> dict[str, Any]:
        """A callback as the business API tells it."""
        answer = self.api.get(f"/callbacks/{reference}")
        assert answer.status_code == 200, answer.text
        shape: dict[str, Any] = answer.json()
        return shape

    def wait_for_status(self, reference: str, status: str, *, within_s: float = 10.0) -> dict[str, Any]:
        """The callback as soon as it has this status."""
        return eventually(
            lambda: found if (found := self.callback(reference))["status"] == status else None, within_s=within_s
        )


class Handset:
    """A phone of the simulated carrier."""

    def __init__(self, http: httpx.Client, number: str) -> None:
        self._http = http
        self._path = f"/simulator/handsets/{number}"

    def behave(self, behaviour: str, talk_s: int | None = None) -> None:
        """How this phone reacts by itself."""
        body = {"behaviour": behaviour} | ({"talk_s": talk_s} if talk_s else {})
        assert self._http.put(self._path, json=body).status_code == 200

    def state(self) -> dict[str, Any]:
        """What it shows."""
        shape: dict[str, Any] = self._http.get(self._path).json()
        return shape

    def is_ringing(self) -> bool:
        """Whether it rings."""
        return bool(self.state()["ringing"])

    def is_asked_for_a_key(self) -> bool:
        """Whether the voice on the line waits for a key."""
        return any(call["asks_for_digits"] for call in self.state()["in_call"])

    def talks_with(self) -> str | None:
        """The number at the other end of a connected call."""
        return next((call["connected_to"] for call in self.state()["in_call"] if call["connected_to"]), None)

    def texts(self) -> list[str]:
        """The text messages that came in, oldest first."""
        return [text["body"] for text in self.state()["messages"] if text["direction"] == "inbound"]

    def do(self, action: str, **body: Any) -> None:
        """answer, decline, hang_up, press (digits) or sms (text)."""
        answer = self._http.post(f"{self._path}/{action}", json=body)
        assert answer.status_code in (200, 201, 204), answer.text


def process_with(*words: str) -> int | None:
    """The process whose command line holds these words one after the other."""
    wanted = "\0".join(words).encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "cmdline").read_bytes():
                return int(folder.name)
        except OSError:
            continue  # it has just ended
    return None


@contextmanager
def running_product(var: Path, **environment: str) -> Iterator[Product]:
    """Start everything as `make run` does, on free ports and a fresh var/; stop it as Ctrl-C does."""
    port, rasa_port, actions_port = free_port(), free_port(), free_port()
    told = {
        **os.environ,
        "PORT": str(port),
        "RASA_PORT": str(rasa_port),
        "ACTIONS_PORT": str(actions_port),
        "ORIKAESHI_VAR": str(var),
        "ORIKAESHI_DEMO_API_KEY": API_KEY,
        **environment,
    }
    process = subprocess.Popen([sys.executable, "-m", "tools.run"], cwd=ROOT, env=told, stdout=subprocess.PIPE)
    product = Product(f"http://127.0.0.1:{port}", process, var, rasa_port=rasa_port)
    try:
        eventually(lambda: _is_ready(product), within_s=START_S, every_s=0.5)
        yield product
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=STOP_S + 5)


def _is_ready(product: Product) -> bool:
    assert product.process.poll() is None, product.process.communicate()[0].decode()
    try:
        return product.http.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False
