"""From sums to figures: shares, means, and exact percentiles of waits that lie in many sorted runs."""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from bot.booking.kpis import Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A figure's value, None where there is no data. `part` of `whole` are what it was made of."""

    value: float | None
    part: int | None
    whole: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """What was counted: sums by name, and sorted runs of waits in seconds by name."""

    counts: Mapping[str, int]
    waits: Mapping[str, Sequence[Sequence[int]]]


def value_of(figure: Figure, sums: Sums) -> Value:
    """The figure for these sums."""
    if figure.wait:
        runs = sums.waits.get(figure.wait, ())
        return Value(value=nearest_rank(runs, figure.rank), part=None, whole=sum(map(len, runs)))
    part = sums.counts.get(figure.part or "", 0)
    whole = sum(sums.counts.get(name, 0) for name in figure.whole)
    if not whole:
        return Value(value=None, part=0, whole=0)
    return Value(value=part if figure.form == "count" else part / whole, part=part, whole=whole)


def nearest_rank(runs: Sequence[Sequence[int]], rank: float) -> int | None:
    """The smallest value that at least this part of all values do not exceed; None of none.

    Every run is sorted. They are not merged: halving the range of values finds the rank in a million of them in
    milliseconds.
    """
    filled = [run for run in runs if len(run)]
    if not filled:
        return None
    wanted = max(1, ceil(rank * sum(map(len, filled))))
    low, high = min(run[0] for run in filled), max(run[-1] for run in filled)
    while low < high:
        middle = (low + high) // 2
        if sum(bisect_right(run, middle) for run in filled) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


SHORT = 64
"""Runs of fewer waits than this on average are quicker sorted together than looked into one by one."""


def in_few_runs(runs: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """The same waits; many short runs (a year of one agent) become one."""
    if len(runs) < 2 or sum(map(len, runs)) >= SHORT * len(runs):
        return runs
    return (sorted(wait for run in runs for wait in run),)


def packed(waits: Sequence[int]) -> bytes:
    """Waits in seconds, sorted, four bytes each, the lowest byte first."""
    return b"".join(wait.to_bytes(4, "little") for wait in sorted(waits))


def unpacked(waits: bytes) -> Sequence[int]:
    """What `packed` wrote."""
    run = array("I")
    run.frombytes(waits)
    if sys.byteorder == "big":
        run.byteswap()
    return run
