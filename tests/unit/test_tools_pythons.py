from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.pythons import Ask, find_for_assistant, version
from tools.terminal import CannotGoOn

UV_FIND = "uv python find --python-preference only-managed 3.10"


def machine(*, runs: dict[str, str], answers: dict[str, str] | None = None) -> Ask:
    """A machine on which the interpreters `runs` work and other commands give `answers`; all else fails."""

    def ask(command: Sequence[str]) -> str | None:
        if "-c" in command:
            return runs.get(command[0])
        return (answers or {}).get(" ".join(command))

    return ask


def pyenv(root: Path, *versions: str) -> dict[str, str]:
    """Interpreters under a pyenv in `root`, as they are called there and the version each says."""
    found = {}
    for each in versions:
        python = root / "versions" / each / "bin" / "python3.10"
        python.parent.mkdir(parents=True)
        python.touch()
        found[str(python)] = each
    return found


def test_the_one_on_path_comes_first(tmp_path: Path) -> None:
    runs = {"python3.10": "3.10.4"} | pyenv(tmp_path / ".pyenv", "3.10.13")
    assert find_for_assistant(ask=machine(runs=runs), home=tmp_path) == "python3.10"


def test_a_shim_that_fails_is_passed_over_for_pyenvs_newest(tmp_path: Path) -> None:
    runs = pyenv(tmp_path / "elsewhere", "3.10.9", "3.10.13", "3.10.2")
    ask = machine(runs=runs, answers={"pyenv root": str(tmp_path / "elsewhere")})
    assert find_for_assistant(ask=ask, home=tmp_path) == str(tmp_path / "elsewhere/versions/3.10.13/bin/python3.10")


def test_pyenv_is_found_in_its_usual_place_where_its_command_is_not_on_path(tmp_path: Path) -> None:
    runs = pyenv(tmp_path / ".pyenv", "3.10.1")
    assert find_for_assistant(ask=machine(runs=runs), home=tmp_path) == next(iter(runs))


def test_an_interpreter_that_cannot_make_environments_is_passed_over(tmp_path: Path) -> None:
    pyenv(tmp_path / ".pyenv", "3.10.1")
    ask = machine(runs={"/uv/python3.10": "3.10.20"}, answers={UV_FIND: "/uv/python3.10"})
    assert find_for_assistant(ask=ask, home=tmp_path) == "/uv/python3.10"


def test_uv_fetches_one_where_there_is_none(tmp_path: Path) -> None:
    fetched: list[str] = []

    def ask(command: Sequence[str]) -> str | None:
        if list(command) == ["uv", "python", "install", "3.10"]:
            fetched.append("3.10")
            return ""
        if " ".join(command) == UV_FIND and fetched:
            return "/uv/python3.10"
        return "3.10.20" if command[0] == "/uv/python3.10" else None

    assert find_for_assistant(ask=ask, home=tmp_path) == "/uv/python3.10"


@pytest.mark.parametrize("says", ["3.9.2", "3.11.7", "3.1.0", "3.100.0"])
def test_another_version_under_the_name_does_not_count(tmp_path: Path, says: str) -> None:
    with pytest.raises(CannotGoOn):
        find_for_assistant(ask=machine(runs={"python3.10": says}), home=tmp_path)


def test_where_there_is_none_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CannotGoOn, match=r"install it.*'uv python install 3\.10'") as caught:
        find_for_assistant(ask=machine(runs={}), home=tmp_path)
    assert caught.value.sentence.count(". ") == 0


def test_the_version_of_an_interpreter_that_does_not_run_is_none() -> None:
    assert version("python9.9", ask=machine(runs={})) is None
