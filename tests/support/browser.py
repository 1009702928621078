"""The system's Chromium, driven by Playwright: no browser is downloaded."""

import json
import os
import shutil

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.support.running import Product

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def executable() -> str:
    """Where Chromium is. Without it page tests are skipped, but never in CI."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: page tests must run in CI.")
        pytest.skip("Page tests need Chromium: install it (Debian: apt-get install chromium fonts-noto-cjk).")
    return found


def launch(playwright: Playwright) -> Browser:
    """Start it."""
    return playwright.chromium.launch(executable_path=executable(), args=FLAGS)


def log_in(product: Product, page: Page) -> None:
    """At the desk, as the demo's agent."""
    access = json.loads((product.var / "demo.json").read_text())
    page.goto(f"{product.url}/desk/login")
    page.locator("input[name=login]").fill(access["desk_login"])
    page.locator("input[name=password]").fill(access["desk_password"])
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/desk")
