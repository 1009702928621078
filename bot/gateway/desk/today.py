"""The supervisors' board of the day, the callbacks behind each of its figures, and everybody at work."""

from sanic import Blueprint, HTTPResponse, Request

from bot.booking.errors import CallbackNotFound
from bot.gateway.desk.auth import require_supervisor
from bot.gateway.desk.pages import Pages
from bot.usecases.today import Figure

ON_A_PAGE = 50
ORDER = (Figure.DUE, Figure.KEPT, Figure.AHEAD, Figure.AT_RISK, Figure.LATE, Figure.UNREACHED)
TO_LOOK_AT = frozenset({Figure.AT_RISK, Figure.LATE, Figure.UNREACHED})


class TodayPages(Pages):
    """`/desk/today` and what it leads to."""

    async def overview(self, request: Request) -> HTTPResponse:
        """Figures, people, lines and the line of the soonest calls."""
        words = self._words(request)
        overview = await self._product.today.overview(now=words.now)
        return self._page(request, "desk_today.html", words, overview=overview, figures=ORDER, to_look_at=TO_LOOK_AT)

    async def people(self, request: Request) -> HTTPResponse:
        """Everybody, whoever is on a call first."""
        words = self._words(request)
        return self._page(request, "desk_today_people.html", words, people=await self._product.today.people())

    async def behind(self, request: Request, name: str, number: int) -> HTTPResponse:
        """One page of the callbacks that a figure counts. Raises CallbackNotFound for a figure that there is not."""
        if name not in set(Figure):
            raise CallbackNotFound(name)
        words, figure = self._words(request), Figure(name)
        found = await self._product.today.behind(
            figure, now=words.now, limit=ON_A_PAGE + 1, offset=(number - 1) * ON_A_PAGE
        )
        return self._page(
            request,
            "desk_today_behind.html",
            words,
            figure=figure,
            entries=found[:ON_A_PAGE],
            page=number,
            has_more=len(found) > ON_A_PAGE,
            on_a_page=ON_A_PAGE,
        )


def add_today(blueprint: Blueprint, pages: TodayPages) -> None:
    """Supervisors only."""

    @blueprint.get("/today")
    async def today(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.overview(request)

    @blueprint.get("/today/people")
    async def today_people(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.people(request)

    # The page's number is in the path: what follows the day live asks for the path anew.
    @blueprint.get("/today/<name:str>")
    async def promises(request: Request, name: str) -> HTTPResponse:
        require_supervisor(request)
        return await pages.behind(request, name, 1)

    @blueprint.get("/today/<name:str>/<number:int>")
    async def promises_page(request: Request, name: str, number: int) -> HTTPResponse:
        require_supervisor(request)
        return await pages.behind(request, name, min(max(1, number), 100_000))
