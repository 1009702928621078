"""`make train`: a trained assistant for the sources as they are; nothing is done where there is one."""

import asyncio
import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.family import Family, family, run_until_signalled
from tools.lock import lock_file
from tools.terminal import CannotGoOn, Terminal, one_sentence, shown, tail

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("config.yml", "domain.yml", "domain", "data", "components", "requirements/assistant.txt")
KEPT = 2
"""How many trained models stay: this one and the one before, to go back to."""
REDRAW_S = 0.5
# What Rasa's start and training look like without these: pages of TensorFlow and SQLAlchemy notices, and a report home.
RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONIOENCODING": "utf-8",
}


def rasa_environment(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """The environment of every Rasa process: quiet, and writing under var/ only."""
    caches = {"RASA_CACHE_DIRECTORY": "var/rasa-cache", "MPLCONFIGDIR": "var/matplotlib"}
    under_root = {name: str(root / folder) for name, folder in caches.items()}
    return dict(environ) | RASA_ENVIRONMENT | under_root


def sources(root: Path) -> list[Path]:
    """Every file that the trained model depends on, in a fixed order; hidden files and bytecode are none."""
    found: list[Path] = []
    for name in SOURCES:
        source = root / name
        found += [source] if source.is_file() else [file for file in source.rglob("*") if file.is_file()]
    return sorted(file for file in found if not _is_noise(file.relative_to(root)))


def fingerprint(root: Path, files: Iterable[Path]) -> str:
    """64 hexadecimal digits that change when a file's name or content does."""
    digest = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(root).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def model_path(root: Path) -> Path:
    """Where the model for the sources as they are now is, or will be."""
    return root / "models" / f"assistant-{fingerprint(root, sources(root))[:12]}.tar.gz"


def remove_old(models: Path, *, keep: int = KEPT) -> None:
    """Remove all trained models but the `keep` newest."""
    trained = sorted(models.glob("assistant-*.tar.gz"), key=lambda model: model.stat().st_mtime, reverse=True)
    for old in trained[keep:]:
        old.unlink()


async def train(root: Path, *, family: Family, environ: Mapping[str, str]) -> Path:
    """The model for the sources as they are, trained where there is none (a minute or more).

    Raises CannotGoOn with the end of the training's log where it fails.
    """
    model = model_path(root)
    if model.exists():
        return model
    log = root / "var" / "log" / "train.log"
    half_done = root / "models" / ".training"
    domain = "domain.yml" if (root / "domain.yml").exists() else "domain"
    command = [str(root / ".venv-rasa" / "bin" / "python"), "-m", "rasa", "train", "--config", "config.yml"]
    command += ["--domain", domain, "--data", "data", "--out", str(half_done), "--fixed-model-name", model.name]
    code = await family.run(command, log=log, env=rasa_environment(environ, root))
    if code or not (half_done / model.name).exists():
        raise CannotGoOn(
            f"training the assistant failed; mend what {shown(log)} names and start again.",
            evidence=tail(log),
        )
    # Only a whole model ever has the name that a start looks for.
    (half_done / model.name).replace(model)
    remove_old(model.parent)
    return model


async def train_visibly(root: Path, *, family: Family, terminal: Terminal) -> Path:
    """`train`, told on the terminal; two commands in one checkout train one after the other."""

    async def redraw() -> None:
        while True:
            terminal.progress("training the assistant, a minute or two")
            await asyncio.sleep(REDRAW_S)

    if (model := model_path(root)).exists():
        return model
    with lock_file(root / "var" / "train.lock") as lock:
        while not lock.take():
            terminal.progress(f"waiting for another training in this checkout (process {lock.holder()})")
            await asyncio.sleep(REDRAW_S)
        drawing = asyncio.create_task(redraw())
        try:
            model = await train(root, family=family, environ=os.environ)
        finally:
            drawing.cancel()
    terminal.done(f"trained: {model.relative_to(root)}")
    return model


def _is_noise(relative: Path) -> bool:
    return relative.suffix == ".pyc" or any(part.startswith(".") or part == "__pycache__" for part in relative.parts)


async def _main(terminal: Terminal) -> None:
    async with family(ROOT) as kin:
        model = await train_visibly(ROOT, family=kin, terminal=terminal)
    print(model.relative_to(ROOT))


def main() -> int:
    """Train where needed and print the model's name as the last line."""
    terminal = Terminal(sys.stderr)
    with one_sentence(terminal):
        return 0 if run_until_signalled(_main(terminal)) else 130


if __name__ == "__main__":
    sys.exit(main())
