"""One at a time: a lock file that the kernel frees when its holder, and whoever keeps it open for it, is gone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """A lock file, not yet held. Made by `lock_file`."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def take(self) -> bool:
        """Hold the lock from now on, with our process id in the file; False where somebody else holds it."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{os.getpid()}\n".encode(), 0)
        return True

    def holder(self) -> int:
        """The process id that stands in the file; 0 where none does."""
        text = os.pread(self.descriptor, 20, 0).strip()
        return int(text) if text.isdigit() else 0


@contextmanager
def lock_file(path: Path) -> Iterator[Lock]:
    """The lock at `path`; what was taken is free when the block is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield Lock(descriptor)
    finally:
        os.close(descriptor)
