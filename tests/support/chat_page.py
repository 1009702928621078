"""The chat page as a customer uses it: what they do, and where they look."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.chat_stand_in import ChatStandIn

TO_CONFIRMATION = ("炊飯器の電源が入りません", "佐藤です", "090-1234-5678", "明日の15時")
TO_A_BOOKING = (*TO_CONFIRMATION, "はい")


class ChatPage:
    """One browser page on the stand-in."""

    def __init__(self, page: Page, site: ChatStandIn) -> None:
        self.page = page
        self.site = site

    @property
    def box(self) -> Locator:
        """Where the customer writes."""
        return self.page.get_by_role("textbox")

    @property
    def log(self) -> Locator:
        """The talk."""
        return self.page.get_by_role("log")

    @property
    def ours(self) -> Locator:
        """What the business said."""
        return self.page.locator("#lines > .ours")

    @property
    def theirs(self) -> Locator:
        """What the customer said, sent or not."""
        return self.page.locator("#lines > .theirs")

    @property
    def banner(self) -> Locator:
        """Why things wait."""
        return self.page.locator("#connection")

    @property
    def card(self) -> Locator:
        """The booking."""
        return self.page.get_by_role("region", name=re.compile("お電話のご予約|Your call"))

    def open(self, address: str = "/?lang=ja") -> "ChatPage":
        """Arrive, and be greeted; the page then knows the business's clock."""
        self.page.goto(self.site.url + address)
        expect(self.ours).to_have_count(2)
        expect(self.page.locator(".line.day")).to_contain_text(re.compile("11月24日|Nov 24"))
        return self

    def write(self, text: str) -> None:
        """Write and send."""
        self.box.fill(text)
        self.box.press("Enter")

    def say(self, texts: Iterable[str]) -> "ChatPage":
        """Say these in turn, waiting for each answer."""
        for text in texts:
            answers = self.ours.count()
            self.write(text)
            expect(self.ours).to_have_count(answers + 1)
        return self


@contextmanager
def visiting(browser: Browser, **how: Any) -> Iterator[ChatPage]:
    """A customer in Tokyo whose browser is set to Japanese, on a phone; an error on the page fails the test."""
    wanted: dict[str, Any] = {"viewport": {"width": 375, "height": 812}, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
    with ChatStandIn().running() as site:
        context = browser.new_context(**{**wanted, **how})
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
        yield ChatPage(page, site)
        context.close()
        assert errors == []
