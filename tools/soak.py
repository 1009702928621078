"""`make soak`: a thousand seeded runs of every fault at once, in virtual time; a seed that fails is run again alone.

make soak                              # 1,000 seeds; about twenty minutes on two cores
make soak ARGS='--seeds 100 --first 1'
make soak ARGS='--seed 17'             # this one again: the same faults in the same order
make soak ARGS=--rows                  # real processes killed at twenty moments with 2,000 due, on both databases
"""

import argparse
import logging
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import structlog

from tests.support.storm.plan import mixed
from tests.support.storm.storm import Report, rage
from tools.terminal import Terminal

BAR = 30
KILLS, DUE = 20, 2000


def main() -> None:
    """Run and tell; the exit code says whether all was well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--seed", type=int, help="this one alone, with what was mixed and what was wrong")
    parser.add_argument("--rows", action="store_true", help="what of the fault list needs real processes, in full")
    asked = parser.parse_args()
    terminal = Terminal(sys.stdout)
    if asked.rows:
        sys.exit(_rows())
    if asked.seed is not None:
        terminal.say(f"{mixed(asked.seed)}")
        sys.exit(_told(terminal, asked.seed, _run(asked.seed)))
    sys.exit(_all(terminal, range(asked.first, asked.first + asked.seeds)))


def _rows() -> int:
    """Each seed and each database is a test of its own: one that fails is named."""
    environ = os.environ | {"SOAK_COUNT": str(DUE), "SOAK_SEEDS": ",".join(map(str, range(1, KILLS + 1)))}
    command = [sys.executable, "-m", "pytest", "-v", "tests/integration/test_faults_of_processes.py", "-k", "row_01"]
    return subprocess.run(command, env=environ, check=False).returncode


def _all(terminal: Terminal, seeds: range) -> int:
    failed, calls, attempts = 0, 0, 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done, (seed, report) in enumerate(zip(seeds, pool.map(_run, seeds), strict=True), start=1):
            failed += _told(terminal, seed, report, only_faults=True)
            calls, attempts = calls + report.calls, attempts + report.attempts
            filled = round(done / len(seeds) * BAR)
            terminal.progress("soak", f"[{'#' * filled}{'.' * (BAR - filled)}] {done} of {len(seeds)}, {failed} wrong")
    terminal.say(f"\n{len(seeds)} runs, {attempts} attempts, {calls} calls: {failed} runs with a fault.")
    return int(failed > 0)


def _run(seed: int) -> Report:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return rage(seed, mixed(seed))


def _told(terminal: Terminal, seed: int, report: Report, *, only_faults: bool = False) -> int:
    for fault in report.wrong:
        terminal.say(f"seed {seed}: {fault}")
    if report.wrong and only_faults:
        terminal.say(f"again: make soak ARGS='--seed {seed}'")
    if not report.wrong and not only_faults:
        terminal.say(f"{report.attempts} attempts, {report.calls} calls, and nothing is wrong.")
    return int(bool(report.wrong))


if __name__ == "__main__":
    main()
