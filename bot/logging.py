"""Logs: one line an event, phone numbers masked wherever they come from."""

import logging
import re
import sys
from typing import Any

import structlog

from bot.booking import phone

NUMBER = re.compile(r"(?<![\w.:-])(?:(?:\+|%2B)[1-9]\d{6,14}|0(?:-?\d){9,10})(?!\w)")
"""E.164, also as it stands in a URL, and numbers as people in Japan write them."""


def set_up(level: str) -> None:
    """Log to standard error: readable on a terminal, JSON elsewhere."""
    numeric = logging.getLevelNamesMapping()[level.upper()]
    # Its own way of telling an exception shows what every variable held: names, numbers, codes.
    readable = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer: Any = readable if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_numbers,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer))
    logging.basicConfig(level=max(numeric, logging.WARNING), handlers=[handler], force=True)


def mask_numbers(_logger: Any, _method: str, event: Any) -> Any:
    """Hide all of a phone number but its last four digits, in any text of the event."""
    return _masked(event)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return NUMBER.sub(lambda found: phone.masked(found.group()), value)
    if isinstance(value, dict):
        return {key: _masked(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part) for part in value]
    return value
