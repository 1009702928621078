"""Prism and Twilio's OpenAPI document, with which a test judges the simulated carrier; from npm, locked with hashes."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from tools.terminal import CannotGoOn, Terminal

LOCKED = Path("requirements/prism")
FOLDER = Path("var/prism")
COMMAND = "node_modules/.bin/prism"
SPECIFICATION = "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
TIMEOUT_S = 600


def is_there(folder: Path = FOLDER, locked: Path = LOCKED) -> bool:
    """Whether exactly what the lock names is installed."""
    stamp = folder / "stamp"
    return stamp.is_file() and stamp.read_text() == _stamp(locked)


def install(terminal: Terminal, folder: Path = FOLDER, locked: Path = LOCKED) -> None:
    """Install it, unless it is there. No script of a package is run. Raises CannotGoOn."""
    if is_there(folder, locked) or not shutil.which("npm"):
        return
    terminal.say("  installing Prism")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(locked / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise CannotGoOn("npm did not finish within ten minutes: is the registry within reach?") from None
    if ended.returncode != 0:
        raise CannotGoOn(f"npm could not install Prism: {(ended.stderr or ended.stdout).strip()[-300:]}")
    (folder / "stamp").write_text(_stamp(locked))


def _stamp(locked: Path) -> str:
    return hashlib.sha256((locked / "package-lock.json").read_bytes()).hexdigest()
