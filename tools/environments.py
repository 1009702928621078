"""The two Python environments: what each is made of, whether it is up to date, and making it so."""

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.family import Family
from tools.pythons import Ask, version
from tools.terminal import CannotGoOn, shown, tail

UNFINISHED = ".unfinished"
"""Lies in an environment while pip writes to it: found at the next start, it tells of an interruption."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """An environment in `folder`, installed from the hash-locked file `requirements`.

    `includes` are locked files that `requirements` is a superset of.
    """

    name: str
    folder: Path
    requirements: Path
    includes: tuple[Path, ...] = ()

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def is_sound(self, *, ask: Ask) -> bool:
        """Whether it runs and no installation into it was interrupted: it can be brought up to date in place."""
        return not (self.folder / UNFINISHED).exists() and version(self.python, ask=ask) is not None

    def is_fresh(self, *, ask: Ask) -> bool:
        """Whether it runs and holds exactly what the locked file says; no network, some 50 ms."""
        remembered = stamp_file(self.folder, self.requirements)
        if (self.folder / UNFINISHED).exists() or not remembered.exists():
            return False
        return remembered.read_text() == stamp(self.requirements, self.python, ask=ask)


def stamp_file(folder: Path, requirements: Path) -> Path:
    """Where the environment in `folder` remembers that `requirements` were installed."""
    return folder / f".installed-{requirements.stem}"


def stamp(requirements: Path, python: Path, *, ask: Ask) -> str:
    """What makes an environment out of date when it changes: the locked file or the interpreter."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return f"{digest} {version(python, ask=ask)}\n"


def count(requirements: Path) -> int:
    """How many packages a locked file names, those for other systems included."""
    return len(re.findall(r"^\S+==", requirements.read_text(encoding="utf-8"), flags=re.MULTILINE))


class PipProgress:
    """Reads pip's lines and tells how far it is, as a short text."""

    def __init__(self, requirements: Path) -> None:
        self._total = count(requirements)
        self._seen = 0
        self.text = "preparing"

    def hear(self, line: str) -> None:
        """Read one line of pip's output."""
        if line.startswith("Ignoring "):
            self._total -= 1
        elif line.startswith(("Collecting ", "Processing ", "Requirement already satisfied: ")):
            self._seen += 1
            self.text = f"{self._seen} of {self._total} packages fetched"
        elif line.startswith("Installing collected packages"):
            self.text = f"installing {self._seen} packages"


async def install(
    environment: Environment,
    *,
    python: str | None,
    family: Family,
    ask: Ask,
    environ: Mapping[str, str],
    log: Path,
    progress: PipProgress,
) -> None:
    """Make `environment` what its locked file says: anew with `python`, or in place where that is None.

    Raises CannotGoOn with the end of pip's log where it fails.
    """
    folder = environment.folder
    env = pip_environment(environ)
    unfinished = folder / UNFINISHED
    if python is not None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        unfinished.touch()
        await _must(family, [python, "-m", "venv", str(folder)], environment, log=log, env=env)
    unfinished.touch()
    # The locked file is complete: --no-deps saves pip's resolver the work of finding that out.
    command = [str(environment.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar", "off", "--no-deps", "--require-hashes", "-r", str(environment.requirements)]
    await _must(family, command, environment, log=log, env=env, progress=progress)
    for requirements in (*environment.includes, environment.requirements):
        stamp_file(folder, requirements).write_text(stamp(requirements, environment.python, ask=ask))
    unfinished.unlink()
    progress.text = "done"


def pip_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what would lead pip to another environment."""
    astray = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "__PYVENV_LAUNCHER__"}
    return {name: value for name, value in environ.items() if name not in astray} | {"PYTHONUNBUFFERED": "1"}


async def _must(
    family: Family,
    command: list[str],
    environment: Environment,
    *,
    log: Path,
    env: Mapping[str, str],
    progress: PipProgress | None = None,
) -> None:
    def hear(line: str) -> None:
        if progress:
            progress.hear(line)

    if await family.run(command, log=log, env=env, heard=hear):
        raise CannotGoOn(
            f"installing the {environment.name} environment failed; {shown(log)} says why. "
            "Mend that (network, disk?) and start again; downloads are kept.",
            evidence=tail(log),
        )
