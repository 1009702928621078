"""`make simulate-day`: a day of promises on the real dispatch code, beside other ways of dialling.

make simulate-day                                   # one seed, about three minutes; a picture in var/day/
make simulate-day ARGS='--callbacks 4500 --seed 7'
make simulate-day ARGS='--outage'                   # the carrier places no call from 10:00 to 10:20
make simulate-day ARGS='--seeds 20'                 # the means of twenty days, and whether the bars are met
make simulate-day ARGS='--quick --seeds 20'         # without the database: the rule alone, in seconds a day
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import structlog

from tools.day import figure, quick
from tools.day.instance import OPENS, Day, draw
from tools.day.kept import Figures, mean
from tools.day.real import RealDay
from tools.terminal import Terminal

OUTAGE = (10 * 3600.0, 10 * 3600 + 1200.0)
BARS = {5000: (0.90, 0.97), 4500: (0.94, 0.99)}
"""By promises a day: reached and first dialled inside the window."""
REAL = "the product"
COLUMNS = (
    "reached inside the window", "first dial inside it", "reached that day", "late without a word", "over capacity",
    "dials", "agents' use",
)  # fmt: skip
BAR = 30


def main() -> None:
    """Simulate and tell."""
    asked = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seeds = range(asked.seed, asked.seed + asked.seeds)
    closes = OPENS + asked.hours * 3600
    days = [_day(seed, asked.callbacks, outage=asked.outage).first(closes) for seed in seeds]
    terminal = Terminal(sys.stdout)
    results = {
        name: [quick.run(day, name, closes=closes)[1] for day in _counted(terminal, name, days)] for name in quick.WAYS
    }
    if not asked.quick:
        results[REAL] = _one(terminal, days[0], asked) if len(days) == 1 else _many(terminal, days, closes)
    terminal.say(table(results))
    sys.exit(_judge(terminal, results, BARS.get(asked.callbacks) if asked.hours == 8 and not asked.outage else None))


def table(results: dict[str, list[Figures]]) -> str:
    """Markdown: the means of all days."""
    lines = [
        f"| way of dialling | {' | '.join(COLUMNS)} |",
        f"|---|{'---|' * len(COLUMNS)}",
    ]
    for name, days in results.items():
        day = mean(days)
        lines.append(
            f"| {name} | {day.reached:.3f} | {day.dialled:.3f} | {day.reached_at_all:.3f} | {day.late_in_silence} "
            f"| {day.over_capacity} | {day.dials} | {day.use:.2f} |"
        )
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="so many days, from --seed on")
    parser.add_argument("--callbacks", type=int, default=5000)
    parser.add_argument("--hours", type=int, default=8, choices=range(1, 9), help="the first hours of the day only")
    parser.add_argument("--outage", action="store_true", help="the carrier places no call for twenty minutes")
    parser.add_argument("--quick", action="store_true", help="the rule alone, without the database")
    parser.add_argument("--picture", type=Path, help="where the picture goes; var/day/ unless told")
    return parser.parse_args()


def _day(seed: int, callbacks: int, *, outage: bool) -> Day:
    return draw(seed, callbacks=callbacks, outages=(OUTAGE,) if outage else ())


def _counted(terminal: Terminal, name: str, days: list[Day]) -> Iterable[Day]:
    for index, day in enumerate(days):
        terminal.progress(name, _bar(index / len(days)))
        yield day


def _one(terminal: Terminal, day: Day, asked: argparse.Namespace) -> list[Figures]:
    closes = OPENS + asked.hours * 3600

    def told(now: float) -> None:
        terminal.progress(REAL, _bar((now - OPENS) / (closes - OPENS)))

    stories, figures = asyncio.run(RealDay(day, closes=closes).go(told))
    path = (
        asked.picture or Path("var/day") / f"seed-{day.seed}-{asked.callbacks}{'-outage' if asked.outage else ''}.svg"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    outage = ", carrier away 10:00–10:20" if asked.outage else ""
    title = f"{len(day.customers)} promises, {len(day.workers)} agents, seed {day.seed}{outage}"
    path.write_text(figure.draw(stories, day, figures, title=title), encoding="utf-8")
    terminal.say(f"\nThe picture: {path}\n")
    return [figures]


def _many(terminal: Terminal, days: list[Day], closes: int) -> list[Figures]:
    """One process for each core; every day is told as soon as it is over."""
    found = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for figures in pool.map(partial(_real, closes=closes), days):
            found.append(figures)
            terminal.progress(REAL, _bar(len(found) / len(days)))
            terminal.say(
                f"seed {days[len(found) - 1].seed}: reached {figures.reached:.3f}, dialled {figures.dialled:.3f}, "
                f"late in silence {figures.late_in_silence}, over capacity {figures.over_capacity}"
            )
    return found


def _real(day: Day, *, closes: int) -> Figures:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(RealDay(day, closes=closes).go())[1]


def _bar(part: float) -> str:
    filled = round(max(0.0, min(1.0, part)) * BAR)
    return f"[{'#' * filled}{'.' * (BAR - filled)}] {max(0.0, min(1.0, part)):4.0%}"


def _judge(terminal: Terminal, results: dict[str, list[Figures]], bars: tuple[float, float] | None) -> int:
    """Whether the product keeps what docs/simulated-day.md promises; an outage is only shown."""
    if REAL not in results:
        return 0
    day = mean(results[REAL])
    reached, dialled = bars or (0.0, 0.0)
    missed = day.reached < reached or day.dialled < dialled or day.late_in_silence > 0 or day.over_capacity > 0
    terminal.say("\nA bar is missed." if missed else "\nEvery bar is met.")
    return int(missed)


if __name__ == "__main__":
    main()
