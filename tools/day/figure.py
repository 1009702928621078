"""The day as a picture: what was promised against what was kept, and how busy the agents were. Plain SVG."""

from collections.abc import Iterable, Sequence
from html import escape

from tools.day.instance import CLOSES, OPENS, WINDOW, Day
from tools.day.kept import Figures, Story

WIDTH, HEIGHT, LEFT, PLOT = 960, 620, 60, 840
TOP, TALL = 110, 210
SECOND_TOP = TOP + TALL + 90
STEP = 300
KEPT, AFTER, MISSED, BUSY, DUTY = "#2b6cb0", "#f6ad55", "#c53030", "#2f855a", "#718096"


def draw(stories: Sequence[Story], day: Day, figures: Figures, *, title: str) -> str:
    """An SVG document."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="13" role="img" aria-label="{escape(title)}">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 30, title, size=18),
        _text(LEFT, 52, f"reached inside the window {figures.reached:.1%} · first dial inside the window "
              f"{figures.dialled:.1%} · agents' use {figures.use:.0%} · late without a word {figures.late_in_silence}"),
        *_promises(stories), *_agents(stories, day), "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _promises(stories: Sequence[Story]) -> Iterable[str]:
    slots = range(OPENS, CLOSES, WINDOW)
    by_slot = {slot: [one for one in stories if one.start == slot] for slot in slots}
    most = max(len(found) for found in by_slot.values())
    wide = PLOT / len(slots)
    yield from _legend(TOP - 18, (("reached inside the window", KEPT), ("later", AFTER), ("not that day", MISSED)))
    for index, (slot, found) in enumerate(by_slot.items()):
        in_time = sum(one.is_reached_in_time for one in found)
        at_all = sum(one.reached is not None for one in found)
        bottom = float(TOP + TALL)
        for count, colour in ((in_time, KEPT), (at_all - in_time, AFTER), (len(found) - at_all, MISSED)):
            high = count / most * TALL
            bottom -= high
            yield _bar(LEFT + index * wide + 3, bottom, wide - 6, high, colour)
        yield _text(LEFT + (index + 0.5) * wide, bottom - 5, str(len(found)), anchor="middle")
        yield _text(LEFT + (index + 0.5) * wide, TOP + TALL + 18, _clock(slot), anchor="middle")
    yield _text(LEFT, TOP + TALL + 38, "promised window (number of promises above each)")


def _agents(stories: Sequence[Story], day: Day) -> Iterable[str]:
    times = range(OPENS, CLOSES, STEP)
    calls = [span for one in stories for span in one.calls]
    busy = [sum(max(0.0, min(end, at + STEP) - max(start, at)) for start, end in calls) / STEP for at in times]
    duty = [float(sum(_works(day, index, at) for index in range(len(day.workers)))) for at in times]
    most = max(*duty, *busy, 1.0)
    yield from _legend(SECOND_TOP - 18, (("agents on duty", DUTY), ("of them ringing, speaking, writing", BUSY)))
    for values, colour in ((duty, DUTY), (busy, BUSY)):
        points = " ".join(
            f"{LEFT + index / len(times) * PLOT:.1f},{SECOND_TOP + TALL * 0.7 * (1 - value / most):.1f}"
            for index, value in enumerate(values)
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield _text(LEFT - 8, SECOND_TOP + 5, f"{most:.0f}", anchor="end")
    yield _text(LEFT - 8, SECOND_TOP + TALL * 0.7, "0", anchor="end")
    for hour in range(OPENS, CLOSES + 1, 3600):
        x = LEFT + (hour - OPENS) / (CLOSES - OPENS) * PLOT
        yield _text(x, SECOND_TOP + TALL * 0.7 + 20, _clock(hour), anchor="middle")


def _works(day: Day, index: int, at: float) -> bool:
    worker = day.workers[index]
    return worker.starts <= at and not any(start <= at < start + length for start, length in worker.breaks)


def _legend(y: float, entries: Iterable[tuple[str, str]]) -> Iterable[str]:
    x = float(LEFT)
    for text, colour in entries:
        yield _bar(x, y - 11, 12, 12, colour)
        yield _text(x + 17, y, text)
        x += 40 + 7.2 * len(text)


def _bar(x: float, y: float, wide: float, high: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, *, size: int = 13, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
