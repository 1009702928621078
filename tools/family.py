"""The processes that one command starts. None of them outlives the command, however it ends."""

import asyncio
import logging
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from tools import guard

LOG_BYTES = 20_000_000
CHUNK_BYTES = 65_536
LAST_WORDS_S = 1.0
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

Heard = Callable[[str], None]
"""Called with every line that a process says."""


def deaf(_line: str) -> None:
    """For a process whose lines are only logged."""


class Family:
    """Starts processes, each in a process group of its own, and logs what they say. Made by `family()`."""

    def __init__(self, watcher: asyncio.subprocess.Process, *, pipe: IO[bytes], root: Path) -> None:
        self._watcher = watcher
        self._pipe = pipe
        self._root = root
        self._running: set[asyncio.Task[int]] = set()

    async def run(
        self, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, heard: Heard = deaf
    ) -> int:
        """Run `command` in the project's folder to its end; its exit code (negative: the signal that ended it).

        What it says goes line by line to `log`, a file that starts anew (the one before stays as `<log>.1`), and to
        `heard`. Without `env` it has ours. Cancelling does not end it; leaving the family does.
        """
        task = asyncio.create_task(self._run(command, log=log, env=env, heard=heard))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # Shielded: the last words of a process that is being ended belong in its log.
        return await asyncio.shield(task)

    async def end(self) -> None:
        """End every process and read what it still says."""
        self._pipe.close()
        await self._watcher.wait()
        if self._running:
            # A process that left its group may still hold the pipe open: it is not waited for.
            _, deaf_to = await asyncio.wait(self._running, timeout=LAST_WORDS_S)
            for task in deaf_to:
                task.cancel()

    async def _run(self, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None, heard: Heard) -> int:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self._root,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        if not self._tell(f"+{process.pid}"):
            # Everything is being ended just now; nobody else would end this one.
            guard.send({process.pid}, signal.SIGKILL)
        with _log_file(log) as write:
            async for line in _lines(process.stdout):
                write(line)
                heard(line)
        code = await process.wait()
        if not guard.alive(process.pid):
            self._tell(f"-{process.pid}")
        return code

    def _tell(self, message: str) -> bool:
        try:
            self._pipe.write(f"{message}\n".encode())
        except (BrokenPipeError, ValueError):  # ValueError: closed by end()
            return False
        return True


@asynccontextmanager
async def family(root: Path, *, keep: Sequence[int] = ()) -> AsyncIterator[Family]:
    """A family whose processes are all over when the block is left, at most 10 s later.

    The file descriptors `keep` (a lock, say) stay open until then even where this process is killed.
    """
    end_of_guard, ours = os.pipe()
    watcher = await asyncio.create_subprocess_exec(
        sys.executable, guard.__file__, stdin=end_of_guard, start_new_session=True, pass_fds=keep
    )
    os.close(end_of_guard)
    kin = Family(watcher, pipe=os.fdopen(ours, "wb", buffering=0), root=root)
    try:
        yield kin
    finally:
        await kin.end()


def run_until_signalled(main: Coroutine[Any, Any, None]) -> bool:
    """Run `main`; Ctrl-C, SIGTERM and a closed terminal cancel it. Whether it came to its end by itself."""

    async def cancellable() -> bool:
        task = asyncio.ensure_future(main)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Once: an impatient second Ctrl-C must not cut short the ending of what was started.
            loop.add_signal_handler(number, lambda: task.cancelling() or task.cancel())
        try:
            await task
        except asyncio.CancelledError:
            return False
        return True

    return asyncio.run(cancellable())


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[str]:
    # StreamReader.readline() fails on a line of more than 64 KiB; a log line may be any length.
    assert stream is not None  # noqa: S101 - it was started with a pipe
    rest = b""
    while chunk := await stream.read(CHUNK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield _plain(line)
    if rest:
        yield _plain(rest)


def _plain(line: bytes) -> str:
    # Rasa colours its last words even where nobody sees colours.
    return COLOUR.sub("", line.decode("utf-8", "replace").rstrip("\r"))


@contextmanager
def _log_file(path: Path) -> Iterator[Callable[[str], None]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    if path.exists() and os.path.getsize(path):
        handler.doRollover()
    try:
        yield lambda line: handler.emit(logging.makeLogRecord({"msg": line}))
    finally:
        handler.close()
