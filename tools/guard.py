"""Ends process groups when the command that started them is gone, however it went: also by SIGKILL.

The command writes one line per group to this program's standard input, `+<id>` when it starts and `-<id>` when it
is over, and keeps that pipe open for its life. At the end of the pipe every group left is ended: asked, then forced.
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE_S = 7.0
"""How long a process may take to end by itself before it is killed. Everything must be over within 10 s."""


def alive(group: int) -> bool:
    """Whether the process group `group` has a process."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # macOS says so of a group whose last process waits to be collected
    return True


def send(groups: set[int], number: signal.Signals) -> None:
    """Signal each group; one that is already gone is no error."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)


def end(groups: set[int], *, patience_s: float = PATIENCE_S) -> None:
    """Ask every group to end (SIGTERM) and kill (SIGKILL) what is there after `patience_s` seconds."""
    send(groups, signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while (groups := {group for group in groups if alive(group)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    send(groups, signal.SIGKILL)


def main() -> None:
    """Read groups until the pipe ends, then end them."""
    # Ctrl-C and a closed terminal are for the command; its death is what this program waits for.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change, group = line[0], int(line[1:])
        (groups.add if change == "+" else groups.discard)(group)
    end(groups)


if __name__ == "__main__":
    main()
