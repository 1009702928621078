"""`make system`: what the tests need from outside Python; installed where that can be done."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import prism
from tools.terminal import CannotGoOn, Terminal, one_sentence

POSTGRES = "/usr/lib/postgresql"
"""Where Debian and Ubuntu put the server's programs, a folder for each version, off PATH."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """Something that the tests need from the system: `package` brings it on Debian and Ubuntu."""

    name: str
    package: str
    is_there: Callable[[], bool]


def _any_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _postgres() -> bool:
    return bool(shutil.which("initdb")) or any(Path(POSTGRES).glob("*/bin/initdb"))


def _japanese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=ja", "family"], capture_output=True, text=True)
    return bool(listed.stdout.strip())


NEEDS = (
    Need(name="the PostgreSQL server", package="postgresql", is_there=_postgres),
    Need(name="the Redis server", package="redis-server", is_there=_any_program("redis-server")),
    Need(name="Chromium", package="chromium", is_there=_any_program("chromium", "chromium-browser", "google-chrome")),
    Need(name="Node.js", package="nodejs", is_there=_any_program("node")),
    Need(name="npm", package="npm", is_there=_any_program("npm")),
    Need(name="a Japanese font", package="fonts-noto-cjk", is_there=_japanese_font),
)


def missing(needs: tuple[Need, ...] = NEEDS) -> list[Need]:
    """What is not there."""
    return [need for need in needs if not need.is_there()]


def sentence(needs: list[Need]) -> str:
    """What to install, in one sentence."""
    names, packages = ", ".join(need.name for need in needs), " ".join(need.package for need in needs)
    return f"the tests need {names}: install it, on Debian and Ubuntu with 'apt-get install {packages}'"


def _install(needs: list[Need], terminal: Terminal) -> None:
    packages = [need.package for need in needs]
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    terminal.say(f"  installing {', '.join(packages)}")
    for _attempt in range(2):  # a mirror that is being updated is whole again a moment later
        for command in (["apt-get", "update"], install):
            ended = subprocess.run(command, env=quietly, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if ended.returncode == 0:
            return


def main() -> int:
    """Install what is missing, as root on Debian and Ubuntu; elsewhere say what to install.

    In CI something missing is an error: no test may be left out there. Elsewhere the tests that need it tell.
    """
    terminal = Terminal(sys.stdout)
    needs = missing()
    if needs and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(needs, terminal)
        needs = missing()
    with one_sentence(terminal):
        if needs and os.environ.get("CI"):
            raise CannotGoOn(f"{sentence(needs)}.")
        if needs:
            terminal.say(f"  {sentence(needs)}; tests that need it are left out.")
        try:
            prism.install(terminal)
        except CannotGoOn as stop:
            if os.environ.get("CI"):
                raise
            terminal.say(f"  {stop.sentence} The test that needs it is left out.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
