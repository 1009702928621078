import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.train import model_path, rasa_environment, remove_old, sources


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an assistant's sources."""
    for name in ("config.yml", "domain.yml", "data/nlu/ja.yml", "components/read.py", "requirements/assistant.txt"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"content of {name}")
    (tmp_path / "models").mkdir()
    return tmp_path


def write(name: str, text: str = "new") -> Callable[[Path], object]:
    def change(project: Path) -> None:
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return change


def rename(project: Path) -> None:
    (project / "data/nlu/ja.yml").rename(project / "data/nlu/en.yml")


@pytest.mark.parametrize(
    "change",
    [
        write("config.yml"),
        write("domain.yml"),
        write("domain/booking.yml"),
        write("data/nlu/ja.yml"),
        write("data/rules.yml"),
        write("components/read.py"),
        write("requirements/assistant.txt"),
        rename,
    ],
)
def test_a_changed_source_asks_for_another_model(project: Path, change: Callable[[Path], object]) -> None:
    before = model_path(project)
    change(project)
    assert model_path(project) != before


@pytest.mark.parametrize(
    "change",
    [
        write("config.yml", "content of config.yml"),  # written anew with the same words
        write("endpoints.yml"),
        write("README.md"),
        write("components/__pycache__/read.cpython-310.pyc"),
        write("data/.ja.yml.swp"),
    ],
)
def test_what_is_no_source_does_not(project: Path, change: Callable[[Path], object]) -> None:
    before = model_path(project)
    change(project)
    assert model_path(project) == before


def test_sources_are_in_the_same_order_everywhere(project: Path) -> None:
    assert [str(file.relative_to(project)) for file in sources(project)] == [
        "components/read.py",
        "config.yml",
        "data/nlu/ja.yml",
        "domain.yml",
        "requirements/assistant.txt",
    ]


def test_the_two_newest_models_stay(project: Path) -> None:
    models = project / "models"
    for age, name in enumerate(["assistant-c", "assistant-a", "assistant-b"]):
        model = models / f"{name}.tar.gz"
        model.touch()
        os.utime(model, (1000 - age, 1000 - age))
    (models / "README.md").touch()
    remove_old(models)
    assert {file.name for file in models.iterdir()} == {"assistant-c.tar.gz", "assistant-a.tar.gz", "README.md"}


def test_rasa_reports_nothing_home_and_writes_under_var_only(tmp_path: Path) -> None:
    env = rasa_environment({"HOME": "/home/somebody", "RASA_TELEMETRY_ENABLED": "true"}, tmp_path)
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
    assert env["HOME"] == "/home/somebody"
    assert Path(env["RASA_CACHE_DIRECTORY"]).is_relative_to(tmp_path / "var")
