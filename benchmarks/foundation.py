"""What `docs/benchmarks.md` says: how long the two commands take in a clean clone, and what a chat turn costs.

    python -m benchmarks.foundation            # prints the tables; the clone takes about ten minutes
    python -m benchmarks.foundation --turns    # the chat turns only

A turn is timed through the gateway and bare, on the same Rasa process, tracker and action server, one after the other.
"""

import argparse
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import httpx

from tests.support.ports import free_port
from tests.support.running import ROOT, running_product

TALKS = 30
TALK = (
    "洗濯機の修理について相談したいです",
    "営業時間は何時までですか",
    "佐藤です",
    "090-1234-5678です",
    "明日の15時でお願いします",
)
READY_WITHIN_S = 1800.0


def chat_turns() -> dict[str, list[float]]:
    """Milliseconds of every turn, through the gateway and bare, side by side."""
    took: dict[str, list[float]] = {"through the gateway": [], "bare Rasa": []}
    with tempfile.TemporaryDirectory() as var, running_product(Path(var)) as product:
        product.set_clock("2026-11-24T10:00:00+09:00")
        rasa = httpx.Client(base_url=f"http://127.0.0.1:{product.rasa_port}", timeout=30.0, trust_env=False)
        for talk in range(TALKS):
            session = product.http.post("/api/v1/chat/sessions", json={}).json()["session_id"]
            bare: dict[str, object] = {"sender": f"bare-{talk}", "metadata": {"language": "ja"}}
            _post(rasa, "/webhooks/rest/webhook", bare | {"message": "/open_conversation"})
            path = f"/api/v1/chat/sessions/{session}/messages"
            for text in TALK:
                took["through the gateway"].append(_timed_post(product.http, path, {"text": text}))
                took["bare Rasa"].append(_timed_post(rasa, "/webhooks/rest/webhook", bare | {"message": text}))
    return took


def clean_clone() -> Iterator[tuple[str, float]]:
    """Seconds of the README's commands in a clean clone."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "orikaeshi"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        yield "first `make run` until ready (installs and trains)", _run_until_ready(clone)
        yield "second `make run` until ready", _run_until_ready(clone)
        began = time.monotonic()
        subprocess.run(["make", "test"], cwd=clone, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield "`make test` (environments already there)", time.monotonic() - began


def _run_until_ready(clone: Path) -> float:
    port = free_port()
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=clone,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _answers(f"http://127.0.0.1:{port}/readyz"):
            if process.poll() is not None or time.monotonic() - began > READY_WITHIN_S:
                sys.exit("make run did not become ready")
            time.sleep(0.2)
        return time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _post(client: httpx.Client, path: str, body: dict[str, object]) -> None:
    client.post(path, json=body).raise_for_status()


def _timed_post(client: httpx.Client, path: str, body: dict[str, object]) -> float:
    began = time.perf_counter()
    _post(client, path, body)
    return (time.perf_counter() - began) * 1000


def _machine() -> str:
    rasa = (ROOT / "requirements" / "assistant.txt").read_text().split("rasa==")[1].split()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB; "
        f"Python {platform.python_version()}, Sanic {version('sanic')}, SQLAlchemy {version('sqlalchemy')}, Rasa {rasa}"
    )


def _turns_table(took: dict[str, list[float]]) -> str:
    rows = ["| chat turn | median | 95th percentile |", "|---|---|---|"]
    for name, times in took.items():
        rows.append(f"| {name} | {statistics.median(times):.0f} ms | {statistics.quantiles(times, n=20)[18]:.0f} ms |")
    ratio = statistics.median(took["through the gateway"]) / statistics.median(took["bare Rasa"])
    return "\n".join([*rows, "", f"Ratio of the medians: {ratio:.2f}, over {len(took['bare Rasa'])} turns each."])


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", action="store_true", help="the chat turns only")
    turns_only = parser.parse_args().turns
    print(_machine(), flush=True)
    if not turns_only:
        if shutil.which("make") is None:
            sys.exit("The commands are timed through make: install it first.")
        print("\n| command in a clean clone | seconds |\n|---|---|", flush=True)
        for name, seconds in clean_clone():
            print(f"| {name} | {seconds:.0f} |", flush=True)
    print()
    print(_turns_table(chat_turns()))


if __name__ == "__main__":
    main()
