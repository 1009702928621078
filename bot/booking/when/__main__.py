"""Reads JSON lines on stdin and writes what the reader makes of each, at once: for evaluation and own tests."""

import json
import sys
from datetime import datetime
from time import perf_counter_ns
from zoneinfo import ZoneInfo

from bot.booking.when import Wishes, read


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def answer(line: str) -> dict[str, object]:
    """The answer to one JSON line `{"text", "lang", "now", "tz"}`."""
    asked = json.loads(line)
    now, tz = datetime.fromisoformat(asked["now"]), ZoneInfo(asked["tz"])
    now = now if now.tzinfo else now.replace(tzinfo=tz)
    begun = perf_counter_ns()
    wishes: Wishes = read(asked["text"], now=now, tz=tz, language=asked["lang"])
    microseconds = (perf_counter_ns() - begun) // 1000
    return {
        "candidates": [
            {"start": _iso(wish.start), "end": _iso(wish.end), "kind": wish.kind} for wish in wishes.candidates
        ],
        "exclude": [{"start": _iso(one.start), "end": _iso(one.end)} for one in wishes.exclude],
        "us": microseconds,
    }


def main() -> None:
    """One line out for each line in, in order, flushed."""
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer(line)), flush=True)


if __name__ == "__main__":
    main()
