"""Finding the Python of the assistant's environment: Rasa 3.6 runs on 3.10 and on nothing newer."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools.terminal import CannotGoOn

ASSISTANT = "3.10"
INSTALL_S = 600
ASK_S = 60

Ask = Callable[[Sequence[str]], str | None]
"""Runs a program to its end: what it printed, stripped, or None where it is missing or fails."""


def ask(command: Sequence[str]) -> str | None:
    """Run `command` (an `Ask`)."""
    patience = INSTALL_S if "install" in command else ASK_S
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=patience, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None


def version(python: str | Path, *, ask: Ask) -> str | None:
    """The version of an interpreter that runs and can make environments, such as `3.10.13`; else None."""
    # Debian ships Python without ensurepip; a shim of pyenv may exist for a version that is not selected.
    return ask([str(python), "-c", "import sys, ensurepip, venv; print('%d.%d.%d' % sys.version_info[:3])"])


def find_for_assistant(*, ask: Ask, home: Path) -> str:
    """A Python 3.10 that really runs: on PATH, under pyenv, through uv, which may fetch it.

    Raises CannotGoOn with what to install where there is none.
    """
    for python in _candidates(ask, home):
        if (version(python, ask=ask) or "").startswith(f"{ASSISTANT}."):
            return python
    raise CannotGoOn(
        f"the assistant needs Python {ASSISTANT} with its venv module (Rasa runs on nothing newer): install it, for "
        f"example with 'uv python install {ASSISTANT}', 'pyenv install {ASSISTANT}' or your distribution's "
        f"python{ASSISTANT} and python{ASSISTANT}-venv packages, and start again."
    )


def _candidates(ask: Ask, home: Path) -> Iterator[str]:
    yield f"python{ASSISTANT}"
    roots = dict.fromkeys([ask(["pyenv", "root"]) or "", str(home / ".pyenv")])
    for root in filter(None, roots):
        installed = Path(root).glob(f"versions/{ASSISTANT}.*/bin/python{ASSISTANT}")
        yield from (str(python) for python in sorted(installed, key=_patch, reverse=True))
    # Only uv's own Pythons: the one on PATH has been tried, and a broken shim there would stop uv.
    find = ["uv", "python", "find", "--python-preference", "only-managed", ASSISTANT]
    if found := ask(find):
        yield found
    if ask(["uv", "python", "install", ASSISTANT]) is not None and (fetched := ask(find)):
        yield fetched


def _patch(python: Path) -> tuple[int, str]:
    patch = python.parents[1].name.removeprefix(f"{ASSISTANT}.")
    return (int(patch) if patch.isdigit() else -1, patch)
