import json
from pathlib import Path

import httpx
import pytest

from tools.lock import lock_file
from tools.run import WORRY, demo_access, ending, still_starting, welcome


@pytest.mark.parametrize(
    ("status", "body", "missing"),
    [
        (200, {"parts": {"assistant": "ok", "actions": "ok"}}, ""),
        (503, {"parts": {"assistant": "down", "actions": "ok", "scheduler": "down"}}, "assistant, scheduler"),
        (503, {"parts": {"assistant": "ok"}}, "gateway"),
        (503, {"parts": ["assistant"]}, "gateway"),
        (503, {"unexpected": 1}, "gateway"),
        (502, [], "gateway"),
    ],
)
async def test_the_progress_names_what_is_still_starting(status: int, body: object, missing: str) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(status, json=body))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        assert await still_starting(client) == missing


async def test_a_gateway_that_does_not_answer_is_still_starting() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://gateway") as client:
        assert await still_starting(client) == "gateway"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("2026-01-01 09:00:00 WARNING  rasa.core  - odd", True),
        ("[2026-01-01 09:00:00 +0000] [12] [ERROR] odd", True),
        ('{"event": "odd", "level": "error"}', True),
        ("2026-01-01T09:00:00Z [warning  ] odd", True),
        ("2026-01-01 09:00:00 INFO     rasa.core  - fine", False),
        ('{"event": "no error here", "level": "info"}', False),
    ],
)
def test_warnings_and_errors_are_shown(line: str, shown: bool) -> None:
    assert bool(WORRY.search(line)) is shown


def test_the_welcome_says_where_to_go_and_how_to_log_in(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text(
        json.dumps({"desk_login": "hanako", "desk_password": "made-up-1", "api_key": "made-up-key"})
    )
    text = welcome("http://127.0.0.1:8001", demo_access(tmp_path), logs="var/log")
    for part in (":8001/\n", "/simulator/phones", "/desk", "hanako / made-up-1", "made-up-key", "Ctrl-C"):
        assert part in text


@pytest.mark.parametrize("content", [None, "", "not json"])
def test_without_demo_access_the_welcome_leaves_it_out(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "demo.json").write_text(content)
    assert "key" not in welcome("http://127.0.0.1:8000", demo_access(tmp_path), logs="var/log")


@pytest.mark.parametrize(("code", "words"), [(1, "exit code 1"), (-9, "signal 9")])
def test_the_end_of_a_process_is_told_in_words(code: int, words: str) -> None:
    assert ending(code) == words


def test_only_one_holds_the_lock_and_the_other_learns_who(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with lock_file(path) as first, lock_file(path) as second:
        assert first.take()
        assert not second.take()
        assert second.holder() > 0
    with lock_file(path) as third:
        assert third.take()
