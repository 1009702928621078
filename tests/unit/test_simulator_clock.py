"""The clock that every process reads from one file."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.clock import MAX_SPEED, SimulatedClock

CLOSE = timedelta(seconds=5)
DAYS = 80_000  # from 1970 on, short of 2200
MOMENTS = st.integers(1, DAYS).map(lambda day: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=day))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "clock"


def test_without_a_setting_it_is_real_time(path: Path) -> None:
    clock = SimulatedClock(path)
    assert abs(clock.now() - datetime.now(UTC)) < CLOSE
    assert clock.get()["speed"] == 1


@given(moments=st.lists(MOMENTS, min_size=1, max_size=4))
def test_it_moves_either_way_for_all_who_have_the_file_open(
    tmp_path_factory: pytest.TempPathFactory, moments: list[datetime]
) -> None:
    path = tmp_path_factory.mktemp("clock") / "clock"
    writer, reader = SimulatedClock(path), SimulatedClock(path)
    for moment in moments:
        writer.set(now=moment)
        assert timedelta() <= reader.now() - moment < CLOSE
    writer.close()
    reader.close()


def test_another_process_reads_the_new_time(path: Path) -> None:
    SimulatedClock(path).set(now=datetime(2031, 5, 6, 7, tzinfo=UTC))
    program = "import sys; from pathlib import Path; from bot.simulator.clock import SimulatedClock;"
    program += "print(SimulatedClock(Path(sys.argv[1])).now().isoformat())"
    read = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert read.stdout.startswith("2031-05-06T07:")


def test_it_runs_faster_from_where_it_stands(path: Path) -> None:
    clock = SimulatedClock(path)
    start = datetime(2026, 11, 24, 9, tzinfo=timezone(timedelta(hours=9)))
    clock.set(now=start)
    clock.set(speed=MAX_SPEED)
    before = clock.now()
    assert before - start < timedelta(hours=2)
    while clock.now() - before < timedelta(seconds=30):
        pass
    assert clock.get()["speed"] == MAX_SPEED


@pytest.mark.parametrize("speed", [0.0, -1.0, MAX_SPEED + 1, float("nan")])
def test_an_impossible_speed_is_refused(path: Path, speed: float) -> None:
    clock = SimulatedClock(path)
    with pytest.raises(ValueError, match="speed"):
        clock.set(speed=speed)
    assert clock.get()["speed"] == 1


@pytest.mark.parametrize("moment", [datetime(2026, 1, 1), datetime(1969, 1, 1, tzinfo=UTC), datetime.max])  # noqa: DTZ001, DTZ901 (naive on purpose)
def test_an_impossible_time_is_refused(path: Path, moment: datetime) -> None:
    with pytest.raises(ValueError, match="time"):
        SimulatedClock(path).set(now=moment)


def test_a_half_written_record_is_never_read(path: Path) -> None:
    clock = SimulatedClock(path)
    days = [datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)]
    clock.set(now=days[0])

    def write(count: int) -> None:
        mine = SimulatedClock(path)
        for turn in range(count):
            mine.set(now=days[turn % 2])

    with ThreadPoolExecutor(2) as writers:
        writing = [writers.submit(write, 2000) for _ in range(2)]
        while not all(done.done() for done in writing):
            now = clock.now()
            assert any(timedelta() <= now - day < timedelta(minutes=1) for day in days)
