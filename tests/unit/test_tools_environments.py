from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tools.environments import UNFINISHED, Environment, PipProgress, count, pip_environment, stamp, stamp_file

LOCKED = """\
holidays==0.90 \\
    --hash=sha256:aa
    # via orikaeshi
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:bb
"""


def runs_as(version: str | None) -> Callable[[Sequence[str]], str | None]:
    return lambda _command: version


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """One that was installed with Python 3.11.7."""
    requirements = tmp_path / "app.txt"
    requirements.write_text(LOCKED)
    made = Environment(name="app", folder=tmp_path / ".venv", requirements=requirements)
    made.folder.mkdir()
    stamp_file(made.folder, requirements).write_text(stamp(requirements, made.python, ask=runs_as("3.11.7")))
    return made


def nothing(_environment: Environment) -> None:
    """Change nothing."""


def new_requirements(environment: Environment) -> None:
    environment.requirements.write_text(LOCKED + "# changed\n")


def interruption(environment: Environment) -> None:
    (environment.folder / UNFINISHED).touch()


def no_stamp(environment: Environment) -> None:
    stamp_file(environment.folder, environment.requirements).unlink()


@pytest.mark.parametrize(
    ("change", "python", "fresh", "sound"),
    [
        (nothing, "3.11.7", True, True),
        (nothing, "3.13.1", False, True),  # the machine's Python was replaced below the environment
        (nothing, None, False, False),  # it was removed
        (new_requirements, "3.11.7", False, True),
        (interruption, "3.11.7", False, False),
        (no_stamp, "3.11.7", False, True),
    ],
)
def test_an_environment_is_left_alone_mended_or_made_anew(
    environment: Environment,
    change: Callable[[Environment], None],
    python: str | None,
    fresh: bool,
    sound: bool,
) -> None:
    change(environment)
    ask = runs_as(python)
    assert (environment.is_fresh(ask=ask), environment.is_sound(ask=ask)) == (fresh, sound)


def test_each_locked_file_has_a_stamp_of_its_own() -> None:
    folder = Path(".venv")
    assert stamp_file(folder, Path("app.txt")) != stamp_file(folder, Path("dev.txt"))


def test_progress_counts_packages_for_this_system_only(environment: Environment) -> None:
    assert count(environment.requirements) == 2
    progress = PipProgress(environment.requirements)
    progress.hear("Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment")
    progress.hear("Collecting holidays==0.90 (from -r app.txt (line 1))")
    assert progress.text == "1 of 1 packages fetched"
    progress.hear("Installing collected packages: holidays")
    assert progress.text == "installing 1 packages"


def test_pip_is_not_led_astray_by_the_callers_environment() -> None:
    kept = pip_environment({"PIP_USER": "1", "PYTHONPATH": "/x", "VIRTUAL_ENV": "/y", "PIP_INDEX_URL": "kept"})
    assert kept == {"PIP_INDEX_URL": "kept", "PYTHONUNBUFFERED": "1"}
