"""`make run`: the whole product on this machine until Ctrl-C. Runs in the app's environment."""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Never

import httpx

from tools.family import Family, family, run_until_signalled
from tools.lock import Lock, lock_file
from tools.services import (
    Ports,
    Service,
    app_services,
    assistant_service,
    choose_ports,
    gateway_url,
    migration,
    var_folder,
)
from tools.terminal import CannotGoOn, Terminal, one_sentence, shown, tail
from tools.train import model_path, train_visibly

ROOT = Path(__file__).resolve().parents[1]
POLL_S = 0.5
ANSWER_S = 5.0
ENDING_S = 15.0
"""How long the remains of a killed run may take to be ended by its guard."""
FORGIVEN_ENDS = 3
FORGIVEN_FOR_S = 300.0
"""A process may end by itself so often within so long, and is started again each time."""
NAME_WIDTH = len("assistant")
WORRY = re.compile(r'\b(WARNING|ERROR|CRITICAL)\b|[\["](warning|error|critical)\s*[\]"]')
"""Lines of Rasa, Sanic and structlog that the terminal shows too."""


class Run:
    """One start of the product, from its first process to its last."""

    def __init__(self, kin: Family, terminal: Terminal, *, environ: Mapping[str, str], ports: Ports) -> None:
        self._kin = kin
        self._terminal = terminal
        self._environ = environ
        self._ports = ports
        self._var = var_folder(environ, ROOT)
        self._url = gateway_url(environ, ports)
        self._verbose = environ.get("VERBOSE", "") not in {"", "0"}
        self._began = time.monotonic()
        self._is_ready = False

    async def until_one_ends(self) -> None:
        """Start everything, tell when it is ready and go on; CannotGoOn names what failed or ended by itself."""
        # The app's processes are up long before Rasa, whose model may have to be trained first.
        await asyncio.gather(self._app(), self._assistant())

    async def _app(self) -> None:
        first = migration(self._environ, ROOT, self._ports)
        if await self._run(first):
            raise CannotGoOn(
                f"the database could not be made ready; {self._shown_log(first)} says why.",
                evidence=tail(self._log(first)),
            )
        services = app_services(self._environ, ROOT, self._ports, model=model_path(ROOT))
        await asyncio.gather(*(self._serve(service) for service in services))

    async def _assistant(self) -> None:
        model = await train_visibly(ROOT, family=self._kin, terminal=self._terminal)
        rasa = assistant_service(self._environ, ROOT, self._ports, model=model)
        await asyncio.gather(self._serve(rasa), self._welcome())

    async def _serve(self, service: Service) -> Never:
        """Keep a process going. What ends before all are ready would end again; later, a few ends are forgiven."""
        ends: list[float] = []
        while True:
            code = await self._run(service)
            ends = [end for end in ends if time.monotonic() - end < FORGIVEN_FOR_S] + [time.monotonic()]
            if not self._is_ready or len(ends) > FORGIVEN_ENDS:
                raise CannotGoOn(
                    f"the {service.name} process ended by itself ({ending(code)}) and the others were stopped; "
                    f"{self._shown_log(service)} says more.",
                    evidence=tail(self._log(service)),
                )
            self._terminal.say(f"the {service.name} process ended by itself ({ending(code)}): starting it again ...")
            await asyncio.sleep(len(ends))

    async def _run(self, service: Service) -> int:
        def hear(line: str) -> None:
            if self._verbose or WORRY.search(line):
                self._terminal.say(f"{service.name:<{NAME_WIDTH}} | {line}")

        return await self._kin.run(service.command, log=self._log(service), env=service.env, heard=hear)

    async def _welcome(self) -> None:
        async with httpx.AsyncClient(base_url=self._url, timeout=ANSWER_S, trust_env=False) as client:
            while (missing := await still_starting(client)) != "":
                self._terminal.progress("starting:", missing)
                await asyncio.sleep(POLL_S)
        self._is_ready = True
        self._terminal.say(f"  ready in {time.monotonic() - self._began:.0f} s")
        self._terminal.say(welcome(self._url, demo_access(self._var), logs=shown(self._var / "log")))

    def _log(self, service: Service) -> Path:
        return self._var / "log" / f"{service.name}.log"

    def _shown_log(self, service: Service) -> str:
        return shown(self._log(service))


async def still_starting(client: httpx.AsyncClient) -> str:
    """The parts that are not ready yet, as the gateway sees them; empty when all are."""
    try:
        answer = await client.get("/readyz")
        if answer.status_code == httpx.codes.OK:
            return ""
        waited_for = [name for name, state in answer.json()["parts"].items() if state != "ok"]
    except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError):
        waited_for = []  # not up yet, or something else answers
    return ", ".join(waited_for) or "gateway"


def ending(code: int) -> str:
    """How a process ended, in words; `code` as subprocess gives it."""
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def demo_access(var: Path) -> Mapping[str, Any]:
    """What the gateway wrote for the demo: `desk_login`, `desk_supervisor`, `desk_admin`, `desk_password`, `api_key`;
    empty where it did not."""
    try:
        access: dict[str, Any] = json.loads((var / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return access


def welcome(url: str, access: Mapping[str, Any], *, logs: str) -> str:
    """Where to go now, for the terminal."""
    places = {"Customer's chat": f"{url}/", "Phones (demo)": f"{url}/simulator/phones", "Agent desk": f"{url}/desk"}
    if "desk_login" in access:
        places["  log in with"] = f"{access['desk_login']} / {access.get('desk_password', '')}"
    if "desk_supervisor" in access:
        places["  as supervisor"] = f"{access['desk_supervisor']} / {access.get('desk_password', '')}"
    if "desk_admin" in access:
        places["  as administrator"] = f"{access['desk_admin']} / {access.get('desk_password', '')}"
    if "api_key" in access:
        places["Business API key"] = str(access["api_key"])
    rows = [f"  {name:<18}{place}" for name, place in places.items()]
    return "\n".join(["", "Orikaeshi is running.", "", *rows, "", f"  Ctrl-C stops it. Logs: {logs}/", ""])


async def _start(terminal: Terminal, ports: Ports, lock: Lock) -> None:
    # The guard keeps the lock: a start right after a kill -9 waits until the last process is gone.
    async with family(ROOT, keep=[lock.descriptor]) as kin:
        try:
            await Run(kin, terminal, environ=os.environ, ports=ports).until_one_ends()
        finally:
            terminal.say("stopping all processes ...")


def _take(lock: Lock, terminal: Terminal) -> None:
    deadline = time.monotonic() + ENDING_S
    while not lock.take():
        holder = lock.holder()
        if _is_running(holder) or time.monotonic() > deadline:
            raise CannotGoOn(
                f"it already runs in this checkout (process {holder}): use that one, or stop it with Ctrl-C there or "
                f"'kill {holder}'."
            )
        terminal.progress("ending what an earlier run left")
        time.sleep(POLL_S)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> int:
    """Run until a signal (exit code 0) or until something fails (one sentence, exit code 1)."""
    terminal = Terminal(sys.stdout)
    with one_sentence(terminal), lock_file(var_folder(os.environ, ROOT) / "run.lock") as lock:
        _take(lock, terminal)
        ports = choose_ports(os.environ)
        run_until_signalled(_start(terminal, ports, lock))
        terminal.say("stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
