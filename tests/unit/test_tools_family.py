import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tools import guard
from tools.family import family

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0

STUBBORN = """
import signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("here", file=open(sys.argv[1], "w"), flush=True)
signal.pause()
"""
# Holds the pipe open as long as it lives: its reader sees the end of the pipe when it is gone.
HERE = """
import signal, sys
pipe = open(sys.argv[1], "w")
print("here", file=pipe, flush=True)
signal.pause()
"""
COMMAND = """
import asyncio, sys
from pathlib import Path
from tools.family import family, run_until_signalled
async def main():
    async with family(Path(sys.argv[2])) as kin:
        await kin.run([sys.executable, "-c", sys.argv[1], sys.argv[3]], log=Path(sys.argv[2]) / "child.log")
sys.exit(0 if run_until_signalled(main()) is False else 1)
"""


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[IO[bytes]]:
    """The reading end of the named pipe `tmp_path/pipe`."""
    os.mkfifo(tmp_path / "pipe")
    descriptor = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb", buffering=0) as reading:
        yield reading


def heard(pipe: IO[bytes]) -> bytes:
    """What comes next, or nothing when the last writer is gone. Fails when neither happens."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    assert poll.poll(PATIENCE_S * 1000), "nothing came and nobody went"
    return pipe.read(100)


def test_a_process_that_ignores_the_request_to_end_is_killed(tmp_path: Path, pipe: IO[bytes]) -> None:
    child = subprocess.Popen([sys.executable, "-c", STUBBORN, str(tmp_path / "pipe")], start_new_session=True)
    assert heard(pipe) == b"here\n"
    guard.end({child.pid}, patience_s=0.1)
    assert child.wait(PATIENCE_S) == -signal.SIGKILL


def test_a_process_that_ends_when_asked_is_not_killed(tmp_path: Path, pipe: IO[bytes]) -> None:
    child = subprocess.Popen([sys.executable, "-c", HERE, str(tmp_path / "pipe")], start_new_session=True)
    assert heard(pipe) == b"here\n"
    guard.send({child.pid}, signal.SIGTERM)
    assert child.wait(PATIENCE_S) == -signal.SIGTERM
    guard.end({child.pid})  # a group that is gone is no error
    assert not guard.alive(child.pid)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_no_process_outlives_the_command_that_started_it(
    tmp_path: Path, pipe: IO[bytes], number: signal.Signals, code: int
) -> None:
    command = subprocess.Popen([sys.executable, "-c", COMMAND, HERE, str(tmp_path), str(tmp_path / "pipe")], cwd=ROOT)
    assert heard(pipe) == b"here\n"
    command.send_signal(number)
    assert command.wait(PATIENCE_S) == code
    assert heard(pipe) == b""


def said_by(script: str, tmp_path: Path) -> tuple[int, list[str], str]:
    """The exit code of a Python `script`, the lines that were heard, and its log."""
    lines: list[str] = []

    async def main() -> int:
        async with family(tmp_path) as kin:
            return await kin.run([sys.executable, "-c", script], log=tmp_path / "log", heard=lines.append)

    code = asyncio.run(main())
    return code, lines, (tmp_path / "log").read_text(encoding="utf-8")


def test_what_a_process_says_is_heard_and_logged(tmp_path: Path) -> None:
    script = "import sys; print('one'); print('\\x1b[91mtwo\\x1b[0m', file=sys.stderr); sys.exit(3)"
    code, lines, log = said_by(script, tmp_path)
    assert code == 3
    assert sorted(lines) == ["one", "two"]
    assert sorted(log.splitlines()) == ["one", "two"]


def test_a_line_may_be_long_and_the_last_may_lack_its_end(tmp_path: Path) -> None:
    _, lines, _ = said_by("print('x' * 300_000); print('end', end='')", tmp_path)
    assert lines == ["x" * 300_000, "end"]


def test_the_log_before_the_last_is_kept(tmp_path: Path) -> None:
    said_by("print('first')", tmp_path)
    _, _, log = said_by("print('second')", tmp_path)
    assert log == "second\n"
    assert (tmp_path / "log.1").read_text() == "first\n"


def test_a_process_that_starts_while_all_are_being_ended_is_ended_too(tmp_path: Path) -> None:
    async def main() -> int:
        async with family(tmp_path) as kin:
            pass
        return await kin.run([sys.executable, "-c", "import signal; signal.pause()"], log=tmp_path / "log")

    assert asyncio.run(main()) == -signal.SIGKILL
