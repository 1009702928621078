"""What a turn of a talk costs in processor time, by process: it tells the same on a busy machine, as seconds do not.

    python -m benchmarks.turns                # 4 people on each channel, who book, ask and cancel three times over

People write one after the other, in the same words as in `benchmarks.channels`; what the processes do by themselves
meanwhile is measured first, and taken off.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from benchmarks.channels import BySms, OnLine, OnTheWeb, Person
from tests.support.running import Product, running_product

IDLE_S = 10.0
LOOKS_EVERY_S = 0.5
"""Each look costs the gateway something that is no part of a turn."""
NAMES = {"serving": "assistant", "actions": "actions", "bot.gateway": "gateway", "scheduler": "scheduler"}
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def spent(product: Product) -> Counter[str]:
    """Seconds of processor time of each process of the product so far."""
    found: Counter[str] = Counter()
    for pid in _family(product.process.pid):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        name = next((NAMES[word] for word in words if word in NAMES), "others")
        found[name] += (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND  # type: ignore[assignment]
    return found


def _family(pid: int) -> list[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    kin = {pid}
    while new := {child for child, parent in parents.items() if parent in kin} - kin:
        kin |= new
    return sorted(kin)


async def talk(person: Person, *, rounds: int) -> int:
    """One person's turns, without a pause; returns how many."""
    await person.begin()
    for index in range(rounds):
        for text, told in person.first() if index == 0 else person.again():
            await person.turn(text, told, settles_s=0)
    return len(person.turns)


async def measure(product: Product, *, people: int, rounds: int) -> list[tuple[str, int, Counter[str], int]]:
    """Channel, turns, processor seconds and wrong answers of each kind of person."""
    rows = []
    async with httpx.AsyncClient(base_url=product.url, timeout=60.0, trust_env=False) as http:
        await talk(OnTheWeb(http, 900), rounds=1)  # all is warm
        before, began = spent(product), time.monotonic()
        await asyncio.sleep(IDLE_S)
        idle, lasted = spent(product) - before, time.monotonic() - began
        for kind in (OnTheWeb, BySms, OnLine):
            everybody: list[Person] = [kind(http, index) for index in range(people)]
            for person in everybody:
                person.looks_every_s = LOOKS_EVERY_S
            before, began = spent(product), time.monotonic()
            turns = sum([await talk(person, rounds=rounds) for person in everybody])
            part = (time.monotonic() - began) / lasted
            used = spent(product) - before
            net = Counter({name: max(0.0, used[name] - idle[name] * part) for name in used})
            rows.append((kind.channel, turns, net, sum(person.mixed_up + person.lost for person in everybody)))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as var, running_product(Path(var)) as product:
        product.set_clock("2026-11-24T10:00:00+09:00")
        rows = asyncio.run(measure(product, people=asked.people, rounds=asked.rounds))
    columns = ("assistant", "actions", "gateway", "scheduler")
    print("| channel | turns |", " | ".join(columns), "| together | wrong |")
    print("|---|---|" + "---|" * (len(columns) + 2))
    for channel, turns, used, wrong in rows:
        each = [f"{used[name] / turns * 1000:.0f} ms" for name in columns]
        print("|", " | ".join([channel, str(turns), *each, f"{used.total() / turns * 1000:.0f} ms", str(wrong)]), "|")


if __name__ == "__main__":
    main()
