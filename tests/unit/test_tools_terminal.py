import io
from pathlib import Path

import pytest

from tools.system import Need, missing, sentence
from tools.terminal import CannotGoOn, Terminal, one_sentence, tail


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_a_terminal_progress_is_few_plain_lines() -> None:
    clock, stream = Clock(), io.StringIO()
    terminal = Terminal(stream, clock=clock)
    for second in range(40):
        clock.now = float(second)
        terminal.progress("installing", f"{second} of 40")
    assert stream.getvalue() == "  installing 0 of 40\n  installing 15 of 40 (15 s)\n  installing 30 of 40 (30 s)\n"


def test_on_a_terminal_progress_is_one_moving_line() -> None:
    clock, screen = Clock(), Screen()
    terminal = Terminal(screen, clock=clock)
    terminal.progress("training")
    clock.now = 2.0
    terminal.progress("training")
    terminal.done("trained")
    assert "\n" not in screen.getvalue().removesuffix("\n")
    assert screen.getvalue().endswith("\r\x1b[K  trained (2 s)\n")


def test_what_the_terminal_cannot_show_does_not_stop_a_command() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Terminal(stream).say("scheduler | 日本語")
    assert raw.getvalue() == b"scheduler | ???\n"


def test_a_terminal_that_was_closed_does_not_stop_a_command() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    screen.close()
    terminal.say("nobody reads this")


def test_a_failure_ends_with_its_evidence_and_one_sentence(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    stream = io.StringIO()
    with pytest.raises(SystemExit) as ended, one_sentence(Terminal(stream)):
        raise CannotGoOn("mend it and start again.", evidence=tail(log, lines=2))
    assert ended.value.code == 1
    assert stream.getvalue() == "\n    line 98\n    line 99\nOrikaeshi: mend it and start again.\n"


def test_there_is_no_evidence_in_a_log_that_is_not_there(tmp_path: Path) -> None:
    assert tail(tmp_path / "none") == ""


def test_one_sentence_names_every_system_package_that_is_missing() -> None:
    there = Need(name="Redis", package="redis-server", is_there=lambda: True)
    away = Need(name="Chromium", package="chromium", is_there=lambda: False)
    assert missing((there, away)) == [away]
    assert "apt-get install chromium" in sentence([away])
