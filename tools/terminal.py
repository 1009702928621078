"""Talking to the person who started a command: sentences, and one line that moves while something takes long."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

QUIET_S = 15.0
"""Without a terminal, how long the same stage may go on before it is told again."""


class CannotGoOn(Exception):
    """What the person must know or do, in one sentence, and the end of the log that shows why."""

    def __init__(self, sentence: str, *, evidence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.evidence = evidence


def tail(log: Path, *, lines: int = 15) -> str:
    """The last lines of `log`, indented; empty where there is no such file."""
    if not log.exists():
        return ""
    kept = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in kept)


def shown(path: Path) -> str:
    """`path` as a person in the working directory would type it."""
    return os.path.relpath(path)


class Terminal:
    """Writes to `stream`: on a terminal the progress is one moving line, elsewhere plain lines, few of them.

    `clock` gives seconds and only measures how long things take. A terminal that was closed is no error.
    """

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._moving = stream.isatty()
        self._stage = ""
        self._began = clock()
        self._told = clock()

    def say(self, text: str = "") -> None:
        """Write lines that stay."""
        self._write(("\r\033[K" if self._moving else "") + text + "\n")

    def progress(self, stage: str, detail: str = "") -> None:
        """Tell what is being done. The seconds count from the first call with this `stage`."""
        now = self._clock()
        new = stage != self._stage
        if new:
            self._stage, self._began = stage, now
        line = f"  {stage} {detail}".rstrip() + ("" if new else f" ({now - self._began:.0f} s)")
        if self._moving:
            self._write(f"\r\033[K{line[:110]}")
        elif new or now - self._told >= QUIET_S:
            self._told = now
            self._write(line + "\n")

    def done(self, text: str) -> None:
        """End the moving line with what came of it and how long it took."""
        self.say(f"  {text} ({self._clock() - self._began:.0f} s)")
        self._stage = ""

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "ascii"
        # A closed terminal or pipe must not keep a command from ending what it started.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()


@contextlib.contextmanager
def one_sentence(terminal: Terminal) -> Iterator[None]:
    """End the program with exit code 1 and one sentence where it cannot go on."""
    try:
        yield
    except CannotGoOn as stop:
        terminal.say()
        if stop.evidence:
            terminal.say(stop.evidence)
        terminal.say(f"Orikaeshi: {stop.sentence}")
        sys.exit(1)
