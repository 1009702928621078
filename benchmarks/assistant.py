"""What the assistant costs: seconds of a training from nothing and until `rasa run` answers, megabytes it then holds.

    python -m benchmarks.assistant

The bars of the project: training within 60 s, ready within 25 s, 900 MB.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.support.ports import free_port
from tools.train import SOURCES, rasa_environment

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
READY_WITHIN_S = 300.0
ASKED = 50


def trained(folder: Path) -> tuple[float, float]:
    """Seconds of a training in an empty folder, without an earlier one's cache: on the wall, and of a processor."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file() and "requirements" not in name:
            shutil.copy(source, folder / name)
    began = time.monotonic()
    command = [str(PYTHON), "-m", "rasa", "train", "--fixed-model-name", "m"]
    done = subprocess.run(
        command, cwd=folder, env=rasa_environment(os.environ, folder), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, used.ru_utime + used.ru_stime


def started(folder: Path) -> tuple[float, float]:
    """Seconds until the server answers, and megabytes after some questions."""
    port = free_port()
    began = time.monotonic()
    command = [str(PYTHON), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port), "--enable-api"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=rasa_environment(os.environ, folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            while not _is_ready(port):
                if time.monotonic() - began > READY_WITHIN_S or process.poll() is not None:
                    sys.exit("the assistant did not become ready")
                time.sleep(0.1)
            ready_s = time.monotonic() - began
            for _ in range(ASKED):
                httpx.post(
                    f"http://127.0.0.1:{port}/model/parse", json={"text": "明日の15時に電話ください"}, trust_env=False
                )
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            held_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        finally:
            process.terminate()
    return ready_s, held_kb / 1024


def _is_ready(port: int) -> bool:
    try:
        status = httpx.get(f"http://127.0.0.1:{port}/status", timeout=2.0, trust_env=False)
    except httpx.HTTPError:
        return False
    return status.status_code == 200


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        train_s, processor_s = trained(Path(name))
        ready_s, held_mb = started(Path(name))
    print("| the assistant | measured | at most |\n|---|---|---|")
    print(f"| training from nothing | {train_s:.0f} s ({processor_s:.0f} s of a processor) | 60 s |")
    print(f"| ready after its start | {ready_s:.1f} s | 25 s |")
    print(f"| memory, most | {held_mb:.0f} MB | 900 MB |")


if __name__ == "__main__":
    main()
