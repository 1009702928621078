"""`make pictures`: the README's pictures, taken from the running product by a browser that books and picks up."""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import launch, log_in
from tests.support.running import ROOT, Product, eventually, running_product

IMAGES = ROOT / "docs" / "images"
NOW = "2026-11-24T10:00:00+09:00"
CUSTOMER = "+819012345678"
OTHERS = (
    ("+819011112222", "山田 花子", "エアコンの取り付け日を変えたい", "ja", "2026-11-24T11:00:00+09:00"),
    ("+819033334444", "Emily Carter", "My invoice for October looks wrong", "en", "2026-11-24T13:30:00+09:00"),
    ("+819055556666", "鈴木 一郎", "冷蔵庫の保証期間を知りたい", "ja", "2026-11-24T16:00:00+09:00"),
)
TALK = ("洗濯機が脱水で止まってしまいます", "佐藤です", "090-1234-5678", "今日の15時でお願いします", "はい")


def book_others(product: Product) -> None:
    """A day with something in it."""
    for number, name, reason, language, start in OTHERS:
        [slot, *_] = product.api.get("/slots", params={"from": start}).json()["slots"]
        window = {"start": slot["start"], "end": slot["end"]}
        body = {"phone_number": number, "name": name, "reason": reason, "language": language, "window": window}
        product.api.post("/callbacks", json=body).raise_for_status()


def chat(product: Product, browser: Browser) -> None:
    """A customer books on a phone."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="ja-JP", device_scale_factor=2)
    page.goto(product.url)
    log, box = page.get_by_role("log"), page.get_by_role("textbox")
    for text in TALK:
        before = log.inner_text()
        box.fill(text)
        box.press("Enter")
        page.wait_for_function(
            "said => document.querySelector('[role=log]').innerText.length > said + 20", arg=len(before)
        )
        page.wait_for_timeout(1200)
    page.screenshot(path=IMAGES / "chat.png")
    page.close()


def handset(product: Product, browser: Browser) -> None:
    """The customer's phone rings."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="ja-JP", device_scale_factor=2)
    page.goto(f"{product.url}/simulator/phone/{CUSTOMER}")
    product.set_clock("2026-11-24T15:00:00+09:00")
    eventually(product.handset(CUSTOMER).is_ringing)
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / "handset.png")
    page.close()


def desk(product: Product, browser: Browser) -> None:
    """The agent reads while it rings."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    log_in(product, page)
    [callback] = product.api.get("/callbacks", params={"phone_number": CUSTOMER}).json()["callbacks"]
    page.goto(f"{product.url}/desk/callbacks/{callback['reference']}")
    page.wait_for_timeout(1000)
    page.screenshot(path=IMAGES / "desk.png")
    page.close()


def main() -> int:
    """Take them all."""
    os.chdir(ROOT)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var, running_product(Path(var)) as product, sync_playwright() as playwright:
        product.set_clock(NOW)
        book_others(product)
        with launch(playwright) as browser:
            for take in (chat, handset, desk):
                take(product, browser)
                print(f"  {take.__name__}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
