"""How soon the embedded chat is open: from the press of the button until the panel is drawn and has the focus."""

import statistics

from playwright.sync_api import sync_playwright

from tests.support.browser import launch
from tests.support.shop import shopping

TIMES = 20
MEASURE = """() => new Promise((resolve) => {
  const { shadowRoot } = document.querySelector("orikaeshi-chat");
  const began = performance.now();
  shadowRoot.querySelector(".launcher").click();
  requestAnimationFrame(() => setTimeout(() => {
    if (!shadowRoot.getElementById("panel").checkVisibility() || !shadowRoot.activeElement) throw new Error("not open");
    resolve(performance.now() - began);
  }));
})"""


def main() -> None:
    """Open it in fresh browser profiles, with the stand-in's server on this machine."""
    taken: list[float] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for _ in range(TIMES):
            with shopping(browser) as shop:
                shop.arrive()
                taken.append(shop.page.evaluate(MEASURE))
        browser.close()
    taken.sort()
    median, most = statistics.median(taken), taken[int(TIMES * 0.9)]
    print(f"open after the press, of {TIMES}: median {median:.0f} ms, nine of ten within {most:.0f} ms")


if __name__ == "__main__":
    main()
