"""Small files that processes share, readable to their owner only, and whole whenever anybody looks."""

import contextlib
import os
import secrets
from pathlib import Path


def first_written(path: Path, text: str) -> str:
    """What the file says; whichever process comes first writes it."""
    draft = _draft(path, text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # whole or not at all, and only if nobody was faster
    draft.unlink()
    return path.read_text()


def rewrite(path: Path, text: str) -> None:
    """Put this in the place of what the file said."""
    _draft(path, text).replace(path)


def _draft(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return draft
