"""Whoever holds the link of a notice, in a browser without scripts."""

import re

import httpx

from bot.booking.callback import Callback
from tests.support.products import LINKS

FORM = re.compile(r'<form method="post" action="([^"?]+)[^"]*"><input type="hidden" name="mark" value="([\w-]{22})">')


class Holder:
    """Opens pages and presses buttons."""

    def __init__(self, http: httpx.AsyncClient, callback: Callback, *, language: str = "ja") -> None:
        self.http = http
        self.path = LINKS.path(callback)
        self.language = language

    async def look(self, page: str = "", **query: str) -> httpx.Response:
        """A page below the link."""
        return await self.http.get(self.path + page, params={"lang": self.language, **query})

    async def press(self, button: str, *, page: str | None = None, **fields: str) -> httpx.Response:
        """Send the form with this name from the page that holds it; `page` is one that was opened earlier."""
        shown = (await self.look("" if button in ("keep", "rate") else f"/{button}")).text if page is None else page
        marks = {action.rsplit("/", 1)[1]: mark for action, mark in FORM.findall(shown)}
        return await self.http.post(
            f"{self.path}/{button}", params={"lang": self.language}, data={"mark": marks.get(button, ""), **fields}
        )

    async def pressed(self, button: str, **fields: str) -> str:
        """The same, and the page to which it leads."""
        answer = await self.press(button, **fields)
        assert answer.status_code == 303, answer.text
        page = await self.http.get(answer.headers["location"])
        assert page.status_code == 200
        return page.text
