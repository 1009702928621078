"""The calendar's page: a week of open hours and places, and what is sold of them."""

from datetime import date, datetime, timedelta

from sanic import Blueprint, HTTPResponse, Request

from bot.gateway.desk.auth import require_supervisor
from bot.gateway.desk.pages import Pages
from bot.gateway.times import day_of
from bot.usecases.calendar import DAYS, Places, Week
from bot.wiring import Product

FIRST_YEAR, LAST_YEAR = 2000, 2999


class CalendarPages(Pages):
    """`/desk/calendar`"""

    async def week(self, request: Request) -> HTTPResponse:
        """The week of the day that the address names, this one without; of the first topic where it names none."""
        words = self._words(request)
        asked = request.args.get("topic")
        topic = asked if asked in {topic.id for topic in self._product.topics} else None
        week = await self._product.calendar.week(topic, _day(request.args.get("day", "")), now=words.now)
        return self._page(
            request, "desk_calendar.html", words, week=week, rows=self._rows(week), topics=self._product.topics,
            before=week.monday - timedelta(days=DAYS), after=week.monday + timedelta(days=DAYS),
            today=words.now.astimezone(self._product.business.timezone).date(),
        )  # fmt: skip

    def _rows(self, week: Week) -> list[tuple[datetime, list[Places | None]]]:
        """The week's slots by the time of day at which they start, a place for each day: None where nothing starts."""
        tz = self._product.business.timezone
        by_day = [{one.window.start.astimezone(tz).time(): one for one in day.places} for day in week.days]
        clocks = sorted({clock for day in by_day for clock in day})
        return [
            (datetime.combine(week.monday, clock, tz), [day.get(clock) for day in by_day]) for clock in clocks
        ]  # fmt: skip


def add_calendar(blueprint: Blueprint, product: Product) -> None:
    """`/desk/calendar`"""
    pages = CalendarPages(product)

    @blueprint.get("/calendar")
    async def calendar(request: Request) -> HTTPResponse:
        require_supervisor(request)
        return await pages.week(request)


def _day(told: str) -> date | None:
    day = day_of(told)
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None
