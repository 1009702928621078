"""Logs never tell a phone number."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from bot.logging import mask_numbers

HIDDEN = "•••••••5678"


@pytest.mark.parametrize(
    ("value", "logged"),
    [
        ("+819012345678", HIDDEN),
        ("calling +819012345678 and +819087655678", f"calling {HIDDEN} and {HIDDEN}"),
        ("https://api.example/Calls.json?To=%2B819012345678&x=1", f"https://api.example/Calls.json?To={HIDDEN}&x=1"),
        ("The 'To' number +819012345678 is not valid", f"The 'To' number {HIDDEN} is not valid"),
        ("09012345678", HIDDEN),
        ("090-1234-5678", HIDDEN),
        ("call 03-1234-5678 now", f"call {HIDDEN} now"),
        (["+819012345678"], [HIDDEN]),
        ({"to": "+819012345678", "n": 3}, {"to": HIDDEN, "n": 3}),
        ({"in": {"to": ("+819012345678",)}}, {"in": {"to": [HIDDEN]}}),
        ("2026-11-24T15:00:00.123456+09:00", "2026-11-24T15:00:00.123456+09:00"),
        ("2026-11-24 06:00:00+00:00", "2026-11-24 06:00:00+00:00"),
        ("CA0123456789abcdef0123456789abcdef", "CA0123456789abcdef0123456789abcdef"),
        ("K7Q4MN", "K7Q4MN"),
        (42, 42),
        (None, None),
    ],
)
def test_a_number_anywhere_in_an_event_is_masked_and_nothing_else(value: object, logged: object) -> None:
    assert mask_numbers(None, "info", {"event": "x", "value": value}) == {"event": "x", "value": logged}


PROGRAM = """
import logging as plain, sys
import structlog
from jinja2 import Environment
from bot import logging

sys.stderr.isatty = lambda: sys.argv[1] == "terminal"
logging.set_up("info")


def page(name, phone_number, code):
    return Environment().from_string("{{ customer.reason.upper() }} {{ 1 // 0 }}").render(customer=name)


class Customer:
    reason = "a secret matter of +819012345678"


try:
    customer, number, code = Customer(), "+819012345678", "code-424242"
    page(customer, number, code)
except ZeroDivisionError as error:
    structlog.get_logger("desk").error("unexpected", path="/desk/callbacks/K7Q4MN", exc_info=error)
    plain.getLogger("sanic.error").exception("of a library: %s", number)
try:
    raise ValueError("no such number: 090-1234-5678")
except ValueError:
    structlog.get_logger("desk").exception("unexpected")
"""


@pytest.mark.parametrize("where", ["terminal", "file"])
def test_a_page_that_fails_is_logged_without_what_its_variables_held(where: str) -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM, where], capture_output=True, text=True, check=True)
    told = run.stderr
    assert told.count("Traceback") == 3
    assert "ZeroDivisionError" in told
    assert "of a library" in told
    for held in ("a secret matter", "code-424242", "9012345678", "090-1234", "Customer object"):
        assert held not in told.replace('customer, number, code = Customer(), "+819012345678", "code-424242"', "")
    assert told.count("5678") >= 2
    assert "•" in told or r"\u2022" in told


def test_every_process_that_we_start_has_its_logs_masked() -> None:
    for process in ("actions", "bot.gateway", "scheduler"):
        spec = importlib.util.find_spec(f"{process}.__main__")
        assert spec is not None
        assert spec.origin is not None
        assert "logging.set_up(" in Path(spec.origin).read_text(encoding="utf-8"), process
