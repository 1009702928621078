"""LINE in the browser: one person's chat, or a board of several, kept up to date by server-sent events."""

from urllib.parse import urlencode

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw, redirect

from bot.gateway.rendering import page
from bot.gateway.simulator.line_texts import LINE_TEXTS
from bot.gateway.simulator.streams import stream
from bot.gateway.simulator.texts import TEXTS, language_of
from bot.simulator.line.channel import SimulatedLine

_ANYBODY = ""
"""What the stream watches besides its people: that there are new ones, that the clock was moved."""
_SHOWN_AT_FIRST = 2
_A_DAY_S = 86400


def add_line_pages(blueprint: Blueprint, line: SimulatedLine, timezone: str) -> None:
    """`/line`, `/line/{user id}`, `/line/events` and the pictures of rich menus; times are shown in `timezone`."""

    def render(request: Request, template: str, people: list[str]) -> HTTPResponse:
        language = language_of(request.args.get("lang"))
        other = {**request.args, "lang": "ja" if language == "en" else "en"}
        return page(
            template,
            t={**TEXTS[language], **LINE_TEXTS[language]},
            language=language,
            other_language_query=urlencode(other, doseq=True),
            timezone=timezone,
            account=line.display_name,
            people=people,
            names=[str(line.people.view(user_id)["display_name"]) for user_id in people],
        )

    def known(wanted: list[str]) -> list[str]:
        """Of these people those who are still there: an address may be older than the books."""
        there = {person["user_id"] for person in line.people.known()}
        return [user_id for user_id in dict.fromkeys(wanted) if user_id in there]

    @blueprint.get("/line", name="line_board_page")
    async def board_page(request: Request) -> HTTPResponse:
        newest = [str(person["user_id"]) for person in line.people.known()][: -_SHOWN_AT_FIRST - 1 : -1]
        return render(request, "line_board.html", known(request.args.getlist("person", [])) or newest)

    @blueprint.get("/line/<user_id:U[0-9a-f]{32}>", name="line_person_page")
    async def person_page(request: Request, user_id: str) -> HTTPResponse:
        if not known([user_id]):
            return redirect(f"/simulator/line?lang={language_of(request.args.get('lang'))}")
        return render(request, "line_person.html", [user_id])

    @blueprint.get("/line/events", name="line_events")
    async def events(request: Request) -> None:
        people = known(request.args.getlist("person", []))
        await stream(
            request, line.changes, [*people, _ANYBODY], stopping=line.stopping, state=lambda: _state(line, people)
        )

    @blueprint.get("/line/menus/<menu_id:richmenu-[0-9a-f]{32}>/image", name="line_menu_image")
    async def menu_image(_request: Request, menu_id: str) -> HTTPResponse:
        menu = line.menu(menu_id)
        if menu is None or menu.image is None or menu.image_type is None:
            return empty(status=404)
        headers = {"Cache-Control": f"private, max-age={_A_DAY_S}"}
        return raw(menu.image, content_type=menu.image_type, headers=headers)


def _state(line: SimulatedLine, people: list[str]) -> dict[str, object]:
    return {
        "clock": line.clock.get(),
        "faulty": line.faulty,
        "known": line.people.known(),
        "people": {user_id: line.people.view(user_id) for user_id in people},
    }
