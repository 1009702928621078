"""How long from an agent's reservation to the customer's card on the agent's screen: python -m benchmarks.card [cards].

A real server, a real browser; the reservation is committed the way the dispatcher commits it."""

import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.store.database import Database
from bot.store.migrations import upgrade
from tests.support.browser import FLAGS, executable
from tests.support.desk import Office, enter, serving
from tests.support.products import number

CARDS = 30
LETTERS = "ACDEFGHJKMNPQRTUVWXY"


async def measure(office: Office, page: Page, url: str, cards: int) -> list[float]:
    """Milliseconds for each card."""
    taken = []
    for index in range(cards):
        letter = LETTERS[index % len(LETTERS)] + LETTERS[index // len(LETTERS)]
        callback = await office.has(letter, name=f"客{index}", phone_number=number(index))
        await page.goto(f"{url}/desk")
        await page.wait_for_load_state("load")
        await asyncio.sleep(0.4 + secrets.randbelow(100) / 400)  # anywhere between two looks at the database
        attempt = await office.dials(callback)
        begun = time.perf_counter()
        await page.wait_for_url(f"**/callbacks/{callback.reference}", wait_until="commit")
        await page.locator("h1", has_text=f"客{index}").wait_for()
        taken.append((time.perf_counter() - begun) * 1000)
        await office.hangs_up(attempt, "no-answer")
    return taken


async def main(cards: int) -> None:
    """Measure and tell."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'card.db'}"
        await asyncio.to_thread(upgrade, url)
        database = Database(url)
        office = await Office(database).open()
        async with serving(office, folder) as server, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
            page = await browser.new_page()
            await enter(page, server.url, "sakura")
            taken = sorted(await measure(office, page, server.url, cards))
            await browser.close()
        await database.close()
    middle, worst = statistics.median(taken), taken[int(len(taken) * 0.95)]
    print(f"{cards} cards: median {middle:.0f} ms, 95th percentile {worst:.0f} ms, slowest {taken[-1]:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CARDS))
