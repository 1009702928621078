"""The clock that the whole product reads where the carrier is simulated.

One small file is the clock: every process keeps it open and reads it at each call, so that a setting holds for all of
them from the moment it is written. The file has one record; its checksum tells a half-written record from a whole one.
"""

import fcntl
import os
import struct
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict

MAX_SPEED = 3600.0
"""An hour in a second."""

_RECORD = struct.Struct("<qqd")  # real time and simulated time of the setting (ns since the epoch), speed
_CHECK = struct.Struct("<I")
_SIZE = _RECORD.size + _CHECK.size
_EPOCH = _EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class ClockReading(TypedDict):
    """`now` is ISO 8601 in UTC, `speed` simulated seconds per real second."""

    now: str
    speed: float


class SimulatedClock:
    """Wall time that can be moved either way and made to run faster, the same in every process.

    Without a setting it equals real time with speed 1. Safe across threads and processes; a read costs microseconds.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def now(self) -> datetime:
        """The simulated time, aware, in UTC."""
        return _at(self._read()[1])

    def get(self) -> ClockReading:
        """The simulated time and its speed, as the HTTP contract shows them."""
        _, simulated, speed = self._read()
        return {"now": _at(simulated).isoformat(), "speed": speed}

    def set(self, *, now: datetime | None = None, speed: float | None = None) -> None:
        """Move the clock to `now`, or make it run at `speed`, or both; what is left out stays as it is.

        Raises ValueError if `now` has no zone or `speed` is not within (0, 3600], or `now` lies outside 1970 to 2199.
        """
        if now is not None and now.tzinfo is None:
            raise ValueError("The time needs an offset, for example 2026-11-24T15:00:00+09:00.")
        if now is not None and not _EARLIEST <= now <= _LATEST:
            raise ValueError("The time must lie between 1970 and 2199.")
        if speed is not None and not 0 < speed <= MAX_SPEED:
            raise ValueError(f"The speed must be above 0 and at most {MAX_SPEED:g}.")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            real, simulated, current_speed = self._read()
            target = simulated if now is None else _nanoseconds(now)
            record = _RECORD.pack(real, target, current_speed if speed is None else speed)
            os.pwrite(self._file, record + _CHECK.pack(zlib.crc32(record)), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back; the clock cannot be read afterwards."""
        os.close(self._file)

    def _read(self) -> tuple[int, int, float]:
        """Real time, simulated time (both in ns since the epoch), speed."""
        while content := os.pread(self._file, _SIZE, 0):
            record, check = content[: _RECORD.size], content[_RECORD.size :]
            if check == _CHECK.pack(zlib.crc32(record)):
                set_real, set_simulated, speed = _RECORD.unpack(record)
                # Asked for after the setting was read: it would seem to lie before a setting made meanwhile.
                real = time.time_ns()
                return real, set_simulated + int((real - set_real) * speed), speed
        real = time.time_ns()
        return real, real, 1.0


def _at(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000
