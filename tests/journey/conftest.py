"""One running product for all journeys: each has its own numbers and its own day."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import launch
from tests.support.running import Product, running_product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product as `make run` starts it."""
    with running_product(tmp_path_factory.mktemp("var")) as product:
        yield product


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium without a window. Not longer: Playwright keeps an event loop in the main thread meanwhile."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser
