"""The system's Chromium, driven by Playwright: no browser is downloaded."""

import os
import shutil

import pytest
from playwright.sync_api import Browser, Playwright

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
