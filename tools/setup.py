"""`make setup`: both Python environments, from the hash-locked files. Needs only a Python of 3.11 or newer."""

import argparse
import asyncio
import os
import shutil
import sys
import time
from pathlib import Path

from tools.environments import Environment, PipProgress, install
from tools.family import family, run_until_signalled
from tools.lock import lock_file
from tools.pythons import ask, find_for_assistant
from tools.terminal import Terminal, one_sentence

ROOT = Path(__file__).resolve().parents[1]
ENOUGH_BYTES = 4_000_000_000
"""What both environments, their downloads and a trained model need, generously."""
REDRAW_S = 0.5


def environments(root: Path, *, dev: bool) -> tuple[Environment, Environment]:
    """The app's environment (with the tools of development where `dev`) and the assistant's."""
    locked = root / "requirements"
    app, wanted = locked / "app.txt", locked / ("dev.txt" if dev else "app.txt")
    return (
        Environment(name="app", folder=root / ".venv", requirements=wanted, includes=(app,) if dev else ()),
        Environment(name="assistant", folder=root / ".venv-rasa", requirements=locked / "assistant.txt"),
    )


def python_for(environment: Environment, terminal: Terminal) -> str | None:
    """The Python to make `environment` anew with; None where it only has to be brought up to date.

    Raises CannotGoOn where there is no such Python.
    """
    if environment.is_sound(ask=ask):
        return None
    if environment.name == "app":
        return sys.executable
    terminal.progress("looking for the assistant's Python")
    return find_for_assistant(ask=ask, home=Path.home())


async def _install_all(plan: list[tuple[Environment, str | None]], terminal: Terminal) -> None:
    told = {environment.name: PipProgress(environment.requirements) for environment, _ in plan}

    async def redraw() -> None:
        while True:
            terminal.progress("installing:", ", ".join(f"{name}: {pip.text}" for name, pip in told.items()))
            await asyncio.sleep(REDRAW_S)

    async with family(ROOT) as kin:
        drawing = asyncio.create_task(redraw())
        installs = [
            install(
                environment,
                python=python,
                family=kin,
                ask=ask,
                environ=os.environ,
                log=ROOT / "var" / "log" / f"setup-{environment.name}.log",
                progress=told[environment.name],
            )
            for environment, python in plan
        ]
        # One that fails must not spoil the other, which may be minutes on its way.
        ends = await asyncio.gather(*installs, return_exceptions=True)
        drawing.cancel()
    for failure in filter(None, ends):
        raise failure
    terminal.done(f"installed: {', '.join(told)}")


def main() -> int:
    """Bring the environments up to date; nothing is said where they are."""
    parser = argparse.ArgumentParser(prog="tools.setup", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the tools of development and tests")
    options = parser.parse_args()
    terminal = Terminal(sys.stdout)

    with one_sentence(terminal), lock_file(ROOT / "var" / "setup.lock") as lock:
        while not lock.take():
            terminal.progress(f"waiting for another set-up in this checkout (process {lock.holder()})")
            time.sleep(REDRAW_S)
        stale = [each for each in environments(ROOT, dev=options.dev) if not each.is_fresh(ask=ask)]
        if stale and shutil.disk_usage(ROOT).free < ENOUGH_BYTES:
            terminal.say("  less than 4 GB are free on this disk: the environments may not fit")
        plan = [(environment, python_for(environment, terminal)) for environment in stale]
        if plan and not run_until_signalled(_install_all(plan, terminal)):
            terminal.say("  stopped; the next start makes it anew")
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
